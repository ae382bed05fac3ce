"""Tells on stderr what is being made: one line rewritten in a terminal, plain lines in a log."""

import sys
import threading
import time
from types import TracebackType
from typing import Self, TextIO

_TERMINAL_SECONDS = 0.5
_LOG_SECONDS = 10.0


class Progress:
    """Steps under way with their seconds; used as a context, it repeats itself until it is left."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._lock = threading.Lock()
        self._began: dict[str, float] = {}
        self._doing: dict[str, str] = {}
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._ticker.join()

    def doing(self, name: str, what: str) -> None:
        """A step began, or went on to something else."""
        with self._lock:
            self._began.setdefault(name, time.monotonic())
            self._doing[name] = what
        if not self._terminal:
            self.say(f"{name}: {what}")

    def done(self, name: str, result: str) -> None:
        """A step ended well."""
        with self._lock:
            self._doing.pop(name, None)
            seconds = time.monotonic() - self._began.pop(name, time.monotonic())
        self.say(f"{name}: {result}, {seconds:.1f} s")

    def say(self, line: str) -> None:
        """Print a line of its own."""
        with self._lock:
            clear = "\r\x1b[K" if self._terminal else ""
            print(f"{clear}stand-ins: {line}", file=self._stream, flush=True)

    def _tick(self) -> None:
        interval = _TERMINAL_SECONDS if self._terminal else _LOG_SECONDS
        while not self._over.wait(interval):
            self._repeat()
        if self._terminal:
            print("\r\x1b[K", end="", file=self._stream, flush=True)

    def _repeat(self) -> None:
        with self._lock:
            now = time.monotonic()
            steps = [f"{name} {now - self._began[name]:.0f} s ({what})" for name, what in self._doing.items()]
            if steps:
                start, end = ("\r\x1b[K", "") if self._terminal else ("", "\n")
                print(f"{start}stand-ins: {', '.join(steps)}", end=end, file=self._stream, flush=True)
