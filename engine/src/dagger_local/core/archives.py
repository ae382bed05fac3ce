"""Images out of OCI archives."""

import json
import tarfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import anyio

from dagger_local import tree
from dagger_local.core.images import loaded
from dagger_local.errors import EngineError
from dagger_local.evaluate import Evaluator
from dagger_local.resolve import step
from dagger_local.states import ContainerState, FileState
from dagger_local.values import digest_of


@step("Container", "import")
async def import_(ev: Evaluator, parent: ContainerState, source: FileState, tag: str = "") -> ContainerState:
    """The container on the image of an OCI archive."""
    key = digest_of("import", source.digest, tag)
    kept = ev.session.store.entry("image", key)
    image = await ev.session.podman.image(str(kept["image"])) if kept else None
    if image is None:
        with ev.session.progress.step("import an OCI archive"):
            made = await _pulled(ev, source.path)
        ev.session.store.put_entry("image", key, {"image": made})
        image = await ev.session.podman.image(made) or {}
    return replace(loaded(image), mounts=parent.mounts, bindings=parent.bindings)


async def _pulled(ev: Evaluator, archive: Path) -> str:
    draft = ev.session.store.temporary()
    try:
        await anyio.to_thread.run_sync(partial(_unpack, archive, draft / "layout"))
        # Podman makes a name of the path, and not every path is one: so it is given a plain, relative one.
        done = await ev.session.podman.run("pull", "--quiet", "oci:layout", cwd=draft)
        if done.exit_code:
            raise EngineError(f"failed to import the archive: {done.error}")
        return done.stdout.decode().split()[-1]
    finally:
        tree.remove(draft)


def _unpack(archive: Path, layout: Path) -> None:
    try:
        with tarfile.open(archive) as opened:
            opened.extractall(layout, filter="data")
        manifests = json.loads((layout / "index.json").read_bytes())["manifests"]
    except (tarfile.TarError, FileNotFoundError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"failed to import the archive: it is no OCI layout in a tar ({error})") from None
    if len(manifests) != 1:
        raise EngineError(f"failed to import the archive: it holds {len(manifests)} images, not one")
