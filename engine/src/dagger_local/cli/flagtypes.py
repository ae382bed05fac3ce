"""What a flag's text may be, by type; errors and names are those of Go's pflag and strconv."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Parse = Callable[[str], Any]


class BadValue(ValueError):
    """The text is not of the flag's type."""


@dataclass(frozen=True)
class FlagType:
    """A type of flags.

    Attributes:
        label: What help shows beside the flag's name.
        parse: Text to a JSON-able value, or to the text that stands for an object.
        zero: The default that help does not mention, as text.
        many: Whether the flag may be given again, each time adding to a list.
        implied: What the flag's bare name stands for; only switches have it.
        quoted: Whether help shows a default in quotes.
    """

    label: str
    parse: Parse
    zero: tuple[str, ...] = ("false", "<nil>", "", "0")
    many: bool = False
    implied: str | None = None
    quoted: bool = False


def parse_string(text: str) -> str:
    """Any text."""
    return text


def parse_int(text: str) -> int:
    """A 64-bit integer, in any base that Go's syntax knows."""
    plain = re.sub(r"^([+-]?)0(?=[0-7_]+$)", r"\g<1>0o", text)
    return _ranged("ParseInt", text, plain, 0)


def _parse_decimal(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise _invalid("Atoi", text)
    return _ranged("Atoi", text, text, 10)


def _ranged(function: str, text: str, plain: str, base: int) -> int:
    try:
        value = int(plain, base) if plain == plain.strip() else None
    except ValueError:
        value = None
    if value is None:
        raise _invalid(function, text)
    if not -(1 << 63) <= value < 1 << 63:
        raise BadValue(f"strconv.{function}: parsing {go_quote(text)}: value out of range")
    return value


def parse_float(text: str) -> float:
    """A floating point number."""
    try:
        return float(text) if text == text.strip() else float("x")
    except ValueError:
        raise _invalid("ParseFloat", text) from None


_BOOLS = dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True) | dict.fromkeys(
    ("0", "f", "F", "FALSE", "false", "False"), False
)


def parse_bool(text: str) -> bool:
    """True or false, in any of Go's spellings."""
    if text not in _BOOLS:
        raise _invalid("ParseBool", text)
    return _BOOLS[text]


def parse_csv(text: str) -> list[str]:
    """A line of comma-separated values."""
    if not text:
        return []
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as error:
        raise BadValue(f"parse error on line 1: {error}") from None


def _unquoted(text: str) -> list[str]:
    return [item.strip() for item in parse_csv(re.sub("[\"'`]", "", text))]


def member_of(names: Sequence[str]) -> Parse:
    """One of an enum's members; case does not matter."""

    def parse(text: str) -> str:
        for name in names:
            if name.casefold() == text.casefold():
                return name
        raise BadValue(f"value should be one of {','.join(sorted(names))}")

    return parse


def not_empty(what: str) -> Parse:
    """Any text but none."""

    def parse(text: str) -> str:
        if not text:
            raise BadValue(f"{what} cannot be empty")
        return text

    return parse


def parse_build_arg(text: str) -> dict[str, str]:
    """`name=value`."""
    name, found, value = text.strip('"').partition("=")
    if not found:
        raise BadValue(f"{text} must be formatted as name=value")
    if not name:
        raise BadValue(f"{text} cannot have an empty name")
    return {"name": name, "value": value}


def list_of(each: FlagType) -> FlagType:
    """A list: the flag again, or values with commas between them."""
    if each is STRING:
        return FlagType("strings", parse_csv, zero=("[]",), many=True)
    if each is INT:
        return FlagType(
            "ints", lambda text: [_parse_decimal(one) for one in text.split(",")], zero=("[]",), many=True
        )
    if each is BOOL:
        return FlagType("bools", lambda text: [parse_bool(one) for one in _unquoted(text)], many=True)
    if each is FLOAT:
        return FlagType("float64Slice", lambda text: [parse_float(one) for one in text.split(",")], many=True)
    return FlagType(f"[]{each.label}", lambda text: [each.parse(one) for one in _unquoted(text)], many=True)


STRING = FlagType("string", parse_string, zero=("",), quoted=True)
INT = FlagType("int", parse_int)
FLOAT = FlagType("float", parse_float)
BOOL = FlagType("", parse_bool, zero=("false",), implied="true")
COUNT = FlagType("count", parse_int, implied="+1")

OBJECTS = {
    name: FlagType(name, parse_string)
    for name in ("Container", "Directory", "File", "Secret", "Service", "Socket", "GitRepository", "GitRef")
} | {
    "CacheVolume": FlagType("CacheVolume", not_empty("cacheVolume name")),
    "Platform": FlagType("Platform", not_empty("platform")),
    "BuildArg": FlagType("BuildArg", parse_build_arg),
}


def go_quote(text: str) -> str:
    """A text in double quotes as Go's %q writes it."""
    escaped = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escaped.get(c) or (c if c.isprintable() else f"\\u{ord(c):04x}") for c in text) + '"'


def _invalid(function: str, text: str) -> BadValue:
    return BadValue(f"strconv.{function}: parsing {go_quote(text)}: invalid syntax")
