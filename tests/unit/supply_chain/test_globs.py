"""Path patterns: what doublestar 4.10 answered for them, and that none is taken for another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.models.globs import BadPattern, matches

PARTS = st.from_regex(r"[a-z.]{1,5}", fullmatch=True)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("usr/lib/*.py", "usr/lib/a.py"),
        ("usr/**/METADATA", "usr/METADATA"),
        ("usr/**/METADATA", "usr/lib/python3/METADATA"),
        ("**/METADATA", "METADATA"),
        ("**", "a/b"),
        ("a/**", "a"),
        ("a/**", "a/b/c"),
        ("a/**/", "a/"),
        ("**/a/**", "a/b"),
        ("a**", "abc"),
        ("a?c", "abc"),
        ("[a-c]x", "bx"),
        ("[!a-c]x", "dx"),
        ("[^a]x", "/x"),
        ("[a-]", "-"),
        (r"[\]]", "]"),
        ("{usr,opt}/x", "opt/x"),
        ("{a,b{c,d}}", "bd"),
        ("a{,/**}", "a"),
        (r"\*", "*"),
        (r"\{a,b\}", "{a,b}"),
        ("[{]x", "{x"),
        ("*", ""),
        ("é", "é"),
        ("app (debian 13.1)", "app (debian 13.1)"),
        ("*", "two\nlines"),
    ],
)
def test_matches(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("usr/lib/*.py", "usr/lib/a/b.py"),
        ("usr/lib", "usr/lib/a"),
        ("lib", "usr/lib"),
        ("a**", "a/b"),
        ("a**/b", "a/x/b"),
        ("a?c", "a/c"),
        ("[a-c]x", "dx"),
        ("[!a-c]x", "bx"),
        ("a.c", "abc"),
        ("a/**", "ab"),
        ("A", "a"),
        ("*/**", ""),
        ("a", "a\n"),
        ("", "a"),
    ],
)
def test_does_not_match(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


@pytest.mark.parametrize(
    "pattern", ["[a", "[", "[]", "[!]a", "{a", "{a,{b}", "a}", "\\", "[b-a]", "{a,b}" * 9]
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        matches(pattern, "a")


@settings(max_examples=50, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=5).map("/".join))
def test_a_path_matches_itself_and_a_double_star_matches_every_path(path: str) -> None:
    assert matches(path, path)
    assert matches("**", path)
    assert matches(f"**/{path.rpartition('/')[2]}", path)
    assert matches("*", path) is ("/" not in path)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab/*?[]{}!^-,\\", max_size=12), st.text(alphabet="ab/-", max_size=6))
def test_any_text_is_a_pattern_or_refused_by_name(pattern: str, path: str) -> None:
    try:
        assert matches(pattern, path) in {True, False}
    except BadPattern:
        return
