"""How tools are run: each in its own image; what must be fresh is never replayed from a cache."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from typing import TypeVar, cast

import anyio
import dagger
from dagger import dag

from supply_chain.images import Image

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")

_NONCE = "SUPPLY_CHAIN_NONCE"
_SCRIPT = "/run/supply-chain/script.py"


def tool(reference: str) -> dagger.Container:
    """The tool's container, as root: images differ in the user they name, and results must be writable."""
    return dag.container().from_(reference).with_user("0:0")


def fresh(container: dagger.Container) -> dagger.Container:
    """The container with a nonce: what it runs depends on the time or on a registry, which no cache knows."""
    return container.with_env_variable(_NONCE, uuid.uuid4().hex)


def with_files(container: dagger.Container, files: Mapping[str, str]) -> dagger.Container:
    """The container with text files, by path."""
    for path, text in files.items():
        container = container.with_new_file(path, text)
    return container


def text_file(name: str, text: str) -> dagger.File:
    """A file of this name."""
    return dag.directory().with_new_file(name, text).file(name)


def script(python: Image, name: str) -> dagger.Container:
    """A container that holds one of our scripts; run it with `script_args`."""
    return with_script(tool(python.reference), name)


def with_script(container: dagger.Container, name: str) -> dagger.Container:
    """The container, with one of our scripts in it."""
    return container.with_new_file(_SCRIPT, script_text(name))


def script_text(name: str) -> str:
    """One of our scripts."""
    return (files("supply_chain") / "scripts" / f"{name}.py").read_text()


def script_args(*args: str, python: str = "python3") -> list[str]:
    """The command that runs the script."""
    return [python, _SCRIPT, *args]


async def side_by_side(*jobs: Callable[[], Awaitable[T]]) -> list[T]:
    """Run independent jobs at once; the results, or the first error in the order of the jobs.

    None is cancelled when another fails: which error ends a run must not depend on who was faster.
    """
    results: dict[int, T] = {}
    errors: dict[int, Exception] = {}

    async def run(number: int, job: Callable[[], Awaitable[T]]) -> None:
        try:
            results[number] = await job()
        except Exception as error:  # noqa: BLE001 - raised below
            errors[number] = error

    async with anyio.create_task_group() as group:
        for number, job in enumerate(jobs):
            group.start_soon(run, number, job)
    for _, error in sorted(errors.items()):
        raise error
    return [results[number] for number in range(len(jobs))]


async def both(first: Callable[[], Awaitable[A]], second: Callable[[], Awaitable[B]]) -> tuple[A, B]:
    """Two jobs of different kinds, side by side."""
    done: list[A | B] = await side_by_side(first, second)
    return cast("tuple[A, B]", tuple(done))
