"""Small images made by hand, as OCI archives: what nobody has to build or pull."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
INDEX = "application/vnd.oci.image.index.v1+json"

PACKAGE = {"app/quotes-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: quotes\nVersion: 1.0\n"}
"""A package that a scanner finds in an image, so that its SBOM is not empty."""


def archive(
    path: Path,
    files: Mapping[str, str | bytes],
    *,
    architecture: str = "amd64",
    config: Mapping[str, Any] | None = None,
) -> Path:
    """An OCI archive of an image with one layer of these files, all executable.

    Args:
        path: Where to write it.
        files: Content by path within the image.
        architecture: What the image says it is for.
        config: Of its process: User, Cmd, ExposedPorts, …
    """
    plain = _tar({name: _bytes(content) for name, content in files.items()}, mode=0o755)
    blobs: dict[str, bytes] = {}

    def put(content: bytes, media_type: str) -> dict[str, Any]:
        name = hashlib.sha256(content).hexdigest()
        blobs[f"blobs/sha256/{name}"] = content
        return {"mediaType": media_type, "digest": f"sha256:{name}", "size": len(content)}

    layer = put(gzip.compress(plain, mtime=0), LAYER)
    rootfs = {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(plain).hexdigest()}"]}
    about = {"os": "linux", "architecture": architecture, "config": dict(config or {}), "rootfs": rootfs}
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": put(_json(about), CONFIG),
        "layers": [layer],
    }
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [put(_json(manifest), MANIFEST)]}
    texts = {"index.json": _json(index), "oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}
    path.write_bytes(_tar({**blobs, **texts}, mode=0o644))
    return path


def _tar(files: Mapping[str, bytes], *, mode: int) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive_:
        for name, content in files.items():
            head = tarfile.TarInfo(name)
            head.size, head.mode = len(content), mode
            archive_.addfile(head, io.BytesIO(content))
    return made.getvalue()


def _json(content: Any) -> bytes:
    return json.dumps(content).encode()


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
