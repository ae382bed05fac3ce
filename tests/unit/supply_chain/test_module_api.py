"""The module uses no part of Dagger's API that the local engine's allow-list leaves out."""

import ast
from collections.abc import Iterator
from pathlib import Path

import dagger
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, build_schema

import supply_chain

SOURCE = Path(supply_chain.__file__).parent
SCHEMA = Path(__file__).parents[3] / "engine" / "src" / "dagger_local" / "schema.graphql"
CLIENTS = {
    "Query": dagger.Query,
    "Container": dagger.Container,
    "Directory": dagger.Directory,
    "File": dagger.File,
    "Secret": dagger.Secret,
    "Service": dagger.Service,
}
# Same name, other thing: our own methods, and the decorator of the SDK.
OURS = {"check", "digest", "function"}


def served() -> dict[str, set[str]]:
    """Fields of the allow-list, by type."""
    types = build_schema(SCHEMA.read_text(), assume_valid_sdl=True).type_map
    return {
        name: set(kind.fields)
        for name, kind in types.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    }


def camel(name: str) -> str:
    head, *rest = name.strip("_").split("_")
    return head + "".join(word.capitalize() for word in rest)


def called() -> Iterator[str]:
    """Names of methods called anywhere in the module."""
    for path in SOURCE.rglob("*.py"):
        if "dagger" in path.read_text():
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    yield node.func.attr


def in_api() -> set[str]:
    """Those of them that are methods of Dagger's classes."""
    return {name for name in called() if any(name in vars(client) for client in CLIENTS.values())} - OURS


def test_the_module_is_seen_to_use_the_api() -> None:
    assert {
        "with_exec",
        "as_tarball",
        "docker_build",
        "as_service",
        "set_secret",
        "with_timestamps",
    } <= in_api()


@pytest.mark.parametrize("name", sorted(in_api()))
def test_every_call_is_on_the_allow_list(name: str) -> None:
    fields = served()
    owners = [kind for kind, client in CLIENTS.items() if name in vars(client)]
    assert any(camel(name) in fields[owner] for owner in owners), owners
