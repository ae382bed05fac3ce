"""Functions on the evidence that a run has left: to judge it, and to look at it."""

import dagger
from dagger import function

from supply_chain import arguments as args
from supply_chain import release
from supply_chain.faults import carried
from supply_chain.models.evidence_files import REPORT
from supply_chain.reporting import page_again
from supply_chain.toolbox import text_file


class OfEvidence:
    """What the module's main object can do with an evidence folder."""

    @function
    @carried
    async def verdict(self, evidence: args.Evidence, reference: args.JudgedReference = "") -> str:
        """The summary of a run; fails with the run's own exit code unless it passed."""
        return await release.verdict(evidence, reference)

    @function
    @carried
    async def report(self, evidence: args.Evidence) -> dagger.File:
        """A run as a page to look at, made again; fails with exit code 15 when its files are changed."""
        return text_file(REPORT, await page_again(evidence))
