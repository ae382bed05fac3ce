"""A full disk is an error with advice, and leaves nothing half kept in the store."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from dagger_local.errors import NO_SPACE, EngineError, disk_full_named
from dagger_local.podman import Finished, Podman
from dagger_local.progress import Progress
from dagger_local.runs import RunFolder
from dagger_local.secrets import Secrets
from dagger_local.session import Session
from dagger_local.store import Store

QUERY = """query($text: String!) {
  directory { small: withNewFile(path: "a", contents: "a") { sync }
              big: withNewFile(path: "b", contents: $text) { sync } } }"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a filesystem of one megabyte; like the engine itself, this needs root."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=True)  # noqa: S607
    yield disk
    subprocess.run(["umount", str(disk)], check=True)  # noqa: S607


def test_a_step_that_fills_the_disk_fails_and_keeps_nothing(small_disk: Path, tmp_path: Path) -> None:
    store = Store(small_disk / "store")
    secrets = Secrets(tmp_path)
    progress = Progress(secrets.scrub, silent=True)
    run_folder = RunFolder(tmp_path, 0, alone=True)
    session = Session(store, cast("Podman", None), run_folder, secrets, progress, tmp_path)
    result: Any = anyio.run(session.execute, QUERY, {"text": "x" * (2 << 20)})
    assert [error.message.partition(":")[0] for error in result.errors] == [NO_SPACE]
    assert isinstance(result.errors[0].original_error, EngineError)
    assert result.errors[0].original_error.exit_code == 1
    kept = [path for path in (small_disk / "store" / "trees").rglob("*") if path.is_file()]
    assert {path.name for path in kept} <= {"a"}
    store.close()
    assert list((small_disk / "store" / "tmp").iterdir()) == []


def test_podman_is_understood_when_it_cannot_write_a_layer() -> None:
    said = b'Error: committing: storing layer "ab" to file: io: read/write on closed pipe\n'
    assert Finished(125, b"", said).error.startswith(f"{NO_SPACE}, as it seems: ")
    assert Finished(125, b"", b"Error: no such image\n").error == "no such image"


def test_another_error_of_the_system_stays_what_it_is() -> None:
    with pytest.raises(PermissionError), disk_full_named():
        raise PermissionError(13, "Permission denied")


def test_the_advice_names_the_command() -> None:
    with pytest.raises(EngineError, match=r"dagger_local\.upkeep clear"), disk_full_named():
        Path("/dev/full").write_text("x")
