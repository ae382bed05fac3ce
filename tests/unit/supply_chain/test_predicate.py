"""Documents that are to be attested: of what type, and what they must be."""

from typing import cast

import anyio
import dagger
import pytest

from supply_chain.errors import PredicateInvalid, UsageError
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.predicate import PREDICATE_TYPES, content_of, predicate_uri
from unit.supply_chain.engine import File


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("spdxjson", SBOM_TYPE),
        ("slsaprovenance1", PROVENANCE_TYPE),
        ("cyclonedx", "https://cyclonedx.org/bom"),
        ("https://acme.example/review/v1", "https://acme.example/review/v1"),
        ("urn:acme:review", "urn:acme:review"),
    ],
)
def test_a_type_is_one_of_cosigns_names_or_a_uri(name: str, uri: str) -> None:
    assert predicate_uri(name) == uri


def test_every_name_stands_for_a_uri() -> None:
    assert [predicate_uri(uri) for uri in PREDICATE_TYPES.values()] == list(PREDICATE_TYPES.values())


@pytest.mark.parametrize(
    "name", ["", "spdx", "SPDXJSON", "https", "a b:c", "https://x y", "https://x\n", "1:2", "--key=x"]
)
def test_anything_else_is_refused_and_the_names_are_told(name: str) -> None:
    with pytest.raises(UsageError, match="is no predicate type") as caught:
        predicate_uri(name)
    assert "spdxjson" in caught.value.why


def test_a_predicate_is_an_object() -> None:
    assert content('{"a": {"b": [1]}}') == {"a": {"b": [1]}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ('{"a": 1, "a": 2}', "is not JSON"),
        ('{"a": NaN}', "is not JSON"),
        ("[]", "it is a list"),
        ('"x"', "it is a str"),
        ("null", "it is a NoneType"),
    ],
)
def test_what_others_would_read_differently_or_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(PredicateInvalid, match=said):
        content(text)


def content(text: str) -> object:
    """What is in a file with that text."""
    return anyio.run(content_of, cast("dagger.File", File(lambda: text)))
