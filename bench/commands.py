"""Runs one command of a side, and ends all that came of it when the benchmark is ended."""

import os
import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_END_SECONDS = 60
_LAST_LINES = 30


@dataclass(frozen=True)
class Ended:
    """A command that ended.

    Attributes:
        words: The command, for people.
        code: Its exit code.
        stdout: What it printed.
        stderr: What it said beside that.
    """

    words: str
    code: int
    stdout: str
    stderr: str

    @property
    def complaint(self) -> str:
        """The last of what it said, for an error."""
        said = "\n".join((self.stdout + self.stderr).splitlines()[-_LAST_LINES:])
        return f"{self.words} ended with {self.code}\n{said}"


def run(argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, end: signal.Signals) -> Ended:
    """Runs a command to its end.

    Args:
        argv: The command.
        env: Added to the environment.
        cwd: Where it runs.
        end: What tells it and its children to end in order.
    """
    process = subprocess.Popen(
        argv, env={**os.environ, **env}, cwd=cwd, start_new_session=True, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        stdout, stderr = process.communicate()
    except BaseException:
        os.killpg(process.pid, end)
        process.communicate(timeout=_END_SECONDS)
        raise
    return Ended(shlex.join(argv)[:200], process.returncode, stdout, stderr)
