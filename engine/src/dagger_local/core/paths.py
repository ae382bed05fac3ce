"""Questions about what stands at a path, digests, and filters."""

import hashlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from dagger_local import tree
from dagger_local.core.content import absolute, mount_over
from dagger_local.core.images import root_of
from dagger_local.evaluate import Evaluator
from dagger_local.patterns import keeper
from dagger_local.resolve import leaf, step
from dagger_local.states import ContainerState, DirectoryState, FileState

_TYPES: dict[str | None, Callable[[Path], bool]] = {
    None: lambda _: True,
    "REGULAR_TYPE": lambda path: path.is_file() and not path.is_symlink(),
    "DIRECTORY_TYPE": lambda path: path.is_dir() and not path.is_symlink(),
    "SYMLINK_TYPE": Path.is_symlink,
}


def _there(root: Path, path: str, expected: str | None, *, follow: bool) -> bool:
    """Whether there is something of a type at a path; links are followed, the last one only if asked."""
    if follow and expected != "SYMLINK_TYPE":
        found = tree.inside(root, path)
    else:
        pure = PurePosixPath("/", path)
        found = tree.inside(root, str(pure.parent)) / pure.name
    return (found.is_symlink() or found.exists()) and _TYPES[expected](found)


@leaf("Directory", "exists")
async def exists(
    _ev: Evaluator,
    parent: DirectoryState,
    path: str,
    expected_type: str | None = None,
    do_not_follow_symlinks: bool = False,
) -> bool:
    """Whether there is something in the tree."""
    return _there(parent.path, path, expected_type, follow=not do_not_follow_symlinks)


@leaf("Container", "exists")
async def exists_in_container(
    ev: Evaluator,
    parent: ContainerState,
    path: str,
    expected_type: str | None = None,
    do_not_follow_symlinks: bool = False,
) -> bool:
    """Whether there is something in the container, or in what is mounted in it."""
    whole, follow = absolute(parent, path), not do_not_follow_symlinks
    if over := mount_over(parent, whole):
        source, inner = over
        if source.is_dir():
            return _there(source, inner, expected_type, follow=follow)
        return inner == "." and expected_type in (None, "REGULAR_TYPE")
    async with root_of(ev, parent) as root:
        return _there(root, whole, expected_type, follow=follow)


@leaf("Directory", "digest")
async def digest(_ev: Evaluator, parent: DirectoryState) -> str:
    """A digest of names, modes, owners and content; not of times."""
    return f"sha256:{tree.digest(parent.path)}"


@leaf("File", "digest")
async def file_digest(_ev: Evaluator, parent: FileState, exclude_metadata: bool = False) -> str:
    """A digest of the file; without metadata it is Dagger's own, the digest of its content's digest."""
    if not exclude_metadata:
        return f"sha256:{tree.digest(parent.path)}"
    with parent.path.open("rb") as opened:
        content = hashlib.file_digest(opened, "sha256").digest()
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@step("Directory", "filter")
async def filtered(
    ev: Evaluator,
    parent: DirectoryState,
    exclude: list[str] | None = None,
    include: list[str] | None = None,
) -> DirectoryState:
    """The tree without what patterns leave out."""
    draft = ev.session.store.draft()
    tree.copy(parent.path, draft, link=True, keep=keeper(exclude or (), include or ()))
    return ev.session.store.keep_directory(draft)
