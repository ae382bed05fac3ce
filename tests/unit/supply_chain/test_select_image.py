"""One image out of whatever somebody calls an OCI archive."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from supply_chain.scripts.select_image import ProblemError, select

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
AMD64 = {"os": "linux", "architecture": "amd64"}
ARM64 = {"os": "linux", "architecture": "arm64"}

Made = dict[str, Any]


class Layout:
    """A layout being made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.blobs = path / "blobs" / "sha256"
        self.blobs.mkdir(parents=True)

    def put(self, content: bytes | Made, media_type: str = "") -> Made:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        name = hashlib.sha256(raw).hexdigest()
        (self.blobs / name).write_bytes(raw)
        return {"mediaType": media_type, "digest": f"sha256:{name}", "size": len(raw)}

    def image(self, platform: dict[str, str] = AMD64, layer: bytes = b"layer") -> Made:
        config = self.put(platform | {"config": {"User": "1001"}})
        return self.put({"config": config, "layers": [self.put(layer)]}, MANIFEST)

    def index(self, *manifests: Made) -> Path:
        (self.path / "index.json").write_text(json.dumps({"manifests": manifests}))
        return self.path


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "layout")


def taken(source: Path, platform: str = "") -> Made:
    target = source.parent / "target"
    found = select(source, target, platform)
    index = json.loads((target / "index.json").read_text())
    assert [one["digest"] for one in index["manifests"]] == [found["digest"]]
    return found


def archive(layout: Path) -> Path:
    path = layout.with_suffix(".tar")
    with tarfile.open(path, "w") as made:
        made.add(layout, ".")
    return path


def test_the_image_of_a_layout_keeps_its_digest_and_nothing_else_comes_along(layout: Layout) -> None:
    image, stray = layout.image(), layout.put(b"stray")
    assert taken(layout.index(image))["digest"] == image["digest"]
    there = {path.name for path in (layout.path.parent / "target" / "blobs" / "sha256").iterdir()}
    assert len(there) == 3
    assert stray["digest"].removeprefix("sha256:") not in there


@pytest.mark.parametrize("packed", [False, True])
def test_equal_images_are_equal_in_modes_and_times(layout: Layout, *, packed: bool) -> None:
    image = layout.image()
    for blob in layout.blobs.iterdir():
        blob.chmod(0o600)
    source = layout.index(image)
    taken(archive(source) if packed else source)
    target = layout.path.parent / "target"
    about = {path: path.stat() for path in (target, *target.rglob("*"))}
    assert {info.st_mtime for info in about.values()} == {0}
    assert {info.st_mode & 0o777 for path, info in about.items() if path.is_file()} == {0o644}


@pytest.mark.parametrize("packed", [False, True])
def test_a_layer_that_is_listed_twice_is_taken_once(layout: Layout, *, packed: bool) -> None:
    layer = layout.put(b"layer")
    image = layout.put({"config": layout.put(AMD64), "layers": [layer, layer]}, MANIFEST)
    source = layout.index(image)
    assert taken(archive(source) if packed else source)["digest"] == image["digest"]
    assert len(list((layout.path.parent / "target" / "blobs" / "sha256").iterdir())) == 3


def test_an_archive_is_as_good_as_a_folder(layout: Layout) -> None:
    image = layout.image()
    found = taken(archive(layout.index(image)), "linux/amd64")
    assert found["digest"] == image["digest"]
    assert found["config"]["config"]["User"] == "1001"


def test_of_several_platforms_the_one_asked_for(layout: Layout) -> None:
    amd64, arm64 = layout.image(), layout.image(ARM64)
    nested = layout.put({"manifests": [amd64 | {"platform": AMD64}, arm64 | {"platform": ARM64}]}, INDEX)
    assert taken(layout.index(nested), "linux/arm64")["digest"] == arm64["digest"]


def test_attestations_of_the_builder_are_no_image(layout: Layout) -> None:
    image, attestation = layout.image(), layout.image(layer=b"attestation")
    unknown = {"platform": {"os": "unknown", "architecture": "unknown"}}
    assert taken(layout.index(image, attestation | unknown))["digest"] == image["digest"]


def test_several_images_and_no_platform(layout: Layout) -> None:
    path = layout.index(layout.image() | {"platform": AMD64}, layout.image(ARM64) | {"platform": ARM64})
    with pytest.raises(ProblemError, match="2 images") as raised:
        taken(path)
    assert raised.value.kind == "platform"


@pytest.mark.parametrize("said", [{}, {"platform": AMD64}])
def test_an_image_of_another_platform(layout: Layout, said: Made) -> None:
    with pytest.raises(ProblemError, match="linux/amd64") as raised:
        taken(layout.index(layout.image() | said), "linux/arm64")
    assert raised.value.kind == "platform"


def no_blob(layout: Layout) -> Path:
    image = layout.image(layer=b"gone")
    (layout.blobs / hashlib.sha256(b"gone").hexdigest()).unlink()
    return layout.index(image)


def changed_blob(layout: Layout) -> Path:
    image = layout.image(layer=b"as it was")
    (layout.blobs / hashlib.sha256(b"as it was").hexdigest()).write_bytes(b"as it is")
    return layout.index(image)


def outside(layout: Layout) -> Path:
    return layout.index({"digest": "sha256:../../../../etc/passwd", "mediaType": MANIFEST})


def docker_save(layout: Layout) -> Path:
    (layout.path / "manifest.json").write_text("[]")
    return layout.path


def endless(layout: Layout) -> Path:
    inner = layout.put({"manifests": []}, INDEX)
    for _ in range(5):
        inner = layout.put({"manifests": [inner]}, INDEX)
    return layout.index(inner)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (no_blob, "is missing"),
        (changed_blob, "other content"),
        (outside, "no sha256 digest"),
        (docker_save, "docker save"),
        (endless, "too deep"),
        (lambda layout: layout.index(), "0 images"),
        (lambda layout: layout.index(layout.put(b"[1]", MANIFEST)), "not a JSON object"),
        (lambda layout: layout.index(layout.put(b"{", MANIFEST)), "not JSON"),
        (lambda layout: layout.index(layout.put({"config": None}, MANIFEST)), "has no config"),
        (lambda layout: layout.path, "no index.json"),
    ],
)
def test_what_is_no_image(layout: Layout, made: Callable[[Layout], Path], why: str) -> None:
    with pytest.raises(ProblemError, match=why) as raised:
        taken(made(layout))
    assert raised.value.kind == "image"


def test_what_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(b"<html>not found</html>" * 100)
    with pytest.raises(ProblemError, match="no tar archive"):
        taken(path)


def test_an_archive_that_leads_out_of_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    with tarfile.open(path, "w") as made:
        head = tarfile.TarInfo("../escaped")
        head.size = 1
        made.addfile(head, io.BytesIO(b"x"))
    with pytest.raises(ProblemError):
        taken(path)
    assert not (tmp_path.parent / "escaped").exists()
