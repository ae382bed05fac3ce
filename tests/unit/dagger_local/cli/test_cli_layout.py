"""Text is wrapped and aligned as Dagger's libraries do it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagger_local.cli.layout import described, table, wrap_usage, wrap_words


def test_a_usage_is_wrapped_beside_its_flag() -> None:
    # As recorded: case confide-help.
    text = (
        "A reference to a secret value, which can be handled more safely\nthan the value itself.\n [required]"
    )
    assert wrap_usage(23, 79, text) == (
        "A reference to a secret value, which can be\n"
        "                       handled more safely\n"
        "                       than the value itself.\n"
        "                        [required]"
    )


def test_a_short_last_word_may_stand_out() -> None:
    assert wrap_usage(0, 30, "aaaa " * 5 + "bcd") == "aaaa " * 5 + "bcd"
    assert wrap_usage(0, 30, "aaaa " * 5 + "bcdefg") == "aaaa " * 4 + "aaaa\nbcdefg"


def test_a_narrow_column_begins_on_the_next_line() -> None:
    assert wrap_usage(70, 79, "some words") == "\n" + " " * 16 + "some words"


def test_nothing_is_wrapped_where_there_is_no_room_at_all() -> None:
    assert wrap_usage(20, 30, "some words " * 5) == "some words " * 5


@pytest.mark.parametrize(
    ("text", "width", "wrapped"),
    [
        (
            "The same value at every call with the same arguments.",
            50,
            "The same value at every call with the same\narguments.",
        ),
        ("a two-part word", 6, "a two-\npart\nword"),
        ("one\ntwo", 10, "one\ntwo"),
        ("averylongword", 5, "averylongword"),
        ("", 10, ""),
    ],
)
def test_words_are_wrapped(text: str, width: int, wrapped: str) -> None:
    assert wrap_words(text, width) == wrapped


@given(st.text(alphabet="ab -\n", max_size=60), st.integers(min_value=3, max_value=40))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    assert "".join(wrap_words(text, width).split()) == "".join(text.split())


def test_names_stand_in_a_column_of_at_least_eleven() -> None:
    assert described([("a", "First."), ("bb", "Second.")], 79) == (
        "  a             First.\n  bb            Second."
    )


def test_a_table_has_no_first_column_without_names() -> None:
    assert table([("Name", "Description"), ("a", "b")]) == "Name   Description\na      b\n"
    assert table([("", "Description")]) == "Description\n"
