"""Several tools in one container: what they are asked, what they answer, and that nobody remembers it."""

import json
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from supply_chain.errors import InternalError
from supply_chain.images import Images
from supply_chain.tools import cosign, crane
from supply_chain.workbench import Answer, answers, each, run, workbench
from unit.supply_chain.engine import GOOD, Container, Files, bad, broken, content, run_by

IMAGES = Images.pinned()


class Tools:
    """Answers what it is told to, and notes what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[list[str]] = []

    def __call__(self, command: list[str], files: Files) -> Answer:
        self.asked.append(command)
        files[f"/made/{len(self.asked)}"] = command[-1]
        return self.answers.pop(0)


def test_tools_are_those_that_are_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    run_by(Tools(), monkeypatch)
    files = content(workbench(IMAGES))
    assert files[cosign.PROGRAM] == f"{cosign.PROGRAM} of {IMAGES.cosign.reference}"
    assert files[crane.PROGRAM] == f"{crane.PROGRAM} of {IMAGES.crane.reference}"


def test_no_cache_answers_for_a_workbench(monkeypatch: pytest.MonkeyPatch) -> None:
    run_by(Tools(), monkeypatch)
    first, second = workbench(IMAGES), workbench(IMAGES)
    assert isinstance(first, Container)
    assert isinstance(second, Container)
    assert first.variables.keys() == second.variables.keys()
    assert first.variables != second.variables


def test_every_command_is_asked_word_for_word_and_answered_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = bad("Error: no", code=3)
    said = [GOOD, refused, Answer(code=0, stdout="ü\n", stderr="")]
    tools = Tools(*said)
    run_by(tools, monkeypatch)
    commands = [["/ko-app/crane", "two words", ""], ("$(id)", '"', "a\nb"), ["ü", "-"]]
    assert anyio.run(answers, workbench(IMAGES), commands) == said
    assert tools.asked == [list(command) for command in commands]


def test_whoever_watches_sees_which_tools_run(monkeypatch: pytest.MonkeyPatch) -> None:
    run_by(Tools(GOOD, GOOD, GOOD), monkeypatch)
    bench, seen = workbench(IMAGES), list[str]()
    monkeypatch.setattr(Container, "with_exec", _noting(seen))
    commands = [[crane.PROGRAM, "tag", "a"], [crane.PROGRAM, "digest", "a"], [crane.PROGRAM, "tag", "b"]]
    anyio.run(answers, bench, commands)
    assert seen[-1] == "crane tag, crane digest"


def _noting(seen: list[str]) -> Callable[..., Container]:
    """A `with_exec` that also notes the words of its command."""
    runs = Container.with_exec

    def noting(container: Container, args: list[str], **how: Any) -> Container:
        seen.extend(args)
        return runs(container, args, **how)

    return noting


def test_what_commands_made_is_left_for_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = Tools(GOOD, GOOD)
    run_by(tools, monkeypatch)

    async def main() -> None:
        _, left = await run(workbench(IMAGES), [each([["cosign", "a"], ["cosign", "b"]])])
        assert await left.file("/made/2").contents() == "b"

    anyio.run(main)
    assert len(tools.asked) == 2, "nothing is run twice"


def test_a_script_that_did_not_run_is_our_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_command: list[str], _files: Files) -> Answer:
        raise broken("Traceback: no such file")

    run_by(breaks, monkeypatch)
    with pytest.raises(InternalError, match="no such file"):
        anyio.run(answers, workbench(IMAGES), [["cosign"]])


def test_an_answer_has_all_that_the_script_writes() -> None:
    with pytest.raises(ValueError, match="stderr"):
        Answer.model_validate_json(json.dumps({"code": 0, "stdout": ""}))
