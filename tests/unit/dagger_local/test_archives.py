"""Archives from anywhere: what is taken of them, and what is said of bad ones."""

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from dagger_local.core.archives import _chosen, _unpack
from dagger_local.errors import EngineError, NotServed

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


class Archive:
    """An archive in the making."""

    def __init__(self) -> None:
        self.members: dict[str, bytes] = {}

    def blob(self, content: Any, media_type: str = MANIFEST) -> dict[str, Any]:
        raw = json.dumps(content).encode()
        digest = hashlib.sha256(raw).hexdigest()
        self.members[f"blobs/sha256/{digest}"] = raw
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(raw)}

    def image(self, architecture: str, name: str = "") -> dict[str, Any]:
        config = self.blob({"os": "linux", "architecture": architecture, "name": name})
        annotations = {"org.opencontainers.image.ref.name": name} if name else {}
        return self.blob({"config": config, "layers": []}) | {"annotations": annotations}

    def write(self, target: Path, *manifests: dict[str, Any]) -> Path:
        if manifests:
            self.members["index.json"] = json.dumps({"manifests": manifests}).encode()
        with tarfile.open(target, "w") as made:
            for name, raw in self.members.items():
                head = tarfile.TarInfo(name)
                head.size = len(raw)
                made.addfile(head, io.BytesIO(raw))
        return target


def chosen(archive: Path, tag: str = "", platform: str = "linux/amd64") -> str:
    layout = archive.parent / "layout"
    _unpack(archive, layout)
    return str(_chosen(layout, tag, platform)["digest"])


def test_of_several_images_the_platforms_is_taken(tmp_path: Path) -> None:
    archive = Archive()
    arm, amd = archive.image("arm64"), archive.image("amd64")
    for one, architecture in ((arm, "arm64"), (amd, "amd64")):
        one["platform"] = {"os": "linux", "architecture": architecture}
    nested = archive.blob({"manifests": [arm, amd]}, INDEX)
    assert chosen(archive.write(tmp_path / "x.tar", nested)) == amd["digest"]


def test_a_lone_image_is_taken_whatever_its_platform(tmp_path: Path) -> None:
    archive = Archive()
    arm = archive.image("arm64")
    assert chosen(archive.write(tmp_path / "x.tar", arm)) == arm["digest"]


def test_a_tag_chooses(tmp_path: Path) -> None:
    archive = Archive()
    one, two = archive.image("amd64", "one"), archive.image("amd64", "two")
    assert chosen(archive.write(tmp_path / "x.tar", one, two), "two") == two["digest"]


def test_a_tag_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    archive = Archive()
    made = archive.write(tmp_path / "x.tar", archive.image("amd64", "one"))
    with pytest.raises(
        EngineError, match=r"^resolve imported .*: no manifest for platform linux/amd64 and tag two$"
    ):
        chosen(made, "two")


def test_a_changed_blob_is_an_error(tmp_path: Path) -> None:
    archive = Archive()
    image = archive.image("amd64")
    name = f"blobs/sha256/{image['digest'].removeprefix('sha256:')}"
    archive.members[name] += b" "
    with pytest.raises(EngineError, match=f"the content of blob {image['digest']} is sha256:"):
        chosen(archive.write(tmp_path / "x.tar", image))


def test_a_missing_blob_is_an_error(tmp_path: Path) -> None:
    archive = Archive()
    nested = archive.blob({"manifests": []}, INDEX)
    del archive.members[f"blobs/sha256/{nested['digest'].removeprefix('sha256:')}"]
    with pytest.raises(EngineError, match=f"content digest {nested['digest']}: not found"):
        chosen(archive.write(tmp_path / "x.tar", nested))


def test_nothing_leads_out_of_the_layout(tmp_path: Path) -> None:
    archive = Archive()
    image = archive.image("amd64")
    archive.members |= {"../outside": b"x", "/outside": b"x", "blobs/sha256/../../../outside": b"x"}
    chosen(archive.write(tmp_path / "x.tar", image))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["layout", "x.tar"]
    assert {path.name for path in (tmp_path / "layout").iterdir()} == {"blobs", "index.json", "oci-layout"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"text", "unexpected EOF"),
        (b"text" * 1000, "archive/tar: invalid tar header"),
        (gzip.compress(b"text", mtime=0), "unexpected EOF"),
    ],
)
def test_what_is_no_archive_is_an_error(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "x.tar").write_bytes(content)
    with pytest.raises(
        EngineError, match=f"^image archive import: {why}\nx.tar is not a tar with an OCI layout$"
    ):
        chosen(tmp_path / "x.tar")


def test_dockers_own_format_is_refused(tmp_path: Path) -> None:
    archive = Archive()
    archive.members["manifest.json"] = b"[]"
    with pytest.raises(NotServed, match="an archive in Docker's own format"):
        chosen(archive.write(tmp_path / "x.tar"))
