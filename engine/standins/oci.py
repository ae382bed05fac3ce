"""OCI layouts of one image with one layer: written the same from the same input, and read back."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standins.layer import Layer, Member, write_layer

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
REF_NAME = "org.opencontainers.image.ref.name"


@dataclass(frozen=True)
class ImageConfig:
    """What an image says of itself and how it is started."""

    labels: Mapping[str, str]
    entrypoint: Sequence[str] = ()
    cmd: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    workdir: str = ""
    ports: Sequence[str] = ()
    volumes: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """The `config` object of the OCI image configuration; empty fields are left out."""
        everything = {
            "User": self.user,
            "ExposedPorts": {port: {} for port in self.ports},
            "Env": [f"{name}={value}" for name, value in self.env.items()],
            "Entrypoint": list(self.entrypoint),
            "Cmd": list(self.cmd),
            "Volumes": {volume: {} for volume in self.volumes},
            "WorkingDir": self.workdir,
            "Labels": dict(self.labels),
        }
        return {name: value for name, value in everything.items() if value}


@dataclass(frozen=True)
class Layout:
    """An image layout on disk."""

    path: Path
    reference: str
    """Name and tag, without a digest."""
    digest: str
    """Of the manifest."""
    labels: Mapping[str, str]
    size: int
    """Bytes of all its blobs."""

    @property
    def pinned(self) -> str:
        """The reference with tag and digest."""
        return f"{self.reference}@{self.digest}"


def write_layout(
    target: Path, reference: str, members: Iterable[Member], config: ImageConfig, epoch: int
) -> None:
    """Write an image layout into a new directory; `reference` is its name and tag."""
    blobs = target / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    layer = write_layer(members, epoch, target / "layer")
    (target / "layer").rename(blobs / layer.digest.removeprefix("sha256:"))
    described = _put(blobs, _CONFIG, _image_json(config, layer, epoch))
    layers = [{"mediaType": _LAYER, "digest": layer.digest, "size": layer.size}]
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": described, "layers": layers}
    entry = {**_put(blobs, _MANIFEST, manifest), "annotations": {REF_NAME: reference}}
    (target / "index.json").write_bytes(_json({"schemaVersion": 2, "manifests": [entry]}))
    (target / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))


def read_layout(path: Path) -> Layout | None:
    """What a layout holds, or None when it is missing or damaged (sizes are checked, digests are not)."""
    try:
        entry = json.loads((path / "index.json").read_bytes())["manifests"][0]
        manifest = json.loads(_blob(path, entry).read_bytes())
        blobs = [entry, manifest["config"], *manifest["layers"]]
        if any(_blob(path, blob).stat().st_size != blob["size"] for blob in blobs):
            return None
        labels = json.loads(_blob(path, manifest["config"]).read_bytes())["config"]["Labels"]
        size = sum(blob["size"] for blob in blobs)
        return Layout(path, entry["annotations"][REF_NAME], entry["digest"], labels, size)
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return None


def _image_json(config: ImageConfig, layer: Layer, epoch: int) -> dict[str, Any]:
    created = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "created": created,
        "architecture": "amd64",
        "os": "linux",
        "config": config.as_json(),
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id]},
        "history": [{"created": created, "created_by": "standins"}],
    }


def _put(blobs: Path, media_type: str, content: Mapping[str, Any]) -> dict[str, Any]:
    data = _json(content)
    name = hashlib.sha256(data).hexdigest()
    (blobs / name).write_bytes(data)
    return {"mediaType": media_type, "digest": f"sha256:{name}", "size": len(data)}


def _blob(path: Path, descriptor: Mapping[str, Any]) -> Path:
    return path / "blobs" / str(descriptor["digest"]).replace(":", "/")


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
