"""Networks for containers: namespaces on Podman's bridge, lent to one container after the other."""

import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import TaskGroup

from dagger_local.podman import Podman
from dagger_local.running import bridge
from dagger_local.store import Store


@dataclass(frozen=True)
class Network:
    """A network namespace, held by a container of Podman's that is never started.

    Attributes:
        address: Its address on the bridge.
        container: That container.
        holder: Its process.
        spec: The OCI configuration that Podman has made for that container. What else runs here runs by it:
            with the capabilities, limits, filters and names that Podman gives on this machine.
    """

    address: str
    container: str
    holder: int
    spec: dict[str, Any]


class Networks:
    """The networks of a session; making one takes longer than most commands."""

    def __init__(self, podman: Podman, store: Store) -> None:
        self._podman, self._store = podman, store
        self._free: list[Network] = []

    @contextlib.asynccontextmanager
    async def lent(self) -> AsyncIterator[Network]:
        """A network that nobody else has meanwhile."""
        network = self._free.pop() if self._free else await self._made()
        try:
            yield network
        finally:
            self._free.append(network)

    def retire(self, group: TaskGroup | None) -> None:
        """Has networks that nobody uses removed meanwhile: no more commands are expected."""
        if group and self._free:
            retired = [network.container for network in self._free]
            self.release()
            self._free.clear()
            group.start_soon(self._remove, retired)

    async def _remove(self, containers: list[str]) -> None:
        with anyio.CancelScope(shield=True):
            await self._podman.remove(containers)

    def release(self) -> None:
        """Ends what holds the networks: Podman, which then removes them, would wait for that."""
        for network in self._free:
            with contextlib.suppress(ProcessLookupError):
                os.kill(network.holder, signal.SIGKILL)

    async def _made(self) -> Network:
        root = self._store.temporary()
        # The capabilities and names of root, and no command that could run: there is nothing in the root.
        holder = await self._podman.create(
            "--init", "--network=bridge", "--security-opt=label=disable", "--unsetenv-all",
            '--entrypoint=["none"]', "--rootfs", str(root),
        )  # fmt: skip
        await self._podman.text("init", holder)
        bridge.keep_address()
        form = "{{.NetworkSettings.IPAddress}} {{.State.Pid}} {{.OCIConfigPath}}"
        address, pid, config = (await self._podman.text("inspect", "--format", form, holder)).split(
            maxsplit=2
        )
        return Network(address, holder, int(pid), json.loads(Path(config).read_text()))
