"""What the store holds reaches the disk while a session goes on, and before it ends.

Unmounting an overlay waits until all of its filesystem is on disk, other programs' files as well; a command
whose result is needed at once would wait for that. Mounted `volatile`, it does not: the store is flushed
beside the next command instead. After a power failure, what no flush has reached may be there by name only.
"""

import contextlib
import os
from pathlib import Path

import anyio

from dagger_local.errors import EngineError

_SINCE = (5, 10)  # Linux: https://docs.kernel.org/filesystems/overlayfs.html#volatile-mount


def overlay_options(release: str = "") -> tuple[str, ...]:
    """What an overlay's mount is told so that unmounting it does not wait, where the kernel knows how.

    Args:
        release: The kernel's; this machine's if empty.
    """
    major, minor = (release or os.uname().release).split(".")[:2]
    return ("volatile",) if (int(major), int(minor.partition("-")[0])) >= _SINCE else ()


class Flushing:
    """Flushes one folder's filesystem when told that something was written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = False
        self._told = anyio.Event()

    def soon(self) -> None:
        """Something was written."""
        self._written = True
        self._told.set()

    async def run(self) -> None:
        """Flushes whenever it is told to, until it is cancelled; what fails is told by `finish`."""
        while True:
            await self._told.wait()
            self._told = anyio.Event()
            with contextlib.suppress(EngineError):
                await self.finish()

    async def finish(self) -> None:
        """Flushes what was written since the last time; EngineError where the disk does not take it."""
        if not self._written:
            return
        self._written = False
        flushed = False
        try:
            done = await anyio.run_process(["sync", "-f", str(self._folder)], check=False)
            flushed = done.returncode == 0
        finally:
            self._written = self._written or not flushed
        if not flushed:
            raise EngineError(f"the store could not be written to disk: {done.stderr.decode().strip()}")
