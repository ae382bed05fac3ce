"""Reads queries as graphql-core does, and quicker: they hold much text, and many differ in it alone."""

import json
import re
from collections.abc import Callable
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate
from graphql.harness import GraphQLHarness, default_harness
from graphql.language import Lexer, Source, Token, TokenKind
from graphql.language.parser import Parser

_SCALAR = r'[^"\\\r\n\ud800-\udfff]*'
_ESCAPE = r'\\(?:["\\/bfnrt]|u(?:[0-9a-cefA-CEF][0-9a-fA-F]|[dD][0-7])[0-9a-fA-F]{2})'
# Strings that mean the same in JSON. Any other is left to graphql-core.
_PLAIN = re.compile(f'"{_SCALAR}(?:{_ESCAPE}{_SCALAR})*"')
_ANY = re.compile(r'"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"')
_decoded = json.JSONDecoder(strict=False).decode


class QuickLexer(Lexer):
    """Takes a string in one step, where graphql-core looks at each character."""

    def read_string(self, start: int) -> Token:
        """One string that is not a block."""
        found = _PLAIN.match(self.source.body, start)
        if found is None:
            return super().read_string(start)
        return self.create_token(TokenKind.STRING, start, found.end(), _decoded(found[0]))


def parsed(source: Source | str, **options: Any) -> DocumentNode:
    """The document of a query.

    Raises:
        GraphQLError: It has none, in graphql-core's words.
    """
    lexer = QuickLexer(source if isinstance(source, Source) else Source(source))
    parser = Parser(lexer.source, no_location=options.get("no_location", False), lexer=lexer)
    try:
        return parser.parse_document()
    except RecursionError:
        return parse(source, **options)


def shape(query: str) -> str:
    """A query with a number for each string, the same one for the same string; empty where that is not sure.

    Whether a query is valid depends on where its strings are, and on which of them are equal.
    """
    numbers: dict[str, int] = {}
    made = _ANY.sub(lambda found: f'"{numbers.setdefault(found[0], len(numbers))}"', query)
    return "" if '"""' in query or "#" in made else made


def harness(valid: set[str]) -> GraphQLHarness:
    """How queries are read.

    Args:
        valid: Shapes of queries known to be valid for one schema; more are added.
    """

    def validated(
        schema: GraphQLSchema, document: DocumentNode, *given: Any, **named: Any
    ) -> list[GraphQLError]:
        known = shape(document.loc.source.body) if document.loc else ""
        if known in valid:
            return []
        errors = validate(schema, document, *given, **named)
        if known and not errors:
            valid.add(known)
        return errors

    read: Callable[..., DocumentNode] = parsed
    return default_harness._replace(parse=read, validate=validated)
