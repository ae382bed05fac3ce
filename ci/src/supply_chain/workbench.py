"""Several tools in one container: a step that asks cosign nine things costs one start, not nine."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import PurePosixPath

import dagger
from dagger import dag
from pydantic import TypeAdapter

from supply_chain.errors import InternalError
from supply_chain.faults import tool_failing_as
from supply_chain.images import Images
from supply_chain.models.base import OwnModel
from supply_chain.toolbox import fresh, script, script_args
from supply_chain.tools import cosign, crane
from supply_chain.tools.output import last_words

Command = Sequence[str]
Chain = Sequence[Command]
"""Commands that are run one after the other."""
Stage = Sequence[Chain]
"""Chains that are run side by side."""

UNTIL_FAILURE = 0
"""As many at once: one after the other, and none after one that failed."""

_PROGRAMS = "/ko-app"
_FEW_COLLECTIONS = ("GOGC", "400")
"""Programs that live for a tenth of a second spend a quarter of it on garbage that goes with them anyway
(measured: `cosign verify-blob-attestation` of an SBOM 110 ms of CPU, so 85; https://go.dev/doc/gc-guide)."""
_COMMANDS = "/run/supply-chain/commands.json"
_ANSWERS = "/answers/answers.json"


class Answer(OwnModel):
    """What one command came to."""

    code: int
    """Its exit code."""
    stdout: str
    """What it printed."""
    stderr: str
    """What it said beside that."""


def workbench(images: Images) -> dagger.Container:
    """A container with cosign and crane in it; never answered from a cache."""
    programs = dag.directory()
    for program, image in ((cosign.PROGRAM, images.cosign), (crane.PROGRAM, images.crane)):
        made = dag.container().from_(image.reference).file(program)
        programs = programs.with_file(program.removeprefix(f"{_PROGRAMS}/"), made)
    # A folder is mounted as it is; a file is writable and so is copied, all 88 MB of cosign each time.
    bench = fresh(script(images.python, "run_commands")).with_mounted_directory(_PROGRAMS, programs)
    return bench.with_env_variable(*_FEW_COLLECTIONS)


async def answers(
    container: dagger.Container,
    commands: Sequence[Command],
    *,
    at_once: int = 1,
    inside: Sequence[Command] = (),
) -> list[Answer]:
    """What the commands came to, in their order; `at_once` of them are run side by side.

    With UNTIL_FAILURE, the answers end with the first command that failed. Those `inside` are run by the
    commands themselves; whoever watches is told of them too.
    """
    return await _answers(_asking(container, [each(commands)], at_once, inside))


async def run(
    container: dagger.Container,
    stages: Sequence[Stage],
    *,
    at_once: int = 1,
    inside: Sequence[Command] = (),
) -> tuple[list[Answer], dagger.Container]:
    """As `answers`, of all commands of all stages, and the container as they left it.

    A stage begins once the one before it has ended; `at_once` of its chains are run side by side.
    """
    with _failing():
        # From now on it is named by its id: what leads to it may be long, and is not sent again.
        left = await _asking(container, stages, at_once, inside).sync()
    return await _answers(left), left


def _asking(
    container: dagger.Container, stages: Sequence[Stage], at_once: int, inside: Sequence[Command]
) -> dagger.Container:
    """The container after the commands."""
    commands = [command for chains in stages for chain in chains for command in chain]
    args = script_args(_COMMANDS, _ANSWERS, str(at_once), _title([*commands, *inside]))
    container = container.with_new_file(_COMMANDS, json.dumps(stages))
    return container.with_directory("/answers", dag.directory()).with_exec(args)


async def _answers(asked: dagger.Container) -> list[Answer]:
    """What commands came to."""
    with _failing():
        return TypeAdapter(list[Answer]).validate_json(await asked.file(_ANSWERS).contents())


def _failing() -> AbstractContextManager[None]:
    return tool_failing_as(lambda words: InternalError("commands could not be run", why=last_words(words)))


def each(commands: Sequence[Command]) -> Stage:
    """A stage of commands that do not wait for each other."""
    return [[command] for command in commands]


def _title(commands: Sequence[Command]) -> str:
    """What is run, for whoever watches: each program with its first word, once."""
    named = (" ".join(PurePosixPath(word).name for word in command[:2]) for command in commands)
    return ", ".join(dict.fromkeys(named))
