"""Markdown that other people's words cannot break out of: advisory titles, package names, tools' output."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~])")
_BLOCK_START = re.compile(r"^(?:([-+#=])|(\d{1,9})([.)])(?= |$))")
_CODE = re.compile(r"[!-_a-{}~ ]+")
_LINK = re.compile(r"(?<![A-Za-z0-9])(www)\.", re.IGNORECASE)
_LONGEST = 400
_MOST_LINES = 40


def plain(text: str) -> str:
    """The text in one line, without control, formatting and other invisible characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = (char for char in text if unicodedata.category(char) not in {"Cf", "Cs"})
    spaced = (" " if unicodedata.category(char)[0] in "CZ" else char for char in visible)
    return " ".join("".join(spaced).split())


def inline(text: str, longest: int = _LONGEST) -> str:
    """The text as literal Markdown: no markup, no link, no HTML, no table cell of its own."""
    line = _cut(plain(text), longest)
    escaped = _SPECIAL.sub(r"\\\1", line.replace("&", "&amp;")).replace("://", ":\\//")
    escaped = _LINK.sub(r"\1\.", escaped)
    return _BLOCK_START.sub(r"\2\\\1\3", escaped)


def code(text: str, longest: int = _LONGEST) -> str:
    """An identifier as a code span, to the letter; `inline` for what is too long or could end the span."""
    line = plain(text)
    fits = len(line) <= longest and _CODE.fullmatch(line) and "\\" not in line
    return f"`{line}`" if fits else inline(line, longest)


def code_block(text: str, most: int = _MOST_LINES) -> str:
    """The text as an indented code block, which nothing in it can end; its first lines when it is long."""
    lines = [_cut(plain(line), _LONGEST) for line in text.splitlines() if plain(line)]
    if len(lines) > most:
        lines = [*lines[:most], f"and {len(lines) - most} more lines"]
    return "\n".join(f"    {line}" for line in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose columns are aligned, so that it also reads well as text; cells are already Markdown."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    widths[-1] = len(head[-1])
    ruled = [lines[0], ["-" * width for width in widths], *lines[1:]]
    return "\n".join(_row(cells, widths) for cells in ruled)


def bounded_table(head: Sequence[str], rows: Sequence[Sequence[str]], most: int, rest_in: str) -> str:
    """A table of the first rows, and how many more are where."""
    left = len(rows) - most
    shown = table(head, rows[:most])
    return f"{shown}\n\nand {left} more in {code(rest_in)}" if left > 0 else shown


def _cut(line: str, longest: int) -> str:
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"
