"""Users and groups of a container, by name or number."""

from pathlib import Path

from dagger_local import tree
from dagger_local.errors import EngineError


def owner_ids(root: Path, owner: str) -> tuple[int, int]:
    """Uid and gid of `user`, `user:group`; the group is the user's number where it is not named.

    Raises:
        EngineError: A name is not in the container's /etc/passwd or /etc/group.
    """
    user, _, group = owner.partition(":")
    uid = _number(root, "etc/passwd", user)
    return uid, _number(root, "etc/group", group) if group else uid


def _number(root: Path, table: str, name: str) -> int:
    if name.isdecimal():
        return int(name)
    listed = tree.inside(root, table)
    lines = listed.read_text().splitlines() if listed.is_file() else []
    for line in lines:
        fields = line.split(":")
        if fields[0] == name:
            return int(fields[2])
    raise EngineError(f"{name!r} is not in the container's /{table}")
