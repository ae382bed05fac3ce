"""What a session keeps in memory belongs to one store, and goes with it."""

from pathlib import Path

import pytest

from dagger_local import upkeep
from dagger_local.runs import RunFolder


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in memory, which is on disk here."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "memory"))
    (tmp_path / "memory").mkdir()
    return tmp_path / "memory"


def containers(store: Path) -> Path:
    """Where Podman describes containers of this store, once a session has used it."""
    with RunFolder.open(store):
        return (store / "containers" / "overlay-containers").resolve(strict=True)


def test_containers_are_described_in_memory(tmp_path: Path, memory: Path) -> None:
    assert containers(tmp_path / "store").is_relative_to(memory)


def test_sessions_of_a_store_share_what_describes_containers(tmp_path: Path) -> None:
    assert containers(tmp_path / "store") == containers(tmp_path / "store")


def test_a_new_store_knows_nothing_of_the_one_that_was_in_its_place(tmp_path: Path) -> None:
    store = tmp_path / "store"
    before = containers(store)
    (before / "containers.json").write_text('[{"id": "left by a dead session"}]')
    store.rename(tmp_path / "removed")
    assert list(containers(store).iterdir()) == []


def test_after_memory_was_lost_a_store_works_on(tmp_path: Path) -> None:
    lost = containers(tmp_path / "store")
    lost.rmdir()
    assert containers(tmp_path / "store") == lost


def test_clearing_a_store_clears_its_memory(tmp_path: Path, memory: Path) -> None:
    containers(tmp_path / "store")
    assert upkeep.clear(tmp_path / "store") == f"removed {tmp_path / 'store'}"
    assert list((memory / "dagger-local").iterdir()) == []
