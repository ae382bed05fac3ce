"""The machine that is measured on, and whether anybody else uses it."""

import os
import platform
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.models import Machine
from looking import looking

ROOT = Path(__file__).parents[1]
_EVERY_SECONDS = 0.05
_LOOK_SECONDS = 0.5


def facts() -> Machine:
    """What a reader must know of the machine, and of the code that ran on it."""
    cpu = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return Machine(
        cpu=cpu[1] if cpu else platform.processor(),
        cores=os.cpu_count() or 1,
        memory_mib=round(_meminfo("MemTotal") / 1024),
        kernel=platform.release(),
        podman=_said("podman", "--version").removeprefix("podman version "),
        python=platform.python_version(),
        commit=_said("git", "-C", str(ROOT), "rev-parse", "HEAD"),
        dirty=bool(_said("git", "-C", str(ROOT), "status", "--porcelain")),
        date=datetime.now(UTC).replace(microsecond=0),
    )


def busy(seconds: float = _LOOK_SECONDS) -> float:
    """The share of all cores that is in use while nothing of ours works; 1 is all of them."""
    os.sync()  # what the run before has written is not the next one's burden
    idle, every = _ticks()
    time.sleep(seconds)
    idle_after, every_after = _ticks()
    return 1 - (idle_after - idle) / max(every_after - every, 1)


class Memory:
    """How much memory was in use at most while one looked, over what was in use before."""

    def __init__(self) -> None:
        self._before = _in_use()
        self._most = self._before

    @classmethod
    @contextmanager
    def watched(cls) -> Iterator["Memory"]:
        """Looks until the block ends."""
        memory = cls()
        with looking(memory._look, _EVERY_SECONDS):
            yield memory

    @property
    def peak_mib(self) -> float:
        """The most, in MiB."""
        return (self._most - self._before) / 1024

    def _look(self) -> None:
        self._most = max(self._most, _in_use())


def _in_use() -> int:
    """KiB that no program could get without taking them from another."""
    return _meminfo("MemTotal") - _meminfo("MemAvailable")


def _meminfo(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def _ticks() -> tuple[int, int]:
    """Ticks in which the cores were idle or waited, and all ticks."""
    times = [int(word) for word in Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]]
    return times[3] + times[4], sum(times)


def _said(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()
