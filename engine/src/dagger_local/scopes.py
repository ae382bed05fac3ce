"""What a client of the session sees: a schema, and who answers it. Every module has a scope of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import graphql
from graphql import GraphQLSchema, build_schema, extend_schema, parse
from graphql.harness import GraphQLHarness

from dagger_local import queries
from dagger_local.resolve import RESOLVERS, Resolver
from dagger_local.values import digest_of

SDL_PATHS = [Path(__file__).with_name("schema.graphql"), Path(__file__).parent / "module" / "schema.graphql"]


@dataclass(frozen=True)
class Scope:
    """A schema with its resolvers by type and field.

    Attributes:
        name: A digest of the schema's text.
        harness: How queries are read.
    """

    schema: GraphQLSchema
    resolvers: Mapping[tuple[str, str], Resolver]
    name: str
    harness: GraphQLHarness = field(default_factory=lambda: queries.harness(set()))

    def extended(self, sdl: str, resolvers: Mapping[tuple[str, str], Resolver]) -> "Scope":
        """The scope with a module's types besides."""
        both = {**self.resolvers, **resolvers}
        return Scope(extend_schema(self.schema, parse(sdl)), both, digest_of(self.name, sdl))


@cache
def core_scope() -> Scope:
    """The core API alone."""
    sdl = "\n".join(path.read_text() for path in SDL_PATHS)
    return Scope(build_schema(sdl), RESOLVERS, digest_of(graphql.__version__, sdl))
