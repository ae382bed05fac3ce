"""Users of a container are who its own tables say."""

from pathlib import Path

import pytest

from dagger_local.errors import EngineError
from dagger_local.owners import User, owner_ids, user_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").write_text("root:x:0:0::/root:/bin/sh\nme:x:7:8::/home/me:/bin/sh\nodd\n")
    (tmp_path / "etc" / "group").write_text("mine:x:8:\nwheel:x:10:root,me\nothers:x:11:you\n")
    return tmp_path


@pytest.mark.parametrize(
    ("named", "user"),
    [
        ("", User(0, 0, (10,), "/root")),
        ("me", User(7, 8, (10,), "/home/me")),
        ("7", User(7, 8, (10,), "/home/me")),
        ("me:wheel", User(7, 10, (), "/home/me")),
        ("me:9", User(7, 9, (), "/home/me")),
        ("1001", User(1001, 0)),
        ("1001:1002", User(1001, 1002)),
    ],
)
def test_a_command_runs_as(root: Path, named: str, user: User) -> None:
    assert user_of(root, named) == user


def test_without_tables_there_are_only_numbers(tmp_path: Path) -> None:
    assert user_of(tmp_path, "") == User(0, 0)
    with pytest.raises(EngineError, match=r"'me' is not in the container's /etc/passwd"):
        user_of(tmp_path, "me")


def test_an_owner_without_a_group_has_the_users_number(root: Path) -> None:
    assert owner_ids(root, "me") == (7, 7)
    assert owner_ids(root, "me:wheel") == (7, 10)
    with pytest.raises(EngineError, match=r"'nobody' is not in the container's /etc/group"):
        owner_ids(root, "me:nobody")
