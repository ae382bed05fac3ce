"""Image layouts: equal for equal input, readable, and refused when damaged."""

import json
from pathlib import Path

import pytest

from standins.layer import text
from standins.oci import ImageConfig, Layout, read_layout, write_layout

REFERENCE = "localhost/test/hello:1.0"
CONFIG = ImageConfig(labels={"a": "b"}, entrypoint=("hello",), env={"PATH": "/bin"}, ports=("5000/tcp",))


def write(target: Path, content: str = "hello") -> Layout:
    write_layout(target, REFERENCE, [text("bin/hello", content, 0o755)], CONFIG, 1_000_000_000)
    layout = read_layout(target)
    assert layout is not None
    return layout


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_same_input_same_bytes(tmp_path: Path) -> None:
    first, second = write(tmp_path / "first"), write(tmp_path / "second")
    assert first.digest == second.digest
    assert files(tmp_path / "first") == files(tmp_path / "second")


def test_other_content_other_digest(tmp_path: Path) -> None:
    assert write(tmp_path / "first").digest != write(tmp_path / "second", "other").digest


def test_reference_and_labels_are_read_back(tmp_path: Path) -> None:
    layout = write(tmp_path / "image")
    assert layout.pinned == f"{REFERENCE}@{layout.digest}"
    assert layout.labels == {"a": "b"}


def test_config_is_what_a_runtime_expects(tmp_path: Path) -> None:
    layout = write(tmp_path / "image")
    manifest = json.loads((tmp_path / "image/blobs" / layout.digest.replace(":", "/")).read_bytes())
    config = json.loads(
        (tmp_path / "image/blobs" / manifest["config"]["digest"].replace(":", "/")).read_bytes()
    )
    assert config["created"] == "2001-09-09T01:46:40Z"
    assert config["config"] == {
        "Entrypoint": ["hello"],
        "Env": ["PATH=/bin"],
        "ExposedPorts": {"5000/tcp": {}},
        "Labels": {"a": "b"},
    }


@pytest.mark.parametrize("damage", ["index.json", "blob"])
def test_a_damaged_layout_is_none(tmp_path: Path, damage: str) -> None:
    write(tmp_path / "image")
    blob = max((tmp_path / "image/blobs/sha256").iterdir())
    victim = blob if damage == "blob" else tmp_path / "image" / damage
    victim.write_bytes(victim.read_bytes()[:-1])
    assert read_layout(tmp_path / "image") is None


def test_a_missing_layout_is_none(tmp_path: Path) -> None:
    assert read_layout(tmp_path / "nothing") is None
