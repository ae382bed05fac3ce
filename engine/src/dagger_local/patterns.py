"""Include, exclude and ignore lists as Dagger takes them: patterns from the root on, as in .dockerignore."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dagger_local.tree import Keep, matcher


@dataclass(frozen=True)
class _Pattern:
    paths: re.Pattern[str]
    negated: bool


def keeper(exclude: Sequence[str] = (), include: Sequence[str] = ()) -> Keep | None:
    """Says which paths stay; None where everything does."""
    if not exclude and not include:
        return None
    out, only = _patterns(exclude), _patterns(include)

    def stays(name: str, is_dir: bool) -> bool:
        if _matched(out, name):
            return False
        # An included file makes its own folders.
        return not include or (not is_dir and _matched(only, name))

    return Keep(stays, whole=not include and not any(pattern.negated for pattern in out))


def _patterns(given: Sequence[str]) -> list[_Pattern]:
    return [_pattern(text.strip()) for text in given if text.strip()]


def _pattern(text: str) -> _Pattern:
    plain = text.removeprefix("!").strip()
    return _Pattern(matcher(os.path.normpath(plain).lstrip("/")), negated=text.startswith("!"))


def _matched(patterns: Sequence[_Pattern], name: str) -> bool:
    """Whether the last pattern that fits the path, or a folder above it, is not a negated one."""
    parts = name.split("/")
    whole = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    fits = [pattern for pattern in patterns if any(map(pattern.paths.match, whole))]
    return bool(fits) and not fits[-1].negated
