"""Whether one JSON document contains another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.models.containment import missing

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, {"a": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}),
        ([], [1]),
        ([2, 1], [1, 2, 3]),
        ([{"id": 1}], [{"id": 2}, {"id": 1, "name": "a"}]),
        ({"items": [{"id": 1}]}, {"items": [{"id": 1, "tags": []}], "count": 1}),
        (1, 1.0),
        (None, None),
    ],
)
def test_contained(wanted: Any, found: Any) -> None:
    assert missing(wanted, found) == ""


@pytest.mark.parametrize(
    ("wanted", "found", "words"),
    [
        ({"a": 1}, {}, "a is missing"),
        ({"a": {"b": 1}}, {"a": {}}, "a.b is missing"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b: 2, not 1"),
        ({"a": 1}, [], '[], not {"a": 1}'),
        ([1], {"0": 1}, '{"0": 1}, not [1]'),
        ({"a": [1, 4]}, {"a": [1, 2]}, "a: no item contains 4"),
        ([{"a": 1, "b": 2}], [{"a": 1}, {"b": 2}], 'no item contains {"a": 1, "b": 2}'),
        (1, True, "true, not 1"),
        (False, 0, "0, not false"),
        ("1", 1, '1, not "1"'),
        (None, 0, "0, not null"),
        ("a" * 200, "b", f'"b", not "{"a" * 78}…'),
    ],
)
def test_what_is_missing_is_said(wanted: Any, found: Any, words: str) -> None:
    assert missing(wanted, found) == words


@given(JSON)
def test_every_document_contains_itself(document: Any) -> None:
    assert missing(document, document) == ""


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=3), st.text(max_size=3), JSON)
def test_more_keys_do_no_harm_and_a_key_less_is_missed(
    document: dict[str, Any], key: str, value: Any
) -> None:
    fewer = {name: held for name, held in document.items() if name != key}
    more = {**fewer, key: value}
    assert missing(fewer, more) == ""
    assert missing(more, fewer) == f"{key} is missing"


@given(st.lists(JSON, max_size=4), st.randoms(use_true_random=False), JSON)
def test_order_and_more_items_do_no_harm(items: list[Any], random: Any, more: Any) -> None:
    shuffled = [*items, more]
    random.shuffle(shuffled)
    assert missing(items, shuffled) == ""


@given(JSON, JSON, JSON)
def test_containment_is_transitive(one: Any, two: Any, three: Any) -> None:
    if not missing(one, two) and not missing(two, three):
        assert missing(one, three) == ""


@given(JSON, st.lists(JSON, min_size=1, max_size=3))
def test_an_item_is_contained_in_a_list_only_if_some_item_contains_it(item: Any, items: list[Any]) -> None:
    assert (missing([item], items) == "") == any(missing(item, other) == "" for other in items)
