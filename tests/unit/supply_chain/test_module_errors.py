"""Every error: a name, what, why, advice, an exit code of its family's own, a way over Dagger's border."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import dagger
import pytest

from supply_chain import errors
from supply_chain.errors import (
    GateBlocked,
    InternalError,
    RegistryDenied,
    RegistryUnavailable,
    SupplyChainError,
    Trouble,
    by_name,
    families,
)
from supply_chain.faults import Fault, carried, failing_as, tool_failing_as

ROOT = Path(__file__).parents[3]
OWN_EXIT_CODES = {
    "UsageError": 2,
    "BuildFailed": 10,
    "GateBlocked": 11,
    "ScannerFailed": 12,
    "RegistryFailed": 13,
    "SigningFailed": 14,
    "VerificationFailed": 15,
    "CheckFailed": 16,
    "Outage": 17,
    "LintFailed": 21,
    "TypesFailed": 22,
    "TestsFailed": 23,
    "AuditFailed": 24,
    "SmokeFailed": 25,
    "PinsFailed": 26,
    "SupplyChainError": 70,
}


def every_error(kind: type[SupplyChainError] = SupplyChainError) -> Iterator[type[SupplyChainError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from every_error(child)


def exec_error(stderr: str = "words of the tool", code: int = 3) -> dagger.ExecError:
    """What the SDK raises for a failed command."""
    fault = Fault(SupplyChainError("x"))
    fault.exit_code, fault.stderr, fault.stdout = code, stderr, ""
    return fault


def test_families_have_exit_codes_of_their_own() -> None:
    assert {kind.__name__: kind.exit_code for kind in families()} == OWN_EXIT_CODES


def test_families_have_statuses_of_their_own() -> None:
    statuses = [kind.status for kind in families() if "status" in vars(kind)]
    assert len(set(statuses)) == len(statuses)
    assert "passed" not in statuses


@pytest.mark.parametrize("kind", list(every_error()), ids=lambda kind: kind.__name__)
def test_every_error_belongs_to_a_family_and_gives_advice_of_its_own(kind: type[SupplyChainError]) -> None:
    assert kind.exit_code in OWN_EXIT_CODES.values()
    assert kind.__doc__
    if kind is not InternalError:
        assert "default_advice" in vars(kind)


@pytest.mark.parametrize("kind", list(every_error()), ids=lambda kind: kind.__name__)
def test_every_error_is_found_by_its_name(kind: type[SupplyChainError]) -> None:
    assert by_name(kind.__name__) is kind


def test_an_unknown_name_is_our_bug() -> None:
    assert by_name("Nothing") is InternalError


def test_a_message_says_what_why_and_what_to_do() -> None:
    assert GateBlocked("2 findings", why="CVE-1\nCVE-2", advice="update").message == (
        "GateBlocked: 2 findings\n  why: CVE-1\n    CVE-2\n  what to do: update"
    )
    assert str(RegistryDenied("no")).startswith(
        "RegistryDenied: no\n  what to do: log in with with-registry-login"
    )


def test_an_error_is_said_again_in_other_words() -> None:
    error = RegistryUnavailable("x", why="503", trouble=Trouble("registry"))
    assert (error.transient, RegistryDenied("x").transient) == (True, False)
    again = error.but(why="503, three times")
    assert (type(again), again.what, again.advice) == (RegistryUnavailable, "x", error.advice)
    assert (again.why, again.trouble) == ("503, three times", error.trouble)
    assert error.but(advice="wait").message == "RegistryUnavailable: x\n  why: 503\n  what to do: wait"


def test_every_class_of_the_module_is_an_error_of_ours() -> None:
    defined = {value for value in vars(errors).values() if isinstance(value, type)}
    assert defined == {*every_error(), Trouble}


def test_an_error_crosses_the_border_with_its_code_and_message() -> None:
    fault = Fault(GateBlocked("2 findings", why="CVE-1"))
    assert isinstance(fault, dagger.ExecError)
    assert str(fault) == GateBlocked("2 findings", why="CVE-1").message
    assert fault.error.extensions == {
        "_type": "EXEC_ERROR",
        "cmd": [],
        "exitCode": 11,
        "stdout": "",
        "stderr": "",
    }


def test_a_function_raises_what_dagger_carries_and_keeps_its_face() -> None:
    @carried
    async def function(name: str) -> str:
        """What it is."""
        raise GateBlocked(name)

    assert (function.__name__, function.__doc__) == ("function", "What it is.")
    with pytest.raises(Fault, match="GateBlocked: x"):
        asyncio.run(_awaited(function))


def test_a_function_that_works_is_left_alone() -> None:
    @carried
    async def function(name: str) -> str:
        return name

    assert asyncio.run(_awaited(function)) == "x"


def test_a_bug_is_not_dressed_up() -> None:
    @carried
    async def function(name: str) -> str:
        raise KeyError(name)

    with pytest.raises(KeyError):
        asyncio.run(_awaited(function))


def test_a_failed_command_becomes_what_its_reader_says() -> None:
    with (
        pytest.raises(RegistryDenied, match="words of the tool"),
        tool_failing_as(lambda words: RegistryDenied("x", words)),
    ):
        raise exec_error()


def test_a_tool_that_never_ran_is_unavailable() -> None:
    with pytest.raises(errors.ToolUnavailable), tool_failing_as(lambda words: RegistryDenied("x", words)):
        raise dagger.QueryError(
            [exec_error().error.__class__("failed to resolve image")], exec_error().request
        )


def test_whatever_failed_becomes_one_kind() -> None:
    with pytest.raises(errors.BuildFailed, match="words of the tool"), failing_as(errors.BuildFailed, "x"):
        raise exec_error()
    with pytest.raises(errors.BuildFailed, match="no such target"), failing_as(errors.BuildFailed, "x"):
        raise dagger.QueryError([exec_error().error.__class__("no such target")], exec_error().request)


async def _awaited(function: object) -> str:
    assert callable(function)
    result: str = await function("x")
    return result


def test_every_exit_code_was_seen_to_reach_the_shell() -> None:
    """Recorded on Dagger, and asked of dagger-local by the contract."""
    recordings = (ROOT / "tests" / "contract").glob("recordings*.jsonl")
    cases = [json.loads(line) for file in recordings for line in file.read_text().splitlines()]
    seen = {case["exit"] for case in cases if case["case"].startswith("coded")}
    assert set(OWN_EXIT_CODES.values()) <= seen
