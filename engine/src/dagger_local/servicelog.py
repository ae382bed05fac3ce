"""What a service prints, passed on as it comes."""

from collections.abc import Callable
from pathlib import Path

import anyio

_POLL_SECONDS = 0.2
_LAST = 50


class ServiceLog:
    """A log as Podman writes it (k8s-file: time, stream, F or P, text), read piece by piece."""

    def __init__(self, path: Path, show: Callable[[str], None]) -> None:
        self._path, self._show = path, show
        self._read = 0
        self._line = ""

    def pass_on(self) -> None:
        """Shows the lines that are new, each as a whole so that no secret in it is cut in two."""
        if not self._path.exists():
            return
        with self._path.open("rb") as opened:
            opened.seek(self._read)
            whole, end, _ = opened.read().rpartition(b"\n")
        self._read += len(whole) + len(end)
        for entry in whole.decode(errors="replace").splitlines() if end else ():
            self._take(entry)

    def finish(self) -> None:
        """Shows what is new and, of a line that did not end, what there is."""
        self.pass_on()
        if self._line:
            self._show(self._line)
            self._line = ""

    def _take(self, entry: str) -> None:
        _time, _stream, kind, *text = entry.split(" ", 3)
        self._line += "".join(text)
        if kind != "P":  # a part of a line, of which more is to come
            self._show(self._line)
            self._line = ""

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
