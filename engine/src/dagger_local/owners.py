"""Users and groups of a container, by name or number."""

from dataclasses import dataclass
from pathlib import Path

from dagger_local import tree
from dagger_local.errors import EngineError

_UID, _GID, _HOME = 2, 3, 5
_MEMBERS = 3


@dataclass(frozen=True)
class User:
    """As whom a command runs.

    Attributes:
        groups: Numbers of the groups that list the user.
    """

    uid: int
    gid: int
    groups: tuple[int, ...] = ()
    home: str = "/"


def owner_ids(root: Path, owner: str) -> tuple[int, int]:
    """Uid and gid of `user`, `user:group`; the group is the user's number where it is not named.

    Raises:
        EngineError: A name is not in the container's /etc/passwd or /etc/group.
    """
    user, _, group = owner.partition(":")
    uid = _number(root, "etc/passwd", user)
    return uid, _number(root, "etc/group", group) if group else uid


def user_of(root: Path, named: str) -> User:
    """Who `user` or `user:group` of an image's config is; a group that is not named is the user's first one.

    Raises:
        EngineError: A name is not in the container's /etc/passwd or /etc/group.
    """
    name, _, group = named.partition(":")
    uid = _number(root, "etc/passwd", name or "0")
    entry = next(
        (one for one in _table(root, "etc/passwd") if _listed(one, _HOME) and one[_UID] == str(uid)), None
    )
    gid = _number(root, "etc/group", group) if group else int(entry[_GID]) if entry else 0
    if entry is None:
        return User(uid, gid)
    groups = [one for one in _table(root, "etc/group") if _listed(one, _MEMBERS)]
    others = () if group else tuple(int(one[2]) for one in groups if entry[0] in one[_MEMBERS].split(","))
    return User(uid, gid, others, entry[_HOME] or "/")


def _number(root: Path, table: str, name: str) -> int:
    if name.isdecimal():
        return int(name)
    for entry in _table(root, table):
        if entry[0] == name:
            return int(entry[_UID])
    raise EngineError(f"{name!r} is not in the container's /{table}")


def _table(root: Path, table: str) -> list[list[str]]:
    listed = tree.inside(root, table)
    lines = listed.read_text().splitlines() if listed.is_file() else []
    return [line.split(":") for line in lines]


def _listed(entry: list[str], field: int) -> bool:
    return len(entry) > field
