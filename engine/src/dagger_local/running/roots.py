"""Root filesystems: an image's layers and what commands left over them, mounted as one."""

import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import anyio

from dagger_local import overlay, tree
from dagger_local.errors import EngineError
from dagger_local.flushing import overlay_options
from dagger_local.store import Store

# A mount's options must fit in a page: layers are named from their folder, as Podman does it, and the new
# interface to the kernel (util-linux 2.39), which has another limit, is left alone.
_ENVIRONMENT = {"LIBMOUNT_FORCE_MOUNT2": "always"}
MOST_LAYERS = 16


@dataclass(frozen=True)
class Root:
    """A mounted root filesystem.

    Attributes:
        path: Where it is seen as a whole.
        upper: What is written over the layers.
    """

    path: Path
    upper: Path

    @property
    def untouched(self) -> bool:
        """Whether nothing was written."""
        return not any(self.upper.iterdir())


@contextlib.asynccontextmanager
async def mounted(store: Store, image: Path | None, layers: Sequence[Path]) -> AsyncIterator[Root]:
    """A root filesystem to be read and written to; what was written is gone afterwards, unless it was moved.

    Args:
        store: The store.
        image: The folder of an image's uppermost layer in Podman's storage; None for an empty image.
        layers: What commands left over it, the first command's first.
    """
    draft = store.temporary()
    root, upper, work, empty = (draft / name for name in ("root", "upper", "work", "empty"))
    for folder in (root, work, empty):
        folder.mkdir()
    lowest = [*_image_layers(image)] if image else [empty]
    lowers = [*reversed(layers), *lowest]
    if gone := next((one for one in lowers if not one.exists()), None):
        raise EngineError(
            f"{gone} is gone from the store: clear it with `python -m dagger_local.upkeep clear`"
        )
    tree.make_folder(lowers[0], upper)  # the root folder's own mode is the uppermost one's
    storage = store.root / "containers" / "overlay"
    storage.mkdir(parents=True, exist_ok=True)
    names = [os.path.relpath(path, storage) for path in (upper, work)]
    options = f"lowerdir={':'.join(os.path.relpath(one, storage) for one in lowers)}"
    options = ",".join([options, f"upperdir={names[0]}", f"workdir={names[1]}", *overlay_options()])
    try:
        await _mount(options, root, storage)
        yield Root(root, upper)
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.run_process(["umount", "--lazy", str(root)], check=False)
            store.flushing.soon()
            await anyio.to_thread.run_sync(tree.remove, draft)


async def _mount(options: str, root: Path, storage: Path) -> None:
    argv = ["mount", "-t", "overlay", "overlay", "-o", options, str(root)]
    done = await anyio.run_process(argv, cwd=storage, check=False, env={**os.environ, **_ENVIRONMENT})
    if done.returncode:
        raise EngineError(f"a root filesystem could not be mounted: {done.stderr.decode().strip()}")


def _image_layers(top: Path) -> list[Path]:
    """An image's layers by the short names that Podman's storage has for them, the uppermost first."""
    storage = top.parent
    beneath = top / "lower"
    names = [f"l/{(top / 'link').read_text()}"]
    names += beneath.read_text().split(":") if beneath.exists() else []
    return [storage / name for name in names]


def file_in(image: Path, path: str) -> Path | None:
    """Where a file of an image lies in Podman's storage; None if only the mounted whole can tell."""
    for layer in _image_layers(image):
        found = layer.resolve()
        for part in PurePosixPath(path).parts[1:]:
            if found.is_symlink() or (found.is_dir() and overlay.is_opaque(found)):
                return None
            found = found / part
        if os.path.lexists(found):
            return found if found.is_file() and not found.is_symlink() else None
        if _hidden_beneath(found, layer.resolve()):
            return None
    return None


def _hidden_beneath(missing: Path, layer: Path) -> bool:
    """Whether something that is no folder stands in the way: a file, a link, or the mark of a removal."""
    above = next(one for one in missing.parents if os.path.lexists(one))
    return above != layer and (above.is_symlink() or not above.is_dir())
