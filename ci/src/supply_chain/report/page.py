"""Everything that report.html shows, in the order of the page. Documents in, a page out; nothing is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from supply_chain.models.evidence_files import OUTCOME
from supply_chain.models.mode import Mode
from supply_chain.models.outcome import Outcome
from supply_chain.models.place import Kind
from supply_chain.models.summary import EVIDENCE, KINDS
from supply_chain.report import charts, commands, rows
from supply_chain.report.diagram import Diagram, diagram
from supply_chain.report.documents import Documents
from supply_chain.report.words import duration, line, web

_UNKNOWN = "\N{EN DASH}"
_UNKNOWN_SIGNER = "unknown: no signer was ready"


@dataclass(frozen=True)
class Fact:
    """One line of what was released."""

    name: str
    value: str
    link: str = ""
    """Where to read on; empty where that is no web page."""
    remark: str = ""
    """What to know before believing it."""
    note: str = ""
    """What else there is to know."""
    copied: bool = False
    """Whether people take it elsewhere."""


@dataclass(frozen=True)
class Page:
    """What the template shows."""

    outcome: Outcome
    marks: tuple[str, ...]
    """Why nobody may take this for a release, in a word or two each; empty where it is one."""
    verdict: str
    """The judgement in a sentence."""
    facts: tuple[Fact, ...]
    figures: tuple[tuple[str, str], ...]
    """The four numbers that stand on top, with what they count."""
    picture: Diagram
    findings: tuple[rows.FindingRow, ...]
    packages: tuple[rows.PackageRow, ...]
    exceptions: tuple[rows.ExceptionRow, ...]
    images: tuple[rows.ImageRow, ...]
    severities: charts.Chart
    affected: charts.Chart
    licenses: charts.Chart
    kinds: charts.Chart
    steps: charts.Chart
    in_folder: tuple[commands.Command, ...]
    in_registry: tuple[commands.Command, ...]
    statements: tuple[tuple[str, str, str, str], ...]
    evidence: tuple[tuple[str, str], ...]
    unreadable: tuple[str, ...]
    scanned: bool
    listed: bool

    @property
    def is_release(self) -> bool:
        """Whether it is what people may use."""
        return self.outcome.passed and not self.marks

    @property
    def title(self) -> str:
        """Title of the window, the bookmark and the printed page."""
        outcome = self.outcome
        what = f"{outcome.mode.capitalize()} of {line(outcome.version)}: {line(outcome.status)}"
        return f"[{', '.join(self.marks).upper()}] {what}" if self.marks else what

    @property
    def took(self) -> str:
        """How long the run took, as far as it was noted."""
        return duration(_seconds(self.outcome))


def page_of(outcome: Outcome, documents: Documents) -> Page:
    """The page of one run."""
    findings = rows.finding_rows(documents.scan, outcome.gate)
    packages = rows.package_rows(documents.sbom, findings)
    return Page(
        outcome=outcome,
        marks=tuple(_marks(outcome)),
        verdict=_verdict(outcome),
        facts=tuple(_facts(outcome)),
        figures=tuple(_figures(outcome, documents, len(findings))),
        picture=diagram(outcome, documents),
        findings=findings,
        packages=packages,
        exceptions=rows.exception_rows(outcome),
        images=rows.image_rows(outcome, documents.provenance),
        severities=charts.by_severity(findings),
        affected=charts.by_package(findings),
        licenses=charts.by_license(documents.sbom),
        kinds=charts.by_kind(packages),
        steps=charts.timeline(outcome.steps),
        in_folder=commands.in_folder(outcome),
        in_registry=commands.in_registry(outcome),
        statements=tuple(_statements(outcome)),
        evidence=tuple((name, EVIDENCE.get(name, "")) for name in (OUTCOME, *outcome.evidence)),
        unreadable=documents.unreadable,
        scanned=documents.scan is not None,
        listed=documents.sbom is not None,
    )


def _marks(outcome: Outcome) -> Iterator[str]:
    """What makes it something else than a release that people may use."""
    if outcome.mode is Mode.REHEARSAL:
        yield "rehearsal"
    if not outcome.passed:
        yield "not passed"
    if not outcome.verification:
        yield "not verified" if "bundles" in outcome.evidence else "unsigned"
    elif outcome.place and outcome.place.kind is Kind.REHEARSAL:
        yield "throw-away signer"
    if outcome.database and outcome.database.sample:
        yield "sample database"
    if any(image.stand_in_for for image in outcome.images.values()):
        yield "stand-in images"
    if outcome.dirty:
        yield "uncommitted changes"


def _verdict(outcome: Outcome) -> str:
    if outcome.error:
        return outcome.error.what
    if not outcome.passed:
        return f"outcome.json says {outcome.status} and gives no error"
    if outcome.mode is Mode.REHEARSAL:
        return "Everything worked here, and nothing was released."
    if outcome.adopted:
        return "The version was there already; it was built from this commit and verifies."
    return "This image was scanned, signed and verified, and its tags name it."


def _figures(outcome: Outcome, documents: Documents, findings: int) -> Iterator[tuple[str, str]]:
    gate = outcome.gate
    yield (str(len(gate.blocking) + len(gate.expired)) if gate else _UNKNOWN), "block the release"
    yield (str(findings) if documents.scan else _UNKNOWN), "findings"
    yield (str(gate.packages) if gate else _UNKNOWN), "packages scanned"
    yield _passed_checks(outcome), "checks passed"


def _passed_checks(outcome: Outcome) -> str:
    made = [row for row in outcome.checks if row.result != "none"]
    return f"{sum(row.result == 'passed' for row in made)}/{len(made)}" if made else _UNKNOWN


def _facts(outcome: Outcome) -> Iterator[Fact]:
    """What was made, of what, where and by whom; a fact without a value says so."""
    place = outcome.place
    adopted = "adopted: it was there already, and nothing was built" if outcome.adopted else ""
    digest = outcome.digest or "none: nothing was built"
    yield Fact("Digest", digest, note=adopted, copied=bool(outcome.digest))
    yield Fact("Image", outcome.image or "none: nothing was pushed", copied=bool(outcome.image))
    yield Fact("Tags", ", ".join(outcome.tags) or "none: no tag was moved")
    yield Fact("Made from", outcome.input)
    dirty = "with changes that were not committed" if outcome.dirty else ""
    yield Fact("Commit", outcome.revision or "none given", remark=dirty, copied=bool(outcome.revision))
    if place and place.repository:
        invented = "made up for the rehearsal" if place.kind is Kind.REHEARSAL else ""
        link = "" if invented else web(place.repository)
        yield Fact("Repository", f"{place.repository} at {place.ref}", link, invented)
        yield Fact("Run", place.run, "" if invented else web(place.run), invented)
    level = f"SLSA Build L{place.build_level}" if place else ""
    yield Fact("Builder", place.builder_id if place else _UNKNOWN_SIGNER, note=level)
    unproven = "" if outcome.verification else "nothing was verified"
    yield Fact("Signer", outcome.signer or _UNKNOWN_SIGNER, remark=unproven)
    yield Fact("Platform", outcome.platform or "unknown: nothing was built")
    yield _database(outcome)
    ended = outcome.started_at + timedelta(seconds=_seconds(outcome))
    yield Fact("Run at", f"{outcome.started_at:%Y-%m-%d %H:%M:%S} to {ended:%H:%M:%S} UTC")


def _database(outcome: Outcome) -> Fact:
    database = outcome.database
    if not database:
        return Fact("Database", "none")
    sample = "a sample: what it does not list was not looked for" if database.sample else ""
    return Fact(
        "Database",
        f"{database.source}, of {database.updated_at:%Y-%m-%d %H:%M} UTC, {database.digest}",
        "",
        sample,
    )


def _seconds(outcome: Outcome) -> float:
    """How long the run took, as far as its steps tell."""
    return max((step.began + step.seconds for step in outcome.steps), default=0)


def _statements(outcome: Outcome) -> Iterator[tuple[str, str, str, str]]:
    """What was stated of the image: kind, type, whether a log and a timestamp authority saw it."""
    for one in outcome.verification.statements if outcome.verification else ():
        kind = KINDS.get(one.predicate_type, "attestation")
        yield kind, one.predicate_type, "yes" if one.logged else "no", "yes" if one.timestamped else "no"
