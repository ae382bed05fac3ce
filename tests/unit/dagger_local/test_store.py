"""The store: what landed is whole, drafts of the dead are swept, equal trees are one."""

import shutil
from pathlib import Path

import pytest

from dagger_local.patterns import keeper
from dagger_local.states import DirectoryState
from dagger_local.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def draft(store: Store, text: str) -> Path:
    folder = store.temporary() / "d"
    folder.mkdir()
    (folder / "f").write_text(text)
    return folder


def test_equal_trees_are_kept_once(store: Store) -> None:
    assert store.keep_directory(draft(store, "x")) == store.keep_directory(draft(store, "x"))
    assert store.keep_directory(draft(store, "x")) != store.keep_directory(draft(store, "y"))


def test_entries_come_back_and_half_written_ones_do_not_count(store: Store) -> None:
    store.put_entry("exec", "k", {"exit_code": 0})
    assert store.entry("exec", "k") == {"exit_code": 0}
    assert store.entry("exec", "other") is None
    (store.root / "entries" / "exec" / "k.json").write_text('{"exit')
    assert store.entry("exec", "k") is None


def test_only_drafts_of_dead_processes_are_swept(store: Store) -> None:
    mine = store.temporary()
    dead = store.root / "tmp" / "4194999-x"
    dead.mkdir()
    store.sweep()
    assert mine.exists()
    assert not dead.exists()


def test_nobody_else_can_look_into_the_store(store: Store) -> None:
    assert store.root.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("exclude", "include", "path", "stays"),
    [
        (["**/*.log", "!keep.log"], [], "sub/b.log", False),
        (["**/*.log", "!keep.log"], [], "keep.log", True),
        (["sub/skip"], [], "sub/skip/d.txt", False),
        ([".git"], [], ".gitignore", True),
        (["*.log"], [], "sub/b.log", True),
        (["/sub/"], [], "sub/b.log", False),
        (["sub", "!sub/b.log"], [], "sub/b.log", True),
        ([], ["app/*.py"], "app/a.py", True),
        ([], ["app/*.py"], "README.md", False),
    ],
)
def test_ignore_lists(exclude: list[str], include: list[str], path: str, stays: bool) -> None:
    keep = keeper(exclude, include)
    assert keep is not None
    assert keep.stays(path, False) is stays


def test_a_text_is_the_file_that_it_would_be_and_is_written_once(store: Store) -> None:
    made = store.temporary() / "name"
    made.write_text("text")
    made.chmod(0o640)
    first = store.keep_text("name", "text", 0o640)
    written = first.path.stat().st_ino
    assert store.keep_file(made) == store.keep_text("name", "text", 0o640) == first
    assert (first.path.read_text(), first.path.stat().st_ino) == ("text", written)
    others = (("other", "text", 0o640), ("name", "texts", 0o640), ("name", "text", 0o644))
    assert all(store.keep_text(*other).digest != first.digest for other in others)


def test_what_a_step_came_to_is_remembered_for_as_long_as_it_is_there(store: Store) -> None:
    made = list[str]()

    def make() -> DirectoryState:
        made.append("x")
        return store.keep_directory(draft(store, "x"))

    first = store.remembered(make, "step", 1)
    assert store.remembered(make, "step", 1) == Store(store.root).remembered(make, "step", 1) == first
    assert len(made) == 1
    assert store.remembered(make, "step", 2) == first
    assert len(made) == 2
    shutil.rmtree(first.path)
    assert store.remembered(make, "step", 1).path.exists()
