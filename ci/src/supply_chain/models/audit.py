"""What pip-audit found in lock files: vulnerable packages, or that they could not be looked up.

pip-audit ends with 0 although it skipped packages, and with 1 for findings and for most failures. So its JSON
decides: without it nothing was audited, and a skipped package is no clean one.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Self

from pydantic import ValidationError

from supply_chain.errors import (
    AdvisoriesInvalid,
    AdvisoriesUnavailable,
    AuditFailed,
    InternalError,
    LockInvalid,
    SupplyChainError,
)
from supply_chain.models.base import Model, OwnModel, first_problem
from supply_chain.models.lock import Lock, normalized
from supply_chain.models.transient import Service, passing
from supply_chain.tools.output import last_words

PUBLIC = "PyPI"
"""The service that is asked when no advisories are handed in."""

_SHOWN = 20
_UNKNOWN = (
    "this is not a finding: check the network to the service, or hand advisories in with --advisories; "
    "packages that only you have belong into a lock file that audit in [tool.supply-chain] does not name"
)
_SERVICE_FAILED = re.compile(
    r"^(?:requests\.|urllib3\.|pip_audit\._service\.|TimeoutError)|Tip: your network may be blocking",
    re.MULTILINE,
)
_LOCK_REFUSED = re.compile(
    r"^ERROR:pip_audit\._cli:|^packaging\.|InvalidRequirement|UnicodeDecodeError", re.MULTILINE
)


class _Found(Model):
    """An advisory in pip-audit's report."""

    id: str
    aliases: tuple[str, ...] = ()
    fix_versions: tuple[str, ...] = ()


class _Dependency(Model):
    """A package in pip-audit's report; one that was skipped has a reason and no version."""

    name: str
    version: str = ""
    vulns: tuple[_Found, ...] = ()
    skip_reason: str = ""


class _Report(Model):
    """pip-audit's report."""

    dependencies: tuple[_Dependency, ...]


class Answer(Model):
    """What scripts/audit.py printed of one lock file."""

    advisories: int | None = None
    """How many were handed in; None when the public service was asked."""
    sample: bool = False
    """Whether they are a sample."""
    refused: str = ""
    """Why what was handed in cannot be used."""
    exit_code: int | None = None
    """pip-audit's; None when it did not end in time."""
    report: str = ""
    """What pip-audit printed: its report, or nothing."""
    stderr: str = ""
    """What it said besides."""

    @classmethod
    def parse(cls, document: str) -> Self:
        """The answer in `document`."""
        try:
            return cls.model_validate_json(document)
        except ValidationError as error:
            raise InternalError("the audit printed no answer", why=first_problem(error)) from None

    @property
    def service(self) -> str:
        """Who was asked, for people."""
        if self.advisories is None:
            return PUBLIC
        kind = "a sample of advisories" if self.sample else "advisories handed in"
        return f"{kind} ({self.advisories})"

    def dependencies(self, lock: Lock) -> tuple[_Dependency, ...]:
        """Every package of the lock file, looked up; else the error that says why not."""
        if self.refused:
            raise AdvisoriesInvalid("the advisories cannot be used", why=self.refused)
        try:
            found = _Report.model_validate_json(self.report).dependencies
        except ValidationError:
            raise self._failure(lock) from None
        skipped = [f"{one.name}: {one.skip_reason}" for one in found if one.skip_reason]
        if skipped:
            raise AdvisoriesUnavailable(
                f"{self.service} could not look up {len(skipped)} of {len(found)} packages in {lock.path}",
                why=_first(skipped),
                advice=_UNKNOWN,
            )
        return found

    def _failure(self, lock: Lock) -> SupplyChainError:
        """The error for a run of pip-audit without a report."""
        words = last_words(self.stderr)
        if self.exit_code is None or _SERVICE_FAILED.search(self.stderr):
            cause = words.rpartition("\n")[2]
            return AdvisoriesUnavailable(
                f"{self.service} did not answer for {lock.path}",
                why=cause or "no answer in time",
                trouble=passing(self.stderr, f"{Service.ADVISORIES} ({self.service})"),
            )
        if _LOCK_REFUSED.search(self.stderr):
            return LockInvalid(f"{lock.path} cannot be audited", why=words)
        return InternalError(f"pip-audit failed on {lock.path}", why=words)


class Vulnerability(OwnModel):
    """An advisory that touches one locked version."""

    package: str
    """Name of the package."""
    version: str
    """The locked version."""
    id: str
    """The advisory's id."""
    aliases: tuple[str, ...]
    """Its other ids."""
    fixed: tuple[str, ...]
    """Versions that are not affected; empty when there is none yet."""
    locks: tuple[str, ...]
    """Lock files that hold this version."""


class Audit(OwnModel):
    """The lock files of a source, audited."""

    service: str
    """Where the advisories came from."""
    sample: bool
    """Whether they were only a sample: what it does not list was not looked for."""
    locks: tuple[str, ...]
    """The lock files."""
    packages: int
    """How many packages were looked up, the same version once."""
    left_out: tuple[str, ...]
    """Packages that the toolbox's platform or Python has no use for, by their markers: not looked up."""
    vulnerabilities: tuple[Vulnerability, ...]
    """What was found, by package."""

    @classmethod
    def of(cls, answers: Iterable[tuple[Lock, Answer]]) -> Self:
        """The answers on several lock files together; raises when one of them says nothing."""
        every = [(lock, answer, answer.dependencies(lock)) for lock, answer in answers]
        places: dict[tuple[str, str], list[str]] = {}
        for lock, _, dependencies in every:
            for one in dependencies:
                places.setdefault((one.name, one.version), []).append(lock.path)
        locked = frozenset[str]().union(*(lock.packages for lock, _, _ in every))
        found = {(one.name, one.version): one for _, _, dependencies in every for one in dependencies}
        return cls(
            service=", ".join(sorted({answer.service for _, answer, _ in every})),
            sample=any(answer.sample for _, answer, _ in every),
            locks=tuple(lock.path for lock, _, _ in every),
            packages=len(found),
            left_out=tuple(sorted(locked - {normalized(name) for name, _ in found})),
            vulnerabilities=tuple(
                vulnerability
                for key, one in sorted(found.items())
                for vulnerability in _vulnerabilities(one, tuple(places[key]))
            ),
        )

    @property
    def headline(self) -> str:
        """The audit in one line."""
        left = f", {len(self.left_out)} are for other platforms" if self.left_out else ""
        return (
            f"{len(self.vulnerabilities)} known vulnerabilities in {self.packages} packages"
            f" of {', '.join(self.locks)}, by {self.service}{left}"
        )

    def check(self) -> None:
        """AuditFailed, with what to lock instead, when anything was found."""
        if self.vulnerabilities:
            raise AuditFailed(self.headline, why=_first([_line(one) for one in self.vulnerabilities]))


def _vulnerabilities(dependency: _Dependency, locks: tuple[str, ...]) -> Iterator[Vulnerability]:
    """What touches one package, by id."""
    for found in sorted(dependency.vulns, key=lambda one: one.id):
        yield Vulnerability(
            package=dependency.name,
            version=dependency.version,
            id=found.id,
            aliases=tuple(sorted(found.aliases)),
            fixed=found.fix_versions,
            locks=locks,
        )


def _line(found: Vulnerability) -> str:
    aliases = f" ({', '.join(found.aliases)})" if found.aliases else ""
    fix = f"fixed in {', '.join(found.fixed)}" if found.fixed else "no fix yet"
    return f"{found.package} {found.version}: {found.id}{aliases}, {fix}, in {', '.join(found.locks)}"


def _first(lines: list[str]) -> str:
    """The first twenty lines, and how many follow."""
    rest = len(lines) - _SHOWN
    return "\n".join([*lines[:_SHOWN], f"and {rest} more"] if rest > 0 else lines)
