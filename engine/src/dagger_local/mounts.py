"""Mounts that a session which was killed has left."""

import subprocess
from pathlib import Path


def release(folder: Path) -> None:
    """Unmounts everything beneath a folder."""
    beneath = [target for target in _targets() if target.is_relative_to(folder)]
    if beneath:
        # The last one mounted may lie upon the others.
        subprocess.run(["umount", "--lazy", *map(str, reversed(beneath))], check=False)  # noqa: S607


def _targets() -> list[Path]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [Path(line.split()[4].encode().decode("unicode_escape")) for line in lines]
