"""Which failures pass by themselves. The words were printed by the real tools, against servers that fail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import Trouble
from supply_chain.models.transient import Service, final_words, passing, trouble

# crane 0.22.1 with `crane digest 127.0.0.1:6101/a/b:c`: three attempts of its own, then this.
HTTPS = 'Error: Get "https://127.0.0.1:6101/v2/": tls: first record does not look like a TLS handshake; '
CRANE = HTTPS + "GET http://127.0.0.1:6101/v2/: "
RETRIED = "2026/11/25 02:50:05 retrying GET http://127.0.0.1:6101/v2/: "
LOOKUP = (
    'Error: Get "https://nosuch.invalid/v2/": dial tcp: lookup nosuch.invalid on 10.0.0.1:53: no such host'
)
REFUSED = 'Error: Get "https://127.0.0.1:5999/v2/": dial tcp 127.0.0.1:5999: connect: connection refused'
UNTRUSTED = (
    'Error: Get "https://127.0.0.1:6101/v2/": tls: failed to verify certificate: x509: certificate signed by '
    "unknown authority"
)

# trivy 0.74.0 with `image --download-db-only --db-repository 127.0.0.1:6391/a/trivy-db:2`.
TRIVY = (
    '2026-11-25T02:58:30Z\tERROR\t[vulndb] Failed to download artifact\trepo="127.0.0.1:6391/a/trivy-db:2" '
    'err="OCI repository error: 1 error occurred:\\n\\t* Get \\"https://127.0.0.1:6391/v2/\\": tls: first '
    'record does not look like a TLS handshake; GET http://127.0.0.1:6391/v2/: {0}\\n\\n"\n'
    "2026-11-25T02:58:30Z\tFATAL\tFatal error\trun error: init error: DB error: failed to download "
    "vulnerability DB: OCI artifact error: failed to download artifact from any source: 1 error occurred:\n"
    '\t* Get "https://127.0.0.1:6391/v2/": tls: first record does not look like a TLS handshake; '
    "GET http://127.0.0.1:6391/v2/: {0}"
)

# cosign 3.1.3 with `attest-blob --signing-config`, each service in turn.
COSIGN = "Signing artifact...\nError: creating bundle: signing bundle: error signing bundle: "
REKOR_1 = 'Post "http://127.0.0.1:6204/v1x/api/v1/log/entries": giving up after 2 attempt(s): '
LATE = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"

PIP_AUDIT = (
    "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: https://pypi.org/pypi/x"
)


@pytest.mark.parametrize(
    ("words", "service"),
    [
        (CRANE + "unexpected status code 503 Service Unavailable", "registry 127.0.0.1:6101"),
        (CRANE + "unexpected status code 503 Service Unavailable: <p>DENIED</p>", "registry 127.0.0.1:6101"),
        (CRANE + "unexpected status code 429 Too Many Requests", "registry 127.0.0.1:6101"),
        (CRANE + "unexpected status code 408 Request Timeout", "registry 127.0.0.1:6101"),
        (CRANE + "unexpected status code 522 ", "registry 127.0.0.1:6101"),
        (CRANE + "UNAVAILABLE: try later", "registry 127.0.0.1:6101"),
        (CRANE + "UNKNOWN: boom", "registry 127.0.0.1:6101"),
        (HTTPS + 'Get "http://127.0.0.1:6101/v2/": EOF', "registry 127.0.0.1:6101"),
        ("Error: unexpected EOF", "registry"),
        ("read tcp 10.0.0.2:4->10.0.0.1:443: read: connection reset by peer", "registry"),
        ('Error: Get "https://ghcr.io/v2/": net/http: TLS handshake timeout', "registry ghcr.io"),
        (TRIVY.format("unexpected status code 503 Service Unavailable"), "registry 127.0.0.1:6391"),
        (COSIGN + "http: read on closed response body", "Fulcio or the timestamp authority"),
        (COSIGN + f'Post "http://127.0.0.1:6233/api/v2/signingCert": {LATE}', "Fulcio 127.0.0.1:6233"),
        (COSIGN + 'Post "http://127.0.0.1:6237/api/v2/signingCert": EOF', "Fulcio 127.0.0.1:6237"),
        (COSIGN + "Fulcio returned 503: down", "Fulcio"),
        (COSIGN + f'Post "http://10.0.0.1/api/v1/timestamp": {LATE}', "timestamp authority 10.0.0.1"),
        (COSIGN + "timestamp authority returned 500: ", "timestamp authority"),
        (COSIGN + 'adding rekor v2 entry: unexpected response: 503 {"code":14}', "Rekor"),
        (COSIGN + "adding rekor v2 entry: reading response: unexpected EOF", "Rekor"),
        (COSIGN + REKOR_1 + 'status 502: {"code":14}', "Rekor 127.0.0.1:6204"),
        (COSIGN + REKOR_1 + "read tcp: read: connection reset by peer", "Rekor 127.0.0.1:6204"),
        (PIP_AUDIT, "registry pypi.org"),
        ("requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='x'): Read timed out.", "registry"),
        ("no end within 300 s", "registry"),
    ],
)  # fmt: skip
def test_what_passes_and_whose_it_is(words: str, service: str) -> None:
    assert trouble(words) == Trouble(service)


@pytest.mark.parametrize(
    "words",
    [
        CRANE + "UNAUTHORIZED: authentication required",
        CRANE + "DENIED: requested access to the resource is denied",
        CRANE + "MANIFEST_UNKNOWN: no",
        CRANE + "MANIFEST_INVALID: no",
        CRANE + "UNSUPPORTED: no",
        *(CRANE + f"unexpected status code {status} No" for status in (400, 401, 403, 404, 405, 409, 413)),
        RETRIED + "unexpected status code 503 Service Unavailable\n" + CRANE + "NAME_UNKNOWN: x",
        CRANE + "multiple errors returned: UNKNOWN: a; DENIED: b",
        UNTRUSTED,
        TRIVY.format("MANIFEST_UNKNOWN: no"),
        *(COSIGN + f"Fulcio returned {status}: x" for status in (400, 401, 403, 404)),
        COSIGN + 'timestamp authority returned 400: {"code":14}',
        COSIGN + 'adding rekor v2 entry: unexpected response: 409 {"code":14}',
        COSIGN + "[POST /api/v1/log/entries][400] createLogEntryBadRequest {}",
        "Error: decrypt: encrypted: decryption failed",
        "Error: write /tmp/x: no space left on device: unexpected EOF",
        "Error: no matching attestations: accepted signatures do not match threshold, Found: 0, Expected 1",
        "requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://pypi.org/pypi/x",
        "",
    ],
)
def test_what_does_not_pass(words: str) -> None:
    assert trouble(words) is None


@pytest.mark.parametrize(
    ("words", "service"),
    [
        (LOOKUP, "registry nosuch.invalid"),
        (REFUSED, "registry 127.0.0.1:5999"),
        ('Get "https://10.1.1.1/v2/": dial tcp 10.1.1.1:443: i/o timeout', "registry 10.1.1.1"),
        (
            COSIGN + 'Post "http://127.0.0.1:6245/api/v2/signingCert": dial tcp: connect: connection refused',
            "Fulcio 127.0.0.1:6245",
        ),
    ],
)
def test_silence_is_told_from_a_bad_answer(words: str, service: str) -> None:
    assert trouble(words) == Trouble(service, silent=True)
    assert passing(words, Service.DATABASE) is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("retry-after: 258.142µs, allowed: 44000/minute", 258.142e-6),
        ("retry-after: 2.5s, allowed: 44000/minute", 2.5),
        ("please retry after 1m", 60),
        ("Retry-After: 7", 7),
        ("Retry-After: soon", 0),
    ],
)
def test_a_service_that_says_when_is_believed(said: str, seconds: float) -> None:
    found = trouble(f"{CRANE}TOOMANYREQUESTS: {said}")
    assert found
    assert found.retry_after == pytest.approx(seconds)


def test_a_login_in_an_address_is_not_told() -> None:
    found = trouble('Get "https://user:hunter2@ghcr.io/v2/": EOF')
    assert found == Trouble("registry ghcr.io")


def test_a_service_is_named_once() -> None:
    assert passing(CRANE + "UNKNOWN: x", "database mirror 127.0.0.1:6101") == Trouble(
        "database mirror 127.0.0.1:6101"
    )


_PARTS = st.sampled_from(
    [
        CRANE,
        HTTPS,
        RETRIED,
        LOOKUP,
        REFUSED,
        COSIGN,
        "503",
        " status code 503 ",
        "retry-after: 99s",
        "\n",
        "; ",
    ]
)


@settings(deadline=None)
@given(st.lists(st.one_of(_PARTS, st.text())).map("".join), st.text(min_size=1, max_size=20))
def test_any_words_come_to_a_judgement(words: str, service: str) -> None:
    found = trouble(words, service)
    assert found is None or (found.service and found.retry_after >= 0)
    assert len(final_words(words)) <= len(words) + 1


@settings(deadline=None)
@given(st.text(), st.sampled_from(["UNAUTHORIZED: no", "DENIED: no", "x509: certificate has expired"]))
def test_no_noise_before_it_makes_a_refusal_pass(noise: str, refusal: str) -> None:
    said = f"{noise}\nError: GET https://ghcr.io/v2/: {refusal}"
    if not any(word in noise for word in ("status", "returned", "response", "Error")):
        assert trouble(said) is None
