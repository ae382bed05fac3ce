"""The outcome for people, in a terminal or as a job summary. Rendered from the models alone."""

from collections.abc import Iterator

from supply_chain.models.markdown import code, code_block, inline, table
from supply_chain.models.outcome import Outcome, Signed
from supply_chain.models.policy import Finding
from supply_chain.models.verification import SIGNATURE_TYPE, Verification

_BLOCKING_SHOWN = 50
_LONGEST_TITLE = 72
_EVIDENCE = {
    "bundles": "Sigstore bundles of signature and attestations",
    "cosign.pub": "public key that verifies them",
    "findings.txt": "all findings as tables",
    "layout": "the image and what is attached to it, as an OCI layout: cosign verifies it offline",
    "sbom.spdx.json": "packages of the image, SPDX",
    "trivy.json": "the scan everything else was made from",
    "trivy.sarif": "all findings, for code scanning",
}


def render(outcome: Outcome) -> str:
    """summary.md."""
    return "\n\n".join(part for part in _parts(outcome) if part) + "\n"


def proven(verification: Verification) -> str:
    """What a verification proved."""
    rows = [("image", code(verification.image)), ("signer", code(verification.signer))]
    rows += [("signature", code(SIGNATURE_TYPE))] * verification.signatures
    rows += [("attestation", code(kind)) for kind in verification.attestations]
    return table(("verified", "value"), rows)


def _parts(outcome: Outcome) -> Iterator[str]:
    yield f"# {outcome.mode.capitalize()} of {inline(outcome.version)}: {inline(outcome.status)}"
    yield "\n".join(f"- {inline(notice)}" for notice in outcome.notices)
    yield from _failure(outcome)
    yield table(("what", "value"), _facts(outcome))
    yield from _findings(outcome)
    yield "## Evidence\n\n" + table(("name", "what it is"), _evidence(outcome))
    yield "## Tools\n\n" + table(("image", "version", "reference"), _images(outcome))
    yield "## Steps\n\n" + table(("step", "seconds", "result"), _steps(outcome))


def _failure(outcome: Outcome) -> Iterator[str]:
    if outcome.error:
        yield f"**{inline(outcome.error.name)}**: {inline(outcome.error.what)}"
        yield code_block(outcome.error.why)
        yield f"What to do: {inline(outcome.error.advice)}"


def _facts(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """What was made and proven; a row without a value says so."""
    yield "digest", code(outcome.digest) if outcome.digest else "none: nothing was built"
    yield "image", code(outcome.image) if outcome.image else "none: nothing was pushed"
    yield "tags", ", ".join(map(code, outcome.tags)) or "none: no tag was moved"
    yield "revision", code(outcome.revision) if outcome.revision else "none given"
    yield "packages", str(outcome.gate.packages) if outcome.gate else "unknown: nothing was scanned"
    yield "gate", inline(outcome.gate.headline) if outcome.gate else "not judged: nothing was scanned"
    yield "signatures", _signed(outcome.signatures)
    yield "attestations", _signed(outcome.attestations)
    yield "database", _database(outcome)


def _signed(statements: tuple[Signed, ...]) -> str:
    return (
        ", ".join(f"{code(made.predicate_type)} by {code(made.signer)}" for made in statements)
        or "none verified"
    )


def _database(outcome: Outcome) -> str:
    database = outcome.database
    if not database:
        return "none"
    kind = "**sample**, " if database.sample else ""
    return (
        f"{kind}{code(database.source)} of {database.updated_at:%Y-%m-%d %H:%M} UTC, {code(database.digest)}"
    )


def _findings(outcome: Outcome) -> Iterator[str]:
    if not outcome.gate:
        return
    counts = ((s.value, str(count.fixed), str(count.unfixed)) for s, count in outcome.gate.counts.items())
    yield "## Findings\n\n" + table(("severity", "with a fix", "without"), counts)
    blocking = outcome.gate.blocking
    if blocking:
        head = ("blocking", "severity", "package", "installed", "fixed in", "title")
        yield table(head, map(_finding, blocking[:_BLOCKING_SHOWN]))
    if len(blocking) > _BLOCKING_SHOWN:
        yield f"and {len(blocking) - _BLOCKING_SHOWN} more, all in outcome.json"


def _finding(finding: Finding) -> tuple[str, ...]:
    facts = map(code, (finding.id, finding.severity, finding.package, finding.installed))
    return (
        *facts,
        code(finding.fixed) if finding.fixed else "unknown",
        inline(finding.title, _LONGEST_TITLE),
    )


def _evidence(outcome: Outcome) -> Iterator[tuple[str, str]]:
    yield code("outcome.json"), "all of this, for programs"
    for name in outcome.evidence:
        yield code(name), _EVIDENCE.get(name, "")


def _images(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    for name, image in outcome.images.items():
        stands = f", a stand-in for {code(image.stand_in_for)}" if image.stand_in_for else ""
        yield name, code(image.version), code(image.reference) + stands


def _steps(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    for step in outcome.steps:
        yield inline(step.name), f"{step.seconds:.1f}", "passed" if step.passed else "failed"
