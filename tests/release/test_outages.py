"""What is down, out of reach or full is neither a finding nor a mistake: an outage, with the thing's name."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .harness import Engine
from .offline import OFFLINE
from .rehearsing import Rehearsal

OUTAGE, SCANNER_FAILED = 17, 12
STORE_BYTES = 48 * 1024 * 1024


def test_advisories_out_of_reach_are_no_clean_bill(engine: Engine, rehearsal: Rehearsal) -> None:  # noqa: ARG001 - what is needed is in the store
    """On a machine without a network; pip-audit itself is there from the rehearsal."""
    done = engine.begin("call", *engine.module_flags, "audit", before=OFFLINE).wait()
    done.expect(OUTAGE, "AdvisoriesUnavailable", "--advisories", "what to do")


def test_a_tools_image_out_of_reach(engine: Engine, tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:1/trivy:0@sha256:{'0' * 64}"
    images = tmp_path / "images.toml"
    images.write_text(f'[images.python]\nreference = "{nowhere}"\nversion = "1"\n')
    tarball = tmp_path / "image.tar"
    tarball.write_bytes(bytes(10240))
    command = ("--images", str(images), "scan", "--tarball", str(tarball), *engine.database, "table")
    engine.begin("call", *command).wait().expect(OUTAGE, "ToolUnavailable", nowhere, "--images")


def test_a_stale_database(engine: Engine, stale: Path) -> None:
    done = engine.call("scan", "--db", str(stale), "table")
    done.expect(SCANNER_FAILED, "DatabaseStale", "--max-db-age", "what to do")


@pytest.fixture
def stale(engine: Engine, tmp_path: Path) -> Path:
    """A database that nobody has updated for long: the sample, without its mark."""
    shutil.copytree(engine.sample / "db", tmp_path / "stale" / "db")
    metadata = tmp_path / "stale" / "db" / "metadata.json"
    metadata.write_text(json.dumps(json.loads(metadata.read_text()) | {"UpdatedAt": "2025-01-01T00:00:00Z"}))
    return tmp_path / "stale"


@pytest.fixture
def small_store(tmp_path: Path) -> Iterator[Path]:
    """A store on a disk that is soon full."""
    folder = tmp_path / "store"
    folder.mkdir()
    size = f"size={STORE_BYTES}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True)  # noqa: S607 - of the PATH
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def test_a_full_disk(engine: Engine, small_store: Path, tmp_path: Path) -> None:
    """There is room for the source, and none for the image beside it."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "Dockerfile").write_text("FROM scratch\nCOPY big /\n")
    (source / "big").write_bytes(bytes(STORE_BYTES * 55 // 100))
    env = {"DAGGER_LOCAL_STORE": str(small_store)}
    command = ("call", "--source", str(source), "build")
    engine.begin(*command, env=env).wait().expect(OUTAGE, "DiskFull", "what to do")
