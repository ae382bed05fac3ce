"""report.html of a run, and of the evidence that an earlier run has left.

What draws the page is imported where one is drawn: most calls of the module draw none.
"""

from collections.abc import Mapping

import dagger

from supply_chain.errors import EvidenceInvalid
from supply_chain.faults import failing_as
from supply_chain.models.evidence_files import OUTCOME, SUMS
from supply_chain.models.outcome import Outcome


def prepare() -> None:
    """Imports and templates are there once a page is drawn; a page is drawn without that as well."""
    from supply_chain.report import page, rendering  # noqa: F401, PLC0415 - see above

    rendering.template()


async def page(outcome: Outcome, files: Mapping[str, dagger.File]) -> str:
    """The page of a run, whatever it came to; a document that cannot be read is left out, and named."""
    from supply_chain.report import documents, rendering  # noqa: PLC0415 - see above
    from supply_chain.report.page import page_of  # noqa: PLC0415

    texts = {name: await files[name].contents() for name in documents.NAMES if name in files}
    return rendering.rendered(page_of(outcome, documents.readable(texts, outcome.digest)))


async def page_again(evidence: dagger.Directory) -> str:
    """The page of an evidence folder; refused where its files are of two images, or not those it lists."""
    from supply_chain.report import documents, rendering  # noqa: PLC0415
    from supply_chain.report.page import page_of  # noqa: PLC0415

    there = await evidence.entries()
    with failing_as(EvidenceInvalid, "the directory has no outcome.json"):
        texts = {OUTCOME: await evidence.file(OUTCOME).contents()}
    texts |= {name: await evidence.file(name).contents() for name in documents.NAMES if name in there}
    if SUMS in there:
        documents.check_listed(texts, await evidence.file(SUMS).contents())
    outcome = Outcome.parse(texts.pop(OUTCOME))
    return rendering.rendered(page_of(outcome, documents.documents(texts, outcome.digest)))
