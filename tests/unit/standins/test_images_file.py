"""The images file is TOML that names every image by digest."""

import tomllib
from pathlib import Path

from standins.image import STAND_IN_FOR, VERSION
from standins.images_file import write
from standins.oci import Layout


def layout(name: str) -> Layout:
    labels = {VERSION: "1.0", STAND_IN_FOR: f"docker.io/library/{name}:1.0"}
    return Layout(Path("/nowhere"), f"localhost/test/{name}:1.0", f"sha256:{'a' * 64}", labels, 1)


def test_tables(tmp_path: Path) -> None:
    target = tmp_path / "new" / "images.toml"
    write(target, {name: layout(name) for name in ("trivy", "crane")})
    assert target.read_text().startswith("# stand-ins, made on this machine; not the official images\n")
    assert tomllib.loads(target.read_text())["images"] == {
        name: {
            "reference": f"localhost/test/{name}:1.0@sha256:{'a' * 64}",
            "version": "1.0",
            "stand_in_for": f"docker.io/library/{name}:1.0",
        }
        for name in ("crane", "trivy")
    }
    assert [path.name for path in target.parent.iterdir()] == ["images.toml"]
