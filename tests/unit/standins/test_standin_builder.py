"""Building for real, from a wheel that pip finds in a local folder."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from standins.builder import build
from standins.cache import Cache
from standins.errors import CommandFailed, InputRefused
from standins.image import STAND_IN, STAND_IN_FOR, VERSION
from standins.oci import Layout
from standins.progress import Progress
from standins.recipes import Recipes


@pytest.fixture
def hello(tmp_path: Path, recipes: Recipes, quiet: Progress) -> Callable[[str], Layout]:
    """Build the image `hello` with a cache of the given name."""
    return lambda cache: build(recipes, Cache(tmp_path / cache, recipes), quiet)["hello"]


def test_a_wheel_becomes_a_labelled_image_and_stays(wheel: Path, hello: Callable[[str], Layout]) -> None:
    layout = hello("cache")
    assert layout.labels[STAND_IN] == "true"
    assert layout.labels[STAND_IN_FOR] == "docker.io/library/hello:1.0"
    assert layout.labels[VERSION] == "1.0"
    wheel.unlink()  # a second build needs nothing from outside
    assert hello("cache") == layout


def test_the_image_holds_the_program(hello: Callable[[str], Layout]) -> None:
    layout = hello("cache")
    manifest = json.loads((layout.path / "blobs" / layout.digest.replace(":", "/")).read_bytes())
    with tarfile.open(layout.path / "blobs" / manifest["layers"][0]["digest"].replace(":", "/")) as archive:
        file = archive.extractfile("usr/local/bin/hello")
        assert file is not None
        assert file.read() == b"#!/bin/sh\necho hello\n"
        assert archive.getmember("tmp").mode == 0o1777


def test_two_caches_give_one_digest(hello: Callable[[str], Layout]) -> None:
    assert hello("one").digest == hello("two").digest


def test_a_changed_download_is_refused(tmp_path: Path, wheel: Path, hello: Callable[[str], Layout]) -> None:
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(InputRefused, match="the recipe says"):
        hello("cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_a_failed_command_is_named(tmp_path: Path, wheel: Path, hello: Callable[[str], Layout]) -> None:
    wheel.unlink()
    with pytest.raises(CommandFailed, match="hello-bin"):
        hello("cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".lock"]
