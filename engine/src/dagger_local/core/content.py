"""What is put into a container, or mounted in it while commands run, and what is taken out."""

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from dagger_local import tree
from dagger_local.core.directory import directory_at, existing, file_at
from dagger_local.core.images import root_of
from dagger_local.errors import EngineError, NotServed
from dagger_local.evaluate import Evaluator
from dagger_local.patterns import keeper
from dagger_local.resolve import step
from dagger_local.running import roots
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
        draft = ev.session.store.draft()
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
    made = ev.session.store.keep_text(PurePosixPath(path).name, contents)
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
    ev: Evaluator, parent: ContainerState, path: str, cache: CacheState, sharing: str = "SHARED"
) -> ContainerState:
    """A cache volume mounted."""
    if sharing == "PRIVATE":
        raise NotServed("a cache volume that is PRIVATE")
    folder = ev.session.store.cache_volume(cache.key)
    mount = Mount(absolute(parent, path), "cache", cache.key, folder, locked=sharing == "LOCKED")
    return parent.with_mount(mount)


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


async def _extract(ev: Evaluator, state: ContainerState, path: str) -> DirectoryState | FileState:
    """A copy in the store of what stands at a path of the root filesystem, made once per content key."""
    store, key = ev.session.store, f"{state.base}{_safe(path)}"
    kept: dict[str, Any] | None = store.entry("extracted", key)
    if kept and Path(kept["path"]).exists():
        kind = DirectoryState if kept["is_dir"] else FileState
        return kind(Path(kept["path"]), kept["digest"])
    draft = store.temporary() / (PurePosixPath(path).name or "root")
    if found := _in_layer(state, path) or await _in_image(ev, state, path):
        tree.copy(found, draft, link=True)
    else:
        async with root_of(ev, state) as root:
            found = existing(root, path)
            tree.copy(found.resolve() if found.is_symlink() else found, draft)
    is_dir = draft.is_dir()
    made = store.keep_directory(draft, times=True) if is_dir else store.keep_file(draft, times=True)
    draft.parent.rmdir()
    store.put_entry("extracted", key, {"path": str(made.path), "digest": made.digest, "is_dir": is_dir})
    return made


def _in_layer(state: ContainerState, path: str) -> Path | None:
    """What stands at a path, where the last command's layer alone tells; else the whole has to be seen."""
    if not state.layers or state.writes:
        return None
    found = state.layers[-1]
    for part in PurePosixPath(path).parts[1:]:
        found = found / part
        if found.is_symlink():
            return None
    inside = any(f"{path}/".startswith(f"{folder}/") for folder in state.own)
    return found if found.is_file() or (inside and found.is_dir()) else None


async def _in_image(ev: Evaluator, state: ContainerState, path: str) -> Path | None:
    """A file of the image alone, to which no command and no content was added."""
    if not state.image or state.layers or state.writes:
        return None
    return roots.file_in(await ev.session.podman.folder_of(state.image), path)


def _safe(path: str) -> str:
    return "-" + path.encode().hex()[-120:]


@step("Container", "file")
async def file(ev: Evaluator, parent: ContainerState, path: str) -> FileState:
    """A file of the container or of what is mounted in it."""
    whole, store = absolute(parent, path), ev.session.store
    if over := mount_over(parent, whole):
        source, inner = over
        if source.is_file():
            return FileState(source, store.digest(source))
        return file_at(store, source, inner, times=True)
    found = await _extract(ev, parent, whole)
    if isinstance(found, DirectoryState):
        raise EngineError(f"path {whole} is a directory, not a file")
    return found


@step("Container", "directory")
async def directory(ev: Evaluator, parent: ContainerState, path: str) -> DirectoryState:
    """A folder of the container or of what is mounted in it."""
    whole = absolute(parent, path)
    if over := mount_over(parent, whole):
        return directory_at(ev.session.store, *over, times=True)
    return await _folder(ev, parent, whole)


@step("Container", "rootfs")
async def rootfs(ev: Evaluator, parent: ContainerState) -> DirectoryState:
    """The whole root filesystem."""
    return await _folder(ev, replace(parent, mounts=()), "/")


async def _folder(ev: Evaluator, state: ContainerState, path: str) -> DirectoryState:
    found = await _extract(ev, state, path)
    if isinstance(found, FileState):
        raise EngineError(f"path {path} is a file, not a directory")
    return found
