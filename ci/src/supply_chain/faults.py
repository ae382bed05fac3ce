"""Errors over the border: Dagger's become ours where a step fails, ours become Dagger's at the end."""

import functools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import dagger
from dagger._exceptions import QueryErrorValue
from dagger.mod._exceptions import FunctionError
from gql import gql

from supply_chain.errors import DiskFull, SupplyChainError, ToolUnavailable
from supply_chain.tools.output import last_words

P = ParamSpec("P")
R = TypeVar("R")


class Fault(dagger.ExecError, FunctionError):
    """One of our errors, as Dagger carries it.

    An error of type EXEC_ERROR ends `dagger call` with its own exit code and prints its message alone (tried
    on v0.21.8). Being a FunctionError too keeps the SDK from logging a traceback for what a user caused.
    """

    def __new__(cls, error: SupplyChainError) -> "Fault":
        """An instance of this class: Dagger's own constructor would look another one up by type."""
        return Exception.__new__(cls, error)

    def __init__(self, error: SupplyChainError) -> None:
        extensions = {"_type": self._type, "cmd": [], "exitCode": error.exit_code, "stdout": "", "stderr": ""}
        super().__init__([QueryErrorValue(message=error.message, extensions=extensions)], gql("{ version }"))  # type: ignore[no-untyped-call]


def never_cached(call: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """A Dagger function that runs at every call: its answer depends on the time or on a registry's state."""
    # The SDK's overloads leave `cache` out (dagger-io 0.21.8).
    return dagger.function(call, cache="never")  # type: ignore[call-overload, no-any-return]


def is_check(call: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """A Dagger function that `dagger check` runs as well. Stands below what makes it a function."""
    return dagger.check(call)  # type: ignore[return-value]


def carried(function: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """A Dagger function whose errors reach the shell with their message and exit code."""

    @functools.wraps(function)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await function(*args, **kwargs)
        except SupplyChainError as error:
            raise Fault(error) from error

    return wrapper


@contextmanager
def tool_failing_as(reader: Callable[[str], SupplyChainError]) -> Iterator[None]:
    """A failing command becomes what `reader` makes of its words; one that never ran, ToolUnavailable."""
    try:
        yield
    except dagger.ExecError as error:
        check_room(f"{error.stderr}\n{error.message}")
        raise reader(error.stderr or error.stdout or error.message) from error
    except dagger.QueryError as error:
        check_room(str(error))
        raise ToolUnavailable("a tool could not be run", why=last_words(str(error))) from error


@contextmanager
def failing_as(kind: type[SupplyChainError], what: str, advice: str = "") -> Iterator[None]:
    """Whatever Dagger could not do becomes an error of this kind."""
    try:
        yield
    except dagger.ExecError as error:
        check_room(f"{error.stderr}\n{error.message}")
        command = f"{' '.join(error.command)}: exit code {error.exit_code}"
        why = last_words(f"{error.stderr or error.stdout}\n{command}")
        raise kind(what, why=why, advice=advice) from error
    except dagger.QueryError as error:
        check_room(str(error))
        raise kind(what, why=last_words(str(error)), advice=advice) from error


def check_room(words: str) -> None:
    """DiskFull where that is what the words say, whatever was being done."""
    if "no space left on device" in words.lower():
        raise DiskFull("there is no room left on the disk", why=last_words(words))
