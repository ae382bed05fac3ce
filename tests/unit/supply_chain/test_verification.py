"""What counts as proven, judged over what cosign really printed and over what it might."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import DigestMismatch, VerificationFailed
from supply_chain.models.spdx import PREDICATE_TYPE
from supply_chain.models.verification import (
    SIGNATURE_TYPE,
    Statement,
    attestations,
    check_predicate,
    count_signatures,
)

OTHER = f"sha256:{'0' * 64}"


def claim(digest: str, kind: str = SIGNATURE_TYPE) -> dict[str, Any]:
    return {"critical": {"image": {"docker-manifest-digest": digest}, "type": kind}, "optional": {}}


def envelope(**changes: Any) -> str:
    known = {
        "_type": "https://in-toto.io/Statement/v0.1",
        "subject": [{"name": "app", "digest": {"sha256": OTHER.removeprefix("sha256:")}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {"spdxVersion": "SPDX-2.3"},
    }
    payload = base64.b64encode(json.dumps(known | changes).encode()).decode()
    return json.dumps({"payload": payload, "payloadType": "application/vnd.in-toto+json", "signatures": []})


def test_counts_the_signature_and_not_the_sbom(said: Callable[[str], str], digest: str) -> None:
    assert count_signatures(said("verify.json"), digest) == 1


def test_an_sbom_attestation_is_no_signature(said: Callable[[str], str], digest: str) -> None:
    """What stock `cosign verify` accepted with exit code 0 for an image that nobody signed."""
    with pytest.raises(VerificationFailed, match=f"no signature\n.*{PREDICATE_TYPE}"):
        count_signatures(said("verify-sbom-only.json"), digest)


def test_a_signature_of_another_image_is_refused(said: Callable[[str], str]) -> None:
    with pytest.raises(DigestMismatch, match="a signature names another image"):
        count_signatures(said("verify.json"), OTHER)


def test_one_foreign_signature_among_good_ones_is_refused(digest: str) -> None:
    with pytest.raises(DigestMismatch):
        count_signatures(json.dumps([claim(digest), claim(OTHER)]), digest)


@pytest.mark.parametrize("output", ["", "{}", "null", "[{}]", '[{"critical": {"type": "x"}}]'])
def test_an_unreadable_list_is_refused(output: str, digest: str) -> None:
    with pytest.raises(VerificationFailed, match="cannot be read"):
        count_signatures(output, digest)


@pytest.mark.parametrize(
    "kind", ["", "https://x", SIGNATURE_TYPE[:-1], f"{SIGNATURE_TYPE}/", SIGNATURE_TYPE.upper()]
)
def test_only_the_exact_type_is_a_signature(kind: str, digest: str) -> None:
    with pytest.raises(VerificationFailed, match="no signature"):
        count_signatures(json.dumps([claim(digest, kind)]), digest)


def test_an_empty_list_proves_nothing(digest: str) -> None:
    with pytest.raises(VerificationFailed, match="of type nothing"):
        count_signatures("[]", digest)


def test_reads_the_sbom_attestation(said: Callable[[str], str], digest: str) -> None:
    statements = attestations(said("verify-attestation.jsonl"), digest, PREDICATE_TYPE)
    assert [statement.digests for statement in statements] == [[digest]]
    check_predicate(statements, said("sbom.spdx.json"))


def test_an_attestation_of_another_image_is_refused(said: Callable[[str], str]) -> None:
    with pytest.raises(DigestMismatch, match="an attestation names another image"):
        attestations(said("verify-attestation.jsonl"), OTHER, PREDICATE_TYPE)


def test_an_attestation_of_another_type_does_not_count(said: Callable[[str], str], digest: str) -> None:
    with pytest.raises(VerificationFailed, match="none is of type https://slsa"):
        attestations(said("verify-attestation.jsonl"), digest, "https://slsa.dev/provenance/v1")


def test_no_output_is_no_attestation(digest: str) -> None:
    with pytest.raises(VerificationFailed, match="no such attestation"):
        attestations("\n\n", digest, PREDICATE_TYPE)


def test_another_document_is_noticed(said: Callable[[str], str], digest: str) -> None:
    statements = attestations(said("verify-attestation.jsonl"), digest, PREDICATE_TYPE)
    changed = said("sbom.spdx.json").replace("3.1.2", "3.1.6")
    with pytest.raises(VerificationFailed, match="no attestation carries the document"):
        check_predicate(statements, changed)


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v9"},
        {"subject": []},
        {"predicate": "text"},
        {"predicateType": 1},
    ],
)
def test_a_statement_of_another_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(VerificationFailed, match="cannot be read"):
        Statement.in_envelope(envelope(**change))


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[]",
        '{"payload": "%%", "payloadType": "application/vnd.in-toto+json"}',
        envelope().replace("in-toto", "x"),
    ],
)
def test_an_envelope_of_another_shape_is_refused(line: str) -> None:
    with pytest.raises(VerificationFailed, match="cannot be read"):
        Statement.in_envelope(line)


@pytest.mark.parametrize("digests", [{}, {"sha512": "0"}, {"sha256": ""}, {"sha256": "0" * 63}])
def test_a_subject_without_the_digest_names_no_image(digests: dict[str, str]) -> None:
    with pytest.raises(DigestMismatch):
        attestations(envelope(subject=[{"digest": digests}]), OTHER, PREDICATE_TYPE)


def test_a_second_subject_is_refused_too(digest: str) -> None:
    two = [{"digest": {"sha256": text.removeprefix("sha256:")}} for text in (OTHER, digest)]
    with pytest.raises(DigestMismatch):
        attestations(envelope(subject=two), OTHER, PREDICATE_TYPE)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([OTHER, f"sha256:{'1' * 64}"]), st.sampled_from([SIGNATURE_TYPE, "x"]))
    )
)
def test_signatures_are_accepted_exactly_when_all_are_of_the_image(claims: list[tuple[str, str]]) -> None:
    signed = [digest for digest, kind in claims if kind == SIGNATURE_TYPE]
    output = json.dumps([claim(digest, kind) for digest, kind in claims])
    if signed and set(signed) == {OTHER}:
        assert count_signatures(output, OTHER) == len(signed)
    else:
        with pytest.raises(VerificationFailed):
            count_signatures(output, OTHER)
