"""Runs a module's code in processes of its own, each with a token that says which call it is."""

import array
import contextlib
import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from dagger_local.errors import EngineError
from dagger_local.module.calls import FunctionCall
from dagger_local.module.source import ModuleSource
from dagger_local.module.waiting import Waiting, environment

if TYPE_CHECKING:
    from dagger_local.scopes import Scope
    from dagger_local.session import Session


@dataclass
class Runtime:
    """The module's processes: one that waits, and one for each call under way.

    Attributes:
        source: The module.
        waiting: The process that waits.
        dependencies: Those of the modules it depends on.
        scope: What its calls see of the API.
    """

    source: ModuleSource
    waiting: Waiting
    dependencies: "tuple[Runtime, ...]"
    scope: "Scope | None" = None

    @classmethod
    @contextlib.contextmanager
    def start(cls, source: ModuleSource, waiting: Waiting, drafts: Path) -> Iterator["Runtime"]:
        """Has the processes import their modules while others get on with their work.

        Args:
            source: The module; for those it depends on processes are started as well, one for each.
            waiting: The process for it.
            drafts: For theirs, as in `Waiting.started`.
        """
        with contextlib.ExitStack() as stack:
            started: dict[tuple[Path, str], Runtime] = {}

            def start(one: ModuleSource) -> Runtime:
                if (one.root, one.name) not in started:
                    below = tuple(map(start, one.dependencies))
                    own = waiting if one is source else stack.enter_context(Waiting.started(drafts))
                    started[one.root, one.name] = made = cls(one, own, below)
                    made._tell()
                return started[one.root, one.name]

            yield start(source)

    def _tell(self) -> None:
        self._send(self._environment(), [])

    def bind(self, bindings: str) -> None:
        """Gives the module's process what it knows its dependencies by, before its first call."""
        _bindings(self.waiting.home).write_text(bindings)

    async def run(self, session: "Session", call: FunctionCall) -> Any:
        """Runs one function to its end.

        Returns:
            What it returned, JSON decoded.

        Raises:
            EngineError: The function raised an error, or its process died.
        """
        token = session.token_for(call, self.scope or session.scope)
        env = self._environment() | {
            "DAGGER_SESSION_PORT": str(session.port),
            "DAGGER_SESSION_TOKEN": token,
        }
        try:
            with session.progress.step(f"{self.source.config.name}: {call}") as step:
                code = await self._process(session, step, env)
                return _outcome(call, code)
        finally:
            session.forget(token)

    async def _process(self, session: "Session", step: int, env: dict[str, str]) -> int | None:
        """Has a process forked, passes on what it prints, and waits for it."""
        with _pipes(3) as ((out, err, status), theirs):
            self._send(env, theirs)
            pid = await _number(status)
            try:
                async with anyio.create_task_group() as group:
                    for stream in (out, err):
                        group.start_soon(_pass_on, session, step, stream)
                    code = await _number(status)
                    _end(pid)  # whatever the call left running would keep the streams open
                if code is None and self.waiting.ended:
                    raise EngineError(f"the module's Python process ended: {self.waiting.last_words}")
                return code
            finally:
                _end(pid)

    def _send(self, env: dict[str, str], fds: list[int]) -> None:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        try:
            self.waiting.requests.sendmsg([json.dumps(env).encode()], rights)
        except OSError:
            raise EngineError(f"the module's Python process ended: {self.waiting.last_words}") from None
        finally:
            for fd in fds:
                os.close(fd)

    def _environment(self) -> dict[str, str]:
        """All that the module sees."""
        source, home = self.source, self.waiting.home
        return {
            **environment(home),
            "PYTHONPATH": str(source.import_root),
            "DAGGER_MODULE": source.config.name,
            "DAGGER_MAIN_OBJECT": source.main_object,
            "DAGGER_DEFAULT_PYTHON_PACKAGE": source.package,
            "DAGGER_LOCAL_ENTRY_POINT": source.entry_point,
            "DAGGER_LOCAL_BINDINGS": str(_bindings(home)) if source.dependencies else "",
        }


def _bindings(home: Path) -> Path:
    return home / "dagger_dependencies.py"


def _outcome(call: FunctionCall, code: int | None) -> Any:
    if call.error:
        raise call.error
    if call.result is None:
        how = (
            "was ended"
            if code is None
            else f"was killed by signal {-code}"
            if code < 0
            else f"ended with {code}"
        )
        raise EngineError(
            f"the process of the module's function {call} {how} before it answered; see its output"
        )
    return json.loads(call.result)


@contextlib.contextmanager
def _pipes(count: int) -> Iterator[tuple[list[int], list[int]]]:
    """Reading ends, which are closed afterwards, and writing ends, which are somebody else's to close."""
    pairs = [os.pipe() for _ in range(count)]
    try:
        yield [read for read, _ in pairs], [write for _, write in pairs]
    finally:
        for read, _ in pairs:
            os.close(read)


async def _chunks(fd: int) -> AsyncIterator[bytes]:
    os.set_blocking(fd, False)
    while True:
        await anyio.wait_readable(fd)
        chunk = os.read(fd, 1 << 16)
        if not chunk:
            return
        yield chunk


async def _number(fd: int) -> int | None:
    """The next line of the status pipe; None if there is none to come."""
    line = b""
    while not line.endswith(b"\n"):
        await anyio.wait_readable(fd)
        char = os.read(fd, 1)
        if not char:
            return None
        line += char
    return int(line)


async def _pass_on(session: "Session", step: int, fd: int) -> None:
    """Prints what the call prints, whole lines at a time so that no secret is cut in two."""
    rest = b""
    async for chunk in _chunks(fd):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            session.progress.output(step, line.decode(errors="replace"))
    if rest:
        session.progress.output(step, rest.decode(errors="replace"))


def _end(pid: int | None) -> None:
    """Ends a call's process group."""
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
