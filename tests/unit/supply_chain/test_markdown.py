"""Other people's words stay words: no markup, no table cell, no line of their own."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.models.markdown import bounded_table, code, code_block, inline, plain, table

HOSTILE = st.text(
    alphabet=st.sampled_from("ab1 |`*_<>[](){}\\#-+!~&:/\n\r\t\x1b\u202e\u200b\ud7ff."), max_size=30
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines", "two lines"),
        ("a\x1b[31mred", "a [31mred"),
        ("evil\u202etxt", "eviltxt"),
        ("  many   spaces ", "many spaces"),
        ("no\u00a0break", "no break"),
    ],
)
def test_plain_text_is_one_visible_line(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", r"a \| b"),
        ("<img src=x>", r"\<img src=x\>"),
        ("[click](https://x)", r"\[click\](https:\//x)"),
        ("`code` *bold*", r"\`code\` \*bold\*"),
        ("back\\slash", "back\\\\slash"),
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("Jinja | HTML <b>x</b>", r"Jinja \| HTML \<b\>x\</b\>"),
        ("see www.example.org or WWW.x.y", r"see www\.example.org or WWW\.x.y"),
        ("swww.example", "swww.example"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("harmless words, 1.2.3 (fixed)", "harmless words, 1.2.3 (fixed)"),
    ],
)
def test_inline_text_is_literal(text: str, shown: str) -> None:
    assert inline(text) == shown


def test_long_text_is_cut() -> None:
    assert inline("a" * 50, longest=10) == "a" * 9 + "…"


@pytest.mark.parametrize(
    "text", ["CVE-2024-22195", "1:1.3.dfsg+really1.3.1-1+b1", "typing_extensions", "<3.1, >=2"]
)
def test_identifiers_are_shown_to_the_letter(text: str) -> None:
    assert code(text) == f"`{text}`"


@pytest.mark.parametrize("text", ["a`b", "a|b", "a\\b", "ä"])
def test_what_could_end_a_code_span_is_inline_text(text: str) -> None:
    assert code(text) == inline(text)


def test_a_code_block_holds_every_line() -> None:
    assert code_block("```\n\n# x\r\n<b>") == "    ```\n    # x\n    <b>"


def test_a_long_code_block_is_cut_both_ways() -> None:
    shown = code_block("\n".join(["x" * 1000] * 50), most=3).splitlines()
    assert shown == ["    " + "x" * 399 + "…"] * 3 + ["    and 47 more lines"]


def test_a_long_identifier_is_cut_and_no_code_span() -> None:
    assert code("a" * 50, longest=10) == "a" * 9 + "…"


@pytest.mark.parametrize(("count", "said"), [(0, ""), (3, ""), (4, "\n\nand 1 more in `outcome.json`")])
def test_a_bounded_table_says_what_it_leaves_out(count: int, said: str) -> None:
    rows = [(str(number),) for number in range(count)]
    assert bounded_table(("a",), rows, 3, "outcome.json") == table(("a",), rows[:3]) + said


def test_a_table_is_aligned_but_for_its_last_column() -> None:
    assert table(("a", "b"), [("longer", "x" * 30), ("s", "")]).splitlines() == [
        "| a      | b |",
        "| ------ | - |",
        f"| longer | {'x' * 30} |",
        "| s      |   |",
    ]


@settings(max_examples=100, deadline=None)
@given(HOSTILE, HOSTILE)
def test_no_text_adds_a_cell_or_a_line(one: str, other: str) -> None:
    row = table(("a", "b"), [(inline(one), code(other))]).splitlines()
    assert len(row) == 3
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row[2])) == 3


@settings(max_examples=100, deadline=None)
@given(HOSTILE)
def test_no_inline_text_keeps_live_markup(text: str) -> None:
    shown = re.sub(r"\\[!-/:-@\[-`{-~]", "x", inline(text))
    assert not re.search(r"[`*_<>\[\]|~\x00-\x1f]|://", shown)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_every_line_of_a_block_stays_indented(text: str) -> None:
    assert all(line.startswith("    ") for line in code_block(text).splitlines())
