"""Queries are read as graphql-core reads them, whatever stands in their strings."""

from collections.abc import Callable

import pytest
from graphql import DocumentNode, GraphQLSyntaxError, build_schema, graphql_sync, parse, print_ast
from graphql.language.print_string import print_string
from hypothesis import given
from hypothesis import strategies as st

from dagger_local import queries

SCHEMA = build_schema("type Query { f(x: String, n: Int): Query! id: ID! }")
RAW = st.text(st.sampled_from('ab"\\/unx{}09dDfF \n\r\t\0\x7fé\ud800\udc00\U0001f600'))


def outcome(parser: Callable[[str], DocumentNode], query: str) -> str:
    try:
        document = parser(query)
    except GraphQLSyntaxError as error:
        return error.message
    return print_ast(document)


@given(RAW)
def test_anything_between_quotes_is_read_as_by_graphql_core(inner: str) -> None:
    query = f'{{ f(x: "{inner}") {{ id }} f(x: "") {{ id }} }}'
    assert outcome(queries.parsed, query) == outcome(parse, query)


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    query = f"{{ f(x: {print_string(text)}) {{ id }} }}"
    assert outcome(queries.parsed, query) == outcome(parse, query)


def test_a_query_that_is_too_deep_is_refused_in_graphql_cores_words() -> None:
    deep = "{ f " * 5000 + "}" * 5000
    assert outcome(queries.parsed, deep) == outcome(parse, deep)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ('{ f(x: "a") { id } }', '{ f(x: "b\\"c") { id } }', True),
        ('{ f(x: "a") { id } }', "{ f(x: 1) { id } }", False),
        ('{ f(x: "a") { f(x: "a") { id } } }', '{ f(x: "b") { f(x: "b") { id } } }', True),
        ('{ f(x: "a") { f(x: "a") { id } } }', '{ f(x: "a") { f(x: "b") { id } } }', False),
        ('{ f(x: "\\u{61}", n: 1, y: "") { id } }', '{ f(x: "\\u{61}", m: 1, y: "") { id } }', False),
        ('{ f(x: "\\\\", n: 1, y: "") { id } }', '{ f(x: "\\\\", m: 1, y: "") { id } }', False),
    ],
)
def test_shapes_are_alike_where_strings_alone_differ(one: str, other: str, *, alike: bool) -> None:
    assert (queries.shape(one) == queries.shape(other)) is alike


@pytest.mark.parametrize("unsure", ['{ f(x: """a""") { id } }', '# it"s\n{ f(x: "a") { id } } # "'])
def test_a_query_with_blocks_or_comments_has_no_shape(unsure: str) -> None:
    assert queries.shape(unsure) == ""


def test_what_is_invalid_stays_so_beside_valid_queries_that_look_like_it() -> None:
    valid: set[str] = set()

    def errors(query: str) -> list[str]:
        made = graphql_sync(SCHEMA, query, harness=queries.harness(valid), field_resolver=lambda *_, **__: {})
        return [error.message for error in made.errors or ()]

    for _ in range(2):
        assert errors('{ f(x: "a") { f(x: "b") { __typename } } }') == []
        assert errors('{ f(x: "a") { __typename } f(x: "a") { __typename } }') == []
        [conflict] = errors('{ f(x: "a") { __typename } f(x: "b") { __typename } }')
        assert "they have differing arguments" in conflict
        [wrong] = errors('{ f(n: "a") { __typename } }')
        assert wrong.startswith("Int cannot represent non-integer value")
    assert len(valid) == 2
