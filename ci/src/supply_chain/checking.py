"""The checks of a source and of its image: one at a time, or all of them side by side.

Alone, a check answers with what it saw or raises its own error; None is the answer where nothing is
configured. Together they come to rows of a table, and to one error.
"""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

import dagger

from supply_chain.checks import Job, all_of, audited, commands, lock_files, pinned, smoked
from supply_chain.errors import (
    BuildFailed,
    CheckFailed,
    LintFailed,
    SupplyChainError,
    TestsFailed,
    TypesFailed,
)
from supply_chain.inputs import Given, Subject, subject_of
from supply_chain.models.checks import Row, concluded, rendered
from supply_chain.models.dockerfile import stages
from supply_chain.models.settings import Command
from supply_chain.models.smoke import Smoke
from supply_chain.project import Project
from supply_chain.toolbox import both

NOTHING = "nothing to look at: none is configured"


@dataclass(frozen=True)
class Checked:
    """What checks came to."""

    rows: tuple[Row, ...] = ()
    errors: tuple[SupplyChainError, ...] = ()

    def __add__(self, other: "Checked") -> "Checked":
        return Checked(self.rows + other.rows, self.errors + other.errors)

    def raise_failure(self) -> None:
        """Raise the one error that they come to, if there is one."""
        if error := concluded(self.rows, self.errors):
            raise error


@dataclass(frozen=True)
class Checking:
    """The checks of one project."""

    project: Project
    advisories: dagger.Directory | None = None

    async def lint(self) -> str | None:
        """Linters, in the test stage."""
        return await self._in_tests(self.project.settings.checks.lint, LintFailed)

    async def types(self) -> str | None:
        """Type checkers, in the test stage."""
        return await self._in_tests(self.project.settings.checks.types, TypesFailed)

    async def test(self) -> str | None:
        """Tests, in the test stage; without a command, building that stage is the test."""
        settings = self.project.settings
        if settings.checks.test:
            return await self._in_tests(settings.checks.test, TestsFailed)
        if settings.test_target not in stages((await self.project.recipe()).text):
            return None
        try:
            await self.project.build(await self.project.recipe(settings.test_target))
        except BuildFailed as error:
            raise TestsFailed(f"the stage {settings.test_target} does not build", why=error.why) from error
        return f"the stage {settings.test_target} builds"

    async def pins(self) -> str | None:
        """Base images and actions, by digest and commit."""
        recipe = await self.project.recipe()
        return await pinned(self.project.sources, recipe.dockerfile, self.project.given_arguments)

    async def audit(self) -> str | None:
        """Lock files, against known vulnerabilities."""
        locks = await lock_files(self.project.sources, self.project.settings)
        if not locks:
            return None
        project = self.project
        audit = await audited(project.sources, locks, project.images, self.advisories, project.patience)
        audit.check()
        return audit.headline

    async def smoke(self, subject: Subject) -> Smoke | None:
        """The image, run and asked over HTTP."""
        settings, layout = self.project.settings, subject.layout
        if not (settings.port or layout.config.port):
            return None
        smoke = await smoked(subject.container, layout.config_json, settings, self.project.images)
        smoke.check()
        return smoke

    async def of_source(self) -> Checked:
        """All that need no image."""
        return await _side_by_side(
            lint=lambda: _last_line(self.lint()),
            types=lambda: _last_line(self.types()),
            test=lambda: _last_line(self.test()),
            pins=self.pins,
            audit=self.audit,
        )

    async def of_image(self, subject: Subject) -> Checked:
        """All that need the image."""
        return await _side_by_side(smoke=lambda: self._smoke_line(subject))

    async def table(self) -> str:
        """All of them, on the source and the image it builds to, as a table; raises where one fails."""

        async def smoke() -> str | None:
            return await self._smoke_line(await subject_of(Given(), self.project))

        source, image = await both(self.of_source, lambda: _side_by_side(smoke=smoke))
        checked = source + image
        table = rendered(checked.rows)
        if checked.errors:
            print(table)  # the log shows it above the error
        checked.raise_failure()
        return table

    async def _smoke_line(self, subject: Subject) -> str | None:
        smoke = await self.smoke(subject)
        return smoke.headline if smoke else None

    async def _in_tests(self, wanted: Sequence[Command], kind: type[CheckFailed]) -> str | None:
        if not wanted:
            return None
        container = await self.project.build(await self.project.recipe(self.project.settings.test_target))
        return await commands(container, wanted, kind)


async def _last_line(output: Awaitable[str | None]) -> str | None:
    """What commands come to, which tools say last."""
    said = await output
    return said.rstrip().rpartition("\n")[2].strip("= ") if said else said


async def _side_by_side(**jobs: Job) -> Checked:
    rows, errors = await all_of(jobs)
    return Checked(tuple(rows), tuple(errors))
