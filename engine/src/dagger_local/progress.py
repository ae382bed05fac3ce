"""What a person sees while work goes on: a line a step on standard error, secrets hidden."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_LONGEST = 400  # characters; an attestation on one line is half a million


class Progress:
    """Numbered steps with durations, in the manner of `dagger --progress=plain`."""

    def __init__(
        self, scrub: Callable[[str], str], out: TextIO | None = None, *, silent: bool = False
    ) -> None:
        self._scrub = scrub
        self._out = out or sys.stderr
        self._silent = silent
        self._count = 0

    def line(self, text: str) -> None:
        """Prints one line."""
        if not self._silent:
            print(self._scrub(text), file=self._out, flush=True)

    def output(self, step: int, text: str) -> None:
        """Prints what a running command says, each line under its step's number; very long ones are cut."""
        for line in self._scrub(text).splitlines():
            shown = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}… ({len(line)} characters)"
            self.line(f"{step:<3} | {shown}")

    @contextmanager
    def step(self, name: str) -> Iterator[int]:
        """Prints the step's begin, and its end with the time it took."""
        self._count += 1
        number, started = self._count, time.monotonic()
        self.line(f"{number:<3} : {name}")
        try:
            yield number
        except BaseException:
            self.line(f"{number:<3} : FAILED {name} [{time.monotonic() - started:.1f}s]")
            raise
        self.line(f"{number:<3} : {name} DONE [{time.monotonic() - started:.1f}s]")
