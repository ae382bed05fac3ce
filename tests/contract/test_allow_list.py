"""The schema that dagger-local offers is the one allow-list: within Dagger's API, the module within it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

from contract.client_api import Field, Use, client_fields, client_names, uses
from dagger_local.scopes import SDL_PATHS

pytestmark = pytest.mark.contract

CODE = Path(__file__).parents[2] / "ci" / "src"
NOT_IN_THE_CLIENT = {"Query.node"}
"""The client asks for it by hand, to load an object by its ID."""


@pytest.fixture(scope="module")
def served() -> GraphQLSchema:
    return build_schema("\n".join(path.read_text() for path in SDL_PATHS))


def _objects(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    for found in schema.type_map.values():
        if isinstance(found, GraphQLObjectType) and not found.name.startswith("__"):
            yield found


def _served_args(schema: GraphQLSchema, field: Field) -> set[str] | None:
    """The arguments of a client's field that are served; None if the field is not."""
    found = schema.type_map.get(field.type)
    if not isinstance(found, GraphQLObjectType) or field.name not in found.fields:
        return None
    return set(found.fields[field.name].args)


def test_every_served_field_and_argument_is_one_of_daggers(served: GraphQLSchema) -> None:
    known = {(field.type, field.name): {name for _, name in field.args} for field in client_fields()}
    strangers = []
    for owner in _objects(served):
        for name, field in owner.fields.items():
            where = f"{owner.name}.{name}"
            if (owner.name, name) not in known and where not in NOT_IN_THE_CLIENT:
                strangers.append(where)
            strangers += [
                f"{where}({arg})" for arg in field.args if arg not in known.get((owner.name, name), {arg})
            ]
    assert strangers == []


def test_every_served_enum_and_input_is_one_of_daggers(served: GraphQLSchema) -> None:
    strangers = []
    for found in served.type_map.values():
        names: set[str] = set()
        if isinstance(found, GraphQLEnumType) and not found.name.startswith("__"):
            names = set(found.values)
        elif isinstance(found, GraphQLInputObjectType):
            names = set(found.fields)
        strangers += [f"{found.name}.{name}" for name in names - client_names().get(found.name, frozenset())]
    assert strangers == []


def test_the_module_uses_nothing_that_is_not_served(served: GraphQLSchema) -> None:
    problems = [problem for use in uses(CODE) if (problem := _problem(served, use))]
    assert problems == []


def test_a_use_of_something_else_is_noticed(served: GraphQLSchema) -> None:
    assert _problem(served, Use("x.py:1", "terminal"))
    assert _problem(served, Use("x.py:1", "with_exec", frozenset({"insecure_root_capabilities"})))
    assert _problem(served, Use("x.py:1", "dagger.LLM"))
    assert not _problem(served, Use("x.py:1", "with_exec", frozenset({"expect"})))
    assert not _problem(served, Use("x.py:1", "dagger.Container"))


def _problem(schema: GraphQLSchema, use: Use) -> str:
    """What is not served of a use; empty if all is, or it is not the SDK's at all."""
    if use.name.startswith("dagger."):
        name = use.name.removeprefix("dagger.")
        missing = name in client_names() and name not in schema.type_map
        return f"{use.where}: {use.name} is not served" if missing else ""
    fields = [field for field in client_fields() if field.method == use.name]
    if not fields:
        return ""
    for field in fields:
        args = _served_args(schema, field)
        names = dict(field.args)
        if args is not None and all(names.get(keyword) in args for keyword in use.keywords):
            return ""
    return f"{use.where}: {use.name}({', '.join(sorted(use.keywords))}) is not served by any type"
