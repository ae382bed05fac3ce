"""Networks: those that nobody needs any more are removed while others get on with their work."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import anyio
from anyio.abc import TaskGroup

from dagger_local.podman import Podman
from dagger_local.running.networks import Network, Networks
from dagger_local.store import Store

_NOBODY = 1 << 22  # no process has that number


class Making(Networks):
    """Makes networks without Podman."""

    def __init__(self, store: Path) -> None:
        self.removed = list[str]()
        super().__init__(cast("Podman", self), Store(store))
        self.made = 0

    async def _made(self) -> Network:
        self.made += 1
        return Network(f"10.0.0.{self.made}", f"c{self.made}", _NOBODY, {})

    async def remove(self, containers: list[str]) -> None:
        self.removed += containers


def run(networks: Making, what: Callable[[Making, TaskGroup], Awaitable[None]]) -> None:
    async def main() -> None:
        async with anyio.create_task_group() as group:
            await what(networks, group)

    anyio.run(main)


def test_networks_that_nobody_uses_are_removed_and_others_stay(tmp_path: Path) -> None:
    async def lend(networks: Making, group: TaskGroup) -> None:
        async with networks.lent():
            async with networks.lent():
                pass
            networks.retire(group)
        async with networks.lent() as again:
            assert again.container == "c1"

    networks = Making(tmp_path)
    run(networks, lend)
    assert networks.removed == ["c2"]
