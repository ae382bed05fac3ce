"""Directories: new trees out of old ones, sharing files by hard links."""

import os
from collections.abc import Callable
from pathlib import Path

from dagger_local import tree
from dagger_local.errors import EngineError
from dagger_local.evaluate import Evaluator
from dagger_local.patterns import keeper
from dagger_local.resolve import leaf, step
from dagger_local.states import DirectoryState, FileState
from dagger_local.store import Store


def changed(
    store: Store, parent: DirectoryState, change: Callable[[Path], None], *, times: bool = False
) -> DirectoryState:
    """A copy of a tree (links to the same files) after a change."""
    draft = store.temporary() / "d"
    tree.copy(parent.path, draft, link=True)
    change(draft)
    made = store.keep_directory(draft, times=times)
    draft.parent.rmdir()
    return made


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


@step("Directory", "withNewFile")
async def with_new_file(
    ev: Evaluator, parent: DirectoryState, path: str, contents: str, permissions: int = 0o644
) -> DirectoryState:
    """A new file in the tree."""

    def write(draft: Path) -> None:
        target = tree.inside(draft, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        tree.remove(target)
        target.write_text(contents, newline="")
        target.chmod(permissions)
        os.utime(target, (0, 0))

    return changed(ev.session.store, parent, write)


@step("Directory", "withNewDirectory")
async def with_new_directory(
    ev: Evaluator, parent: DirectoryState, path: str, permissions: int = 0o644
) -> DirectoryState:
    """A new folder in the tree."""

    def make(draft: Path) -> None:
        target = tree.inside(draft, path)
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(permissions)

    return changed(ev.session.store, parent, make)


@step("Directory", "withFile")
async def with_file(
    ev: Evaluator, parent: DirectoryState, path: str, source: FileState, permissions: int | None = None
) -> DirectoryState:
    """A file copied into the tree."""

    def put(draft: Path) -> None:
        target = tree.inside(draft, path)
        if path.endswith("/") or target.is_dir():
            target = target / source.path.name
        tree.copy(source.path, target, link=permissions is None)
        if permissions is not None:
            target.chmod(permissions)

    return changed(ev.session.store, parent, put)


@step("Directory", "withDirectory")
async def with_directory(
    ev: Evaluator,
    parent: DirectoryState,
    path: str,
    source: DirectoryState,
    exclude: list[str] | None = None,
    include: list[str] | None = None,
) -> DirectoryState:
    """A tree copied into the tree."""
    keep = keeper(exclude or (), include or ())
    return changed(
        ev.session.store,
        parent,
        lambda draft: tree.copy(source.path, tree.inside(draft, path), link=True, keep=keep),
    )


@step("Directory", "withoutFile")
async def without_file(ev: Evaluator, parent: DirectoryState, path: str) -> DirectoryState:
    """The tree without what a path or pattern names."""

    def drop(draft: Path) -> None:
        matches = tree.matcher(path)
        for name, item in list(tree.walk(draft)):
            if name and matches.match(name) and not (item.is_dir() and not item.is_symlink()):
                item.unlink()

    return changed(ev.session.store, parent, drop)


@step("Directory", "withoutDirectory")
async def without_directory(ev: Evaluator, parent: DirectoryState, path: str) -> DirectoryState:
    """The tree without a folder."""
    return changed(ev.session.store, parent, lambda draft: tree.remove(tree.inside(draft, path)))


@step("Directory", "withTimestamps")
async def with_timestamps(ev: Evaluator, parent: DirectoryState, timestamp: int) -> DirectoryState:
    """The tree with one time for everything; real copies, since links share their times."""
    draft = ev.session.store.temporary() / "d"
    tree.copy(parent.path, draft)
    for _, item in sorted(tree.walk(draft), key=lambda pair: pair[0], reverse=True):
        os.utime(item, (timestamp, timestamp), follow_symlinks=False)
    made = ev.session.store.keep_directory(draft)
    draft.parent.rmdir()
    return made


@step("Directory", "diff")
async def diff(ev: Evaluator, parent: DirectoryState, other: DirectoryState) -> DirectoryState:
    """What the other tree has that this one has not, or has differently."""

    def new(name: str, is_dir: bool) -> bool:
        old = parent.path / name
        return is_dir or not os.path.lexists(old) or tree.digest(old) != tree.digest(other.path / name)

    def prune(draft: Path) -> None:
        tree.copy(other.path, draft, link=True, keep=new)
        for name, item in sorted(tree.walk(draft), key=lambda pair: pair[0], reverse=True):
            if name and item.is_dir() and not item.is_symlink() and not any(item.iterdir()):
                _drop_known(parent.path / name, item)

    empty = ev.session.store.temporary()
    empty.chmod(0o755)
    return changed(ev.session.store, ev.session.store.keep_directory(empty), prune)


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
    tree.copy(parent.path, target, owner=(os.getuid(), os.getgid()))
    return os.path.abspath(target)  # noqa: PTH100 - Path has no normalisation without following links
