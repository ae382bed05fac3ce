"""The OCI runtime, runc or crun: what Podman would start containers by, asked without a detour."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import anyio
from anyio.abc import Process

from dagger_local.processes import Ended, Sink, ended, started

_LOG = "log"
_FOLDER = "runtime"


@dataclass(frozen=True)
class Runtime:
    """The runtime's program, with a place of its own in a session's folder in memory.

    What it keeps there of a container holds its variables, secret ones too, for as long as it runs.
    """

    program: str
    session: Path

    async def run(self, bundle: Path, stdin: bytes, on_stdout: Sink, on_stderr: Sink) -> Ended:
        """Runs a bundle's container to its end; the exit code is the command's."""
        async with self.start(bundle) as process:
            return await ended(process, stdin, on_stdout, on_stderr)

    @contextlib.asynccontextmanager
    async def start(self, bundle: Path, log: IO[bytes] | None = None) -> AsyncIterator[Process]:
        """A bundle's container under way, by its folder's name; killed at the end of the block.

        Args:
            bundle: The folder.
            log: What it prints to; it then reads nothing. Else it is heard and fed.
        """
        told = ("--log", str(bundle / _LOG), "--log-format", "json")
        argv = (*self._argv(), *told, "run", "--bundle", str(bundle), bundle.name)
        stdin, output = (subprocess.DEVNULL, log) if log else (subprocess.PIPE, subprocess.PIPE)
        env = {"PATH": os.environ.get("PATH", os.defpath)}
        async with started(argv, env, stdin=stdin, output=output, end=signal.SIGKILL) as process:
            try:
                yield process
            finally:
                if process.returncode is None:
                    with anyio.CancelScope(shield=True):
                        process.kill()
                        await process.wait()
                        await self._remove(bundle.name)

    def error(self, bundle: Path) -> str | None:
        """Why the container could not be started; None if it was."""
        log = bundle / _LOG
        lines = log.read_text().splitlines() if log.exists() else []
        said = [json.loads(line) for line in lines if line.startswith("{")]
        return next((str(one["msg"]) for one in said if one.get("level") == "error"), None)

    async def remove_all(self) -> None:
        """Kills and removes what a session has left running."""
        folder = self.session / _FOLDER
        for container in list(folder.iterdir()) if folder.exists() else ():
            await self._remove(container.name)

    def _argv(self) -> tuple[str, ...]:
        return (self.program, "--root", str(self.session / _FOLDER))

    async def _remove(self, container: str) -> None:
        await anyio.run_process([*self._argv(), "delete", "--force", container], check=False)
