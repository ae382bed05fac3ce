"""The evidence folder: what a stranger needs to check a run, offline."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import dagger
from dagger import dag

from supply_chain import reporting
from supply_chain.errors import (
    BadReference,
    DigestMismatch,
    EvidenceInvalid,
    RegistryFailed,
    SupplyChainError,
)
from supply_chain.faults import failing_as
from supply_chain.ledger import Ledger
from supply_chain.models.bundle import predicate_type
from supply_chain.models.evidence_files import BUNDLE_SUFFIX, OUTCOME, REPORT, SUMMARY, SUMS, SUMS_BUNDLE
from supply_chain.models.image_layout import Index, check_digest
from supply_chain.models.outcome import Outcome
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.reference import Reference
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.spdx import Document
from supply_chain.models.statement import SIGNATURE_TYPE
from supply_chain.models.summary import render
from supply_chain.models.trivy_report import Report
from supply_chain.registry import Registry
from supply_chain.run import Run
from supply_chain.signer import signed_sums
from supply_chain.tools import cosign
from supply_chain.tools.output import last_words
from supply_chain.workbench import each
from supply_chain.workbench import run as run_in

_RELEASED = (
    "the release stands, its tags name a verified image; only the list of this evidence has no signature: "
    "run the same again, which adopts the version"
)
_LAYOUT = "/evidence/layout"
_OF_IMAGE: Mapping[str, Callable[[str], str]] = {
    "layout/index.json": lambda text: Index.parse(text).image.digest,
    "trivy.json": lambda text: Report.parse(text).artifact_name.rpartition("@")[2],
    "sbom.spdx.json": lambda text: Document.parse(text).name.rpartition("@")[2],
}
"""What says which image it is of, and how."""
_NAMES = {SIGNATURE_TYPE: "signature", SBOM_TYPE: "sbom", PROVENANCE_TYPE: "provenance"}


async def folder(
    ledger: Ledger, error: SupplyChainError | None, also: tuple[str, ...] = ()
) -> dagger.Directory:
    """Everything the run has made, with its outcome, summary and report.

    Args:
        ledger: What the run has learned.
        error: What it ended with; None where it passed.
        also: What is still to be put beside it.
    """
    outcome = ledger.outcome(error, also=(REPORT, *also))
    directory = dag.directory()
    for name, made in ledger.directories.items():
        directory = directory.with_directory(name, made)
    for name, file in ledger.files.items():
        directory = directory.with_file(name, file)
    directory = directory.with_new_file(OUTCOME, outcome.model_dump_json(indent=2) + "\n")
    directory = directory.with_new_file(SUMMARY, render(outcome))
    directory = directory.with_new_file(REPORT, await reporting.page(outcome, ledger.files))
    return await directory.sync()  # whoever asks for it from now on does not send all of it again


async def outcome_in(evidence: dagger.Directory) -> Outcome:
    """The outcome that a folder records."""
    with failing_as(EvidenceInvalid, "the directory has no outcome.json"):
        return Outcome.parse(await evidence.file(OUTCOME).contents())


async def check_image(evidence: dagger.Directory, outcome: Outcome, reference: str = "") -> None:
    """DigestMismatch where the folder is of two images, or of another one than the caller names.

    This finds what was mixed up. That a folder was not forged only its signature shows (`verify --evidence`).
    """
    digest = outcome.digest or "none"
    if reference and (wanted := _digest_in(reference)) != digest:
        raise DigestMismatch("the evidence is of another image", why=f"it is of {digest}, not {wanted}")
    for name, digest_of in _OF_IMAGE.items():
        if await evidence.exists(name):
            found = digest_of(await evidence.file(name).contents())
            if found != digest:
                why = f"{name} is of {found}, outcome.json of {digest}"
                raise DigestMismatch("the evidence is of two images", why=why)


def _digest_in(reference: str) -> str:
    """The digest that a reference names; BadReference where it names none."""
    digest = Reference.parse(reference).digest
    if not digest:
        raise BadReference(f"{reference!r} names no digest", advice="write it as HOST/PATH@sha256:…")
    return digest


async def saved(
    registry: Registry, image: str, digest: str, before: dagger.Directory | None = None
) -> dagger.Directory:
    """The image and its referrers as the registry serves them, in one layout that cosign verifies offline.

    Args:
        registry: Where the image is.
        image: It, by digest.
        digest: The digest.
        before: The layout, where it was saved beside something else; it is saved now if not.
    """
    directory = await (before or await _saved(registry, image)).sync()
    index = Index.parse(await directory.file("index.json").contents())
    check_digest("the saved layout", index.image.digest, digest)
    return directory


async def _saved(registry: Registry, image: str) -> dagger.Directory:
    bench = registry.workbench().with_directory(_LAYOUT, dag.directory())
    [said], left = await run_in(bench, [each([[cosign.PROGRAM, *cosign.save(image, _LAYOUT)]])])
    if said.code:
        raise RegistryFailed(f"{image} could not be saved", why=last_words(said.stderr))
    return left.directory(_LAYOUT)


def bundles(made: Sequence[str]) -> dagger.Directory:
    """Sigstore bundles as files, each called after what it states."""
    directory, names = dag.directory(), Counter[str]()
    for bundle in made:
        stem = _NAMES.get(predicate_type(bundle.encode()), "attestation")
        names[stem] += 1
        counted = f"-{names[stem]}" if names[stem] > 1 else ""
        directory = directory.with_new_file(f"{stem}{counted}{BUNDLE_SUFFIX}", bundle)
    return directory


async def sealed(run: Run) -> dagger.Directory:
    """The evidence of a run that passed, with a signed list of its files: what is changed later is found."""
    made = await folder(run.ledger, None, also=(SUMS, SUMS_BUNDLE))
    try:
        sums, bundle = await signed_sums(run.images, run.signer, made, run.registry.patience)
    except SupplyChainError as error:
        raise error.but(advice=_RELEASED) from error
    return made.with_file(SUMS, sums).with_file(SUMS_BUNDLE, bundle)
