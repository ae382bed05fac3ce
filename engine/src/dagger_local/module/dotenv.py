"""Variables of .env files, quoted and expanded as by Dagger; what it has a whole shell for is refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dagger_local.errors import EngineError, NotServed
from dagger_local.module.naming import field_name, snake_name

Lookup = Callable[[str], str]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EXPORT = re.compile(r"^export\s+")
_FOR_A_SHELL = re.compile(r"[`\"'\\]|\$[A-Za-z_{(]")
_BRACES = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")
_PIECE = re.compile(
    r"""(?P<space>[ \t]+)
    |'(?P<single>[^']*)'
    |"(?P<double>(?:[^"\\`]|\\.)*)"
    |\\(?P<escaped>.)
    |(?P<variable>\$(?:\{\w+\}|[A-Za-z_]\w*))
    |(?P<plain>[^\s\\'"`$;&|<>(){}])""",
    re.VERBOSE,
)
_IN_QUOTES = re.compile(
    r"\\(?P<escaped>[$`\"\\])|(?P<variable>\$(?:\{\w+\}|[A-Za-z_]\w*))|(?P<refused>\$[{(])"
)


@dataclass(frozen=True)
class EnvFile:
    """Variables as they are written, by name.

    Attributes:
        own: What it holds.
        context: What its values may refer to besides.
    """

    own: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "EnvFile":
        """A file's text, a line a variable; a comment becomes one that nobody can name, as in Dagger."""
        lines = [_EXPORT.sub("", line.strip()) for line in text.split("\n") if line.strip()]
        return cls({name: value for name, _, value in (line.partition("=") for line in lines)})

    def joined(self, other: "EnvFile") -> "EnvFile":
        """Both; the other's variables win."""
        return EnvFile({**self.own, **other.own}, {**self.context, **other.context})

    def namespace(self, name: str) -> "EnvFile":
        """Variables that begin with a name in snake_case or camelCase and `_`, in any case, without it."""
        prefixes = {f"{field_name(name)}_".lower(), f"{snake_name(name).rstrip('_')}_".lower()}
        own: dict[str, str] = {}
        context = dict(self.context)
        for variable, value in sorted(self.own.items()):
            prefix = next((p for p in prefixes if variable.lower().startswith(p)), None)
            if prefix:
                own[variable[len(prefix) :]] = value
            else:
                context[variable] = value
        return EnvFile(own, context)

    def values(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Its variables, expanded.

        Args:
            environ: Where names are looked up that the file itself does not have.

        Raises:
            EngineError: A variable refers to one that is not set.
        """
        expansion = _Expansion({**self.context, **self.own}, environ)
        return {name: expansion.value(name) for name in self.own}


class _Expansion:
    def __init__(self, raw: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._raw, self._environ = raw, environ
        self._under_way: list[str] = []

    def value(self, name: str) -> str:
        """A variable of the file."""
        self._under_way.append(name)
        try:
            return _expanded(self._raw[name], self._referred) if _NAME.fullmatch(name) else ""
        except EngineError as error:
            raise EngineError(f"{name}: {error.message}") from None
        finally:
            self._under_way.pop()

    def _referred(self, name: str) -> str:
        if name in self._under_way:
            raise EngineError(f"{name} refers to itself")
        found = self.value(name) if name in self._raw else self._environ.get(name, "")
        if not found:
            raise EngineError(f"{name}: unbound variable")
        return found


def _expanded(text: str, lookup: Lookup) -> str:
    """A value: as it is written, or as a shell takes it where it holds a quote, a backslash or `$NAME`."""
    plain = not _FOR_A_SHELL.search(text)
    if text.startswith("~") or (plain and _BRACES.search(text)):
        raise NotServed(f"what a shell makes of {text!r} in an .env file")
    if plain:
        return text
    made, at = "", 0
    while at < len(text):
        if text[at] == "#" and (at == 0 or text[at - 1].isspace()):
            return made.rstrip()
        piece = _PIECE.match(text, at)
        if piece is None:
            raise NotServed(f"what a shell makes of {text[at:]!r} in an .env file")
        made += _piece(piece, lookup)
        at = piece.end()
    return made


def _piece(piece: re.Match[str], lookup: Lookup) -> str:
    if piece["space"]:
        return " "
    if piece["double"] is not None:
        return _IN_QUOTES.sub(lambda found: _quoted(found, lookup), piece["double"])
    if piece["variable"]:
        return " ".join(lookup(piece["variable"].strip("${}")).split())
    return str(piece["single"] if piece["single"] is not None else piece["escaped"] or piece["plain"])


def _quoted(found: re.Match[str], lookup: Lookup) -> str:
    if found["refused"]:
        raise NotServed(f"{found['refused']}…, an expansion in an .env file that is more than a name,")
    return lookup(found["variable"].strip("${}")) if found["variable"] else found["escaped"]
