"""Turns what was given for a flag into what a query takes: objects from paths, addresses and references."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagger_local import hostfiles
from dagger_local.cli.catalog import Argument
from dagger_local.cli.flags import Flag
from dagger_local.cli.query import execute
from dagger_local.core.query import host_platform
from dagger_local.errors import EngineError, NotServed

if TYPE_CHECKING:
    from dagger_local.session import Session

_REMOTE = ("https://", "http://", "git://", "ssh://", "git@", "github.com/")


async def value_of(session: "Session", argument: Argument, flag: Flag) -> Any:
    """The value for a query's variable.

    Raises:
        EngineError: There is no such file, image and so on; the message names the flag.
    """
    try:
        if argument.many and argument.object_name:
            return [await _object(session, argument, text) for text in flag.value]
        if argument.object_name:
            return await _object(session, argument, flag.value)
    except EngineError as error:
        raise EngineError(
            f'failed to get value for argument "{flag.name}": {error.message}', error.extensions
        ) from None
    if argument.flag_type.label == "Platform" and flag.value == "current":
        return host_platform()
    return flag.value


async def _object(session: "Session", argument: Argument, text: str) -> str:
    """The ID of what a text stands for."""
    match argument.object_name:
        case "Container":
            return await _selected(
                session, "query($text: String!) { container { from(address: $text) { sync } } }", text
            )
        case "CacheVolume":
            return await _selected(session, "query($text: String!) { cacheVolume(key: $text) { id } }", text)
        case "Secret":
            return session.objects.put(session.secrets.refer(text))
        case "Directory":
            path = _local(session, argument, text)
            return session.objects.put(hostfiles.host_directory(session, _folder(path), argument.ignore))
        case "File":
            path = _local(session, argument, text)
            return session.objects.put(hostfiles.host_file(session, _file(path)))
    raise NotServed(f"a flag for a {argument.object_name}")


async def _selected(session: "Session", query: str, text: str) -> str:
    answer: Any = await execute(session, query, {"text": text})
    while isinstance(answer, dict):
        answer = next(iter(answer.values()))
    return str(answer)


def _local(session: "Session", argument: Argument, text: str) -> Path:
    if text.startswith(_REMOTE):
        raise NotServed(f"loading a {argument.object_name} from {text}")
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
