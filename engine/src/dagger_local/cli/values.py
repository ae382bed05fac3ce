"""Turns what was given for a flag into what a query takes."""

from typing import TYPE_CHECKING, Any

from dagger_local import addresses
from dagger_local.cli.catalog import Argument
from dagger_local.cli.flags import Flag
from dagger_local.core.query import host_platform
from dagger_local.errors import EngineError

if TYPE_CHECKING:
    from dagger_local.session import Session


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
    return session.objects.put(await addresses.load(session, argument.object_name, text, argument.ignore))
