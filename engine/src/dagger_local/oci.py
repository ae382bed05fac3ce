"""OCI layouts: the same bytes for the same content; a layer is compressed once for all its images."""

import hashlib
import json
import os
import tarfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dagger_local.states import ImageConfig
from dagger_local.store import Store
from dagger_local.values import digest_of

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
INDEX = "application/vnd.oci.image.index.v1+json"


def tarball_key(image: str, config: ImageConfig) -> str:
    """What decides a tarball's content."""
    return digest_of("tarball", image, asdict(config))


def expect(draft: Path, diff_ids: Sequence[str], store: Store) -> Path:
    """`draft/in`, a layout for Podman to save an image into, without the layers that the store has.

    An empty file stands for each of them: Podman compresses and writes only blobs that are not there.
    """
    layout = draft / "in"
    blobs = layout / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for diff_id in diff_ids:
        if _layer(diff_id, store).exists():
            (blobs / _hex(diff_id)).touch()
    return layout


def write_tarball(draft: Path, config: ImageConfig, store: Store) -> Path:
    """Makes `image.tar` out of `draft/in`; layers that Podman has compressed go into the store.

    Besides the OCI layout it holds a manifest.json, as Dagger's tarballs do.
    """
    source = draft / "in"
    blobs = draft / "blobs"
    blobs.mkdir()
    saved = _read(source, _read_json(source / "index.json")["manifests"][0]["digest"])
    saved_config = _read(source, saved["config"]["digest"])
    diff_ids = saved_config["rootfs"]["diff_ids"]
    pairs = zip(diff_ids, saved["layers"], strict=True)
    layers = [_kept(source, diff_id, layer["digest"], blobs, store) for diff_id, layer in pairs]
    image_config = _configured(saved_config, config)
    config_ref = _put(blobs, image_config, CONFIG)
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config_ref, "layers": layers}
    manifest_ref = _put(blobs, manifest, MANIFEST)
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [manifest_ref]}
    docker = [{"Config": _path(config_ref), "RepoTags": None, "Layers": [_path(layer) for layer in layers]}]
    texts = {"index.json": index, "manifest.json": docker, "oci-layout": {"imageLayoutVersion": "1.0.0"}}
    return _tar(draft / "image.tar", blobs, {name: _dump(content) for name, content in texts.items()})


def _configured(saved: dict[str, Any], config: ImageConfig) -> dict[str, Any]:
    """The image's own config with what the container has changed put over it."""
    inner: dict[str, Any] = dict(saved.get("config", {}))
    changed: dict[str, Any] = {
        "Env": [f"{name}={value}" for name, value in config.env],
        "Entrypoint": list(config.entrypoint),
        "Cmd": list(config.cmd),
        "User": config.user,
        "WorkingDir": config.workdir,
        "Labels": dict(config.labels),
        "Healthcheck": json.loads(config.healthcheck) if config.healthcheck else None,
        "ExposedPorts": {f"{port.number}/{port.protocol.lower()}": {} for port in config.ports},
    }
    inner.update(changed)
    return {**saved, "config": {name: value for name, value in inner.items() if value}}


def _kept(source: Path, diff_id: str, saved: str, blobs: Path, store: Store) -> dict[str, Any]:
    """The descriptor of a layer, compressed now or long ago; hard-linked from the store."""
    kept = _layer(diff_id, store)
    if not kept.exists():
        _blob(source, saved).rename(kept)
    with kept.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    target = blobs / digest
    if not target.exists():
        os.link(kept, target)
    return {"mediaType": LAYER, "digest": f"sha256:{digest}", "size": kept.stat().st_size}


def _layer(diff_id: str, store: Store) -> Path:
    return store.blob(f"{_hex(diff_id)}.gz")


def _put(blobs: Path, content: Any, media_type: str) -> dict[str, Any]:
    raw = _dump(content)
    digest = hashlib.sha256(raw).hexdigest()
    (blobs / digest).write_bytes(raw)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(raw)}


def _tar(target: Path, blobs: Path, texts: dict[str, bytes]) -> Path:
    """Sorted, without times and owners."""
    drafts = target.parent / "texts"
    drafts.mkdir()
    members = {f"blobs/sha256/{blob.name}": blob for blob in blobs.iterdir()}
    for name, raw in texts.items():
        (drafts / name).write_bytes(raw)
        members[name] = drafts / name
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as made:
        for folder in ("blobs", "blobs/sha256"):
            head = tarfile.TarInfo(folder)
            head.type, head.mode = tarfile.DIRTYPE, 0o755
            made.addfile(head)
        for name, path in sorted(members.items()):
            head = tarfile.TarInfo(name)
            head.size, head.mode = path.stat().st_size, 0o644
            with path.open("rb") as opened:
                made.addfile(head, opened)
    return target


def _path(descriptor: dict[str, Any]) -> str:
    return f"blobs/sha256/{_hex(descriptor['digest'])}"


def _blob(layout: Path, digest: str) -> Path:
    return layout / "blobs" / "sha256" / _hex(digest)


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _read(layout: Path, digest: str) -> dict[str, Any]:
    return _read_json(_blob(layout, digest))


def _read_json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_bytes())
    return loaded


def _dump(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
