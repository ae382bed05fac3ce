"""All that is asked of Podman, in one place: argv only, everything in a storage of the engine's own."""

import contextlib
import json
import os
import re
import secrets as tokens
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import ByteReceiveStream, Process

from dagger_local import host
from dagger_local.errors import NO_SPACE, EngineError
from dagger_local.store import Store

Sink = Callable[[bytes], None]


_LABEL = "dagger-local.session"
# Else Podman mounts its storage on itself, and nothing could be moved or linked between it and the store.
_UNMOUNTED = "--storage-opt=overlay.skip_mount_home=true"
# All that Podman 4.3 says when a disk is full while it commits a container.
_UNWRITTEN = re.compile(r"storing layer .* to file: io: read/write on closed pipe")


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    exit_code: int
    stdout: bytes
    stderr: bytes

    @property
    def error(self) -> str:
        """Standard error without Podman's own level names."""
        said = re.sub(r"^Error: ", "", self.stderr.decode(errors="replace").strip(), flags=re.MULTILINE)
        if _UNWRITTEN.search(said) and NO_SPACE not in said:
            return f"{NO_SPACE}, as it seems: a layer could not be written\n{said}"
        return said


class Podman:
    """Podman with a storage and a configuration of its own."""

    def __init__(self, program: str, store: Store, run_root: Path, session: str, conf: Path) -> None:
        self._root = store.root / "containers"
        places = ("--root", str(self._root), "--runroot", str(run_root))
        self._argv = (*host.ending_with_us(), program, *places, _UNMOUNTED)
        self._session = session
        self._used = False
        self._ended: set[str] = set()
        self._env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.environ.get("HOME", "/root"),
            "CONTAINERS_CONF": str(conf),
            "TMPDIR": str(store.temporary()),
        }

    async def run(
        self,
        *args: str,
        stdin: bytes = b"",
        cwd: Path | None = None,
        on_stdout: Sink | None = None,
        on_stderr: Sink | None = None,
    ) -> Finished:
        """Runs one command to its end; it is ended with us, whatever ends us.

        Args:
            args: After `podman`.
            stdin: Given to the command.
            cwd: Where it runs.
            on_stdout: Gets output as it comes.
            on_stderr: Likewise.
        """
        async with self._process(args, cwd) as process:
            out, err = bytearray(), bytearray()
            async with anyio.create_task_group() as group:
                group.start_soon(_collect, process.stdout, out, on_stdout)
                group.start_soon(_collect, process.stderr, err, on_stderr)
                group.start_soon(_feed, process, stdin)
            code = await process.wait()
        return Finished(code, bytes(out), bytes(err))

    @contextlib.asynccontextmanager
    async def _process(self, args: Sequence[str], cwd: Path | None) -> AsyncIterator[Process]:
        # A session of its own: Ctrl-C in the terminal reaches us alone, and we end it in order.
        process = await anyio.open_process(
            [*self._argv, *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._env,
            cwd=cwd,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
            with anyio.CancelScope(shield=True):
                await process.aclose()

    async def text(self, *args: str) -> str:
        """Standard output of a command that must not fail."""
        done = await self.run(*args)
        if done.exit_code:
            raise EngineError(f"podman {args[0]}: {done.error}")
        return done.stdout.decode().strip()

    async def image(self, reference: str) -> dict[str, Any] | None:
        """What is known of a local image; None where there is no such image."""
        done = await self.run("image", "inspect", reference)
        if done.exit_code:
            return None
        found: dict[str, Any] = json.loads(done.stdout)[0]
        return found

    @contextlib.asynccontextmanager
    async def secret_variables(self, texts: Mapping[str, str]) -> AsyncIterator[list[str]]:
        """Flags for `create` that give a container secrets, by variable.

        As Podman's own secrets, kept in the session's folder in memory, they are neither in Podman's database
        nor in a configuration that a commit would carry into an image.
        """
        names = {variable: f"{self._session}-{tokens.token_hex(8)}" for variable in texts}
        try:
            for variable, name in names.items():
                if texts[variable]:  # Podman has no empty secrets
                    await self._create_secret(name, texts[variable])
            yield [
                f"--secret={name},type=env,target={variable}" if texts[variable] else f"--env={variable}="
                for variable, name in names.items()
            ]
        finally:
            with anyio.CancelScope(shield=True):
                if names:
                    await self.run("secret", "rm", *names.values())

    async def _create_secret(self, name: str, text: str) -> None:
        done = await self.run("secret", "create", name, "-", stdin=os.fsencode(text))
        if done.exit_code:
            raise EngineError(f"podman secret create: {done.error}")

    @contextlib.asynccontextmanager
    async def container(self, *create: str) -> AsyncIterator[str]:
        """A container, created and not started; nothing runs in it afterwards, and it goes with the session.

        Many are removed at a time for little more than one is.
        """
        self._used = True
        made = await self.text("create", f"--label={_LABEL}={self._session}", *create)
        try:
            yield made
        finally:
            if made not in self._ended:
                with anyio.CancelScope(shield=True):
                    await self.run("rm", "--force", "--time", "0", "--volumes", made)

    @contextlib.asynccontextmanager
    async def idle_container(self, image: str) -> AsyncIterator[str]:
        """A container of an image that is looked at or written to from outside and never started."""
        async with self.container("--network=none", image, "none") as made:
            self._ended.add(made)
            yield made

    async def run_out(self, container: str, stdin: bytes, on_stdout: Sink, on_stderr: Sink) -> Finished:
        """Starts a container and stays with it to its end."""
        options = ["--attach", *(["--interactive"] if stdin else [])]
        done = await self.run(
            "start", *options, container, stdin=stdin, on_stdout=on_stdout, on_stderr=on_stderr
        )
        self._ended.add(container)
        return done

    async def mounted(self, container: str) -> Path:
        """The container's root filesystem on the host."""
        return Path(await self.text("mount", container))

    async def fill(self, container: str, layer: Path) -> None:
        """Puts a layer into a container that never ran, by links: its files must not be written to."""
        upper = await self.text("inspect", "--format", "{{.GraphDriver.Data.UpperDir}}", container)
        await anyio.run_process(["cp", "--archive", "--link", "--no-target-directory", str(layer), upper])

    async def commit(self, container: str) -> str:
        """The container's root filesystem as an image; its id.

        Podman's commit keeps the container's configuration too; the engine never reads it from there.
        """
        return await self.text("commit", "--quiet", "--format", "oci", container)

    async def remove_own(self) -> None:
        """Removes what is left of this session; at no cost where it made nothing."""
        if self._used:
            await self.remove_session(self._session)

    async def remove_session(self, session: str) -> None:
        """Removes all containers and secrets of a session, this one or a dead one."""
        label = f"--filter=label={_LABEL}={session}"
        containers = await self.text("ps", "--all", "--quiet", "--no-trunc", label)
        if containers:
            await self.run("rm", "--force", "--time", "0", "--volumes", *containers.split())
        names = (await self.text("secret", "ls", "--format", "{{.Name}}")).split()
        if mine := [name for name in names if name.startswith(f"{session}-")]:
            await self.run("secret", "rm", *mine)

    async def remove_half_made(self) -> None:
        """Removes containers over which Podman was killed: they are in its storage and not in its list."""
        listing = ("ps", "--all", "--quiet", "--no-trunc")
        known, every = (await self.text(*listing), await self.text(*listing, "--external"))
        if half_made := set(every.split()) - set(known.split()):
            await self.run("rm", "--force", *half_made)


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
