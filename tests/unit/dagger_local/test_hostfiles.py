"""Folders of the host: copied into the store when they are not there yet, and as they are then."""

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from dagger_local import hostfiles, tree
from dagger_local.store import Store

if TYPE_CHECKING:
    from dagger_local.session import Session


@pytest.fixture
def session(tmp_path: Path) -> "Session":
    return cast("Session", SimpleNamespace(store=Store(tmp_path / "store")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    (made / "sub").mkdir(parents=True)
    (made / "sub" / "file").write_text("one")
    (made / "log").write_text("left out")
    return made


def test_an_unchanged_folder_is_not_copied_again(
    session: "Session", folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hostfiles.host_directory(session, folder, ["log"])
    monkeypatch.delattr(tree, "copy")
    (folder / "log").write_text("changed, and still left out")
    assert hostfiles.host_directory(session, folder, ["log"]).key == first.key


def test_what_stays_the_same_of_a_changed_folder_is_not_copied(session: "Session", folder: Path) -> None:
    first = hostfiles.host_directory(session, folder)
    (folder / "log").write_text("changed")
    second = hostfiles.host_directory(session, folder)
    same, other = (
        [(Path(str(made.args["path"])) / name).stat().st_ino for made in (first, second)]
        for name in ("sub/file", "log")
    )
    assert same[0] == same[1]
    assert other[0] != other[1]


def test_a_changed_folder_is_another_one(session: "Session", folder: Path) -> None:
    first = hostfiles.host_directory(session, folder)
    (folder / "sub" / "file").write_text("two")
    second = hostfiles.host_directory(session, folder)
    assert [(Path(str(made.args["path"])) / "sub" / "file").read_text() for made in (first, second)] == [
        "one",
        "two",
    ]
