"""Tarballs: the same image gives the same bytes, and they are the layout that the spec describes."""

import gzip
import hashlib
import json
import tarfile
from pathlib import Path

import pytest

from dagger_local import oci
from dagger_local.states import ImageConfig, Port
from dagger_local.store import Store

CONFIG = ImageConfig(
    env=(("PATH", "/bin"),), entrypoint=("app",), user="1001", ports=(Port(8080), Port(53, "UDP"))
)


PLAIN = b"layer" * 1000
DIFF_ID = f"sha256:{hashlib.sha256(PLAIN).hexdigest()}"


def saved(folder: Path, store: Store) -> Path:
    """A layout as Podman saves it: it compresses a layer unless a file of that name is there."""
    blobs = oci.expect(folder, [DIFF_ID], store) / "blobs" / "sha256"
    there = (blobs / DIFF_ID.removeprefix("sha256:")).exists()

    def put(raw: bytes) -> dict[str, object]:
        name = hashlib.sha256(raw).hexdigest()
        (blobs / name).write_bytes(raw)
        return {"digest": f"sha256:{name}", "size": len(raw)}

    layer = {"digest": DIFF_ID, "size": 0} if there else put(gzip.compress(PLAIN, mtime=0))
    config = put(json.dumps({"config": {"Cmd": ["old"]}, "rootfs": {"diff_ids": [DIFF_ID]}}).encode())
    manifest = put(json.dumps({"config": config, "layers": [layer]}).encode())
    (folder / "in" / "index.json").write_text(json.dumps({"manifests": [manifest]}))
    return folder


@pytest.fixture
def tarballs(tmp_path: Path) -> list[Path]:
    stores = [Store(tmp_path / "one"), Store(tmp_path / "two")]
    return [oci.write_tarball(saved(store.temporary(), store), CONFIG, store) for store in stores]


def test_equal_images_give_equal_tarballs(tarballs: list[Path]) -> None:
    assert tarballs[0].read_bytes() == tarballs[1].read_bytes()


def test_every_blob_is_what_its_name_says_and_the_config_is_the_containers(tarballs: list[Path]) -> None:
    with tarfile.open(tarballs[0]) as opened:
        names = opened.getnames()
        content = {m.name: f.read() for m in opened.getmembers() if (f := opened.extractfile(m))}
    assert {name.split("/")[0] for name in names} == {"blobs", "index.json", "manifest.json", "oci-layout"}
    for name, raw in content.items():
        if name.startswith("blobs/"):
            assert name.endswith(hashlib.sha256(raw).hexdigest())
    digest = json.loads(content["index.json"])["manifests"][0]["digest"].removeprefix("sha256:")
    manifest = json.loads(content[f"blobs/sha256/{digest}"])
    config = json.loads(content["blobs/sha256/" + manifest["config"]["digest"].removeprefix("sha256:")])[
        "config"
    ]
    assert config == {
        "Env": ["PATH=/bin"],
        "Entrypoint": ["app"],
        "User": "1001",
        "ExposedPorts": {"8080/tcp": {}, "53/udp": {}},
    }


def test_a_layer_is_compressed_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    oci.write_tarball(saved(store.temporary(), store), CONFIG, store)
    (blob,) = (store.root / "blobs").iterdir()
    before = blob.stat().st_mtime_ns
    again = oci.write_tarball(saved(store.temporary(), store), ImageConfig(), store)
    assert blob.stat().st_mtime_ns == before
    with tarfile.open(again) as opened:
        blobs = [f.read() for m in opened.getmembers() if (f := opened.extractfile(m))]
    assert gzip.compress(PLAIN, mtime=0) in blobs
