"""Markdown that other people's words cannot break out of: advisory titles, package names, tools' output."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~])")
_BLOCK_START = re.compile(r"^(?:([-+#=])|(\d{1,9})([.)])(?= |$))")
_CODE = re.compile(r"[!-_a-{}~ ]+")
_LONGEST = 400


def plain(text: str) -> str:
    """The text in one line, without control, formatting and other invisible characters."""
    visible = (char for char in text if unicodedata.category(char) not in {"Cf", "Cs"})
    spaced = (" " if unicodedata.category(char)[0] in "CZ" else char for char in visible)
    return " ".join("".join(spaced).split())


def inline(text: str, longest: int = _LONGEST) -> str:
    """The text as literal Markdown: no markup, no link, no HTML, no table cell of its own."""
    line = plain(text)
    if len(line) > longest:
        line = line[: longest - 1] + "…"
    escaped = _SPECIAL.sub(r"\\\1", line.replace("&", "&amp;")).replace("://", ":\\//")
    return _BLOCK_START.sub(r"\2\\\1\3", escaped)


def code(text: str) -> str:
    """An identifier as a code span, which shows it to the letter; `inline` for what could end the span."""
    line = plain(text)
    return f"`{line}`" if _CODE.fullmatch(line) and "\\" not in line else inline(line)


def code_block(text: str) -> str:
    """The text as an indented code block, which nothing in it can end."""
    return "\n".join(f"    {plain(line)}" for line in text.splitlines() if plain(line))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose columns are aligned, so that it also reads well as text; cells are already Markdown."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    widths[-1] = len(head[-1])
    ruled = [lines[0], ["-" * width for width in widths], *lines[1:]]
    return "\n".join(_row(cells, widths) for cells in ruled)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"
