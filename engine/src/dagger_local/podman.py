"""All that is asked of Podman, in one place: argv only, everything in a storage of the engine's own."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from dagger_local.errors import NO_SPACE, EngineError
from dagger_local.processes import Ended, Sink, ended, started
from dagger_local.store import Store
from dagger_local.values import digest_of

_LABEL = "dagger-local.session"
_INSPECTED = "inspected"
_LASTING = re.compile(r"^(.+@sha256:)?[0-9a-f]{64}$")
# Else Podman mounts its storage on itself, and nothing could be moved or linked between it and the store.
_UNMOUNTED = "--storage-opt=overlay.skip_mount_home=true"
# All that Podman 4.3 says when a disk is full while it commits a container.
_UNWRITTEN = re.compile(r"storing layer .* to file: io: read/write on closed pipe")


@dataclass(frozen=True)
class Finished(Ended):
    """How a command of Podman's ended."""

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
        self._argv = (program, *places, _UNMOUNTED)
        self._store, self._session = store, session
        self._created: list[str] = []
        self._names: dict[str, str] = {}
        self._images: dict[str, dict[str, Any]] = {}
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
        async with started([*self._argv, *args], self._env, cwd=cwd) as process:
            done = await ended(process, stdin, on_stdout, on_stderr)
        return Finished(done.exit_code, done.stdout, done.stderr)

    async def text(self, *args: str) -> str:
        """Standard output of a command that must not fail."""
        done = await self.run(*args)
        if done.exit_code:
            raise EngineError(f"podman {args[0]}: {done.error}")
        return done.stdout.decode().strip()

    async def image(self, reference: str) -> dict[str, Any] | None:
        """What is known of a local image; None where there is no such image.

        What was found by an id or a digest stays true for as long as its layers are there.
        """
        lasting = _LASTING.search(reference) is not None
        found = self._store.entry(_INSPECTED, digest_of(reference)) if lasting else None
        if found is None or not _folder(found).exists():
            done = await self.run("image", "inspect", reference)
            if done.exit_code:
                return None
            found = json.loads(done.stdout)[0]
            if lasting:
                self._store.put_entry(_INSPECTED, digest_of(reference), found)
        self._images[found["Id"]] = found
        return found

    async def folder_of(self, image: str) -> Path:
        """Where the storage keeps the uppermost layer of an image, which is named by its id."""
        return _folder(await self._known(image))

    async def layers_of(self, image: str) -> list[str]:
        """The digests of an image's uncompressed layers, the lowest first."""
        return list((await self._known(image))["RootFS"]["Layers"])

    async def _known(self, image: str) -> dict[str, Any]:
        found = self._images.get(image) or await self.image(image)
        if found is None:
            raise EngineError(f"the image {image[:12]} is no longer in Podman's storage")
        return found

    async def create(self, *args: str) -> str:
        """A container that goes with the session; its id. Many are removed for little more than one is."""
        name = f"{self._session}-{len(self._created)}"
        self._created.append(name)
        known_by = (f"--label={_LABEL}={self._session}", f"--name={name}")
        made = await self.text("create", *known_by, "--pull=never", *args)
        self._names[made] = name
        return made

    async def idle_container(self, image: str) -> str:
        """A container of an image that is written to from outside and never started."""
        return await self.create("--network=none", image, "none")

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

    async def remove(self, containers: Sequence[str]) -> None:
        """Removes containers of this session, by id."""
        names = [self._names[one] for one in containers]
        await self._remove(names)
        self._created = [name for name in self._created if name not in names]

    async def remove_own(self) -> None:
        """Removes all containers of this session."""
        if self._created:
            await self._remove(self._created)

    async def _remove(self, names: Sequence[str]) -> None:
        await self.run("rm", "--force", "--ignore", "--time", "0", "--volumes", *names)

    async def remove_session(self, session: str) -> None:
        """Removes all containers of a session that was killed."""
        label = f"--filter=label={_LABEL}={session}"
        if containers := await self.text("ps", "--all", "--quiet", "--no-trunc", label):
            await self.run("rm", "--force", "--time", "0", "--volumes", *containers.split())

    async def remove_half_made(self) -> None:
        """Removes containers over which Podman was killed: they are in its storage and not in its list."""
        listing = ("ps", "--all", "--quiet", "--no-trunc")
        known, every = (await self.text(*listing), await self.text(*listing, "--external"))
        if half_made := set(every.split()) - set(known.split()):
            await self.run("rm", "--force", *half_made)


def _folder(image: dict[str, Any]) -> Path:
    """Where the storage keeps an image's uppermost layer."""
    return Path(image["GraphDriver"]["Data"]["UpperDir"]).parent
