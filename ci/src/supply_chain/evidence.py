"""The evidence folder: what a stranger needs to check a run, offline."""

import dagger
from dagger import dag

from supply_chain.errors import EvidenceInvalid, InternalError, RegistryFailed
from supply_chain.faults import failing_as, tool_failing_as
from supply_chain.ledger import Ledger
from supply_chain.models.image_layout import Index, check_digest
from supply_chain.models.outcome import Outcome
from supply_chain.models.summary import render
from supply_chain.registry import Registry
from supply_chain.toolbox import script, script_args
from supply_chain.tools import cosign
from supply_chain.tools.output import last_words

OUTCOME = "outcome.json"
SUMMARY = "summary.md"

_LAYOUT = "/evidence/layout"
_BUNDLES = "/evidence/bundles"


def folder(ledger: Ledger, outcome: Outcome) -> dagger.Directory:
    """Everything the run has made, with its outcome and summary."""
    directory = dag.directory()
    for name, made in ledger.directories.items():
        directory = directory.with_directory(name, made)
    for name, file in ledger.files.items():
        directory = directory.with_file(name, file)
    directory = directory.with_new_file(OUTCOME, outcome.model_dump_json(indent=2) + "\n")
    return directory.with_new_file(SUMMARY, render(outcome))


async def outcome_in(evidence: dagger.Directory) -> Outcome:
    """The outcome that a folder records."""
    with failing_as(EvidenceInvalid, "the directory has no outcome.json"):
        return Outcome.parse(await evidence.file(OUTCOME).contents())


async def saved(registry: Registry, image: str, digest: str) -> dagger.Directory:
    """The image and its referrers as the registry serves them, in one layout that cosign verifies offline."""
    command = cosign.save(image, _LAYOUT, rehearsal=registry.rehearsal)
    client = registry.client(registry.images.cosign).with_directory(_LAYOUT, dag.directory())
    with tool_failing_as(lambda words: RegistryFailed(f"{image} could not be saved", why=last_words(words))):
        directory = await client.with_exec(command, use_entrypoint=True).directory(_LAYOUT).sync()
    index = Index.parse(await directory.file("index.json").contents())
    check_digest("the saved layout", index.image.digest, digest)
    return directory


async def bundles(registry: Registry, layout: dagger.Directory, digest: str) -> dagger.Directory:
    """The Sigstore bundles that a saved layout attaches to the image, each as a file of its own."""
    collect = (
        script(registry.images.python, "collect_bundles")
        .with_mounted_directory(_LAYOUT, layout)
        .with_exec(script_args(_LAYOUT, digest, _BUNDLES))
    )
    with tool_failing_as(
        lambda words: InternalError("the bundles could not be collected", why=last_words(words))
    ):
        return await collect.directory(_BUNDLES).sync()
