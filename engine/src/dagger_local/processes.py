"""Other programs: argv only, ended with us, their output passed on as it comes."""

import contextlib
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import anyio
from anyio.abc import ByteReceiveStream, Process

from dagger_local import host

Sink = Callable[[bytes], None]


@dataclass(frozen=True)
class Ended:
    """How a program ended, and all that it said."""

    exit_code: int
    stdout: bytes
    stderr: bytes


@contextlib.asynccontextmanager
async def started(
    argv: Sequence[str],
    env: Mapping[str, str],
    *,
    cwd: Path | None = None,
    stdin: int = subprocess.PIPE,
    output: int | IO[bytes] = subprocess.PIPE,
    end: signal.Signals = signal.SIGTERM,
) -> AsyncIterator[Process]:
    """A program under way, which does not outlive the block, nor this process.

    Args:
        argv: The program and its arguments.
        env: All of its environment.
        cwd: Where it runs.
        stdin: What it reads.
        output: Where it writes, errors too; a pipe for each if nothing is said.
        end: What ends it and what it has started.
    """
    # A session of its own: Ctrl-C in the terminal reaches us alone, and we end it in order.
    process = await anyio.open_process(
        [*host.ending_with_us(), *argv],
        stdin=stdin,
        stdout=output,
        stderr=output,
        env=env,
        cwd=cwd,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, end)
        with anyio.CancelScope(shield=True):
            await process.aclose()


async def ended(
    process: Process, stdin: bytes = b"", on_stdout: Sink | None = None, on_stderr: Sink | None = None
) -> Ended:
    """Feeds a program and waits for its end; what it writes goes to the sinks as it comes."""
    out, err = bytearray(), bytearray()
    async with anyio.create_task_group() as group:
        group.start_soon(_collect, process.stdout, out, on_stdout)
        group.start_soon(_collect, process.stderr, err, on_stderr)
        group.start_soon(_feed, process, stdin)
    return Ended(await process.wait(), bytes(out), bytes(err))


async def _collect(stream: ByteReceiveStream | None, into: bytearray, sink: Sink | None) -> None:
    if stream is None:
        return
    async for chunk in stream:
        into.extend(chunk)
        if sink:
            sink(chunk)


async def _feed(process: Process, stdin: bytes) -> None:
    if process.stdin is None:
        return
    with contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        if stdin:
            await process.stdin.send(stdin)
        await process.stdin.aclose()
