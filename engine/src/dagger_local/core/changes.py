"""Changes of directories: new trees out of old ones, sharing files by hard links."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagger_local import tree
from dagger_local.patterns import keeper
from dagger_local.resolve import CHANGES, change
from dagger_local.states import DirectoryState, FileState, State
from dagger_local.store import Store

_LARGE = 1 << 20  # bytes; what a tree with such a file comes to is not found out in every session


@dataclass(frozen=True)
class Change:
    """One change, with what it puts into the tree.

    Attributes:
        op: `Type.field`.
        args: Its scalar arguments.
        inputs: Its files and folders.
    """

    op: str
    args: Mapping[str, Any]
    inputs: Mapping[str, State]

    @property
    def large(self) -> bool:
        """Whether a file is put in that takes long to be read."""
        files = [one for one in self.inputs.values() if isinstance(one, FileState)]
        return any(one.path.stat().st_size >= _LARGE for one in files)

    @property
    def key(self) -> tuple[Any, ...]:
        """What decides what it does."""
        files = [(name, one.path.name, one.key) for name, one in self.inputs.items()]  # type: ignore[union-attr]
        return self.op, dict(self.args), files


def changed(store: Store, parent: DirectoryState, changes: Sequence[Change]) -> DirectoryState:
    """A copy of a tree (links to the same files) after changes."""

    def make() -> DirectoryState:
        draft = store.draft()
        tree.copy(parent.path, draft, link=True)
        for one in changes:
            CHANGES[one.op](draft, **one.args, **one.inputs)
        return store.keep_directory(draft)

    if any(one.large for one in changes):
        return store.remembered(make, parent.digest, *(one.key for one in changes))
    return make()


@change("Directory", "withNewFile")
def with_new_file(draft: Path, path: str, contents: str, permissions: int = 0o644) -> None:
    """A new file in the tree."""
    target = tree.inside(draft, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    tree.remove(target)
    target.write_text(contents, newline="")
    target.chmod(permissions)
    os.utime(target, (0, 0))


@change("Directory", "withNewDirectory")
def with_new_directory(draft: Path, path: str, permissions: int = 0o644) -> None:
    """A new folder in the tree."""
    target = tree.inside(draft, path)
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(permissions)


@change("Directory", "withFile")
def with_file(draft: Path, path: str, source: FileState, permissions: int | None = None) -> None:
    """A file copied into the tree."""
    target = tree.inside(draft, path)
    if path.endswith("/") or target.is_dir():
        target = target / source.path.name
    tree.copy(source.path, target, link=permissions is None)
    if permissions is not None:
        target.chmod(permissions)


@change("Directory", "withDirectory")
def with_directory(
    draft: Path,
    path: str,
    source: DirectoryState,
    exclude: list[str] | None = None,
    include: list[str] | None = None,
) -> None:
    """A tree copied into the tree."""
    keep = keeper(exclude or (), include or ())
    tree.copy(source.path, tree.inside(draft, path), link=True, keep=keep)


@change("Directory", "withoutFile")
def without_file(draft: Path, path: str) -> None:
    """The tree without what a path or pattern names."""
    matches = tree.matcher(path)
    for name, item in list(tree.walk(draft)):
        if name and matches.match(name) and not (item.is_dir() and not item.is_symlink()):
            item.unlink()


@change("Directory", "withoutDirectory")
def without_directory(draft: Path, path: str) -> None:
    """The tree without a folder."""
    tree.remove(tree.inside(draft, path))
