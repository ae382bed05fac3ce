"""A scan, as an object to ask: one report, and everything that is made from it."""

from datetime import UTC, datetime
from typing import Annotated

import dagger
from dagger import Doc, field, function, object_type

from supply_chain import arguments as args
from supply_chain.faults import carried, never_cached
from supply_chain.inputs import Subject
from supply_chain.models import findings
from supply_chain.models.policy import check, judge
from supply_chain.models.trivy_report import Report, nothing_listed
from supply_chain.project import Project
from supply_chain.rules import Rules, own_exceptions
from supply_chain.scanner import converted, for_code_scanning, report_file, scanned
from supply_chain.tools.trivy import Format
from supply_chain.vulnerability_db import VulnerabilityDb


@object_type
class Scan:
    """One scan of an image. Asking it never looks at the image again."""

    report: Annotated[dagger.File, Doc("Trivy's report, as JSON: every package and every finding")] = field()
    trivy_image: Annotated[str, Doc("The image of the Trivy that made it")] = field()
    exceptions: dagger.File | None = None

    @function
    @carried
    async def table(self) -> str:
        """All findings as tables for a terminal, the worst first."""
        return findings.table(await self._report())

    @function
    @carried
    async def sarif(self) -> dagger.File:
        """All findings as SARIF, within the limits of code scanning; made whether or not the gate passes."""
        made = await converted(self.report, Format.SARIF, self.trivy_image)
        return (await for_code_scanning(made))[0]

    @function
    @carried
    async def sbom(self) -> dagger.File:
        """The image's packages as an SPDX JSON document."""
        return await converted(self.report, Format.SPDX, self.trivy_image)

    @never_cached
    @carried
    async def gate(
        self,
        severities: args.Severities = None,
        block_unfixed: args.BlockUnfixed = False,
        exceptions: args.Exceptions = None,
    ) -> str:
        """Fails with exit code 11 when a finding blocks; else says what was looked at."""
        rules = Rules(tuple(severities or ()), block_unfixed, exceptions)
        policy = await rules.policy(self.exceptions)
        report = await self._report()
        judgement = judge(report, policy, datetime.now(UTC).date())
        check(judgement)
        nothing = nothing_listed(report)
        return f"{judgement.headline}; {nothing or f'{judgement.packages} packages were looked at'}"

    async def _report(self) -> Report:
        return Report.parse(await self.report.contents())


async def scan_of(subject: Subject, database: VulnerabilityDb, project: Project) -> Scan:
    """The scan of an image, to be asked."""
    trivy = project.images.trivy.reference
    document = await scanned(subject.layout, database, trivy, built_here=subject.built_here)
    named, in_repository = subject.name
    report = report_file(document, named, in_repository=in_repository)
    # object_type makes it a dataclass, which type checkers cannot see.
    return Scan(report=report, trivy_image=trivy, exceptions=await own_exceptions(project))  # type: ignore[call-arg]
