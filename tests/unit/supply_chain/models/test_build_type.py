"""Our build type: whole on its page, strict when it is read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.errors import ProvenanceInvalid
from supply_chain.models.build_type import (
    BUILD_TYPE,
    ExternalParameters,
    InternalParameters,
    Parameters,
    Source,
)
from supply_chain.models.place import (
    HOSTED_BUILDER,
    LOCAL_BUILDER,
    REHEARSAL_BUILDER,
    SELF_HOSTED_BUILDER,
    Kind,
)
from supply_chain.models.provenance import PROVENANCE_TYPE, Provenance
from unit.supply_chain.provenances import external, internal

PAGE = (Path(__file__).parents[4] / "docs" / "build-type.md").read_text()
EXTERNAL, INTERNAL = external().as_json(), internal().as_json()


def section(kind: str) -> str:
    """The part of the page about these parameters."""
    return PAGE.partition(f"`{kind}`\n")[2].partition("\n## ")[0]


def listed(kind: str) -> list[str]:
    """Parameters in the table of that part."""
    return re.findall(r"^\| `(\w+)` \|", section(kind), re.MULTILINE)


def names(model: type[Parameters]) -> list[str]:
    """Parameters as they are written in a provenance."""
    return [str(field.alias) for field in model.model_fields.values()]


def test_the_page_has_every_parameter_and_no_more() -> None:
    assert listed("externalParameters") == names(ExternalParameters)
    assert listed("internalParameters") == names(InternalParameters)


def test_the_page_has_the_parts_of_a_source() -> None:
    assert all(f"`source.{name}`" in section("externalParameters") for name in names(Source))


def test_the_page_has_every_builder_and_every_kind_of_place() -> None:
    table = PAGE.partition("| `builder.id` |")[2].partition("\n\n")[0]
    for builder in (LOCAL_BUILDER, REHEARSAL_BUILDER, HOSTED_BUILDER, SELF_HOSTED_BUILDER):
        assert f"| `{builder}` |" in table
    assert set(re.findall(r"^\| `\S+` \| `(\S+)` \|", table, re.MULTILINE)) == set(Kind)


def test_the_page_is_of_this_build_type_and_predicate() -> None:
    assert PAGE.startswith(f"# The build type `{BUILD_TYPE}`\n")
    assert f"`{PROVENANCE_TYPE}`" in PAGE


def test_the_example_of_the_page_is_one() -> None:
    (block,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    read = Provenance.parse(json.loads(block))
    assert read.as_json() == json.loads(block)
    assert (read.external, read.internal) == (external(), internal())


def test_parameters_are_read_back() -> None:
    assert ExternalParameters.parse(EXTERNAL) == external()
    assert InternalParameters.parse(INTERNAL) == internal()


def test_what_is_absent_is_left_out() -> None:
    assert "exceptions" not in external(exceptions=None).as_json()
    assert "dirty" not in internal(dirty=None).as_json()
    assert ExternalParameters.parse(external(exceptions=None).as_json()).exceptions is None


@pytest.mark.parametrize("name", sorted(EXTERNAL.keys() - {"exceptions"}))
def test_every_external_parameter_must_be_there(name: str) -> None:
    lacking = {key: value for key, value in EXTERNAL.items() if key != name}
    with pytest.raises(ProvenanceInvalid, match=f"why: {name}: Field required"):
        ExternalParameters.parse(lacking)


@given(st.text(min_size=1, max_size=12).filter(lambda name: name not in EXTERNAL))
def test_an_unknown_parameter_is_refused_by_name(name: str) -> None:
    for given_parameters, place in (
        (EXTERNAL | {name: 1}, name),
        (EXTERNAL | {"source": EXTERNAL["source"] | {f"x{name}": 1}}, f"source.x{name}"),
    ):
        assert ExternalParameters.unknown(given_parameters) == (place,)
        with pytest.raises(ProvenanceInvalid):
            ExternalParameters.parse(given_parameters)


def test_a_name_of_python_is_not_one_of_the_build_type() -> None:
    renamed = {("build_args" if key == "buildArgs" else key): value for key, value in EXTERNAL.items()}
    assert ExternalParameters.unknown(renamed) == ("build_args",)


def test_known_parameters_are_not_unknown_whatever_they_hold() -> None:
    assert ExternalParameters.unknown(EXTERNAL) == ()
    assert ExternalParameters.unknown(dict.fromkeys(EXTERNAL)) == ()
    assert ExternalParameters.unknown({}) == ()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"port": "8080"}, "port"),
        ({"port": True}, "port"),
        ({"blockUnfixed": 0}, "blockUnfixed"),
        ({"input": "image"}, "input"),
        ({"severities": ["SEVERE"]}, "severities.0"),
        ({"exceptions": "none"}, "exceptions"),
        ({"buildArgs": {"A": 1}}, "buildArgs.A"),
        ({"source": None}, "source"),
        ({"version": None}, "version"),
        ({"version": "\ud800"}, ""),
    ],
)
def test_a_parameter_of_another_type_is_named(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(ProvenanceInvalid) as raised:
        ExternalParameters.parse(EXTERNAL | changed)
    assert f"why: {named}" in raised.value.message


@pytest.mark.parametrize("level", [0, 2, 3, "1", None])
def test_no_provenance_claims_another_level_than_one(level: Any) -> None:
    with pytest.raises(ProvenanceInvalid, match="why: buildLevel"):
        InternalParameters.parse(INTERNAL | {"buildLevel": level})


def test_parameters_of_both_kinds_have_different_names() -> None:
    assert not set(names(ExternalParameters)) & set(names(InternalParameters))
