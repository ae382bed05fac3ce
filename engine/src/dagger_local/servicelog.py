"""What a service prints, passed on as it comes."""

from collections.abc import Callable
from pathlib import Path

import anyio

_POLL_SECONDS = 0.2
_LAST = 50


class ServiceLog:
    """A file that a service prints to, read piece by piece."""

    def __init__(self, path: Path, show: Callable[[str], None]) -> None:
        self._path, self._show = path, show
        self._read = 0

    def pass_on(self) -> None:
        """Shows the lines that are new, each as a whole so that no secret in it is cut in two."""
        whole, end, _ = self._new().rpartition(b"\n")
        if end:
            self._show_lines(whole + end)

    def finish(self) -> None:
        """Shows what is new and, of a line that did not end, what there is."""
        self.pass_on()
        if rest := self._new():
            self._show_lines(rest)

    def _new(self) -> bytes:
        if not self._path.exists():
            return b""
        with self._path.open("rb") as opened:
            opened.seek(self._read)
            return opened.read()

    def _show_lines(self, raw: bytes) -> None:
        self._read += len(raw)
        for line in raw.decode(errors="replace").removesuffix("\n").split("\n"):
            self._show(line)

    async def follow(self, until: anyio.CancelScope) -> None:
        """Passes on what comes until the scope is cancelled."""
        with until:
            while True:
                self.pass_on()
                await anyio.sleep(_POLL_SECONDS)


def last_lines(path: Path) -> list[str]:
    """What a service printed last."""
    lines: list[str] = []
    ServiceLog(path, lines.append).finish()
    return lines[-_LAST:]
