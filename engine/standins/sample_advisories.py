"""The sample advisories: what an entry says, and the checks that keep the set honest."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

FOLDER = Path(__file__).parent / "advisories"
SET_FILE = "set.toml"

Severity = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
Rater = Literal["ghsa", "debian", "nvd", "redhat", "cna", "cisa-adp"]
Status = Literal["affected", "will_not_fix", "fix_deferred", "end_of_life"]

_CVE, _GHSA, _DSA = r"CVE-\d{4}-\d{4,}", r"GHSA(-[23456789cfghjmpqrvwx]{4}){3}", r"DSA-\d+-\d+"
_PAGES = "github.com/advisories/|nvd.nist.gov/|www.cve.org/|security-tracker.debian.org/tracker/"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Url = Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+\.[^\s/]+/\S+$")]
DebianVersion = Annotated[str, StringConstraints(pattern=r"^(\d+:)?\d[A-Za-z0-9.+~-]*$")]


class AdvisoryError(Exception):
    """The advisory files cannot be used; the message names the file, the entry and what to change."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Score(_Model):
    """A CVSS rating."""

    by: Rater
    vector: str = Field(pattern=r"^CVSS:(3\.[01]|4\.0)(/[A-Z]+:[A-Za-z]+)+$")
    score: float = Field(gt=0, le=10)


class PipPackage(_Model):
    """A Python package and its vulnerable versions."""

    ecosystem: Literal["pip"]
    package: Text
    """The name as PyPI normalizes it."""
    vulnerable: tuple[str, ...] = Field(min_length=1)
    """Version ranges such as ">=2.3.0, <2.3.2"; any of them counts."""
    fixed: tuple[str, ...]
    """The first good version after each range; empty where there is none."""

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if canonicalize_name(self.package) != self.package:
            raise ValueError(f"write the package as {canonicalize_name(self.package)!r}")
        ranges = [_specifiers(text) for text in self.vulnerable]
        fixed = {_version(text) for text in self.fixed}
        for version in fixed:
            if any(version in vulnerable for vulnerable in ranges):
                raise ValueError(f"fixed version {version} lies in a vulnerable range")
        bounds = {Version(one.version) for every in ranges for one in every if one.operator == "<"}
        if bounds != fixed:
            raise ValueError(f"fixed in {_listed(fixed)}, but the ranges end at {_listed(bounds)}")
        return self


class DebianPackage(_Model):
    """A Debian source package: either the version that fixes it, or its status."""

    ecosystem: Literal["debian"]
    release: Literal["12", "13"]
    package: Text
    fixed: DebianVersion | None = None
    status: Status | None = None

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if (self.fixed is None) == (self.status is None):
            raise ValueError("give a fixed version or a status, one of the two")
        return self


Affected = Annotated[PipPackage | DebianPackage, Field(discriminator="ecosystem")]


class Advisory(_Model):
    """One public advisory."""

    id: str = Field(pattern=rf"^({_CVE}|{_GHSA})$")
    aliases: tuple[Annotated[str, StringConstraints(pattern=rf"^({_CVE}|{_GHSA}|{_DSA})$")], ...]
    title: Text
    description: Text
    severity: Severity
    rated_by: Rater
    """Who says so: debian is the tracker's urgency, cna whoever assigned the CVE."""
    cvss: tuple[Score, ...]
    cwes: tuple[Annotated[str, StringConstraints(pattern=r"^CWE-\d+$")], ...]
    published: date
    modified: date
    sources: tuple[Url, ...] = Field(min_length=1)
    """Public pages that state these facts; at least one is the advisory itself."""
    affected: tuple[Affected, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if not any(re.match(rf"https://({_PAGES})", url) for url in self.sources):
            raise ValueError(f"none of the sources is an advisory's page ({_PAGES.replace('|', ', ')})")
        if self.modified < self.published:
            raise ValueError("modified before it was published")
        if self.rated_by == "debian" and any(one.ecosystem != "debian" for one in self.affected):
            raise ValueError("Debian rates Debian packages only")
        if len({one.by for one in self.cvss}) < len(self.cvss):
            raise ValueError("two CVSS ratings by the same rater")
        if len(set(_places(self))) < len(self.affected):
            raise ValueError("a package is listed twice")
        return self


class AdvisorySet(_Model):
    """All sample advisories, by id."""

    date: date
    """The day the facts were compared with their sources; nothing in the set is younger."""
    advisories: tuple[Advisory, ...]

    @model_validator(mode="after")
    def _checked(self) -> Self:
        repeated = [name for name, count in Counter(one.id for one in self.advisories).items() if count > 1]
        if repeated:
            raise ValueError(f"more than one entry: {', '.join(sorted(repeated))}")
        late = sorted(one.id for one in self.advisories if one.modified > self.date)
        if late:
            raise ValueError(f"modified after the set's date {self.date}: {', '.join(late)}")
        return self


def load(folder: Path = FOLDER) -> AdvisorySet:
    """Read and check every advisory file of a folder.

    Raises:
        AdvisoryError: a file is missing or unreadable, or an entry breaks a rule.
    """
    files = sorted(path for path in folder.glob("*.toml") if path.name != SET_FILE)
    if not files:
        raise AdvisoryError(f"{folder} holds no advisory files (*.toml); restore the folder")
    entries = [entry for path in files for entry in _entries(path)]
    try:
        entries.sort(key=lambda one: one.id)
        return AdvisorySet.model_validate({**_read(folder / SET_FILE), "advisories": entries})
    except ValidationError as error:
        raise AdvisoryError(f"{folder.name}: {_reasons(error)}; correct the files") from error


def _entries(path: Path) -> Iterator[Advisory]:
    raw = _read(path)
    listed = raw.get("advisory")
    if set(raw) != {"advisory"} or not isinstance(listed, list):
        raise AdvisoryError(f"{path.name}: expected [[advisory]] tables and nothing else; correct the file")
    for number, entry in enumerate(listed, start=1):
        try:
            yield Advisory.model_validate(entry)
        except ValidationError as error:
            name = entry.get("id") if isinstance(entry, dict) else None
            raise AdvisoryError(
                f"{path.name}: entry {number} ({name or 'without id'}): {_reasons(error)}; correct the entry"
            ) from error


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AdvisoryError(f"{path.name} cannot be read: {error}; restore or correct the file") from error


def _reasons(error: ValidationError) -> str:
    found = ((".".join(str(part) for part in one["loc"]), one["msg"]) for one in error.errors())
    return "; ".join(f"{where}: {what}" if where else what for where, what in found)


def _specifiers(text: str) -> SpecifierSet:
    try:
        found = SpecifierSet(text)
    except InvalidSpecifier as error:
        raise ValueError(f"{text!r} is no version range") from error
    if not len(found):
        raise ValueError("an empty version range would match every version")
    return found


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion as error:
        raise ValueError(f"{text!r} is no version") from error


def _listed(versions: set[Version]) -> str:
    return ", ".join(str(one) for one in sorted(versions)) or "(none)"


def _places(advisory: Advisory) -> Iterator[tuple[str, str]]:
    for one in advisory.affected:
        yield one.package, one.release if isinstance(one, DebianPackage) else one.ecosystem
