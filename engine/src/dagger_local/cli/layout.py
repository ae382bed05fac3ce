"""Wraps and aligns text letter for letter as the libraries do that `dagger` prints its help with."""

import os
import sys
from collections.abc import Iterable

_SLOP = 5  # a last line may be this much longer, so that no word stands alone
_SENSIBLE = 24  # narrower columns are not wrapped into


def view_width() -> int:
    """The terminal's width, or 80, less one."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns - 1
    except (OSError, ValueError):
        return 79


def wrap_usage(indent: int, width: int, text: str) -> str:
    """A flag's description beside its name, as pflag wraps it."""
    start, column = "", width - indent
    if column < _SENSIBLE:
        indent = 16
        column = width - indent
        start = "\n" + " " * indent
    margin = "\n" + " " * indent
    if column < _SENSIBLE:
        return text.replace("\n", start)
    lines: list[str] = []
    while text or not lines:
        line, text = _split(column - _SLOP, text)
        lines.append(line.replace("\n", margin))
    return start + margin.join(lines)


def _split(width: int, text: str) -> tuple[str, str]:
    if width + _SLOP > len(text):
        return text, ""
    space = max(text.rfind(char, 0, width) for char in " \t\n")
    if space <= 0:
        return text, ""
    newline = text.rfind("\n", 0, width)
    if 0 < newline < space:
        space = newline
    return text[:space], text[space + 1 :]


def wrap_words(text: str, width: int) -> str:
    """Greedy wrapping at spaces and hyphens, as reflow's wordwrap does it."""
    wrapper = _Words(width)
    for char in text:
        wrapper.add(char)
    return wrapper.finish()


class _Words:
    def __init__(self, width: int) -> None:
        self._width = width
        self._out, self._word, self._space = "", "", ""
        self._length = 0

    def add(self, char: str) -> None:
        if char == "\n":
            self._flush_word()
            self._new_line()
        elif char.isspace():
            self._flush_word()
            self._space += char
        elif char == "-":
            self._flush_space()
            self._flush_word()
            self._out += char
        else:
            self._word += char
            if self._length + len(self._space) + len(self._word) > self._width > len(self._word):
                self._new_line()

    def finish(self) -> str:
        self._flush_word()
        return self._out

    def _flush_space(self) -> None:
        self._length += len(self._space)
        self._out += self._space
        self._space = ""

    def _flush_word(self) -> None:
        if self._word:
            self._flush_space()
            self._length += len(self._word)
            self._out += self._word
            self._word = ""

    def _new_line(self) -> None:
        self._out += "\n"
        self._length = 0
        self._space = ""


def described(rows: Iterable[tuple[str, str]], width: int) -> str:
    """Names with descriptions beside them, as in a list of commands."""
    rows = list(rows)
    padding = max([11, *(len(name) for name, _ in rows)])
    return "\n".join(_described(f"  {name:<{padding}}   ", text, width) for name, text in rows)


def _described(name: str, text: str, width: int) -> str:
    if len(name) + len(text) >= width:
        text = wrap_words(text, width - len(name)).replace("\n", "\n" + " " * len(name))
    return name + text


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Two columns, three spaces apart; the second alone where nothing stands in the first."""
    rows = list(rows)
    column = max(len(name) for name, _ in rows)
    gap = column + 3 if column else 0
    return "".join(f"{name:<{gap}}{text}\n" for name, text in rows)
