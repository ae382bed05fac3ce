"""A scan, as an object to ask: one report, and everything that is made from it."""

from typing import Annotated

import dagger
from dagger import Doc, field, function, object_type

from supply_chain.errors import GateBlocked, ScannerFailed
from supply_chain.faults import carried, tool_failing_as
from supply_chain.models.policy import Policy, judge, listed
from supply_chain.models.trivy_report import Report
from supply_chain.scanner import converted
from supply_chain.tools.output import last_words
from supply_chain.tools.trivy import Format


@object_type
class Scan:
    """One scan of an image. Asking it never looks at the image again."""

    report: Annotated[dagger.File, Doc("Trivy's report, as JSON: every package and every finding")] = field()
    trivy_image: Annotated[str, Doc("The image of the Trivy that made it")] = field()

    @function
    @carried
    async def table(self) -> str:
        """All findings as tables for a terminal."""
        return await (await self._converted(Format.TABLE)).contents()

    @function
    @carried
    async def sarif(self) -> dagger.File:
        """All findings as SARIF, for code scanning; made whether or not the gate passes."""
        return await self._converted(Format.SARIF)

    @function
    @carried
    async def sbom(self) -> dagger.File:
        """The image's packages as an SPDX JSON document."""
        return await self._converted(Format.SPDX)

    @function
    @carried
    async def gate(self) -> str:
        """Fails with exit code 11 when a CRITICAL or HIGH finding has a fix; else says what was looked at."""
        judgement = judge(Report.parse(await self.report.contents()), Policy())
        if not judgement.passed:
            raise GateBlocked(judgement.headline, why=listed(judgement.blocking))
        return f"{judgement.headline}; {judgement.packages} packages were looked at"

    async def _converted(self, output: Format) -> dagger.File:
        with tool_failing_as(
            lambda words: ScannerFailed(f"no {output} from the report", why=last_words(words))
        ):
            return await converted(self.report, output, self.trivy_image).sync()
