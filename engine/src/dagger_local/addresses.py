"""Objects from what a person writes for them: a path, an image's address, a reference of a secret."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dagger_local import hostfiles
from dagger_local.errors import EngineError, NotServed
from dagger_local.values import Value

if TYPE_CHECKING:
    from dagger_local.session import Session

_REMOTE = ("https://", "http://", "git://", "ssh://", "git@", "github.com/")


async def load(session: "Session", type_name: str, text: str, ignore: Sequence[str] = ()) -> Value:
    """What a text stands for.

    Args:
        session: Paths are relative to its working directory.
        type_name: The wanted type.
        text: What was written.
        ignore: Patterns of what is not loaded of a directory.

    Raises:
        EngineError: There is no such file, image and so on.
    """
    match type_name:
        case "Container":
            empty = Value("Container", "Query.container")
            made = Value("Container", "Container.from", {"address": text}, {"parent": empty})
            await session.evaluator.state(made)
            return made
        case "CacheVolume":
            return Value("CacheVolume", "Query.cacheVolume", {"key": text})
        case "Secret":
            return session.secrets.refer(text)
        case "Directory":
            return hostfiles.host_directory(session, _folder(_local(session, type_name, text)), ignore)
        case "File":
            return hostfiles.host_file(session, _file(_local(session, type_name, text)))
    raise NotServed(f"a {type_name} from an address")


def _local(session: "Session", type_name: str, text: str) -> Path:
    if text.startswith(_REMOTE):
        raise NotServed(f"loading a {type_name} from {text}")
    return session.work_dir / Path(text.removeprefix("file://")).expanduser()


def _folder(path: Path) -> Path:
    if not path.exists():
        not_found = "rpc error: code = NotFound desc ="
        raise EngineError(
            "failed to get snapshot: failed to snapshot: failed to receive stat message: "
            f"{not_found} get full root path: {not_found} eval symlinks: "
            f"lstat {_plain(path)}: no such file or directory"
        )
    if not path.is_dir():
        raise EngineError(f"{_plain(path)} is not a directory")
    return path.resolve()


def _file(path: Path) -> Path:
    if not path.exists():
        raise EngineError(f"stat {path.name}: no such file or directory")
    if not path.is_file():
        raise EngineError(f"{_plain(path)} is not a file")
    return path


def _plain(path: Path) -> str:
    """The path without `.` and `..`; links are kept as they were given."""
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts = parts[:-1] or parts
        else:
            parts.append(part)
    return str(Path(*parts))
