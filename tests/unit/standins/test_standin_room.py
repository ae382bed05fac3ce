"""Room for compilers: in memory if there is enough, on disk if not, gone afterwards in any case."""

from pathlib import Path

import pytest

from standins import room as room_module
from standins.room import room


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the file system in memory; any machine has enough of it."""
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(room_module, "_MEMORY", folder)
    monkeypatch.setattr(room_module, "_ROOM_NEEDED", 1)
    monkeypatch.setattr(room_module, "_MEMORY_NEEDED", 1)
    return folder


def test_in_memory_private_and_removed(tmp_path: Path, memory: Path) -> None:
    with room(tmp_path / "cache", tmp_path) as folder:
        assert folder.parent == memory
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "object").write_text("compiled")
    assert not list(memory.iterdir())


def test_what_a_killed_builder_left_is_not_used(tmp_path: Path, memory: Path) -> None:
    with room(tmp_path / "cache", tmp_path) as folder:
        name = folder.name
    (memory / name).mkdir()
    (memory / name / "old").write_text("old")
    with room(tmp_path / "cache", tmp_path) as folder:
        assert not list(folder.iterdir())


@pytest.mark.parametrize("lacking", ["_ROOM_NEEDED", "_MEMORY_NEEDED"])
def test_on_disk_where_memory_is_short(
    tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setattr(room_module, lacking, 1 << 60)
    with room(tmp_path / "cache", tmp_path) as folder:
        assert folder.parent == tmp_path
    assert not folder.exists()
    assert not list(memory.iterdir())


def test_on_disk_where_somebody_took_the_name(tmp_path: Path, memory: Path) -> None:
    with room(tmp_path / "cache", tmp_path) as folder:
        name = folder.name
    (memory / name).symlink_to(tmp_path)
    with room(tmp_path / "cache", tmp_path) as folder:
        assert folder.parent == tmp_path
    assert tmp_path.exists()


def test_on_disk_where_there_is_no_such_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_module, "_MEMORY", tmp_path / "none")
    with room(tmp_path / "cache", tmp_path) as folder:
        assert folder.parent == tmp_path
