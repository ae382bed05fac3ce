"""Take one image out of an OCI layout or archive: `select_image.py FROM TO PLATFORM`.

FROM is a layout's folder or a tar of one, TO a new layout that holds the one image of the platform (os/arch,
or empty where FROM holds only one) and nothing else, each blob checked against its digest, and all with the
same times. Prints the digest and config, or a problem: anybody may have made the archive.
"""

import hashlib
import json
import os
import re
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_INDEXES = {
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
}
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LARGEST_DOCUMENT = 8 * 1024 * 1024
_DEEPEST = 3


class ProblemError(Exception):
    """Why there is no image to take: `image` where the archive is none, `platform` where it has others."""

    def __init__(self, what: str, kind: str = "image") -> None:
        super().__init__(what)
        self.kind = kind


def select(source: Path, target: Path, platform: str) -> dict[str, Any]:
    """Make the layout; its digest, platform and config."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        ours = not source.is_dir()
        layout = _unpacked(source, Path(folder)) if ours else source
        blobs = target / "blobs" / "sha256"
        blobs.mkdir(parents=True)
        descriptor = _chosen(layout, platform)
        manifest = _document(layout, descriptor)
        config = _document(layout, _part(manifest, "config"))
        parts = (descriptor, manifest["config"], *_layers(manifest))
        for path in dict.fromkeys(_blob(layout, part) for part in parts):
            _take(path, blobs, move=ours)
    found = f"{config.get('os')}/{config.get('architecture')}"
    if platform and not _fits(platform, config):
        raise ProblemError(f"it is for {found}, not for {platform}", "platform")
    kept = {name: descriptor[name] for name in ("mediaType", "digest", "size") if name in descriptor}
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [kept]}
    (target / "index.json").write_text(json.dumps(index))
    (target / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    for path in (*target.rglob("*"), target):
        os.utime(path, (0, 0))
    return {"digest": descriptor["digest"], "config": config}


def _unpacked(archive: Path, folder: Path) -> Path:
    try:
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise ProblemError(f"it is no tar archive: {error}") from None
    return folder


def _chosen(layout: Path, platform: str) -> dict[str, Any]:
    """The descriptor of the one image for the platform, however deep in indexes."""
    if not (layout / "index.json").is_file():
        docker = " (it looks like an archive of `docker save` before Docker 25)"
        raise ProblemError(f"it has no index.json{docker if (layout / 'manifest.json').is_file() else ''}")
    index = _read(layout / "index.json", "index.json")
    images = [image for image in _images(layout, index, _DEEPEST) if _kind(image) != "unknown/unknown"]
    fitting = [image for image in images if _kind(image) in {"", platform}] if platform else images
    if len({image["digest"] for image in fitting}) == 1:
        return fitting[0]
    kinds = ", ".join(sorted(_kind(image) or "one that does not say" for image in images)) or "none"
    if not fitting and images:
        raise ProblemError(f"it holds images for {kinds}, none for {platform}", "platform")
    raise ProblemError(
        f"it holds {len(fitting)} images, not one ({kinds})", "platform" if images else "image"
    )


def _images(layout: Path, index: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    manifests = index.get("manifests")
    if not isinstance(manifests, list) or not all(isinstance(one, dict) for one in manifests):
        raise ProblemError("an index of it lists no manifests")
    for descriptor in manifests:
        if descriptor.get("mediaType") not in _INDEXES:
            _blob(layout, descriptor)
            yield descriptor
        elif depth:
            yield from _images(layout, _document(layout, descriptor), depth - 1)
        else:
            raise ProblemError("its indexes are nested too deep")


def _kind(descriptor: dict[str, Any]) -> str:
    """os/arch[/variant] where the descriptor says; attestations of BuildKit say unknown/unknown."""
    platform = descriptor.get("platform")
    if not isinstance(platform, dict):
        return ""
    parts = (platform.get("os"), platform.get("architecture"), platform.get("variant"))
    return "/".join(str(part) for part in parts if part)


def _fits(platform: str, config: dict[str, Any]) -> bool:
    wanted = platform.split("/")
    return wanted == [config.get("os"), config.get("architecture"), config.get("variant")][: len(wanted)]


def _layers(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    layers = manifest.get("layers")
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise ProblemError("its manifest lists no layers")
    return layers


def _part(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    part = manifest.get(name)
    if not isinstance(part, dict):
        raise ProblemError(f"its manifest has no {name}")
    return part


def _blob(layout: Path, descriptor: dict[str, Any]) -> Path:
    digest = str(descriptor.get("digest"))
    if not _DIGEST.fullmatch(digest):
        raise ProblemError(f"it names a blob by {digest[:80]!r}, which is no sha256 digest")
    path = layout / "blobs" / "sha256" / digest.removeprefix("sha256:")
    if not path.is_file() or path.is_symlink():
        raise ProblemError(f"the blob {digest} is missing")
    return path


def _document(layout: Path, descriptor: dict[str, Any]) -> dict[str, Any]:
    return _read(_blob(layout, descriptor), str(descriptor["digest"]))


def _read(path: Path, name: str) -> dict[str, Any]:
    if path.stat().st_size > _LARGEST_DOCUMENT:
        raise ProblemError(f"{name} is too large for a manifest, index or config")
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        raise ProblemError(f"{name} is not JSON") from None
    if not isinstance(content, dict):
        raise ProblemError(f"{name} is not a JSON object")
    return content


def _take(blob: Path, blobs: Path, *, move: bool) -> None:
    """Copy or move a blob whose content is what its name says."""
    target = blobs / blob.name
    if move:
        blob.rename(target)
        target.chmod(0o644)
    else:
        shutil.copyfile(blob, target)
    with target.open("rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != blob.name:
            raise ProblemError(f"the blob sha256:{blob.name} has other content than its name says")


if __name__ == "__main__":
    try:
        answer = select(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    except ProblemError as problem:
        answer = {"problem": str(problem), "kind": problem.kind}
    print(json.dumps(answer))
