"""What a version is, how versions follow each other, and when `latest` may move.

Rules:
1. a version is one to four numbers, and for a pre-release a hyphen and identifiers as SemVer has them:
   1, 1.4, 1.4.0, 2026.11.25, 1.4.0-rc.1. No build metadata, because a tag cannot hold a plus sign.
2. a leading `v` is how git tags are written. It is dropped, wherever the version comes from, as
   docker/metadata-action does: v1.4.0 and 1.4.0 are one version and have one tag, 1.4.0.
3. order is SemVer's (https://semver.org/#spec-item-11); a number that is not written counts as 0.
4. `latest` moves only to a stable version that no stable version in the registry is higher than.
"""

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Self

from supply_chain.errors import BadVersion
from supply_chain.models.base import OwnModel

LATEST = "latest"
"""The tag that names the highest stable version."""

_LONGEST = 128  # a tag: https://github.com/distribution/reference/blob/main/regexp.go
_NUMERIC = r"0|[1-9][0-9]*"
_IDENTIFIER = rf"(?:{_NUMERIC}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"v?(?P<tag>(?=.{{1,{_LONGEST}}}\Z)(?P<numbers>[0-9]+(?:\.[0-9]+){{0,3}})(?:-(?P<pre>{_IDENTIFIER}(?:\.{_IDENTIFIER})*))?)"
)
_MOST_NUMBERS = 4
_ADVICE = "a version is numbers and dots, e.g. 1.4.0, for a pre-release with a hyphen: 1.4.0-rc.1"


@functools.total_ordering
class Version(OwnModel):
    """One version. Two are equal when neither comes before the other, as 1.4 and 1.4.0."""

    tag: str
    """As it was written, without a leading v; the image's tag."""
    numbers: tuple[int, ...]
    """Its numbers, four of them."""
    pre: tuple[str, ...]
    """Identifiers of a pre-release; none for a stable version."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The version in `text`; BadVersion says why it is none."""
        found = _VERSION.fullmatch(text)
        if not found:
            raise BadVersion(f"{text!r} is no version", why=_why_not(text), advice=_ADVICE)
        numbers = [int(number) for number in found["numbers"].split(".")]
        numbers += [0] * (_MOST_NUMBERS - len(numbers))
        pre = tuple(found["pre"].split(".")) if found["pre"] else ()
        return cls(tag=found["tag"], numbers=tuple(numbers), pre=pre)

    @property
    def is_stable(self) -> bool:
        """Whether it is no pre-release."""
        return not self.pre

    def __str__(self) -> str:
        return self.tag

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._precedence == other._precedence

    def __hash__(self) -> int:
        return hash(self._precedence)

    def __lt__(self, other: "Version") -> bool:
        return self._precedence < other._precedence

    @property
    def _precedence(self) -> tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]:
        """Order: numbers, then a pre-release before its version, in it numbers before words."""
        identifiers = ((not one.isdigit(), int(one) if one.isdigit() else 0, one) for one in self.pre)
        return self.numbers, self.is_stable, tuple(identifiers)


def is_highest_stable(version: Version, existing_tags: Iterable[str]) -> bool:
    """Whether `latest` may name this version, given the registry's tags; what is no version is no rival."""
    rivals = (rival for rival in _versions(existing_tags) if rival.is_stable)
    return version.is_stable and all(version >= rival for rival in rivals)


def from_git_tags(tags_at_head: Sequence[str]) -> Version | None:
    """The version that git tags give a commit; None without one, BadVersion when they give two."""
    versions = {version.tag: version for version in _versions(tags_at_head)}
    if len(versions) > 1:
        named = ", ".join(sorted(versions))
        raise BadVersion(
            "the commit has tags of more than one version", why=named, advice="say which with --version"
        )
    return next(iter(versions.values()), None)


def is_version(text: str) -> bool:
    """Whether `Version.parse` takes it."""
    return bool(_VERSION.fullmatch(text))


def _versions(tags: Iterable[str]) -> list[Version]:
    """The versions among tags."""
    return [Version.parse(tag) for tag in tags if is_version(tag)]


def _why_not(text: str) -> str:
    if len(text) > _LONGEST:
        return f"it is longer than a tag may be, {_LONGEST} characters"
    if "+" in text:
        return "a tag cannot hold a plus sign: leave the build metadata out"
    if not text.removeprefix("v")[:1].isdigit():
        return (
            "it does not start with a number; names as latest, main or sha-… are made by the release itself"
        )
    return "after the numbers only a pre-release may follow"
