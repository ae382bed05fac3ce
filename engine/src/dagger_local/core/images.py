"""Images: where a root filesystem comes from, how it is made whole, and the OCI layout it leaves as."""

import contextlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from dagger_local import oci, tree
from dagger_local.errors import NO_SPACE, EngineError
from dagger_local.evaluate import Evaluator
from dagger_local.owners import owner_ids
from dagger_local.resolve import leaf, step
from dagger_local.running.roots import MOST_LAYERS, Root, mounted
from dagger_local.states import ContainerState, FileState, ImageConfig, Port, Write

_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


@step("Container", "from")
async def from_address(ev: Evaluator, parent: ContainerState, address: str) -> ContainerState:
    """The container on another image: a local one, else pulled."""
    podman = ev.session.podman
    image = (
        await podman.image(address) if _DIGEST.search(address) or address.startswith("localhost/") else None
    )
    if image is None:
        flags = [*_tls(address), *ev.session.registries.flags(), f"--platform={parent.platform}"]
        with ev.session.progress.step(f"pull {address}"):
            done = await podman.run("pull", "--quiet", *flags, address)
        if done.exit_code:
            said = done.error.splitlines() or ["no reason given"]
            why = next((line for line in said if NO_SPACE in line), _why(address, said[-1]))
            raise EngineError(f'failed to resolve image "{address}" (platform: "{parent.platform}"): {why}')
        image = await podman.image(address) or {}
    return replace(loaded(image), mounts=parent.mounts, bindings=parent.bindings)


def _why(address: str, said: str) -> str:
    """Podman's reason; where no registry answered, in Dagger's words (recorded: case image-missing)."""
    found = re.search(r'pinging container registry ([^:/]+(?::\d+)?): Get "(https?)://[^"]*": (.*)', said)
    if not found:
        return said
    name, _, tag = address.removeprefix(f"{found[1]}/").partition("@" if "@" in address else ":")
    url = f"{found[2]}://{found[1]}/v2/{name}/manifests/{tag or 'latest'}"
    return f'failed to do request: Head "{url}": {found[3]}'


def _tls(address: str) -> list[str]:
    return ["--tls-verify=false"] if re.match(r"(localhost|127\.0\.0\.1)(:\d+)?/", address) else []


def loaded(image: dict[str, Any]) -> ContainerState:
    """The state of a container on an image, from what `podman image inspect` says."""
    config = image["Config"]
    return ContainerState(
        base=image["Id"],
        image=image["Id"],
        platform=f"{image['Os']}/{image['Architecture']}",
        config=ImageConfig(
            env=tuple(
                (name, value) for name, _, value in (item.partition("=") for item in config.get("Env") or ())
            ),
            entrypoint=tuple(config.get("Entrypoint") or ()),
            cmd=tuple(config.get("Cmd") or ()),
            user=config.get("User", ""),
            workdir=config.get("WorkingDir", ""),
            labels=tuple(sorted((image.get("Labels") or {}).items())),
            healthcheck=json.dumps(image["Healthcheck"]) if image.get("Healthcheck") else "",
            ports=tuple(sorted(map(_port, config.get("ExposedPorts") or ()))),
        ),
    )


def _port(text: str) -> Port:
    number, _, protocol = text.partition("/")
    return Port(int(number), protocol.upper() or "TCP")


async def materialized(ev: Evaluator, state: ContainerState) -> str:
    """The Podman image that holds the whole root filesystem, pending content included."""
    beneath = await base_image(ev, state)
    if not state.writes:
        return beneath
    if kept := ev.session.store.entry("image", state.base):
        return str(kept["image"])
    podman = ev.session.podman
    container = await podman.idle_container(beneath)
    await apply_writes(await podman.mounted(container), state.writes)
    return await _committed(ev, container, state.base)


async def base_image(ev: Evaluator, state: ContainerState) -> str:
    """The Podman image beneath the pending content: with what each command left."""
    image = state.image or await _empty_image(ev)
    for layer in state.layers:
        if kept := ev.session.store.entry("image", layer.name):
            image = str(kept["image"])
            continue
        container = await ev.session.podman.idle_container(image)
        await ev.session.podman.fill(container, layer)
        image = await _committed(ev, container, layer.name)
    return image


async def _committed(ev: Evaluator, container: str, key: str) -> str:
    image = await ev.session.podman.commit(container)
    ev.session.store.put_entry("image", key, {"image": image})
    return image


async def _empty_image(ev: Evaluator) -> str:
    """What a container that began from nothing is on."""
    if kept := ev.session.store.entry("image", "scratch"):
        return str(kept["image"])
    empty_tar = b"\0" * 10240
    done = await ev.session.podman.run("import", "--quiet", "-", stdin=empty_tar)
    if done.exit_code:
        raise EngineError(f"podman import: {done.error}")
    image = done.stdout.decode().strip().removeprefix("sha256:")
    ev.session.store.put_entry("image", "scratch", {"image": image})
    return image


async def apply_writes(root: Path, writes: tuple[Write, ...]) -> None:
    """Puts pending content into a mounted root filesystem, in order; without an owner it is root's."""
    for write in writes:
        target = tree.inside(root, write.path)
        owner = owner_ids(root, write.owner) if write.owner else None
        if not write.is_dir and target.is_dir():
            target = target / write.source.name
        await anyio.to_thread.run_sync(partial(tree.copy, write.source, target, owner=owner))
        if write.mode is not None:
            target.chmod(write.mode)


@contextlib.asynccontextmanager
async def root_beneath(ev: Evaluator, state: ContainerState) -> AsyncIterator[Root]:
    """The root filesystem, mounted, without the pending content; what is written stays with the mount."""
    if len(state.layers) > MOST_LAYERS:
        state = replace(state, image=await base_image(ev, state), layers=())
    folder = await ev.session.podman.folder_of(state.image) if state.image else None
    async with mounted(ev.session.store, folder, state.layers) as root:
        yield root


@contextlib.asynccontextmanager
async def root_of(ev: Evaluator, state: ContainerState) -> AsyncIterator[Path]:
    """The whole root filesystem on the host, pending content included, to be read only."""
    async with root_beneath(ev, state) as root:
        await apply_writes(root.path, state.writes)
        yield root.path


@step("Container", "asTarball")
async def as_tarball(ev: Evaluator, parent: ContainerState) -> FileState:
    """The container as an OCI layout in a tar, equal for equal containers."""
    store, podman = ev.session.store, ev.session.podman
    image = await materialized(ev, parent)
    key = oci.tarball_key(image, parent.config)
    if kept := store.entry("tarball", key):
        path = Path(kept["path"])
        return FileState(path, kept.get("digest") or store.digest(path))
    with ev.session.progress.step("write the OCI layout"):
        draft = store.temporary()
        layout = oci.expect(draft, await podman.layers_of(image), store)
        await podman.text("save", "--quiet", "--format", "oci-dir", "--output", str(layout), image)
        made = await anyio.to_thread.run_sync(oci.write_tarball, draft, parent.config, store)
        kept_file = store.keep_file(made)
        tree.remove(draft)
    store.put_entry("tarball", key, {"path": str(kept_file.path), "digest": kept_file.digest})
    return kept_file


@leaf("Container", "export")
async def export(ev: Evaluator, parent: ContainerState, path: str) -> str:
    """Writes the tar to the host."""
    made = await as_tarball(ev, parent)
    target = ev.session.work_dir / path
    tree.copy(made.path, target)
    return str(target)
