"""The rows of a page's tables, in the order they are shown in before anybody sorts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from supply_chain.images import Image
from supply_chain.models.exceptions import Entry
from supply_chain.models.outcome import Outcome
from supply_chain.models.policy import Finding, Judgement, has_fix
from supply_chain.models.provenance import BASE_IMAGE, Provenance
from supply_chain.models.trivy_report import Report, Result, Severity, Vulnerability
from supply_chain.report.sbom import Sbom
from supply_chain.report.words import line, web

MOST_ROWS = 2000
"""Rows of a table, at most: a page must open at once, and the documents beside it hold the rest."""

BLOCKS, EXCEPTED, PASSES = "blocks", "excepted", "passes"
FIX, NO_FIX = "yes", "no"

_RANK = {severity: rank for rank, severity in enumerate(Severity)}
_LONGEST_NAME = 80
_LONGEST_TITLE = 200
_MOST_LICENSES = 6


@dataclass(frozen=True)
class FindingRow:
    """One finding."""

    severity: Severity
    rank: int
    """Its severity as a number, the worst first."""
    id: str
    url: str
    """Where to read on; empty where that is no web page."""
    package: str
    installed: str
    fixed: str
    """Version with a fix; else what the distribution says of it."""
    fix: str
    """FIX or NO_FIX."""
    gate: str
    """What the gate makes of it: BLOCKS, EXCEPTED or PASSES."""
    title: str
    place: str
    """Where in the image."""


@dataclass(frozen=True)
class PackageRow:
    """One package."""

    name: str
    version: str
    kind: str
    licenses: str
    findings: int


@dataclass(frozen=True)
class ExceptionRow:
    """One exception from the gate."""

    id: str
    ends: str
    """The first day on which it does not count."""
    days: int
    """Days that were left when the run began."""
    state: str
    statement: str
    covers: str
    """Packages that were found and are covered."""
    only_for: str
    """Paths and packages it is limited to."""


@dataclass(frozen=True)
class ImageRow:
    """An image that was used."""

    use: str
    """What it was to the run."""
    version: str
    reference: str
    stands_for: str
    """The image it stands in for; empty where it is the one that is meant."""


def finding_rows(scan: Report | None, gate: Judgement | None) -> tuple[FindingRow, ...]:
    """All findings, the worst first and what blocks before what does not; none without a scan."""
    blocking = {_key_of(finding) for finding in gate.blocking} if gate else set()
    excepted = {_key_of(one.finding) for one in gate.excepted} if gate else set()

    def made(result: Result, found: Vulnerability) -> FindingRow:
        key = _key(found.id, found.package, found.installed, result.target, found.package_path)
        said = BLOCKS if key in blocking else EXCEPTED if key in excepted else PASSES
        return _finding_row(_place(result, found, scan.artifact_name if scan else ""), found, said)

    rows = [made(*finding) for finding in scan.findings] if scan else []
    return tuple(
        sorted(rows, key=lambda row: (row.rank, row.gate != BLOCKS, row.fix != FIX, row.package, row.id))
    )


def package_rows(sbom: Sbom | None, findings: Iterable[FindingRow]) -> tuple[PackageRow, ...]:
    """What the SBOM lists, by name."""
    found = Counter((row.package, row.installed) for row in findings)
    packages = sbom.contents if sbom else ()
    rows = (
        PackageRow(
            name=line(package.name, _LONGEST_NAME),
            version=line(package.version, _LONGEST_NAME),
            kind=line(package.kind, _LONGEST_NAME),
            licenses=_listed(sbom.licenses(package)) if sbom else "",
            findings=found[line(package.name, _LONGEST_NAME), line(package.version, _LONGEST_NAME)],
        )
        for package in packages
    )
    return tuple(sorted(rows, key=lambda row: (row.name.lower(), row.version)))


def exception_rows(outcome: Outcome) -> tuple[ExceptionRow, ...]:
    """The exceptions, those that somebody must look at first."""
    gate = outcome.gate
    if not gate:
        return ()
    today = outcome.started_at.date()
    ordered = sorted(gate.policy.exceptions.entries, key=lambda entry: entry.days_left(today))
    return tuple(
        ExceptionRow(
            id=line(entry.id, _LONGEST_NAME),
            ends=entry.expired_at.isoformat(),
            days=entry.days_left(today),
            state=_state(entry, gate),
            statement=line(entry.statement),
            covers=_covered(entry, gate),
            only_for=line(", ".join([*entry.paths, *entry.purls])) or "every package",
        )
        for entry in ordered
    )


def image_rows(outcome: Outcome, provenance: Provenance | None) -> tuple[ImageRow, ...]:
    """Base images as the provenance has them, then the tools."""
    dependencies = provenance.build_definition.resolved_dependencies if provenance else ()
    stands_for = {image.reference: image.stand_in_for or "" for image in outcome.images.values()}
    bases = []
    for one in dependencies:
        if one.name == BASE_IMAGE:
            place, digest = one.uri.removeprefix("oci://"), one.digest.get("sha256", "")
            reference = f"{place}@sha256:{digest}" if digest else place or str(one.annotations)
            bases.append(ImageRow("base image", "", line(reference), line(stands_for.get(reference, ""))))
    return (*bases, *(_tool(name, image) for name, image in outcome.images.items()))


def _tool(name: str, image: Image) -> ImageRow:
    return ImageRow(
        line(name, _LONGEST_NAME),
        line(image.version, _LONGEST_NAME),
        line(image.reference),
        line(image.stand_in_for or ""),
    )


def _key_of(finding: Finding) -> tuple[str, ...]:
    return _key(finding.id, finding.package, finding.installed, finding.target, finding.path)


def _key(id_: str, package: str, installed: str, target: str, path: str) -> tuple[str, ...]:
    """What tells findings apart.

    A target such as `/image (debian 13.8)` begins with the image's name, and that is another one while the
    image is scanned and judged than in the report that is kept.
    """
    return id_, package, installed, target.rpartition(" (")[2], path


def _place(result: Result, found: Vulnerability, image: str) -> str:
    """The file that lists the package, or what is left of the target without the image's own name."""
    return found.package_path or result.target.removeprefix(image).strip(" ()") or result.target


def _finding_row(place: str, found: Vulnerability, gate: str) -> FindingRow:
    fixed = line(found.fixed, _LONGEST_NAME)
    status = line(found.status.replace("_", " "), _LONGEST_NAME) or "unknown"
    return FindingRow(
        severity=found.severity,
        rank=_RANK[found.severity],
        id=line(found.id, _LONGEST_NAME),
        url=web(found.url),
        package=line(found.package, _LONGEST_NAME),
        installed=line(found.installed, _LONGEST_NAME),
        fixed=fixed or f"({status})",
        fix=FIX if has_fix(found) else NO_FIX,
        gate=gate,
        title=line(found.title, _LONGEST_TITLE),
        place=line(place, _LONGEST_NAME),
    )


def _listed(licenses: tuple[str, ...]) -> str:
    """Licences in one cell, the first of them where there are many."""
    shown = ", ".join(line(one, _LONGEST_NAME) for one in licenses[:_MOST_LICENSES])
    left = len(licenses) - _MOST_LICENSES
    return f"{shown} and {left} more" if left > 0 else shown


def _state(entry: Entry, gate: Judgement) -> str:
    states = {
        "has ended, blocks": entry in gate.expired,
        "ends soon": entry in gate.expiring,
        "unused": entry in gate.unused,
    }
    return ", ".join(state for state, holds in states.items() if holds) or "counts"


def _covered(entry: Entry, gate: Judgement) -> str:
    packages = [
        one.finding.package
        for one in gate.excepted
        if (one.finding.id, one.statement, one.expired_at) == (entry.id, entry.statement, entry.expired_at)
    ]
    return line(", ".join(dict.fromkeys(packages))) or "nothing that was found"
