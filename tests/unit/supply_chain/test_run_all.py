"""Several commands that all are to work: side by side, and one that fails says how it ends."""

import json
import sys
from pathlib import Path

import pytest

from supply_chain.scripts.run_all import main


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _ended(at: Path, *commands: list[str]) -> int:
    (at / "commands.json").write_text(json.dumps(commands))
    return main(at / "commands.json")


def _waiting(first: Path, then: Path) -> list[str]:
    """A command that makes a file and waits for another one's."""
    return _python(f"""
import pathlib, sys, time
pathlib.Path({str(first)!r}).touch()
end = time.monotonic() + 20
while not pathlib.Path({str(then)!r}).exists():
    if time.monotonic() > end:
        sys.exit(1)
    time.sleep(0.01)
""")


def test_commands_run_side_by_side(tmp_path: Path) -> None:
    """Each waits for the other: one after the other, they would wait in vain."""
    one, other = tmp_path / "one", tmp_path / "other"
    assert _ended(tmp_path, _waiting(one, other), _waiting(other, one)) == 0


@pytest.mark.parametrize(("codes", "ended"), [((0, 0, 0), 0), ((0, 3, 0), 3), ((4, 0, 0), 4), ((3, 0, 5), 5)])
def test_what_failed_says_how_it_ends_and_is_heard_last(
    codes: tuple[int, ...], ended: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commands = [
        _python(f"import sys; print('says {code}', file=sys.stderr); sys.exit({code})") for code in codes
    ]
    assert _ended(tmp_path, *commands) == ended
    log = capfd.readouterr().err.splitlines()
    assert sorted(log) == sorted(f"says {code}" for code in codes)
    assert log[-1] == f"says {ended}"
