"""Runs a module's code in processes of its own, each with a token that says which call it is."""

import array
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from dagger_local.errors import EngineError
from dagger_local.module.calls import FunctionCall
from dagger_local.module.source import ModuleSource

if TYPE_CHECKING:
    from dagger_local.scopes import Scope
    from dagger_local.session import Session

ENTRY = Path(__file__).with_name("entry.py")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass
class Runtime:
    """The module's processes: one that waits, and one for each call under way.

    Attributes:
        source: The module.
        home: A folder for its calls, gone afterwards: their HOME, working directory and TMPDIR.
        dependencies: Those of the modules it depends on.
        scope: What its calls see of the API.
    """

    source: ModuleSource
    home: Path
    dependencies: "tuple[Runtime, ...]"
    _requests: socket.socket
    _server: subprocess.Popen[bytes]
    _stderr: Any
    scope: "Scope | None" = None

    @classmethod
    @contextlib.contextmanager
    def start(cls, source: ModuleSource, drafts: Path) -> Iterator["Runtime"]:
        """Starts the processes that wait; they import the SDK while others get on with their work.

        Args:
            source: The module; those it depends on are started as well, each once.
            drafts: The store's folder for what is swept away once the process in its name is no more; the
                folder of compiled code stands beside it.
        """
        with contextlib.ExitStack() as stack:
            started: dict[tuple[Path, str], Runtime] = {}

            def start(one: ModuleSource) -> Runtime:
                if (one.root, one.name) not in started:
                    below = tuple(map(start, one.dependencies))
                    started[one.root, one.name] = stack.enter_context(cls._start(one, below, drafts))
                return started[one.root, one.name]

            yield start(source)

    @classmethod
    @contextlib.contextmanager
    def _start(
        cls, source: ModuleSource, dependencies: "tuple[Runtime, ...]", drafts: Path
    ) -> Iterator["Runtime"]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        drafts.mkdir(parents=True, exist_ok=True, mode=0o700)
        bytecode = drafts.resolve().parent / "bytecode"
        bytecode.mkdir(exist_ok=True, mode=0o700)
        home = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-module-", dir=drafts.resolve()))
        with tempfile.TemporaryFile() as stderr, ours:
            argv = [sys.executable, "-P", str(ENTRY), str(theirs.fileno())]
            env = _environment(source, home) | {"DAGGER_LOCAL_BYTECODE": str(bytecode)}
            server = subprocess.Popen(
                argv, env=env, cwd=home, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=stderr, stderr=stderr, start_new_session=True,
            )  # fmt: skip
            theirs.close()
            try:
                yield cls(source, home, dependencies, ours, server, stderr)
            finally:
                server.kill()
                server.wait()
                shutil.rmtree(home, ignore_errors=True)

    def bind(self, bindings: str) -> None:
        """Gives the module's process what it knows its dependencies by, before its first call."""
        _bindings(self.home).write_text(bindings)

    async def run(self, session: "Session", call: FunctionCall) -> Any:
        """Runs one function to its end.

        Returns:
            What it returned, JSON decoded.

        Raises:
            EngineError: The function raised an error, or its process died.
        """
        token = session.token_for(call, self.scope or session.scope)
        env = _environment(self.source, self.home) | {
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
                if code is None and self._server.poll() is not None:
                    raise EngineError(f"the module's Python process ended: {self._last_words()}")
                return code
            finally:
                _end(pid)

    def _send(self, env: dict[str, str], fds: list[int]) -> None:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
        try:
            self._requests.sendmsg([json.dumps(env).encode()], rights)
        except OSError:
            raise EngineError(f"the module's Python process ended: {self._last_words()}") from None
        finally:
            for fd in fds:
                os.close(fd)

    def _last_words(self) -> str:
        self._stderr.seek(0)
        return self._stderr.read().decode(errors="replace").strip() or "it said nothing"


def _environment(source: ModuleSource, home: Path) -> dict[str, str]:
    """All that a module sees: nothing of its caller's environment but where programs and authorities are."""
    passed = {name: os.environ[name] for name in ("PATH", *_CERTIFICATES) if name in os.environ}
    return passed | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(source.import_root),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OTEL_SDK_DISABLED": "true",
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
