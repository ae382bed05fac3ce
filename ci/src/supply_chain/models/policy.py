"""The gate: which findings stop a release. A pure function over Trivy's report.

Rules:
1. a finding blocks when its severity is one of the policy's and, where the policy ignores unfixed ones, a fix
   exists. A fix exists when Trivy's status says `fixed` or a fixed version is named; Trivy's own
   --ignore-unfixed looks at the status alone, so that this gate lets nothing pass that Trivy would stop. An
   unknown severity blocks nothing.
2. a finding that an exception covers does not block while the exception counts (`exceptions.py`).
3. an exception that has ended blocks by itself, whether or not its finding is still there: somebody decides
   anew, or takes it out. So no list of forgotten exceptions grows.

The gate is not left to `trivy convert --exit-code`, because `convert` has no --ignore-unfixed.
"""

from collections.abc import Iterable
from datetime import date

from supply_chain.errors import ExceptionExpired, GateBlocked, UsageError
from supply_chain.models.base import OwnModel
from supply_chain.models.exceptions import Entry, Exceptions, State
from supply_chain.models.trivy_report import Report, Result, Severity, Vulnerability

_ORDER = {severity: rank for rank, severity in enumerate(Severity)}
_NAMED_IN_TEXT = 20


class Policy(OwnModel):
    """What stops a release."""

    severities: tuple[Severity, ...] = (Severity.CRITICAL, Severity.HIGH)
    """Severities that block."""
    ignore_unfixed: bool = True
    """Whether a finding nobody has fixed yet passes."""
    exceptions: Exceptions = Exceptions()
    """Findings that may be there, for a time."""


class Finding(OwnModel):
    """A vulnerability in one installed package."""

    id: str
    """CVE or other advisory id."""
    package: str
    """Name of the package."""
    installed: str
    """Version in the image."""
    fixed: str
    """Version that is not affected; empty when there is none yet."""
    severity: Severity
    """Trivy's severity."""
    title: str
    """One line on what is wrong; other people's words."""
    url: str
    """Where to read on."""
    target: str
    """Where in the image the package was found."""
    path: str = ""
    """File that says the package is installed; empty for one of the operating system."""
    purl: str = ""
    """Package URL of the package; empty when Trivy knows none."""


class Excepted(OwnModel):
    """A finding that does not block, because an exception covers it."""

    finding: Finding
    """What was found."""
    statement: str
    """Why it may be there."""
    expired_at: date
    """First day, in UTC, on which it blocks again."""


class Count(OwnModel):
    """Findings of one severity."""

    fixed: int = 0
    """With a fix."""
    unfixed: int = 0
    """Without one."""


class Judgement(OwnModel):
    """What the gate says of one image."""

    policy: Policy
    """The rules that were applied."""
    blocking: tuple[Finding, ...]
    """Findings that stop the release, the worst first."""
    counts: dict[Severity, Count]
    """All findings by severity."""
    packages: int
    """Installed packages looked at."""
    excepted: tuple[Excepted, ...] = ()
    """Findings that an exception covers, the worst first."""
    expiring: tuple[Entry, ...] = ()
    """Exceptions that count for a few days more."""
    expired: tuple[Entry, ...] = ()
    """Exceptions that have ended, which stop the release as well."""
    unused: tuple[Entry, ...] = ()
    """Exceptions that count and cover nothing that was found."""

    @property
    def passed(self) -> bool:
        """Whether nothing blocks."""
        return not self.blocking and not self.expired

    @property
    def headline(self) -> str:
        """The judgement in one line."""
        what = " or ".join(self.policy.severities) + (" with a fix" if self.policy.ignore_unfixed else "")
        headline = f"{len(self.blocking)} of {self._findings} findings block ({what})"
        if self.excepted:
            headline += f", {len(self.excepted)} excepted"
        return headline + (f"; exceptions that have ended: {len(self.expired)}" if self.expired else "")

    @property
    def _findings(self) -> int:
        return sum(count.fixed + count.unfixed for count in self.counts.values())


def severities_of(names: Iterable[str]) -> tuple[Severity, ...]:
    """The severities a caller names, in any case and order, the worst first; UsageError for another word."""
    wanted = [name.strip().upper() for name in names]
    known = ", ".join(Severity)
    for name in wanted:
        if name not in set(Severity):
            raise UsageError(f"{name!r} is no severity", advice=f"severities are {known}")
    if not wanted:
        raise UsageError("no severity was named, so that nothing could block", advice=f"name some of {known}")
    return tuple(severity for severity in Severity if severity in wanted)


def judge(report: Report, policy: Policy, today: date) -> Judgement:
    """Apply `policy` to every finding of `report`, on a day in UTC."""
    states = policy.exceptions.on(today)
    counting = states[State.ACTIVE] + states[State.SOON]
    counts = {severity: {"fixed": 0, "unfixed": 0} for severity in Severity}
    blocking, excepted, used = [], [], set()
    for result, found in report.findings:
        counts[found.severity]["fixed" if has_fix(found) else "unfixed"] += 1
        covering = [entry for entry in counting if entry.covers(result, found)]
        used.update(covering)
        if covering:
            excepted.append(_excepted(_finding(result, found), covering[0]))
        elif blocks(found, policy):
            blocking.append(_finding(result, found))
    return Judgement(
        policy=policy,
        blocking=tuple(sorted(blocking, key=_worst_first)),
        counts={severity: Count(**count) for severity, count in counts.items()},
        packages=report.package_count,
        excepted=tuple(sorted(excepted, key=lambda one: _worst_first(one.finding))),
        expiring=states[State.SOON],
        expired=states[State.EXPIRED],
        unused=tuple(entry for entry in counting if entry not in used),
    )


def check(judgement: Judgement) -> None:
    """GateBlocked when findings block, ExceptionExpired when nothing but an ended exception does."""
    ended = [_ended(entry) for entry in judgement.expired]
    if judgement.blocking:
        why = "\n".join([listed(judgement.blocking), *ended])
        also = f"; of what has ended: {ExceptionExpired.default_advice}" if ended else ""
        raise GateBlocked(judgement.headline, why=why, advice=GateBlocked.default_advice + also)
    if judgement.expired:
        first, *rest = judgement.expired
        more = f" and {len(rest)} more" if rest else ""
        raise ExceptionExpired(f"the exception for {first.id}{more} has ended", why="\n".join(ended))


def has_fix(vulnerability: Vulnerability) -> bool:
    """Whether a version without the vulnerability exists."""
    return vulnerability.status == "fixed" or bool(vulnerability.fixed)


def blocks(vulnerability: Vulnerability, policy: Policy) -> bool:
    """Whether this finding alone stops a release."""
    return vulnerability.severity in policy.severities and (
        has_fix(vulnerability) or not policy.ignore_unfixed
    )


def listed(findings: Iterable[Finding]) -> str:
    """Findings as lines of text: id, severity, package, installed version and fix; the first twenty."""
    lines = [
        f"{found.id} {found.severity}: {found.package} {found.installed}, fixed in {found.fixed or 'unknown'}"
        for found in findings
    ]
    rest = len(lines) - _NAMED_IN_TEXT
    return "\n".join([*lines[:_NAMED_IN_TEXT], f"and {rest} more in trivy.json"] if rest > 0 else lines)


def _worst_first(finding: Finding) -> tuple[int, str, str, str, str]:
    return _ORDER[finding.severity], finding.id, finding.package, finding.target, finding.path


def _finding(result: Result, found: Vulnerability) -> Finding:
    known = found.model_dump(exclude={"status", "package_path", "identifier"})
    return Finding(target=result.target, path=found.package_path, purl=found.identifier.purl, **known)


def _excepted(finding: Finding, entry: Entry) -> Excepted:
    return Excepted(finding=finding, statement=entry.statement, expired_at=entry.expired_at)


def _ended(entry: Entry) -> str:
    return f"the exception for {entry.id} does not count since {entry.expired_at}; it said: {entry.statement}"
