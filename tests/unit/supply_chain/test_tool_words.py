"""What tools said when they failed, and which error it becomes. The words were printed by the real tools."""

import pytest

from supply_chain.errors import (
    ImageMissing,
    KeyRefused,
    RegistryDenied,
    RegistryFailed,
    RegistryUnavailable,
    RegistryUnreachable,
    SignatureInvalid,
    SignatureMissing,
    SigningFailed,
    SigstoreUnavailable,
    SupplyChainError,
    VerificationFailed,
)
from supply_chain.tools.cosign import signing_refusal, verification_refusal
from supply_chain.tools.output import last_words
from supply_chain.tools.registry_words import is_absent, is_forbidden, refusal

HEAD = (
    "2026/11/23 04:27:44 HEAD request failed, falling back on GET: HEAD "
    "http://127.0.0.1:5077/v2/two/manifests/x: unexpected status code {} (HEAD responses have no body, "
    "use GET for details)\n"
    "Error: GET http://127.0.0.1:5077/v2/two/manifests/x: "
)
UNKNOWN_MANIFEST = HEAD.format("404 Not Found") + "MANIFEST_UNKNOWN: Unknown manifest"
UNKNOWN_NAME = HEAD.format("404 Not Found") + "NAME_UNKNOWN: Unknown name"
LOGIN_WANTED = "UNAUTHORIZED: authentication required; [map[Action:pull Class: Name:app Type:repository]]"
UNAUTHORIZED = HEAD.format("401 Unauthorized") + LOGIN_WANTED
PUSH_REFUSED = (
    "Error: HEAD http://127.0.0.1:5078/v2/app/manifests/sha256:64c4: unexpected status code 401 Unauthorized "
    "(HEAD responses have no body, use GET for details)"
)
GHCR_DENIED = (
    "Error: GET https://ghcr.io/token?scope=repository%3Ax%2Fy%3Apull&service=ghcr.io: "
    "DENIED: requested access to the resource is denied"
)
NO_HOST = 'Error: Get "https://nosuch.invalid/v2/": dial tcp: lookup nosuch.invalid: no such host'
REFUSED = 'Error: Get "https://127.0.0.1:5999/v2/": dial tcp 127.0.0.1:5999: connect: connection refused'

NO_TLS = 'Error: Get "https://127.0.0.1:1/v2/": tls: first record does not look like a TLS handshake; '
OVERLOADED = (
    "2026/11/25 02:50:05 retrying GET http://127.0.0.1:6101/v2/: unexpected status code 503 Service "
    f"Unavailable\n{NO_TLS}GET http://127.0.0.1:6101/v2/: unexpected status code 503 Service Unavailable"
)
BROKEN_OFF = "Error: unexpected EOF"
REKOR_DOWN = (
    "Error: creating bundle: signing bundle: error signing bundle: adding rekor v2 entry: "
    'unexpected response: 503 {"code":14,"message":"why not"}'
)
FULCIO_SILENT = (
    "Error: creating bundle: signing bundle: error signing bundle: Post "
    '"http://127.0.0.1:6245/api/v2/signingCert": dial tcp 127.0.0.1:6245: connect: connection refused'
)

BAD_PASSWORD = "Error: decrypt: encrypted: decryption failed"
NO_KEY = "Error: invalid pem block"
UNREADABLE_PREDICATE = (
    "Using payload from: /predicate\nError: signing x: invalid character 'g' looking for begin"
)
SIGNING_DENIED = (
    f"Error: signing [127.0.0.1:5078/app@sha256:64c4]: accessing image: GET http://x: {LOGIN_WANTED}"
)
WARNING = (
    "WARNING: Skipping tlog verification is an insecure practice that lacks transparency and auditability\n"
)
WRONG_KEY = (
    f"{WARNING}Error: no matching attestations: failed to verify signature: could not verify envelope: "
    "accepted signatures do not match threshold, Found: 0, Expected 1"
)
UNSIGNED = f"{WARNING}Error: no signatures found\nerror during command execution: no signatures found"


@pytest.mark.parametrize("words", [UNKNOWN_MANIFEST, UNKNOWN_NAME])
def test_an_absent_image_is_told_from_a_refusal(words: str) -> None:
    assert is_absent(words)


def test_who_is_known_and_may_not_read_is_told_from_who_is_not_known() -> None:
    """GHCR denies a repository that does not exist yet."""
    assert is_forbidden(GHCR_DENIED)
    assert [words for words in (UNAUTHORIZED, UNKNOWN_NAME, NO_HOST, "") if is_forbidden(words)] == []


@pytest.mark.parametrize("words", ["", UNAUTHORIZED, PUSH_REFUSED, GHCR_DENIED, NO_HOST, REFUSED])
def test_a_refusal_is_not_absence(words: str) -> None:
    assert not is_absent(words)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (UNAUTHORIZED, RegistryDenied),
        (PUSH_REFUSED, RegistryDenied),
        (GHCR_DENIED, RegistryDenied),
        (NO_HOST, RegistryUnreachable),
        (REFUSED, RegistryUnreachable),
        (UNKNOWN_NAME, ImageMissing),
        ("", RegistryFailed),
    ],
)
def test_registry_failures_have_names(words: str, kind: type[RegistryFailed]) -> None:
    error = refusal("x could not be pushed", words)
    assert (type(error), error.what, error.exit_code) == (kind, "x could not be pushed", 13)
    assert error.why == last_words(words)


@pytest.mark.parametrize("words", [NO_HOST, REFUSED])
def test_silence_of_a_registry_that_has_answered_is_an_outage(words: str) -> None:
    error = refusal("x could not be tagged", words, host="ghcr.io", known=True)
    assert (type(error), error.transient, error.exit_code) == (RegistryUnavailable, True, 17)
    assert not refusal("x", words).transient


@pytest.mark.parametrize(
    ("words", "kind", "service"),
    [
        (OVERLOADED, RegistryUnavailable, "registry 127.0.0.1:6101"),
        (BROKEN_OFF, RegistryUnavailable, "registry ghcr.io"),
        (REKOR_DOWN, SigstoreUnavailable, "Rekor"),
        (FULCIO_SILENT, SigstoreUnavailable, "Fulcio 127.0.0.1:6245"),
    ],
)
def test_an_outage_names_the_service(words: str, kind: type[SupplyChainError], service: str) -> None:
    error = refusal("x", words, host="ghcr.io" if words == BROKEN_OFF else "127.0.0.1:6101")
    assert (type(error), error.exit_code) == (kind, 17)
    assert error.what == f"x: {service} is down or overloaded"
    assert error.transient is (words != FULCIO_SILENT)


def test_what_a_registry_refuses_over_http_is_not_unreachable() -> None:
    """Tools try https first, and say of both what became of them."""
    assert type(refusal("x", f"{NO_TLS}GET http://127.0.0.1:1/v2/: MANIFEST_INVALID: no")) is RegistryFailed
    assert type(refusal("x", f"{NO_TLS[:-2]}")) is RegistryUnreachable


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (BAD_PASSWORD, KeyRefused),
        (NO_KEY, KeyRefused),
        (UNREADABLE_PREDICATE, SigningFailed),
        (SIGNING_DENIED, RegistryDenied),
        (REKOR_DOWN, SigstoreUnavailable),
        (FULCIO_SILENT, SigstoreUnavailable),
    ],
)
def test_signing_failures_have_names(words: str, kind: type[SupplyChainError]) -> None:
    assert type(signing_refusal("x", words)) is kind


def test_a_sigstore_that_does_not_answer_is_waited_for() -> None:
    """Its address is not typed but read from its configuration, so silence is no typing error."""
    assert signing_refusal("x", FULCIO_SILENT).transient


def test_a_registry_that_has_answered_before_is_waited_for() -> None:
    assert type(verification_refusal("x", REFUSED)) is RegistryUnreachable
    known = verification_refusal("x", REFUSED, host="127.0.0.1:5999", known=True)
    assert (type(known), known.transient) == (RegistryUnavailable, True)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (WRONG_KEY, SignatureInvalid),
        (UNSIGNED, SignatureMissing),
        ("Error: what nobody has seen yet", VerificationFailed),
        (REFUSED, RegistryUnreachable),
        (UNAUTHORIZED, RegistryDenied),
    ],
)
def test_verification_failures_have_names(words: str, kind: type[SupplyChainError]) -> None:
    assert type(verification_refusal("x", words)) is kind


def test_cosigns_words_are_told_once() -> None:
    assert last_words(UNSIGNED) == "no signatures found"


def test_an_attempt_made_again_is_not_told() -> None:
    assert (
        last_words(UNKNOWN_NAME) == "GET http://127.0.0.1:5077/v2/two/manifests/x: NAME_UNKNOWN: Unknown name"
    )


def test_last_words_are_few_short_and_not_blank() -> None:
    text = "\n".join(["first", "", *map(str, range(20)), "x" * 1000, "  "])
    lines = last_words(text).splitlines()
    assert len(lines) == 12
    assert lines[0] == "9"
    assert lines[-1] == "x" * 400 + "…"
    assert last_words("") == ""
