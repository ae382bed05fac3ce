"""Containers from OCI layouts in tars from anywhere: each blob is checked, no name is taken over."""

import hashlib
import json
import re
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio

from dagger_local import tree
from dagger_local.core.images import loaded
from dagger_local.errors import EngineError, NotServed
from dagger_local.evaluate import Evaluator
from dagger_local.resolve import step
from dagger_local.states import ContainerState, FileState
from dagger_local.values import digest_of

_FAILED = "image archive import: "
_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_NAME = "org.opencontainers.image.ref.name"
_KNOWN = re.compile(r"(?:\./)?(index\.json|manifest\.json|blobs/sha256/([0-9a-f]{64}))")


@step("Container", "import")
async def import_(ev: Evaluator, parent: ContainerState, source: FileState, tag: str = "") -> ContainerState:
    """The container on the image in an archive; its config is the image's, its mounts stay."""
    key = digest_of("import", source.digest, tag, parent.platform)
    kept = ev.session.store.entry("import", key)
    image = await ev.session.podman.image(kept["image"]) if kept else None
    if kept is None or image is None:
        with ev.session.progress.step("import an image"):
            kept = await _imported(ev, source.path, tag, parent.platform)
        ev.session.store.put_entry("import", key, kept)
        image = await ev.session.podman.image(kept["image"]) or {}
    made = loaded(image)
    # Podman forgets this part of an OCI image's config.
    config = replace(made.config, healthcheck=kept["healthcheck"])
    return replace(made, config=config, mounts=parent.mounts, bindings=parent.bindings)


async def _imported(ev: Evaluator, archive: Path, tag: str, platform: str) -> dict[str, str]:
    """The id of the image that Podman makes of an archive, and what Podman does not keep of it."""
    drafts = ev.session.store.temporary()
    try:
        layout = drafts / "layout"
        await anyio.to_thread.run_sync(_unpack, archive, layout)
        manifest = _chosen(layout, tag, platform)
        config = _read(layout, _read(layout, manifest)["config"])
        index = {"schemaVersion": 2, "manifests": [{k: manifest[k] for k in ("mediaType", "digest", "size")}]}
        (layout / "index.json").write_text(json.dumps(index))
        podman = ev.session.podman
        # Podman makes a name of the path; the image keeps none.
        done = await podman.run("pull", "--quiet", "oci:layout", cwd=drafts)
        if done.exit_code:
            raise EngineError(f"{_FAILED}{done.error}")
        image = done.stdout.decode().split()[-1]
        await podman.run("untag", image)
        healthcheck = config.get("config", {}).get("Healthcheck")
        return {"image": image, "healthcheck": json.dumps(healthcheck) if healthcheck else ""}
    finally:
        tree.remove(drafts)


def _unpack(archive: Path, layout: Path) -> None:
    """Writes what a layout consists of, and nothing else that an archive may hold."""
    (layout / "blobs" / "sha256").mkdir(parents=True)
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    try:
        with tarfile.open(archive) as opened:
            for member in opened:
                found = _KNOWN.fullmatch(member.name)
                content = opened.extractfile(member) if found and member.isreg() else None
                if found and content:
                    with (layout / found[1]).open("wb") as target:
                        shutil.copyfileobj(content, target)
                    _check(layout / found[1], found[2])
    except (tarfile.TarError, EOFError) as error:
        ends = archive.stat().st_size < tarfile.BLOCKSIZE or "unexpected end" in str(error)
        why = "unexpected EOF" if ends else "archive/tar: invalid tar header"  # Dagger's words
        raise EngineError(f"{_FAILED}{why}\n{archive.name} is not a tar with an OCI layout") from None
    if not (layout / "index.json").exists():
        if (layout / "manifest.json").exists():
            raise NotServed("Container.import of an archive in Docker's own format")
        raise EngineError(f"{_FAILED}unrecognized image format\nthere is no index.json in the archive")


def _check(blob: Path, digest: str | None) -> None:
    if digest is None:
        return
    with blob.open("rb") as opened:
        real = hashlib.file_digest(opened, "sha256").hexdigest()
    if real != digest:
        raise EngineError(f"{_FAILED}the content of blob sha256:{digest} is sha256:{real}")


def _chosen(layout: Path, tag: str, platform: str) -> dict[str, Any]:
    """The descriptor of the image that is wanted: the first that fits, as in Dagger.

    Raises:
        EngineError: There is none for the tag and the platform; the message is Dagger's.
    """
    index = _json((layout / "index.json").read_bytes())
    while True:
        fitting = [one for one in index.get("manifests", ()) if _fits(one, tag, platform)]
        if not fitting:
            why = f"no manifest for platform {platform} and tag {tag}"
            raise EngineError(f"resolve imported image manifest: {why}")
        chosen: dict[str, Any] = fitting[0]
        if chosen["mediaType"] not in _INDEXES:
            return chosen
        index = _read(layout, chosen)


def _fits(descriptor: dict[str, Any], tag: str, platform: str) -> bool:
    about = descriptor.get("platform")
    if about and f"{about.get('os')}/{about.get('architecture')}" != platform:
        return False
    return not tag or (descriptor.get("annotations") or {}).get(_NAME) == tag


def _read(layout: Path, descriptor: dict[str, Any]) -> dict[str, Any]:
    blob = layout / "blobs" / "sha256" / str(descriptor["digest"]).removeprefix("sha256:")
    if not blob.is_file():
        raise EngineError(f"{_FAILED}content digest {descriptor['digest']}: not found")
    return _json(blob.read_bytes())


def _json(raw: bytes) -> dict[str, Any]:
    try:
        made = json.loads(raw)
    except ValueError as error:
        raise EngineError(f"{_FAILED}what should be JSON is not: {error}") from None
    if not isinstance(made, dict):
        raise EngineError(f"{_FAILED}what should be a JSON object is not")
    return made
