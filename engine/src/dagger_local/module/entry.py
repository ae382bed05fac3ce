"""Runs a module's functions: a process that has imported SDK and module once, and forks for every call.

Importing the SDK takes a second, a fork some milliseconds. A call's process is thus as fresh as one that
Dagger starts, but for imported modules. Nothing here imports the engine: the module must not see it.

Over the socket comes first the module: its environment as JSON. Then, for each call, one message: the
environment, with three file descriptors: standard output, standard error, and a pipe for the process's number
and, at its end, its exit status.
"""

import array
import contextlib
import ctypes
import gc
import importlib
import importlib.util
import json
import os
import select
import signal
import socket
import sys
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import NoReturn

PR_SET_PDEATHSIG = 1
MESSAGE = 1 << 20
LIBRARIES = ("beartype", "gql.client", "httpx", "cattrs", "opentelemetry.sdk.trace")


def beside(name: str) -> ModuleType:
    """Loads a file that lies beside this one, under a name that no module looks for."""
    path = f"{__file__.rpartition('/')[0]}/{name}.py"
    spec = importlib.util.spec_from_file_location(f"_dagger_local_{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


sdk = beside("sdk")


def main() -> None:
    """Serves until the engine closes its end of the socket, or is killed."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    running: dict[int, int] = {}
    signal.signal(signal.SIGTERM, lambda *_: end(running))
    when_parent_dies(signal.SIGTERM)
    gc.disable()  # nearly all that an import makes stays; each call's process collects its own again
    preload()
    waker, wakened = os.pipe()
    os.set_blocking(wakened, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakened)
    watched: list[socket.socket | int] = [requests, waker]
    while True:
        ready, _, _ = select.select(watched, [], [])
        if waker in ready:
            os.read(waker, 512)
            report_ended(running)
        if requests in ready:
            message, fds = receive(requests)
            if not message:
                end(running)
            if not fds:
                load(json.loads(message))
                continue
            bind()
            start(requests, json.loads(message), fds, running)


def preload() -> None:
    """Imports what the SDK stands on. The SDK itself looks at once which module it is for."""
    with sdk.without_programs():
        for name in LIBRARIES:
            with contextlib.suppress(ImportError):  # of a later SDK
                importlib.import_module(name)


def load(env: dict[str, str]) -> None:
    """Imports the SDK for a module; and the module, unless it needs its dependencies' bindings for that."""
    os.environ.update(env)
    sys.path.insert(0, env["PYTHONPATH"])  # where it would stand had it been there from the start
    with sdk.checks_when_used(), sdk.without_programs():
        for name in ("dagger.mod.cli", "httpcore", "anyio._backends._asyncio"):
            importlib.import_module(name)
    sdk.make_lean()
    if kept := os.environ.get("DAGGER_LOCAL_BYTECODE"):
        beside("bytecode").keep(os.environ["PYTHONPATH"], kept)
    if not os.environ.get("DAGGER_LOCAL_BINDINGS"):
        preload_module()


def preload_module() -> None:
    """Imports the module if that works; a call that finds it broken will say why."""
    with (
        contextlib.suppress(Exception),
        open(os.devnull, "w") as nowhere,  # noqa: PTH123 - nothing else is imported for it
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        importlib.import_module(os.environ["DAGGER_LOCAL_ENTRY_POINT"].partition(":")[0])
    gc.freeze()  # so that forked processes share this memory


def bind() -> None:
    """Before the first call: makes the dependencies' classes part of the SDK, and methods of its client."""
    path = os.environ.pop("DAGGER_LOCAL_BINDINGS", "")
    if not path:
        return
    import dagger  # noqa: PLC0415
    from dagger.client import gen  # noqa: PLC0415

    names = vars(gen)
    with open(path) as code:  # noqa: PTH123 - nothing else is imported for it
        exec(compile(code.read(), path, "exec"), names)  # noqa: S102 - the engine has written it
    for name in names["_BOUND"]:
        names[name].__module__ = "dagger"  # as the SDK does with its own
        setattr(dagger, name, names[name])
    for name, method in vars(names["_Constructors"]).items():
        if not name.startswith("_"):
            method.__qualname__ = f"Query.{name}"
            setattr(gen.Query, name, names["typecheck"](method))
    preload_module()


def receive(requests: socket.socket) -> tuple[bytes, list[int]]:
    """One message and the descriptors that came with it."""
    fds = array.array("i")
    message, ancillary, _, _ = requests.recvmsg(MESSAGE, socket.CMSG_SPACE(3 * fds.itemsize))
    for _level, _type, data in ancillary:
        fds.frombytes(data)
    return message, list(fds)


def start(requests: socket.socket, env: dict[str, str], fds: list[int], running: dict[int, int]) -> None:
    """Forks a process for one call."""
    out, err, status = fds
    pid = os.fork()
    if pid == 0:
        requests.close()
        call(env, out, err, [*running.values(), status])
    os.close(out)
    os.close(err)
    os.write(status, f"{pid}\n".encode())
    running[pid] = status


def report_ended(running: dict[int, int]) -> None:
    """Tells the engine of processes that have ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            pipe = running.pop(pid, None)
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    os.write(pipe, f"{os.waitstatus_to_exitcode(status)}\n".encode())
                os.close(pipe)


def call(env: dict[str, str], out: int, err: int, others: list[int]) -> NoReturn:
    """The life of a call's process."""
    code = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        when_parent_dies(signal.SIGKILL)
        gc.enable()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        for fd in (out, err, *others):
            os.close(fd)
        os.environ.clear()
        os.environ.update(env)
        os.chdir(env["HOME"])
        code = run()
    except BaseException:  # noqa: BLE001 - the process must end here whatever happens
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def run() -> int:
    """The SDK's own entry: loads the module's class, asks the engine which call it is, answers."""
    from dagger.mod import cli  # noqa: PLC0415

    sdk.name_unserved_calls()
    value = os.environ["DAGGER_LOCAL_ENTRY_POINT"]
    cli.get_entry_point = lambda: EntryPoint(cli.ENTRY_POINT_NAME, value, cli.ENTRY_POINT_GROUP)
    return cli.app() or 0


def end(running: dict[int, int]) -> NoReturn:
    """Ends all calls with whatever they have started, then this process."""
    for pid in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    os._exit(0)


def when_parent_dies(number: signal.Signals) -> None:
    """Has the kernel send this process a signal when the one that started it is gone, killed or not."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


if __name__ == "__main__":
    main()
