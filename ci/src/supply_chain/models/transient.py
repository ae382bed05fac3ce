"""Which failures pass by themselves, told from the words of the tool that failed, and whose they are.

The one place where this is decided. Transient is what a service answers while it is overloaded, restarted or
moved: 408, 429 and 5xx, connections that break or time out. Not transient is an answer to the question that
was asked (400, 401, 403, 404, 405, 409 and their like), nor a certificate or a key that is wrong: asked again
they come to the same. Where nothing answers at all (no such host, connection refused), that is `silent`: an
outage of a service that was there a minute ago, and a typing error otherwise; the caller knows which.
"""

import re
from enum import StrEnum

from supply_chain.errors import Trouble


class Service(StrEnum):
    """Who is asked in a release."""

    REGISTRY = "registry"
    FULCIO = "Fulcio"
    REKOR = "Rekor"
    TIMESTAMPS = "timestamp authority"
    FULCIO_OR_TIMESTAMPS = "Fulcio or the timestamp authority"
    IDENTITY = "identity provider"
    TRUST_ROOT = "repository of Sigstore's trust root"
    ADVISORIES = "service of advisories"
    DATABASE = "database mirror"


# What go-containerregistry itself retries, three times within some seconds: remote/options.go,
# defaultRetryStatusCodes. sigstore-go retries 429 and all of 5xx once: sign/certificate.go.
_TRANSIENT_STATUSES = frozenset({408, 429, 499})
_SERVER_ERRORS = range(500, 600)

# How tools put the status that they got:
# crane, cosign, trivy: "unexpected status code 503 Service Unavailable", transport/error.go
# cosign: "Fulcio returned 429: …", "timestamp authority returned 500: …", sigstore-go sign/
#         "unexpected response: 503 …" (Rekor v2), rekor-tiles pkg/client/write
#         "giving up after 2 attempt(s): status 503: …", "[POST /api/v1/log/entries][400] …" (Rekor v1)
# pip-audit: "503 Server Error: …", requests; our own scripts: "HTTP Error 503: …", urllib
_STATUS = re.compile(
    r"(?:\bstatus(?: code)?:?|\breturned|\bunexpected response:|\]\[|\bHTTP Error) ?(\d{3})\b"
    r"|\b(\d{3}) (?:Server|Client) Error\b"
)

# Error codes that go-containerregistry counts as temporary (transport/error.go, temporaryErrorCodes), and an
# upload that a restarted registry has forgotten, which a push from the start makes anew.
_TRANSIENT_CODES = re.compile(
    r"\b(?:TOOMANYREQUESTS|toomanyrequests|UNAVAILABLE|UNKNOWN|BLOB_UPLOAD_INVALID|BLOB_UPLOAD_UNKNOWN): "
)
_FINAL_CODES = re.compile(
    r"\b(?:UNAUTHORIZED|DENIED|UNSUPPORTED|NOT_FOUND|(?:MANIFEST|NAME|TAG|DIGEST|SIZE)_[A-Z_]+)\b"
)
_FINAL = re.compile(r"x509: |\btls: |CERTIFICATE_VERIFY_FAILED|no space left on device")

# Go's net and net/http; the last lines are what requests, urllib3, urllib and our own scripts say. "read on
# closed response body" is all that sigstore-go says of a 429 or 5xx that outlasted its own second attempt.
_BROKEN = re.compile(
    r"connection reset|broken pipe|\bEOF\b|i/o timeout|TLS handshake timeout|context deadline exceeded"
    r"|Client\.Timeout|server closed idle connection|use of closed network connection|GOAWAY|stream error"
    r"|read on closed response body"
    r"|Read timed out|Connection aborted|RemoteDisconnected|IncompleteRead|The read operation timed out"
    r"|no end within"
)
_SILENT = re.compile(
    r"no such host|connection refused|no route to host|network is unreachable|server misbehaving"
    r"|dial tcp[^;\n]*i/o timeout"
    r"|Name or service not known|Temporary failure in name resolution|Failed to resolve|Connect timeout",
    re.IGNORECASE,
)

# Lines on attempts that a tool has made again by itself: only how the last one ended counts.
_RETRIED = re.compile(r"\bretrying |falling back on GET|\(will retry\)|^WARNING:")
# Registries that may speak plain http are tried with https first; that they do not speak it is no failure.
_OTHER_SCHEME = re.compile(
    r'Get \\?"https://[^"]*": (?:tls: first record does not look like a TLS handshake'
    r"|http: server gave HTTP response to HTTPS client); (?=G[Ee][Tt] )"
)

# GHCR's 429 says "retry-after: 258.142µs, allowed: 44000/minute"; a header that is quoted has bare seconds.
_RETRY_AFTER = re.compile(
    r"retry[- ]after\W{1,3}(\d{1,9}(?:\.\d{1,9})?) ?(ms|µs|us|ns|h|m|s)?\b", re.IGNORECASE
)
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "µs": 1e-6, "us": 1e-6, "ns": 1e-9}

_URL = re.compile(r"https?://(?:[^/\s\"'@]{0,255}@)?([^/\s\"'?#@]{1,255})(/[^\s\"'?#]{0,200})?")
_SERVICES = (
    (Service.FULCIO, re.compile(r"Fulcio returned|/api/v2/signingCert|/api/v2/trustBundle")),
    (Service.REKOR, re.compile(r"rekor v2 entry|/api/v[12]/log/entries|createLogEntry")),
    (Service.TIMESTAMPS, re.compile(r"timestamp authority returned|/api/v1/timestamp")),
    (Service.IDENTITY, re.compile(r"OIDC token|identity token|openid-configuration|/idtoken|[?&]audience=")),
    (Service.TRUST_ROOT, re.compile(r"\bTUF\b|\btuf\b|tuf-repo-cdn")),
    (Service.FULCIO_OR_TIMESTAMPS, re.compile(r"error signing bundle: ")),
)


def trouble(words: str, service: str = Service.REGISTRY) -> Trouble | None:
    """What is the matter where these words tell of a failure that passes; None where they do not.

    Args:
        words: What a tool printed as it failed.
        service: Who was asked, where the words do not say.
    """
    said = final_words(words)
    if _is_final(said):
        return None
    statuses = _statuses(said)
    busy = bool(statuses or _TRANSIENT_CODES.search(said) or _BROKEN.search(_SILENT.sub("", said)))
    if not busy and not _SILENT.search(said):
        return None
    return Trouble(_name(said, service), silent=not busy, retry_after=_retry_after(said))


def passing(words: str, service: str) -> Trouble | None:
    """As `trouble`, of a service that may be out of reach for good: where nothing answers, nothing passes."""
    found = trouble(words, service)
    return None if found and found.silent else found


def final_words(words: str) -> str:
    """The words without what was overcome: attempts made again, and https where only http is spoken."""
    lines = [line for line in words.splitlines() if not _RETRIED.search(line)]
    return _OTHER_SCHEME.sub("", "\n".join(lines))


def _is_final(said: str) -> bool:
    """Whether the failure is an answer, which will be the same the next time."""
    statuses = _statuses(said)
    if any(status not in _TRANSIENT_STATUSES and status not in _SERVER_ERRORS for status in statuses):
        return True
    return bool(_FINAL.search(said) or (not statuses and _FINAL_CODES.search(said)))


def _statuses(said: str) -> list[int]:
    """The statuses of failed requests."""
    found = (int(match[1] or match[2]) for match in _STATUS.finditer(said))
    return [status for status in found if status >= 400]  # noqa: PLR2004 - where failures begin


def _name(said: str, otherwise: str) -> str:
    """The service that the words are about, with its address where they have one."""
    kind = next((service for service, signs in _SERVICES if signs.search(said)), otherwise)
    url = _URL.search(said)
    return f"{kind} {url[1]}" if url and url[1] not in kind else kind


def _retry_after(said: str) -> float:
    found = _RETRY_AFTER.search(said)
    return float(found[1]) * _UNITS[found[2] or "s"] if found else 0
