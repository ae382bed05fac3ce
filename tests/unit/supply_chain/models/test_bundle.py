"""Sigstore bundles: those of cosign are read, and nothing that somebody else could read otherwise."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from supply_chain.errors import BundleInvalid
from supply_chain.models.bundle import IN_TOTO, Bundle, lines
from unit.supply_chain.attesting import TIMESTAMP, bundle, certificate, log_entry

BLOB = {"messageDigest": {"algorithm": "SHA2_512", "digest": "YQ=="}, "signature": "YQ=="}


def document(**changed: Any) -> dict[str, Any]:
    """A bundle as an object, with some of its parts replaced; a part that is None is left out."""
    whole = json.loads(bundle(b"{}")) | changed
    return {key: value for key, value in whole.items() if value is not None}


def material(**changed: Any) -> dict[str, Any]:
    whole = json.loads(bundle(b"{}"))["verificationMaterial"] | changed
    return document(verificationMaterial={key: value for key, value in whole.items() if value is not None})


def envelope(**changed: Any) -> dict[str, Any]:
    return document(dsseEnvelope=json.loads(bundle(b"{}"))["dsseEnvelope"] | changed)


def test_what_was_signed_is_read_byte_for_byte() -> None:
    der = certificate()
    read = Bundle.parse(bundle(b'{"a": 1}\n', der))
    assert (read.payload, read.payload_type) == (b'{"a": 1}\n', IN_TOTO)
    assert read.certificate == der
    assert (read.log_entries, read.timestamps, read.log_times) == (1, 1, ())
    assert read.has_proof_of_time


def test_a_bundle_of_cosigns_by_a_key(said: Callable[[str], str]) -> None:
    read = Bundle.parse(said("statement-by-key.sigstore.json").encode())
    assert json.loads(read.payload)["_type"] == "https://in-toto.io/Statement/v1"
    assert read.key_hint
    assert not read.certificate
    assert not read.has_proof_of_time


def test_a_bundle_of_cosigns_without_a_key(said: Callable[[str], str]) -> None:
    read = Bundle.parse(said("statement-keyless.sigstore.json").encode())
    assert json.loads(read.payload)["_type"] == "https://in-toto.io/Statement/v1"
    assert read.certificate
    assert (read.log_entries, read.timestamps) == (1, 1)


def test_a_blob_is_known_by_its_digest(said: Callable[[str], str]) -> None:
    read = Bundle.parse(said("blob-by-key.sigstore.json").encode())
    assert read.message_digest.startswith("sha256:")
    assert not read.payload


def test_lines_are_bundles_byte_for_byte() -> None:
    one, two = bundle(b"{}").decode(), bundle(b"[]").decode()
    assert lines(f"{one}\n{two}\n\n") == (one, two)
    assert lines("") == ()


@pytest.mark.parametrize("entry", [{}, {"inclusionPromise": None, "logIndex": "1"}, {"inclusionProof": None}])
def test_an_entry_without_proof_counts_for_nothing(entry: dict[str, Any]) -> None:
    read = Bundle.parse(json.dumps(material(tlogEntries=[entry], timestampVerificationData={})).encode())
    assert read.log_entries == 0
    assert not read.has_proof_of_time


def test_a_promise_is_a_proof_with_a_time() -> None:
    entry = {"integratedTime": "1764039600", "inclusionPromise": {"signedEntryTimestamp": "YQ=="}}
    read = Bundle.parse(json.dumps(material(tlogEntries=[entry, log_entry()])).encode())
    assert (read.log_entries, read.log_times) == (2, (1764039600,))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (document(mediaType="application/vnd.dev.sigstore.bundle+json;version=0.2"), "mediaType"),
        (document(mediaType=None), "mediaType"),
        (document(dsseEnvelope=None), "neither a statement nor"),
        (document(messageSignature=BLOB), "or both"),
        (document(dsse_envelope={}), "dsse_envelope: Extra"),
        (document(more=1), "more: Extra"),
        (document(verificationMaterial=None), "verificationMaterial"),
        (material(certificate=None), "neither a certificate nor a key"),
        (material(publicKey={"hint": "x"}), "or both"),
        (
            material(certificate=None, x509CertificateChain={"certificates": []}),
            "x509CertificateChain: Extra",
        ),
        (material(certificate={"rawBytes": "a"}), "it is not base64"),
        (material(certificate={"rawBytes": 1}), "it is not base64"),
        (material(certificate={"raw_bytes": "YQ=="}), "rawBytes: Field required"),
        (material(tlogEntries=[{"inclusionProof": {}}]), "checkpoint"),
        (material(tlogEntries=[{"integratedTime": "soon"}]), "integratedTime"),
        (material(tlogEntries=[{"integratedTime": str(10**18)}]), "integratedTime"),
        (material(tlogEntries=[{"integratedTime": "-1"}]), "integratedTime"),
        (material(timestampVerificationData={"rfc3161Timestamps": [{}]}), "signedTimestamp"),
        (envelope(signatures=[]), "signatures"),
        (envelope(signatures=[{"sig": "YQ=="}, {"sig": "YQ=="}]), "signatures"),
        (envelope(payload="e30", more=1), "payload"),
        (envelope(payload="e3-_"), "it is not base64"),
    ],
)
def test_what_is_no_bundle_or_two_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(BundleInvalid) as raised:
        Bundle.parse(json.dumps(changed).encode())
    assert why in raised.value.message
    assert raised.value.exit_code == 15


@pytest.mark.parametrize(
    "text", [b"", b"null", b"[]", b"1", b"\xff", b"{", b'{"a": 1, "a": 2}', b"[" * 100_000], ids=range(8)
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(BundleInvalid):
        Bundle.parse(text)


def test_a_blob_under_another_digest_is_refused() -> None:
    with pytest.raises(BundleInvalid, match="SHA2_512"):
        Bundle.parse(json.dumps(document(dsseEnvelope=None, messageSignature=BLOB)).encode())


def test_a_key_that_comes_twice_deep_within_is_refused() -> None:
    doubled = bundle(b"{}").replace(b'"payload":', b'"payload": "e30=", "payload":')
    assert doubled != bundle(b"{}")
    with pytest.raises(BundleInvalid, match="twice"):
        Bundle.parse(doubled)


def test_timestamps_are_counted() -> None:
    two = {"rfc3161Timestamps": [TIMESTAMP, TIMESTAMP]}
    assert Bundle.parse(json.dumps(material(timestampVerificationData=two)).encode()).timestamps == 2
