"""Exceptions from the gate: findings that a release may carry, for a reason and for a time.

The format is Trivy's .trivyignore.yaml: https://trivy.dev/docs/latest/configuration/filtering/. Here it is
judged and not left to Trivy, which drops an entry that has ended without a word. Rules:
1. every entry under `vulnerabilities` has an id, a statement and a date `expired_at`, written without quotes.
2. the date is the first day on which the entry no longer counts, in UTC: Trivy compares the start of that day
   with the present (`Prune` in https://github.com/aquasecurity/trivy/blob/main/pkg/result/ignore.go).
3. an entry covers a finding with the same id whose target or package path matches one of its `paths`, and
   whose package is one of its `purls`; it need not have either. Narrower than Trivy in one point: an entry
   with `purls` covers no finding without one.
4. unknown or repeated keys, repeated entries, patterns that are none: refused, because a slip of the pen must
   not make an exception wider. What Trivy knows beside `vulnerabilities` is left to Trivy, and said.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any, Self

from pydantic import Field, ValidationError, field_validator

from supply_chain.errors import ExceptionsInvalid
from supply_chain.models.base import OwnModel, first_problem
from supply_chain.models.globs import compiled, matches
from supply_chain.models.purl import PackageUrl
from supply_chain.models.trivy_report import Result, Vulnerability
from supply_chain.models.yaml_nodes import Node

WARNED_DAYS = 14
"""An entry with so many days left, or fewer, is pointed out."""

_LARGEST = 64 * 1024
_VULNERABILITIES = "vulnerabilities"
_SECTIONS = (_VULNERABILITIES, "misconfigurations", "secrets", "licenses")


class State(StrEnum):
    """Whether an entry counts."""

    ACTIVE = "active"
    """It counts."""
    SOON = "soon"
    """It counts, for a few days more."""
    EXPIRED = "expired"
    """It counts no longer."""


class Entry(OwnModel):
    """One exception."""

    id: str = Field(min_length=1)
    """CVE or other advisory id, as Trivy reports it."""
    statement: str = Field(min_length=1)
    """Why the finding may be there."""
    expired_at: date
    """First day, in UTC, on which the exception no longer counts."""
    paths: tuple[str, ...] = ()
    """Patterns of targets or package paths it is limited to; empty for all."""
    purls: tuple[str, ...] = ()
    """Package URLs it is limited to; empty for all."""

    @field_validator("paths")
    @classmethod
    def _patterns(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        for path in paths:
            compiled(path)
        return paths

    @field_validator("purls")
    @classmethod
    def _packages(cls, purls: tuple[str, ...]) -> tuple[str, ...]:
        for purl in purls:
            PackageUrl.parse(purl)
        return purls

    def days_left(self, today: date) -> int:
        """Days on which it still counts, today among them."""
        return (self.expired_at - today).days

    def state(self, today: date) -> State:
        """Whether it counts today, which is a day in UTC."""
        left = self.days_left(today)
        if left <= 0:
            return State.EXPIRED
        return State.SOON if left <= WARNED_DAYS else State.ACTIVE

    def covers(self, result: Result, vulnerability: Vulnerability) -> bool:
        """Whether the finding is one that this exception is about (rule 3)."""
        return (
            self.id == vulnerability.id
            and self._has_path(result.target, vulnerability.package_path)
            and self._has_package(vulnerability.identifier.purl)
        )

    def _has_path(self, *places: str) -> bool:
        return not self.paths or any(matches(path, place) for path in self.paths for place in places)

    def _has_package(self, purl: str) -> bool:
        if not self.purls:
            return True
        try:
            package = PackageUrl.parse(purl)
        except ValueError:
            return False
        return any(PackageUrl.parse(wanted).covers(package) for wanted in self.purls)


class Exceptions(OwnModel):
    """All exceptions of a source."""

    entries: tuple[Entry, ...] = ()
    """Exceptions, in the order of their file."""
    left_out: tuple[str, ...] = ()
    """Sections of the file that are not about vulnerabilities, and are not read."""

    @classmethod
    def parse(cls, document: str, file: str = ".trivyignore.yaml") -> Self:
        """The exceptions in a file; ExceptionsInvalid names the line that cannot be used."""
        if len(document.encode(errors="replace")) > _LARGEST:
            raise ExceptionsInvalid(f"{file} is larger than {_LARGEST // 1024} KiB")
        root = Node.parse(document, file)
        sections = root.mapping("the file") if root else {}
        for name, node in sections.items():
            if name not in _SECTIONS:
                raise node.refused(f"there is no section {name!r}", why=f"Trivy knows {', '.join(_SECTIONS)}")
        listed = (
            sections.pop(_VULNERABILITIES).items(_VULNERABILITIES) if _VULNERABILITIES in sections else []
        )
        return cls(entries=tuple(_entries(listed)), left_out=tuple(sections))

    def on(self, today: date) -> dict[State, tuple[Entry, ...]]:
        """The entries by what they are worth today, which is a day in UTC."""
        return {
            state: tuple(entry for entry in self.entries if entry.state(today) is state) for state in State
        }

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader of the file could wrongly take for said."""
        return tuple(
            f"{name} in the file of exceptions are not read: the gate is about vulnerabilities alone"
            for name in self.left_out
        )


def _entries(nodes: Iterable[Node]) -> Iterator[Entry]:
    """The entries, none of them twice."""
    lines: dict[tuple[Any, ...], int] = {}
    for node in nodes:
        entry = _entry(node)
        key = (entry.id, frozenset(entry.paths), frozenset(entry.purls))
        if key in lines:
            raise node.refused(f"{entry.id} is there twice", why=f"first in line {lines[key]}")
        lines[key] = node.line
        yield entry


def _entry(node: Node) -> Entry:
    fields = {key: field for key, field in node.mapping("an entry").items() if not field.is_null}
    called = (fields["id"].text("id").strip() if "id" in fields else "") or "an entry"
    for key, field in fields.items():
        if key not in Entry.model_fields:
            raise field.refused(
                f"{called} has a key {key!r}", why=f"the keys are {', '.join(Entry.model_fields)}"
            )
    values = {key: _value(key, field, f"{key} of {called}") for key, field in fields.items()}
    for needed in ("id", "statement", "expired_at"):
        if not values.get(needed):
            raise node.refused(f"{called} has no {needed}")
    try:
        return Entry(**values)
    except ValidationError as error:
        raise node.refused(f"{called} cannot be used", why=first_problem(error)) from None


def _value(key: str, field: Node, what: str) -> Any:
    """What a field holds: a date, a list of texts or a text."""
    if key == "expired_at":
        return field.day(what)
    if key in {"paths", "purls"}:
        return tuple(item.text(f"one of the {what}") for item in field.items(what))
    return field.text(what).strip()
