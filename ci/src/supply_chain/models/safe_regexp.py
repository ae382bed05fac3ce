r"""Regular expressions that say whom to trust: anchored, and of one meaning in Go (cosign) and in Python.

cosign looks for a match anywhere in the text, so the expression itself must begin with ^ and end with $, and
nothing in it may get round that: no alternative outside of a group (^a|b$), no flag like (?m), no further
anchor. What the two languages read differently is refused. Left are: literals, escaped punctuation, \d \w \D
\W, ., [...], (...), (?:...), | within a group, and * + ? {n} {n,} {n,m}.
Syntax: https://github.com/google/re2/wiki/Syntax and https://docs.python.org/3/library/re.html.
"""

import re

_MOST_REPEATS = 1000
_QUANTIFIER = r"(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})\??"
_TOKEN = re.compile(
    r"(?P<escape>\\[dwDW]|\\[^0-9A-Za-z\s])"
    r"|(?P<set>\[\^?(?!\[|[^\]]*(?:--|&&|\|\||~~))(?:\\[dwDW]|\\[^0-9A-Za-z\s]|[^\\\[\]])+\])"
    r"|(?P<open>\((?:\?:)?)"
    r"|(?P<close>\))"
    r"|(?P<bar>\|)"
    rf"|(?P<quantifier>{_QUANTIFIER})"
    r"|(?P<literal>[^\\\[\](){}|*+?^$])",
    re.ASCII,
)
_NOT_AFTER = {"", "open", "bar", "quantifier"}


def compiled(text: str) -> re.Pattern[str]:
    """The expression, to be used with fullmatch; ValueError says why it cannot be used."""
    if not text.isascii() or not text.isprintable():
        raise ValueError("it has a character that is not printable ASCII")
    if len(text) < 2 or not text.startswith("^") or not text.endswith("$"):  # noqa: PLR2004
        raise ValueError("it must begin with ^ and end with $, or it matches within a longer name")
    _check(text[1:-1])
    try:
        return re.compile(text, re.ASCII)
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from None


def _check(body: str) -> None:
    """ValueError for anything between the anchors that is not plain in both; groups are left to Python."""
    depth, position, before = 0, 0, ""
    while position < len(body):
        token = _TOKEN.match(body, position)
        if not token:
            raise ValueError(f"{body[position:]!r} is not read alike by Go and Python, or not closed")
        kind = str(token.lastgroup)
        depth += {"open": 1, "close": -1}.get(kind, 0)
        if kind == "bar" and depth == 0:
            raise ValueError("an alternative outside of a group is not anchored: write ^(a|b)$")
        if kind == "quantifier":
            _check_quantifier(token[0], before)
        position, before = token.end(), kind


def _check_quantifier(text: str, before: str) -> None:
    """ValueError for a repetition of nothing, of a repetition, or of more than Go allows."""
    if before in _NOT_AFTER:
        raise ValueError(f"{text!r} repeats nothing")
    if any(int(number) > _MOST_REPEATS for number in re.findall(r"\d+", text)):
        raise ValueError(f"{text!r} repeats more than {_MOST_REPEATS} times")
