"""Rows of checks, the one error they come to, and commands one after the other."""

from dataclasses import dataclass, field
from typing import Any, cast

import anyio
import dagger
import pytest
from dagger._exceptions import QueryErrorValue
from gql import gql

from supply_chain.checks import all_of, commands
from supply_chain.errors import (
    AdvisoriesUnavailable,
    AuditFailed,
    BuildFailed,
    CheckFailed,
    InternalError,
    LintFailed,
    SettingsInvalid,
    SupplyChainError,
    ToolUnavailable,
)
from supply_chain.models.checks import Result, Row, concluded, rendered

LINT, AUDIT = LintFailed("1 of 2 commands failed"), AuditFailed("2 known vulnerabilities")
OUTAGE, DOWN = AdvisoriesUnavailable("PyPI did not answer"), ToolUnavailable("no image")
BUILD, SETTINGS = BuildFailed("no such base image"), SettingsInvalid("no port")


def rows(*outcomes: str | SupplyChainError | None) -> list[Row]:
    return [Row.of(f"check{number}", 1.25, outcome) for number, outcome in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcome", "result", "detail"),
    [
        ("3 files", Result.PASSED, "3 files"),
        ("", Result.PASSED, ""),
        (None, Result.NONE, "nothing is configured"),
        (LINT, Result.FAILED, "LintFailed: 1 of 2 commands failed"),
        (BUILD, Result.FAILED, "BuildFailed: no such base image"),
        (OUTAGE, Result.OUTAGE, "AdvisoriesUnavailable: PyPI did not answer"),
    ],
)
def test_a_row_says_how_a_check_ended(
    outcome: str | SupplyChainError | None, result: Result, detail: str
) -> None:
    row = Row.of("lint", 1, outcome)
    assert (row.result, row.detail) == (result, detail)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([], None),
        ([LINT], LINT),
        ([OUTAGE], OUTAGE),
        ([OUTAGE, DOWN], OUTAGE),
        ([OUTAGE, LINT], LINT),
        ([LINT, BUILD, AUDIT], BUILD),
        ([OUTAGE, SETTINGS, BUILD], SETTINGS),
    ],
)
def test_which_error_ends_the_checks(
    errors: list[SupplyChainError], expected: SupplyChainError | None
) -> None:
    assert concluded(rows(*errors, "fine", None), errors) is expected


def test_several_failed_checks_end_with_the_table() -> None:
    error = concluded(rows(LINT, OUTAGE, AUDIT, "fine"), [LINT, OUTAGE, AUDIT])
    assert type(error) is CheckFailed
    assert (error.exit_code, error.what) == (16, "2 of 4 checks failed")
    table = rendered(rows(LINT, OUTAGE, AUDIT, "fine"))
    assert error.why == "\n".join([table, LINT.message, AUDIT.message]), "and what each has to say"


def test_the_table_says_results_in_words() -> None:
    lines = rendered(rows("3 | files", LINT, OUTAGE, None)).splitlines()
    assert [line.split("|")[2].strip() for line in lines[2:]] == ["passed", "failed", "outage", "none"]
    assert lines[2].endswith(r"1.2     | 3 \| files |")


def test_every_check_is_made_whatever_becomes_of_the_others() -> None:
    async def fine() -> str:
        await anyio.sleep(0.05)
        return "3 files"

    async def nothing() -> None:
        return None

    async def failing() -> str:
        raise LINT

    async def unforeseen() -> str:
        raise refused("engine trouble")

    async def main() -> tuple[list[Row], list[SupplyChainError]]:
        return await all_of({"a": fine, "b": nothing, "c": failing, "d": unforeseen})

    made, (first, second) = anyio.run(main)
    assert [(row.check, row.result) for row in made] == [
        ("a", Result.PASSED),
        ("b", Result.NONE),
        ("c", Result.FAILED),
        ("d", Result.FAILED),
    ]
    assert made[0].seconds >= 0.05
    assert first is LINT
    assert isinstance(second, InternalError)
    assert "engine trouble" in second.why


def refused(message: str, **extensions: Any) -> dagger.QueryError:
    """An error as the SDK makes it of the engine's answer; its type is among the extensions."""
    return dagger.QueryError([QueryErrorValue(message=message, extensions=extensions)], gql("{ version }"))


@dataclass
class Running:
    """A container as far as commands go: what ran in it, and programs that fail."""

    ran: list[str] = field(default_factory=list)

    def with_exec(self, argv: list[str]) -> "Running":
        return Running([*self.ran, " ".join(argv)])

    async def stdout(self) -> str:
        program = self.ran[-1].split()[0]
        if program == "fails":
            raise refused("failed", _type="EXEC_ERROR", cmd=[], exitCode=3, stdout="seen", stderr="said")
        if program == "engine-down":
            raise refused("no engine")
        return f"ran {', '.join(self.ran)}\n"

    async def stderr(self) -> str:
        return "and said so\n"


def run(*lines: str) -> str:
    argvs = [tuple(line.split()) for line in lines]
    return anyio.run(commands, cast("dagger.Container", Running()), argvs, LintFailed)


def test_commands_run_on_what_the_one_before_left_and_their_output_is_kept() -> None:
    assert run("a 1", "b") == "$ a 1\nran a 1\nand said so\n\n$ b\nran a 1, b\nand said so"


def test_all_commands_run_and_those_that_failed_are_named_with_their_words() -> None:
    with pytest.raises(LintFailed, match="2 of 3 commands failed: fails, fails") as caught:
        run("fails x", "b", "fails y")
    assert caught.value.why == "fails x: exit code 3\nseen\nsaid\nfails y: exit code 3\nseen\nsaid"


def test_an_engine_that_fails_is_no_failed_check() -> None:
    with pytest.raises(ToolUnavailable, match="engine-down could not be run"):
        run("engine-down")
