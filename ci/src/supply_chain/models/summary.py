"""The outcome for people, in a terminal or as a job summary. Rendered from the models alone.

A job summary of GitHub's may have 1 MiB: every table is bounded and says where the rest is, and every text
of other people's is cut.
"""

from collections.abc import Iterator

from supply_chain.models.checks import Result
from supply_chain.models.evidence_files import OUTCOME, REPORT, SUMS, SUMS_BUNDLE
from supply_chain.models.exceptions import Entry
from supply_chain.models.markdown import bounded_table, code, code_block, inline, table
from supply_chain.models.outcome import Outcome
from supply_chain.models.policy import Excepted, Finding, Judgement
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.statement import SIGNATURE_TYPE
from supply_chain.models.trivy_report import NOTHING_LISTED
from supply_chain.models.verification import Proven, Verification

_MOST_ROWS = 50
_MOST_NOTICES = 20
_LONGEST_TITLE = 72
_LONGEST_NAME = 40
_LONGEST_SENTENCE = 160
EVIDENCE = {
    SUMS: "digests of all these files",
    SUMS_BUNDLE: "the signer's bundle over that list",
    "bundles": "Sigstore bundles of signature, SBOM and provenance",
    "cosign.pub": "public key that verifies them",
    "findings.txt": "all findings as tables",
    "layout": "the image and what is attached to it, as an OCI layout: cosign verifies it offline",
    "provenance.json": "how the image came to be, the statement as it was signed",
    REPORT: "all of this and more, as a page to look at",
    "sbom.spdx.json": "packages of the image, SPDX",
    "sigstore/trusted_root.json": "root of the Sigstore that was signed with, if it is not the public one",
    "trivy.json": "the scan everything else was made from",
    "trivy.sarif": "findings, for code scanning and within its limits",
}
"""What files of the evidence are, by name."""
KINDS = {SIGNATURE_TYPE: "signature", SBOM_TYPE: "SBOM", PROVENANCE_TYPE: "provenance"}
"""Kinds of statements, by predicate type."""
_RESULTS = {
    Result.PASSED: "passed",
    Result.FAILED: "**failed**",
    Result.OUTAGE: "**outage**",
    Result.NONE: "nothing to check",
}


def render(outcome: Outcome) -> str:
    """summary.md."""
    return "\n\n".join(part for part in _parts(outcome) if part) + "\n"


def proven(verification: Verification) -> str:
    """What a verification proved."""
    return table(("verified", "value"), _verified(verification))


def _parts(outcome: Outcome) -> Iterator[str]:
    yield f"# {outcome.mode.capitalize()} of {inline(outcome.version)}: {inline(outcome.status)}"
    yield "\n".join(_notices(outcome))
    yield from _failure(outcome)
    yield table(("what", "value"), _facts(outcome))
    yield from _verification(outcome)
    yield from _checks(outcome)
    if outcome.gate:
        yield from _findings(outcome.gate, outcome.evidence)
        yield from _exceptions(outcome.gate)
    yield "## Evidence\n\n" + _bounded(("name", "what it is"), _evidence(outcome))
    yield "## Tools\n\n" + _bounded(("image", "version", "reference"), _images(outcome))
    yield "## Steps\n\n" + _bounded(("step", "seconds", "result"), _steps(outcome))


def _bounded(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    return bounded_table(head, list(rows), _MOST_ROWS, OUTCOME)


def _notices(outcome: Outcome) -> Iterator[str]:
    for notice in outcome.notices[:_MOST_NOTICES]:
        yield f"- {inline(notice)}"
    if len(outcome.notices) > _MOST_NOTICES:
        yield f"- and {len(outcome.notices) - _MOST_NOTICES} more in {code(OUTCOME)}"


def _failure(outcome: Outcome) -> Iterator[str]:
    if outcome.error:
        yield f"**{inline(outcome.error.name)}**: {inline(outcome.error.what)}"
        yield code_block(outcome.error.why)
        yield f"What to do: {inline(outcome.error.advice)}"


def _facts(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """What was made and proven; a row without a value says so."""
    yield "input", code(outcome.input)
    yield "digest", _digest(outcome)
    yield "image", code(outcome.image) if outcome.image else "none: nothing was pushed"
    yield "platform", code(outcome.platform) if outcome.platform else "unknown: nothing was built"
    yield "tags", ", ".join(map(code, outcome.tags[:_MOST_ROWS])) or "none: no tag was moved"
    yield "revision", _revision(outcome)
    yield "packages", _packages(outcome.gate)
    yield "gate", inline(outcome.gate.headline) if outcome.gate else "not judged: nothing was scanned"
    yield "signer", code(outcome.signer) if outcome.signer else "unknown: no signer was ready"
    yield "builder", code(outcome.place.builder_id) if outcome.place else "unknown: no signer was ready"
    yield "verified", "yes, see below" if outcome.verification else "**no**: nothing was verified"
    yield "database", _database(outcome)


def _digest(outcome: Outcome) -> str:
    if not outcome.digest:
        return "none: nothing was built"
    adopted = ", adopted: the version was there already and holds, nothing was built"
    return code(outcome.digest) + (adopted if outcome.adopted else "")


def _revision(outcome: Outcome) -> str:
    revision = code(outcome.revision) if outcome.revision else "none given"
    return revision + (", **with changes that were not committed**" if outcome.dirty else "")


def _packages(gate: Judgement | None) -> str:
    if not gate:
        return "unknown: nothing was scanned"
    return str(gate.packages) if gate.packages else f"0: **{NOTHING_LISTED}**"


def _verification(outcome: Outcome) -> Iterator[str]:
    """What was proven, and that the same verifier refuses what it must."""
    if outcome.verification:
        yield "## Verification\n\n" + _bounded(("verified", "value"), _verified(outcome.verification))
    if outcome.self_test:
        rows = ((inline(one.case), "refused", code(one.error)) for one in outcome.self_test)
        yield _bounded(("the same, spoilt by", "result", "as"), rows)


def _verified(verification: Verification) -> Iterator[tuple[str, str]]:
    """A row for every fact that somebody vouches for; what nobody says has none."""
    yield "image", code(verification.image)
    yield "signer", code(verification.signer)
    facts = {
        "issuer": verification.issuer,
        "builder": verification.builder,
        "repository": verification.repository,
        "ref": verification.ref,
        "commit": verification.commit.strip("0") and verification.commit,  # a rehearsal's may be all zeros
        "run": verification.run,
    }
    yield from ((name, code(value)) for name, value in facts.items() if value)
    for statement in verification.statements:
        yield KINDS.get(statement.predicate_type, "attestation"), _statement(statement)
    yield "packages in the SBOM", str(verification.packages)


def _statement(statement: Proven) -> str:
    """A statement, and who saw it made."""
    seen = {"logged": statement.logged, "timestamped": statement.timestamped}
    return ", ".join([code(statement.predicate_type), *(name for name, holds in seen.items() if holds)])


def _database(outcome: Outcome) -> str:
    database = outcome.database
    if not database:
        return "none"
    kind = "**sample**, " if database.sample else ""
    return (
        f"{kind}{code(database.source)} of {database.updated_at:%Y-%m-%d %H:%M} UTC, {code(database.digest)}"
    )


def _checks(outcome: Outcome) -> Iterator[str]:
    if outcome.checks:
        rows = (
            (
                inline(row.check, _LONGEST_NAME),
                _RESULTS[row.result],
                f"{row.seconds:.1f}",
                inline(row.detail, _LONGEST_SENTENCE),
            )
            for row in outcome.checks
        )
        yield "## Checks\n\n" + _bounded(("check", "result", "seconds", "detail"), rows)


def _findings(gate: Judgement, evidence: tuple[str, ...]) -> Iterator[str]:
    counts = ((s.value, str(count.fixed), str(count.unfixed)) for s, count in gate.counts.items())
    yield "## Findings\n\n" + table(("severity", "with a fix", "without"), counts)
    if gate.blocking:
        head = ("blocking", "severity", "package", "installed", "fixed in", "title")
        yield _bounded(head, map(_finding, gate.blocking))
    if "findings.txt" in evidence:
        yield f"All findings, the others too: {code('findings.txt')}"


def _finding(finding: Finding) -> tuple[str, ...]:
    facts = (finding.id, finding.severity, finding.package, finding.installed)
    return (
        *(code(fact, _LONGEST_NAME) for fact in facts),
        code(finding.fixed, _LONGEST_NAME) if finding.fixed else "unknown",
        inline(finding.title, _LONGEST_TITLE),
    )


def _exceptions(gate: Judgement) -> Iterator[str]:
    entries = gate.policy.exceptions.entries
    if not entries:
        return
    # The ones that somebody must look at stand first, whatever is cut off below.
    ordered = sorted(entries, key=lambda entry: (entry not in gate.expired, entry not in gate.expiring))
    rows = (_entry(entry, gate) for entry in ordered)
    yield "## Exceptions\n\n" + _bounded(("exception", "ends on", "state", "statement"), rows)
    if gate.excepted:
        head = ("excepted", "severity", "package", "ends on", "statement")
        yield _bounded(head, map(_excepted, gate.excepted))


def _entry(entry: Entry, gate: Judgement) -> tuple[str, ...]:
    states = {
        "**has ended**: decide anew": entry in gate.expired,
        "**ends soon**": entry in gate.expiring,
        "unused: covers nothing that was found": entry in gate.unused,
    }
    state = ", ".join(state for state, holds in states.items() if holds)
    statement = inline(entry.statement, _LONGEST_SENTENCE)
    return code(entry.id, _LONGEST_NAME), str(entry.expired_at), state or "counts", statement


def _excepted(one: Excepted) -> tuple[str, ...]:
    identifiers = (one.finding.id, one.finding.severity, one.finding.package)
    shown = (code(identifier, _LONGEST_NAME) for identifier in identifiers)
    return (*shown, str(one.expired_at), inline(one.statement, _LONGEST_SENTENCE))


def _evidence(outcome: Outcome) -> Iterator[tuple[str, str]]:
    yield code(OUTCOME), "all of this, for programs"
    for name in outcome.evidence:
        yield code(name), EVIDENCE.get(name, "")


def _images(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    for name, image in outcome.images.items():
        stands = f", a stand-in for {code(image.stand_in_for)}" if image.stand_in_for else ""
        yield inline(name, _LONGEST_NAME), code(image.version, _LONGEST_NAME), code(image.reference) + stands


def _steps(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    for step in outcome.steps:
        yield inline(step.name), f"{step.seconds:.1f}", "passed" if step.passed else "failed"
