"""The gate: which findings stop a release. A pure function over Trivy's report.

Rules: a finding blocks when its severity is one of the policy's and, where the policy ignores unfixed ones, a
fix exists. A fix exists when Trivy's status says `fixed` or a fixed version is named; Trivy's own
--ignore-unfixed looks at the status alone, so that this gate lets nothing pass that Trivy would stop. An
unknown severity blocks nothing. The gate is not left to `trivy convert --exit-code`, because `convert` has no
--ignore-unfixed.
"""

from collections.abc import Iterable, Iterator

from supply_chain.models.base import OwnModel
from supply_chain.models.trivy_report import Report, Result, Severity, Vulnerability

_ORDER = {severity: rank for rank, severity in enumerate(Severity)}
_NAMED_IN_TEXT = 20


class Policy(OwnModel):
    """What stops a release."""

    severities: tuple[Severity, ...] = (Severity.CRITICAL, Severity.HIGH)
    """Severities that block."""
    ignore_unfixed: bool = True
    """Whether a finding nobody has fixed yet passes."""


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

    @property
    def passed(self) -> bool:
        """Whether nothing blocks."""
        return not self.blocking

    @property
    def headline(self) -> str:
        """The judgement in one line."""
        what = " or ".join(self.policy.severities) + (" with a fix" if self.policy.ignore_unfixed else "")
        return f"{len(self.blocking)} of {self._findings} findings block ({what})"

    @property
    def _findings(self) -> int:
        return sum(count.fixed + count.unfixed for count in self.counts.values())


def judge(report: Report, policy: Policy) -> Judgement:
    """Apply `policy` to every finding of `report`."""
    counts = {severity: {"fixed": 0, "unfixed": 0} for severity in Severity}
    blocking = []
    for result, vulnerability in _findings(report):
        counts[vulnerability.severity]["fixed" if has_fix(vulnerability) else "unfixed"] += 1
        if blocks(vulnerability, policy):
            blocking.append(_finding(result, vulnerability))
    return Judgement(
        policy=policy,
        blocking=tuple(sorted(blocking, key=lambda f: (_ORDER[f.severity], f.id, f.package, f.target))),
        counts={severity: Count(**count) for severity, count in counts.items()},
        packages=report.package_count,
    )


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


def _findings(report: Report) -> Iterator[tuple[Result, Vulnerability]]:
    return ((result, vulnerability) for result in report.results for vulnerability in result.vulnerabilities)


def _finding(result: Result, vulnerability: Vulnerability) -> Finding:
    return Finding(target=result.target, **vulnerability.model_dump(exclude={"status"}))
