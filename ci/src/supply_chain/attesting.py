"""What is signed about an image: the image itself, its SBOM, and its provenance; then attached to it."""

from collections.abc import Sequence

from supply_chain import evidence
from supply_chain.attaching import attach
from supply_chain.errors import VerificationFailed
from supply_chain.inputs import Subject
from supply_chain.inquiry import Answered, Inquiry, downloading
from supply_chain.models.bundle import Bundle, predicate_type
from supply_chain.models.mode import Mode
from supply_chain.models.provenance import PROVENANCE_TYPE, Provenance
from supply_chain.models.statement import Statement, sbom_statement, signature_statement
from supply_chain.provenance import provenance
from supply_chain.run import Run
from supply_chain.signer import signed
from supply_chain.toolbox import text_file
from supply_chain.verifier import bundles_in, judged_bundles
from supply_chain.workbench import Answer

_BYPRODUCTS = ("sbom.spdx.json", "trivy.json", "trivy.sarif")
_REUSED = "the image was signed and attested by this signer before: it was verified, not signed again"


def look_before(run: Run, subject: Subject) -> list[list[str]]:
    """What `attested` needs to be told: commands to be run in a workbench once the image is pushed."""
    image = run.plan.repository.at(subject.layout.digest)
    return [downloading(image)] if run.plan.mode is Mode.RELEASE else []


async def attested(run: Run, subject: Subject, seen: Sequence[Answer], inquiry: Inquiry) -> Answered | None:
    """Signature, SBOM and provenance of this run's signer are on the image.

    Args:
        run: The run.
        subject: What was pushed.
        seen: What the look before said.
        inquiry: What is asked about the image afterwards.

    Returns:
        The answers to that, where it was asked while something was attached.
    """
    image = inquiry.image
    if seen and await _is_attested(run, subject, image, *seen):
        run.ledger.notice(_REUSED)
        return None
    with run.ledger.step("provenance"):
        statements = await _statements(run, subject)
    made = {name: statement.to_json() for name, statement in statements.items()}
    run.ledger.files["provenance.json"] = text_file("provenance.json", made["provenance"].decode())
    with run.ledger.step("sign"):
        bundles = await signed(run.images, run.signer, made, run.registry.patience)
    run.ledger.directories["bundles"] = evidence.bundles(tuple(bundles.values()))
    with run.ledger.step("attach"):
        return await attach(run.registry, image, subject.layout.target, bundles, inquiry)


async def _is_attested(run: Run, subject: Subject, image: str, seen: Answer) -> bool:
    """Whether an earlier run of this signer got as far as this one is about to."""
    with run.ledger.step("signed before"):
        bundles = await bundles_in(run.registry, image, [seen])
        try:
            proven = await judged_bundles(run.images, run.trust, subject.layout.digest, bundles)
        except VerificationFailed:
            return False
        return any(is_of(run, bundle.encode()) for bundle in proven.bundles)


def is_of(run: Run, bundle: bytes) -> bool:
    """Whether this is a provenance of this very version: the same image may be released under several."""
    if predicate_type(bundle) != PROVENANCE_TYPE:
        return False
    said = Provenance.parse(Statement.parse(Bundle.parse(bundle).payload).predicate).external
    return (said.version, said.repository) == (run.plan.version.tag, run.plan.request.repository)


async def _statements(run: Run, subject: Subject) -> dict[str, Statement]:
    """What is to be signed, by name."""
    files = {name: await run.ledger.files[name].contents() for name in _BYPRODUCTS}
    digest, repository = subject.layout.digest, str(run.plan.repository)
    byproducts = {name: text.encode() for name, text in files.items()}
    return {
        "signature": signature_statement(digest),
        "sbom": sbom_statement(repository, digest, byproducts["sbom.spdx.json"]),
        "provenance": await provenance(run, subject, run.signer.place, run.signer.kind, byproducts),
    }
