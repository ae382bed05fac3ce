"""Commands: failures are named, and stopping ends what runs."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from standins import command
from standins.command import Commands
from standins.errors import CommandFailed, Stopped, ToolMissing

ENGINE = Path(command.__file__).parents[1]


def test_stdout_is_returned_and_the_environment_added() -> None:
    assert Commands().run(["sh", "-c", "echo $HELLO"], {"HELLO": "there"}) == "there\n"


def test_a_failure_shows_its_code_and_stderr() -> None:
    with pytest.raises(CommandFailed, match=r"exit code 7\n    no such thing"):
        Commands().run(["sh", "-c", "echo no such thing >&2; exit 7"])


def test_a_missing_tool_is_named() -> None:
    with pytest.raises(ToolMissing, match="no-such-tool-anywhere"):
        Commands().run(["no-such-tool-anywhere"])


def test_stopping_ends_a_command_and_its_children(
    tmp_path: Path, pid_in: Callable[[Path], int], is_gone: Callable[[int], bool]
) -> None:
    commands, raised = Commands(), threading.Event()
    pid_file = tmp_path / "pid"

    def work() -> None:
        with pytest.raises(Stopped):
            commands.run(["sh", "-c", f"sleep 60 & echo $! > {pid_file}; wait"])
        raised.set()

    threading.Thread(target=work).start()
    child = pid_in(pid_file)
    commands.stop()
    assert raised.wait(5)
    assert is_gone(child)
    with pytest.raises(Stopped):
        commands.run(["true"])


def test_a_killed_builder_takes_its_command_along(
    tmp_path: Path, pid_in: Callable[[Path], int], is_gone: Callable[[int], bool]
) -> None:
    script = tmp_path / "slow"
    script.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    script.chmod(0o755)
    code = f"from standins.command import Commands; Commands().run([{str(script)!r}])"
    builder = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ENGINE)})
    started = pid_in(tmp_path / "pid")
    builder.kill()
    builder.wait()
    assert is_gone(started)
