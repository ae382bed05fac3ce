"""Room for compilers: in memory where there is plenty, which spares the disk much, else on disk."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 -- the one place that Linux keeps in memory; the folder made there is private
_ROOM_NEEDED = 6 << 30  # bytes: sources and compiled packages of all programs were 4.3 GiB
_MEMORY_NEEDED = 10 << 30  # bytes: the same, and the compilers beside it


@contextmanager
def room(cache: Path, work: Path) -> Iterator[Path]:
    """A folder of the one builder of this cache, removed whatever happens; `work` is its place on disk."""
    folder = _in_memory(cache) or work / "room"
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_memory(cache: Path) -> Path | None:
    """A new private folder in memory, if that is large enough."""
    folder = _MEMORY / f"stand-ins-{os.getuid()}-{hashlib.sha256(str(cache).encode()).hexdigest()[:12]}"
    shutil.rmtree(folder, ignore_errors=True)  # of a builder that was killed: there is one at a time
    try:
        if shutil.disk_usage(_MEMORY).free < _ROOM_NEEDED or _available() < _MEMORY_NEEDED:
            return None
        folder.mkdir(mode=0o700)  # fails where somebody else made it
    except OSError:
        return None
    return folder


def _available() -> int:
    """Bytes of memory that can be had without swapping."""
    match = re.search(r"^MemAvailable:\s+(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return int(match[1]) << 10 if match else 0
