"""Folders and files of the host, brought into the store as Dagger brings them: root's, by content."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dagger_local import tree
from dagger_local.evaluate import Evaluator
from dagger_local.patterns import keeper
from dagger_local.resolve import step
from dagger_local.states import DirectoryState, FileState
from dagger_local.values import Value, digest_of

if TYPE_CHECKING:
    from dagger_local.session import Session

_ROOT, _MODE = (0, 0), 0o755
_TAKEN = "taken"  # what a folder was when it was last brought: most of a source stays as it is


def host_directory(session: "Session", path: Path, exclude: Sequence[str] = ()) -> Value:
    """A folder of the host as a value: taken now, so that later changes do not matter."""
    keep, store = keeper(exclude), session.store
    made = store.kept_directory(tree.digest_of_copy(path, _ROOT, _MODE, keep))
    if made is None:
        place = digest_of(str(path), list(exclude))
        before = store.kept_directory((store.entry(_TAKEN, place) or {}).get("digest", ""))
        draft = store.draft()
        tree.copy(path, draft, owner=_ROOT, keep=keep, like=before.path if before else None)
        draft.chmod(_MODE)
        made = store.keep_directory(draft)
        store.put_entry(_TAKEN, place, {"digest": made.digest})
    return Value("Directory", "Host.directory", {"path": str(made.path), "digest": made.digest})


def host_file(session: "Session", path: Path) -> Value:
    """A file of the host as a value."""
    draft = session.store.temporary() / path.name
    tree.copy(path.resolve(), draft, owner=(0, 0))
    made = session.store.keep_file(draft)
    draft.parent.rmdir()
    return Value("File", "Host.file", {"path": str(made.path), "digest": made.digest})


@step("Host", "directory")
async def _directory(_ev: Evaluator, _parent: None, path: str, digest: str) -> DirectoryState:
    return DirectoryState(Path(path), digest)


@step("Host", "file")
async def _file(_ev: Evaluator, _parent: None, path: str, digest: str) -> FileState:
    return FileState(Path(path), digest)


@step("Module", "filtered")
async def _filtered(ev: Evaluator, parent: DirectoryState, exclude: list[str]) -> DirectoryState:
    draft = ev.session.store.draft()
    tree.copy(parent.path, draft, link=True, keep=keeper(exclude))
    return ev.session.store.keep_directory(draft)


def filtered(directory: Value, exclude: Sequence[str]) -> Value:
    """A directory without what an ignore list names."""
    return Value("Directory", "Module.filtered", {"exclude": list(exclude)}, {"parent": directory})
