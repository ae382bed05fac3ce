"""What is put into a container, or mounted in it while commands run, and what is taken out."""

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from dagger_local import tree
from dagger_local.core.directory import directory_at, file_at
from dagger_local.core.images import root_of
from dagger_local.evaluate import Evaluator
from dagger_local.patterns import keeper
from dagger_local.resolve import step
from dagger_local.states import (
    CacheState,
    ContainerState,
    DirectoryState,
    FileState,
    Mount,
    SecretState,
    Write,
)


def absolute(state: ContainerState, path: str) -> str:
    """A path of a container from its root, normalised."""
    return os.path.normpath(os.path.join("/", state.config.workdir, path))  # noqa: PTH118 - a path in the container


@step("Container", "withDirectory")
async def with_directory(
    ev: Evaluator,
    parent: ContainerState,
    path: str,
    source: DirectoryState,
    exclude: list[str] | None = None,
    include: list[str] | None = None,
    owner: str = "",
) -> ContainerState:
    """A tree copied in."""
    if keep := keeper(exclude or (), include or ()):
        draft = ev.session.store.temporary() / "d"
        tree.copy(source.path, draft, link=True, keep=keep)
        source = ev.session.store.keep_directory(draft)
    return parent.with_write(
        Write(absolute(parent, path), source.path, source.digest, is_dir=True, owner=owner)
    )


@step("Container", "withFile")
async def with_file(
    _ev: Evaluator,
    parent: ContainerState,
    path: str,
    source: FileState,
    permissions: int | None = None,
    owner: str = "",
) -> ContainerState:
    """A file copied in."""
    target = absolute(parent, path) + (f"/{source.path.name}" if path.endswith("/") else "")
    return parent.with_write(Write(target, source.path, source.digest, False, owner, permissions))


@step("Container", "withNewFile")
async def with_new_file(
    ev: Evaluator, parent: ContainerState, path: str, contents: str, permissions: int = 0o644, owner: str = ""
) -> ContainerState:
    """A new file."""
    draft = ev.session.store.temporary() / PurePosixPath(path).name
    draft.write_text(contents, newline="")
    os.utime(draft, (0, 0))
    made = ev.session.store.keep_file(draft)
    draft.parent.rmdir()
    return parent.with_write(Write(absolute(parent, path), made.path, made.digest, False, owner, permissions))


@step("Container", "withMountedDirectory")
async def with_mounted_directory(
    _ev: Evaluator,
    parent: ContainerState,
    path: str,
    source: DirectoryState,
    owner: str = "",
    read_only: bool = False,
) -> ContainerState:
    """A tree mounted; what commands write to it lasts along the chain, the tree itself stays."""
    mount = Mount(absolute(parent, path), "directory", source.digest, source.path, owner, read_only=read_only)
    return parent.with_mount(mount)


@step("Container", "withMountedFile")
async def with_mounted_file(
    _ev: Evaluator, parent: ContainerState, path: str, source: FileState, owner: str = ""
) -> ContainerState:
    """A file mounted."""
    return parent.with_mount(Mount(absolute(parent, path), "file", source.digest, source.path, owner))


@step("Container", "withMountedSecret")
async def with_mounted_secret(
    _ev: Evaluator, parent: ContainerState, path: str, source: SecretState, owner: str = "", mode: int = 0o400
) -> ContainerState:
    """A secret mounted as a file in memory."""
    return parent.with_mount(Mount(absolute(parent, path), "secret", source.key, None, owner, mode))


@step("Container", "withMountedCache")
async def with_mounted_cache(
    ev: Evaluator, parent: ContainerState, path: str, cache: CacheState
) -> ContainerState:
    """A cache volume mounted."""
    folder = ev.session.store.cache_volume(cache.key)
    return parent.with_mount(Mount(absolute(parent, path), "cache", cache.key, folder))


@step("Container", "withMountedTemp")
async def with_mounted_temp(_ev: Evaluator, parent: ContainerState, path: str) -> ContainerState:
    """An empty folder in memory."""
    return parent.with_mount(Mount(absolute(parent, path), "temp", "temp"))


@step("Container", "withoutMount")
async def without_mount(_ev: Evaluator, parent: ContainerState, path: str) -> ContainerState:
    """A mount taken away."""
    return parent.without_mount(absolute(parent, path))


def mount_over(state: ContainerState, path: str) -> tuple[Path, str] | None:
    """The mounted tree that a path lies in, and the path from there."""
    for mount in sorted(state.mounts, key=lambda m: len(m.path), reverse=True):
        inner = path == mount.path or path.startswith(mount.path.rstrip("/") + "/")
        if inner and mount.source is not None:
            return mount.source, path[len(mount.path) :].lstrip("/") or "."
    return None


async def _extract(ev: Evaluator, state: ContainerState, path: str) -> Path:
    """A copy in the store of what stands at a path of the root filesystem, made once per content key."""
    kept: dict[str, Any] | None = ev.session.store.entry("extract", f"{state.base}{_safe(path)}")
    if kept and Path(kept["path"]).exists():
        return Path(kept["path"])
    async with root_of(ev, state) as root:
        found = directory_at(root, path) if tree.inside(root, path).is_dir() else file_at(root, path)
        draft = ev.session.store.temporary() / (PurePosixPath(path).name or "root")
        tree.copy(found.path.resolve() if found.path.is_symlink() else found.path, draft)
    made: DirectoryState | FileState
    if draft.is_dir():
        made = ev.session.store.keep_directory(draft, times=True)
    else:
        made = ev.session.store.keep_file(draft, times=True)
    draft.parent.rmdir()
    ev.session.store.put_entry("extract", f"{state.base}{_safe(path)}", {"path": str(made.path)})
    return made.path


def _safe(path: str) -> str:
    return "-" + path.encode().hex()[-120:]


@step("Container", "file")
async def file(ev: Evaluator, parent: ContainerState, path: str) -> FileState:
    """A file of the container or of what is mounted in it."""
    whole = absolute(parent, path)
    if over := mount_over(parent, whole):
        source, inner = over
        return (
            FileState(source, tree.digest(source)) if source.is_file() else file_at(source, inner, times=True)
        )
    found = await _extract(ev, parent, whole)
    return file_at(found.parent, found.name, times=True)


@step("Container", "directory")
async def directory(ev: Evaluator, parent: ContainerState, path: str) -> DirectoryState:
    """A folder of the container or of what is mounted in it."""
    whole = absolute(parent, path)
    if over := mount_over(parent, whole):
        return directory_at(*over, times=True)
    return directory_at(await _extract(ev, parent, whole), ".", times=True)


@step("Container", "rootfs")
async def rootfs(ev: Evaluator, parent: ContainerState) -> DirectoryState:
    """The whole root filesystem."""
    return directory_at(await _extract(ev, replace(parent, mounts=()), "/"), ".", times=True)
