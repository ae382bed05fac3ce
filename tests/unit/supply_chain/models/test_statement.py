"""Statements: written as cosign writes them, read back whole, refused by what is wrong with them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.errors import PredicateInvalid, StatementInvalid, VerificationFailed
from supply_chain.models.statement import (
    Statement,
    Subject,
    attestation_statement,
    parsed_json,
    sbom_statement,
    signature_statement,
)

DIGEST = "sha256:f90947509d8513035af534d11c3eecbe3f2354e9e234fbbc9cecf9f540477c5f"
# The payload of the bundle that `cosign sign --key` 3.1.3 made of this digest.
OF_COSIGN = (
    b'{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"f90947509d8513035af534d11c3eec'
    b'be3f2354e9e234fbbc9cecf9f540477c5f"},"annotations":{}}],"predicateType":"https://sigstore.dev/cosign/sign/v1'
    b'","predicate":{}}'
)
REPOSITORY = "ghcr.io/acme/inventory"
SBOM = b'{"spdxVersion": "SPDX-2.3", "name": "x", "packages": [{"name": "bolt"}]}'

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abAB_. é"), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text("abAB_. é"), JSON, max_size=4)


def changed(**fields: Any) -> bytes:
    """The statement of cosign with some of its fields replaced."""
    return json.dumps(json.loads(OF_COSIGN) | fields).encode()


def test_a_signature_is_what_cosign_writes() -> None:
    assert json.loads(signature_statement(DIGEST).to_json()) == json.loads(OF_COSIGN)
    assert Statement.parse(OF_COSIGN) == signature_statement(DIGEST)


def test_an_sbom_is_stated_whole() -> None:
    stated = json.loads(sbom_statement(REPOSITORY, DIGEST, SBOM).to_json())
    assert stated == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": REPOSITORY, "digest": {"sha256": DIGEST.removeprefix("sha256:")}}],
        "predicateType": "https://spdx.dev/Document",
        "predicate": json.loads(SBOM),
    }


@pytest.mark.parametrize("sbom", [b"", b"[]", b"null", b'{"a": 1, "a": 2}', b"\xff\xfe{}"])
def test_an_sbom_that_is_no_document_is_not_stated(sbom: bytes) -> None:
    with pytest.raises(PredicateInvalid, match="SBOM is not"):
        sbom_statement(REPOSITORY, DIGEST, sbom)


@given(OBJECTS)
def test_what_is_stated_is_read_back(predicate: dict[str, Any]) -> None:
    statement = attestation_statement(REPOSITORY, DIGEST, "https://example.com/v1", predicate)
    read = Statement.parse(statement.to_json())
    assert read == statement
    assert read.digests == [DIGEST]
    assert read.predicate == predicate


@given(OBJECTS)
def test_equal_statements_have_equal_bytes(predicate: dict[str, Any]) -> None:
    turned = dict(reversed(predicate.items()))
    one, other = (attestation_statement(REPOSITORY, DIGEST, "t", content) for content in (predicate, turned))
    assert one.to_json() == other.to_json()


def test_several_subjects_are_all_named() -> None:
    other = "0" * 64
    subjects = (*signature_statement(DIGEST).subject, Subject(digest={"sha256": other}))
    statement = signature_statement(DIGEST).model_copy(update={"subject": subjects})
    assert Statement.parse(statement.to_json()).digests == [DIGEST, f"sha256:{other}"]


def test_a_subject_without_the_algorithm_names_no_image() -> None:
    assert Subject(digest={"sha512": "0" * 128}).sha256 == "sha256:"


@pytest.mark.parametrize(
    "digest", ["", "f9094750", DIGEST.removeprefix("sha256:"), DIGEST.upper(), DIGEST + "0"]
)
def test_nothing_but_a_digest_is_a_subject(digest: str) -> None:
    with pytest.raises(ValueError, match="no digest"):
        signature_statement(digest)


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "valid dictionary"),
        (b"{}", "_type"),
        (OF_COSIGN.replace(b'"_type"', b'"type"'), "_type: Field required"),
        (OF_COSIGN.replace(b"predicateType", b"predicate_type"), "predicateType: Field required"),
        (changed(_type="https://in-toto.io/Statement/v0.1"), "_type"),
        (changed(subject=[]), "subject"),
        (changed(subject=[{"digest": {}}]), "subject.0.digest"),
        (changed(subject=[{"name": "x"}]), "subject.0.digest"),
        (changed(predicateType=""), "predicateType"),
        (changed(predicate=[]), "predicate"),
        (changed(predicate=None), "predicate"),
        (OF_COSIGN[:-1] + b',"predicate":{"a":1}}', "'predicate' comes twice"),
        (changed(predicate={"a": float("nan")}), "NaN"),
        (changed(predicate={"a": 1}).replace(b"1}", b"1e999}"), "1e999"),
    ],
)
def test_what_is_no_statement_is_refused_by_name(document: bytes, named: str) -> None:
    with pytest.raises(StatementInvalid) as raised:
        Statement.parse(document)
    assert named in raised.value.message


@given(st.binary() | JSON.map(lambda content: json.dumps(content).encode()))
def test_bytes_are_a_statement_or_refused(document: bytes) -> None:
    with pytest.raises(VerificationFailed):
        Statement.parse(document)


@given(st.integers(0, len(OF_COSIGN) - 1), st.binary(max_size=2))
def test_a_changed_statement_is_another_one_or_none(place: int, put: bytes) -> None:
    document = OF_COSIGN[:place] + put + OF_COSIGN[place + 1 :]
    try:
        read = Statement.parse(document)
    except StatementInvalid:
        return
    assert (read == signature_statement(DIGEST)) == (parsed_json(document) == json.loads(OF_COSIGN))
