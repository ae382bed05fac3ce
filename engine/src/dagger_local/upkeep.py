"""The store, looked at and cleared by hand.

python -m dagger_local.upkeep show | clear
"""

import os
import shutil
import sys
from pathlib import Path

from dagger_local import mounts
from dagger_local.runs import forget, live_sessions
from dagger_local.store import default_root


def size(folder: Path) -> int:
    """Bytes on disk beneath a folder; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            info = os.lstat(Path(parent) / name)
            seen[info.st_dev, info.st_ino] = info.st_blocks * 512
    return sum(seen.values())


def show(root: Path) -> str:
    """A line for each part of the store with its size in MiB."""
    parts = sorted(part for part in root.iterdir() if part.is_dir()) if root.exists() else []
    lines = [f"{size(part) / 2**20:8.1f} MiB  {part.name}" for part in parts]
    return "\n".join([*lines, f"{root}"])


def clear(root: Path) -> str:
    """Removes the store, unless a session uses it."""
    if running := live_sessions(root):
        return f"{root} is in use by process {', '.join(map(str, running))}: nothing was removed"
    mounts.release(root)
    shutil.rmtree(root, ignore_errors=True)
    forget(root)
    return f"removed {root}"


def main() -> None:
    """The command line."""
    commands = {"show": show, "clear": clear}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:  # noqa: PLR2004 - the program and one word
        sys.exit("usage: python -m dagger_local.upkeep show|clear")
    print(commands[sys.argv[1]](default_root()))


if __name__ == "__main__":
    main()
