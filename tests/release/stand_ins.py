"""Programs out of the stand-in images, for use on the host: what a stranger downloads."""

import json
import tarfile
from pathlib import Path

from standins.builder import build
from standins.cache import Cache, default_folder
from standins.oci import Layout
from standins.progress import Progress
from standins.recipes import load


def layouts() -> dict[str, Layout]:
    """The stand-in images by name; quick when they are in the cache."""
    recipes = load()
    with Progress() as progress:
        return dict(build(recipes, Cache(default_folder(), recipes), progress))


def unpacked(layout: Layout, target: Path) -> Path:
    """The root filesystem of an image of one layer."""
    blobs = layout.path / "blobs" / "sha256"
    manifest = json.loads((blobs / layout.digest.removeprefix("sha256:")).read_bytes())
    for layer in manifest["layers"]:
        with tarfile.open(blobs / layer["digest"].removeprefix("sha256:")) as archive:
            archive.extractall(target, filter="tar")
    return target
