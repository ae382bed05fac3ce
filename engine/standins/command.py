"""Runs the commands that make images: argv only, each in its own process group, all ended together."""

import os
import shlex
import shutil
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from standins.errors import CommandFailed, Stopped, ToolMissing

_GRACE_SECONDS = 10
_KEPT_LINES = 20

# Ends a command also when the builder is killed and can end nothing itself; part of util-linux.
_FOLLOWING = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()


class Commands:
    """Starts commands, and ends those still running when the build is stopped."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, argv: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
        """Run a command to its end and return its stdout; `env` is added to the builder's own.

        Raises:
            CommandFailed: it ended with an error; the end of what it said is in the message.
            ToolMissing: there is no such program.
            Stopped: the build was stopped.
        """
        process = self._start(argv, {**os.environ, **(env or {})}, cwd)
        try:
            stdout, stderr = process.communicate()
        finally:
            with self._lock:
                self._running.discard(process)
        if self._stopped:
            raise Stopped
        if process.returncode:
            tail = "\n    ".join(f"{stdout.strip()}\n{stderr.strip()}".strip().splitlines()[-_KEPT_LINES:])
            why = f"exit code {process.returncode}\n    {tail}"
            raise CommandFailed(
                shlex.join(argv[:3]), why, "see the lines above; the network or a full disk are usual"
            )
        return stdout

    def stop(self) -> None:
        """End every running command, politely first; later ones are refused."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for process in running:
            _signal(process, signal.SIGTERM)
        for process in running:
            try:
                process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)

    def _start(self, argv: Sequence[str], env: Mapping[str, str], cwd: Path | None) -> subprocess.Popen[str]:
        with self._lock:
            if self._stopped:
                raise Stopped
            if not shutil.which(argv[0], path=env.get("PATH")):
                raise ToolMissing(argv[0], "it is not installed", f"install {argv[0]}")
            process = subprocess.Popen(
                [*_FOLLOWING, *argv],
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            self._running.add(process)
            return process


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
