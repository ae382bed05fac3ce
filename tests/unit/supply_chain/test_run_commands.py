"""Several commands in one container: all are run, and each one's end is told."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from supply_chain.scripts.run_commands import NOT_FOUND, main


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _waiting(sign: Path, words: str) -> list[str]:
    """A command that prints the words, an expression, once the sign is there; it gives up after a while."""
    return _python(f"""
import pathlib, sys, time
end = time.monotonic() + 20
while not pathlib.Path({str(sign)!r}).exists():
    if time.monotonic() > end:
        sys.exit(1)
    time.sleep(0.01)
print({words})
""")


def _answers(
    at: Path, commands: list[list[str]], at_once: int, then: list[list[str]] | None = None
) -> list[dict[str, Any]]:
    return _staged(at, [[[command] for command in commands], [[command] for command in then or []]], at_once)


def _staged(at: Path, stages: list[list[list[list[str]]]], at_once: int) -> list[dict[str, Any]]:
    (at / "commands.json").write_text(json.dumps(stages))
    main(str(at / "commands.json"), str(at / "answers.json"), at_once)
    said: list[dict[str, Any]] = json.loads((at / "answers.json").read_text())
    return said


def test_every_command_is_run_whatever_the_others_came_to(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commands = [
        _python("import sys; print('out'); print('said', file=sys.stderr); sys.exit(3)"),
        [str(tmp_path / "no-such-program")],
        _python("print('unabridged ' + 'x' * 300_000)"),
    ]
    failed, missing, long = _answers(tmp_path, commands, at_once=1)
    assert failed == {"code": 3, "stdout": "out\n", "stderr": "said\n"}
    assert missing["code"] == NOT_FOUND
    assert "No such file" in missing["stderr"]
    assert long["code"] == 0
    assert len(long["stdout"]) > 300_000
    log = capfd.readouterr()
    assert (log.out, log.err) == ("", "said\n"), "the log has what was said, not what was answered"


def test_until_failure_nothing_is_run_after_it(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    commands = [
        _python("print('first')"),
        _python("import sys; sys.exit(3)"),
        _python(f"import pathlib; pathlib.Path({str(mark)!r}).touch()"),
    ]
    assert [one["code"] for one in _answers(tmp_path, commands, at_once=0)] == [0, 3]
    assert not mark.exists()


def test_commands_run_side_by_side_and_are_answered_in_their_order(tmp_path: Path) -> None:
    """The first waits for what the second makes: one after the other, it would wait in vain."""
    sign = tmp_path / "sign"
    makes = f"import pathlib; pathlib.Path({str(sign)!r}).touch(); print('second')"
    answers = _answers(tmp_path, [_waiting(sign, "'first'"), _python(makes)], at_once=2)
    assert [(one["code"], one["stdout"]) for one in answers] == [(0, "first\n"), (0, "second\n")]


def test_one_at_a_time_is_one_after_the_other(tmp_path: Path) -> None:
    log = tmp_path / "log"
    marks = (
        f"import time; log = open({str(log)!r}, 'ab', 0); log.write(b'<'); time.sleep(0.05); log.write(b'>')"
    )
    _answers(tmp_path, [_python(marks)] * 3, at_once=1)
    assert log.read_text() == "<><><>"


@pytest.mark.parametrize("at_once", [0, 2])
def test_a_stage_begins_when_the_one_before_it_has_ended(at_once: int, tmp_path: Path) -> None:
    log = tmp_path / "log"
    mark = f"import sys, time; time.sleep(float(sys.argv[2])); open({str(log)!r}, 'a').write(sys.argv[1])"
    commands = [[*_python(mark), "1", "0.2"], [*_python(mark), "1", "0"]]
    said = _answers(tmp_path, commands, at_once, then=[[*_python(mark), "2", "0"]])
    assert (log.read_text(), [one["code"] for one in said]) == ("112", [0, 0, 0])


def test_a_stage_is_run_after_a_failure_unless_that_ends_all(tmp_path: Path) -> None:
    for at_once, codes in ((1, [3, 0]), (0, [3])):
        said = _answers(tmp_path, [_python("import sys; sys.exit(3)")], at_once, then=[_python("")])
        assert [one["code"] for one in said] == codes


def test_a_chain_runs_one_after_the_other_beside_others_whatever_fails(tmp_path: Path) -> None:
    """The chain's second command waits for what the other chain makes, and its first has to have ended."""
    sign, first = tmp_path / "sign", tmp_path / "first"
    fails = f"import pathlib, sys; pathlib.Path({str(first)!r}).write_text('ended'); sys.exit(3)"
    makes = f"import pathlib; pathlib.Path({str(sign)!r}).touch(); print('made')"
    answers = _staged(
        tmp_path,
        [[[_python(fails), _waiting(sign, f"pathlib.Path({str(first)!r}).read_text()")], [_python(makes)]]],
        at_once=2,
    )
    assert [(one["code"], one["stdout"]) for one in answers] == [(3, ""), (0, "ended\n"), (0, "made\n")]
