"""Overlay mounts read by hand: what was beneath, and what was written over it."""

import os
import stat
from pathlib import Path

from dagger_local import tree

_OPAQUE = ("trusted.overlay.opaque", "user.overlay.opaque")


def merge(lower: Path, upper: Path, target: Path) -> None:
    """Makes the tree that was seen through the mount; untouched files are linked, not copied."""
    tree.copy(lower, target, link=True)
    for name, item in tree.walk(upper):
        info = item.lstat()
        goal = target / name if name else target
        if stat.S_ISCHR(info.st_mode) and info.st_rdev == 0:  # a whiteout
            tree.remove(goal)
        elif stat.S_ISDIR(info.st_mode):
            if name and is_opaque(item):
                tree.remove(goal)
            tree.make_folder(item, goal)
        else:
            tree.copy(item, goal)


def is_opaque(folder: Path) -> bool:
    """Whether a folder of an overlay hides what is beneath it."""
    listed = os.listxattr(folder, follow_symlinks=False)
    return any(name in listed and os.getxattr(folder, name) == b"y" for name in _OPAQUE)
