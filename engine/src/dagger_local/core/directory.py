"""Directories: what is in them, and trees made of whole ones."""

import os
from functools import partial
from pathlib import Path

import anyio

from dagger_local import tree
from dagger_local.errors import EngineError
from dagger_local.evaluate import Evaluator
from dagger_local.resolve import leaf, step
from dagger_local.states import DirectoryState, FileState
from dagger_local.store import Store


def existing(root: Path, path: str) -> Path:
    """A path within a tree that must exist.

    Raises:
        EngineError: There is nothing at it; the message is Dagger's.
    """
    found = tree.inside(root, path)
    if not os.path.lexists(found):
        raise EngineError(f"stat {path.removeprefix('/')}: no such file or directory")
    return found


def file_at(store: Store, root: Path, path: str, *, times: bool = False) -> FileState:
    """The file at a path within a tree of the store."""
    found = existing(root, path)
    if found.is_dir():
        raise EngineError(f"path {path} is a directory, not a file")
    return FileState(found, store.digest(found, times=times))


def directory_at(store: Store, root: Path, path: str, *, times: bool = False) -> DirectoryState:
    """The folder at a path within a tree of the store."""
    found = existing(root, path)
    if not found.is_dir():
        raise EngineError(f"path {path} is a file, not a directory")
    return DirectoryState(found, store.digest(found, times=times))


@step("Directory", "directory")
async def subdirectory(ev: Evaluator, parent: DirectoryState, path: str) -> DirectoryState:
    """A folder in the tree."""
    return directory_at(ev.session.store, parent.path, path)


@step("Directory", "file")
async def file(ev: Evaluator, parent: DirectoryState, path: str) -> FileState:
    """A file in the tree."""
    return file_at(ev.session.store, parent.path, path)


@leaf("Directory", "entries")
async def entries(ev: Evaluator, parent: DirectoryState, path: str | None = None) -> list[str]:
    """Names, folders with a slash at the end."""
    folder = directory_at(ev.session.store, parent.path, path or ".").path
    return sorted(
        item.name + ("/" if item.is_dir() and not item.is_symlink() else "") for item in folder.iterdir()
    )


@leaf("Directory", "glob")
async def glob(_ev: Evaluator, parent: DirectoryState, pattern: str) -> list[str]:
    """Paths that match, folders with a slash at the end."""
    matches = tree.matcher(pattern)
    found = [(name, item) for name, item in tree.walk(parent.path) if name and matches.match(name)]
    return [name + ("/" if item.is_dir() and not item.is_symlink() else "") for name, item in found]


@step("Directory", "withTimestamps")
async def with_timestamps(ev: Evaluator, parent: DirectoryState, timestamp: int) -> DirectoryState:
    """The tree with one time for everything; real copies, since links share their times."""
    store = ev.session.store

    def make() -> DirectoryState:
        draft = store.draft()
        tree.copy(parent.path, draft)
        for _, item in sorted(tree.walk(draft), key=lambda pair: pair[0], reverse=True):
            os.utime(item, (timestamp, timestamp), follow_symlinks=False)
        return store.keep_directory(draft, times=True)

    return store.remembered(make, "withTimestamps", parent.digest, timestamp)


@step("Directory", "diff")
async def diff(ev: Evaluator, parent: DirectoryState, other: DirectoryState) -> DirectoryState:
    """What the other tree has that this one has not, or has differently."""

    def new(name: str, is_dir: bool) -> bool:
        old = parent.path / name
        return is_dir or not os.path.lexists(old) or tree.digest(old) != tree.digest(other.path / name)

    draft = ev.session.store.temporary()
    draft.chmod(0o755)
    tree.copy(other.path, draft, link=True, keep=tree.Keep(new))
    for name, item in sorted(tree.walk(draft), key=lambda pair: pair[0], reverse=True):
        if name and item.is_dir() and not item.is_symlink() and not any(item.iterdir()):
            _drop_known(parent.path / name, item)
    return ev.session.store.keep_directory(draft)


def _drop_known(old: Path, folder: Path) -> None:
    if old.is_dir():
        folder.rmdir()


@leaf("Directory", "export")
async def export(ev: Evaluator, parent: DirectoryState, path: str, wipe: bool = False) -> str:
    """Writes the tree to the host, owned by who runs the engine."""
    target = ev.session.work_dir / path
    if target.exists() and not target.is_dir():
        raise EngineError(f"{path} exists and is not a directory")
    if wipe:
        tree.remove(target)
    ev.session.networks.retire(ev.session.background)  # whoever writes to the host has had all commands run
    mine = (os.getuid(), os.getgid())
    await anyio.to_thread.run_sync(partial(tree.copy, parent.path, target, owner=mine))
    return os.path.abspath(target)  # noqa: PTH100 - Path has no normalisation without following links
