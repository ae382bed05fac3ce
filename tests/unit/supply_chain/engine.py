"""An engine of files and words: containers keep what is put into them, and one program answers all commands.

It stands behind Dagger's own client, so that nothing of the module is replaced; the program plays cosign,
crane or whoever else is asked.
"""

import copy
import functools
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, cast

import dagger
import pytest
from dagger import dag

from supply_chain.errors import SupplyChainError
from supply_chain.faults import Fault
from supply_chain.scripts import verify_bundles
from supply_chain.toolbox import script_args, script_text
from supply_chain.vouching import ASKING
from supply_chain.workbench import UNTIL_FAILURE, Answer

Files = dict[str, str]

Program = Callable[[list[str], Files], Answer]
"""Plays the tools: answers a command, which finds these files and may write more of them."""

GOOD = Answer(code=0, stdout="", stderr="")
"""What a command answers that has nothing to say."""


def bad(stderr: str, code: int = 1) -> Answer:
    """What a command answers that fails."""
    return Answer(code=code, stdout="", stderr=stderr)


def broken(words: str) -> dagger.ExecError:
    """What the SDK raises for a failed command."""
    fault = Fault(SupplyChainError("x"))
    fault.exit_code, fault.stderr, fault.stdout = 1, words, ""
    return fault


class Secret:
    """A secret."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def plaintext(self) -> str:
        """Its value."""
        return self.text


class File:
    """A file; read once somebody asks."""

    def __init__(self, read: Callable[[], str]) -> None:
        self.read = read

    async def contents(self) -> str:
        """All of it."""
        return self.read()

    async def sync(self) -> "File":
        """The file, once it is there."""
        self.read()
        return self


class Tree:
    """Files by path; made once somebody asks, and once only."""

    def __init__(self, read: Callable[[], Files] = dict) -> None:
        self.read = functools.cache(read)

    def _after(self, change: Callable[[Files], Files]) -> Self:
        grown = copy.copy(self)
        grown.read = functools.cache(lambda: change(dict(self.read())))
        return grown

    def with_new_file(self, path: str, text: str) -> Self:
        """The tree with a file more."""
        return self._after(lambda there: there | {path: text})

    def with_file(self, path: str, file: File) -> Self:
        """The tree with a file more."""
        return self._after(lambda there: there | {path: file.read()})

    def with_directory(self, path: str, directory: "Tree") -> Self:
        """The tree with a directory more."""
        return self._after(
            lambda there: there | {f"{path}/{name}": text for name, text in directory.read().items()}
        )

    def with_mounted_cache(self, path: str, volume: "Volume", *, sharing: dagger.CacheSharingMode) -> Self:
        """The tree with a cache volume's name in it."""
        return self.with_new_file(f"{path}/{sharing.name}", volume.key)

    with_mounted_file = with_file
    with_mounted_directory = with_directory

    def file(self, path: str) -> File:
        """One file."""
        return File(lambda: self.read()[path])

    def directory(self, path: str) -> "Directory":
        """One directory."""
        prefix = f"{path}/"
        return Directory(
            lambda: {
                name.removeprefix(prefix): text
                for name, text in self.read().items()
                if name.startswith(prefix)
            }
        )


class Volume:
    """A cache volume."""

    def __init__(self, key: str) -> None:
        self.key = key


class Directory(Tree):
    """A directory."""

    async def entries(self) -> list[str]:
        """Names of what is in it."""
        return sorted({name.partition("/")[0] for name in self.read()})

    async def sync(self) -> "Directory":
        """The directory, once it is there."""
        self.read()
        return self

    async def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in self.read()


class Container(Tree):
    """A container; its commands are run by the engine's program."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program
        self.image = ""
        self.variables: dict[str, str] = {}
        self.said = functools.partial(_nothing_was_run)

    def from_(self, reference: str) -> Self:
        """The container on an image."""
        return self._changed(image=reference)

    def with_user(self, _name: str) -> Self:
        """The container; who runs a command changes nothing here."""
        return self

    def with_env_variable(self, name: str, value: str) -> Self:
        """The container with a variable more."""
        return self._changed(variables=self.variables | {name: value})

    def with_secret_variable(self, name: str, secret: Secret) -> Self:
        """The container with a variable more, that is a secret."""
        return self.with_env_variable(name, secret.text)

    def file(self, path: str) -> File:
        """One file, which may be the image's own."""
        return File(lambda: self.read().get(path, f"{path} of {self.image}"))

    def with_exec(self, args: list[str], **_how: Any) -> Self:
        """The container after a command, or after all those that our own script is to run."""
        if args[:2] == script_args()[:2]:
            return self._after(lambda there: self._scripted(args, there))
        ran = functools.cache(lambda: self._ran(args))
        after = self._changed(said=lambda: ran()[0])
        after.read = functools.cache(lambda: _left(*ran()))
        return after

    async def sync(self) -> Self:
        """The container, once its commands have ended."""
        self.read()
        return self

    async def stdout(self) -> str:
        """What the command printed."""
        answer = self.said()
        if answer.code:
            raise broken(answer.stderr)
        return answer.stdout

    def _ran(self, args: list[str]) -> tuple[Answer, Files]:
        files = dict(self.read())
        return self.program(args, files), files

    def _scripted(self, args: list[str], files: Files) -> Files:
        if files[args[1]] == script_text("run_all"):
            return self._all_to_work(json.loads(files[args[2]]), files)
        assert files[args[1]] == script_text("run_commands")
        commands, answers, at_once, _title = args[2:]
        said: list[Answer] = []
        stages = json.loads(files[commands])
        for command in (command for chains in stages for chain in chains for command in chain):
            if said and said[-1].code and at_once == str(UNTIL_FAILURE):
                break
            said.append(self._asking(files) if command == [*ASKING] else self.program(command, files))
        return files | {answers: json.dumps([answer.model_dump() for answer in said])}

    def _all_to_work(self, commands: list[list[str]], files: Files) -> Files:
        for answer in [self.program(command, files) for command in commands]:
            if answer.code:
                raise broken(answer.stderr)
        return files

    def _asking(self, files: Files) -> Answer:
        """The script that asks about bundles, itself; its commands are run by the engine's program."""

        def ask(command: list[str]) -> dict[str, Any]:
            with_bundles = files | {str(path): path.read_text() for path in made.iterdir()}
            return self.program(command, with_bundles).model_dump()

        assert files[ASKING[1]] == script_text("verify_bundles")
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder)
            answers = verify_bundles.answered(json.loads(files[ASKING[2]]), made, ask)
        return Answer(code=0, stdout=json.dumps(answers), stderr="")

    def _changed(self, **attributes: Any) -> Self:
        changed = copy.copy(self)
        vars(changed).update(attributes)
        return changed


def _left(answer: Answer, files: Files) -> Files:
    if answer.code:
        raise broken(answer.stderr)
    return files


def _nothing_was_run() -> Answer:
    raise AssertionError("nothing was run")


class Engine:
    """What `dag` does."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.containers = 0

    def container(self) -> Container:
        """An empty container."""
        self.containers += 1
        return Container(self.program)

    def directory(self) -> Directory:
        """An empty directory."""
        return Directory()

    def cache_volume(self, key: str) -> Volume:
        """A cache volume."""
        return Volume(key)

    def set_secret(self, name: str, text: str) -> Secret:
        """A secret."""
        assert text not in name
        return Secret(text)


def run_by(program: Program, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Let an engine with this program stand behind Dagger's client."""
    engine = Engine(program)
    for name in ("container", "directory", "cache_volume", "set_secret"):
        monkeypatch.setattr(dag, name, getattr(engine, name))
    return engine


def secret(text: str) -> dagger.Secret:
    """A secret, as the module takes it."""
    return cast("dagger.Secret", Secret(text))


def directory(files: Files) -> dagger.Directory:
    """A directory, as the module takes it."""
    return cast("dagger.Directory", Directory(lambda: files))


def content(tree: dagger.Directory | dagger.Container) -> Files:
    """Everything in what the module made."""
    return cast("Tree", tree).read()
