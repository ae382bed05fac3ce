"""Services: started when somebody needs them, reached by address, gone when the session ends."""

import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from anyio.abc import Process

from dagger_local.errors import EngineError, ExecFailed
from dagger_local.prepare import Prepared, prepared
from dagger_local.servicelog import ServiceLog, last_lines
from dagger_local.states import Port, ServiceState

if TYPE_CHECKING:
    from dagger_local.session import Session

LINGER_SECONDS = (
    10.0  # a bound service without clients for longer has forgotten everything (recorded on Dagger)
)
START_SECONDS = 120.0
_POLL_SECONDS = 0.05


@dataclass
class Running:
    """A service that is up."""

    address: str
    ports: tuple[Port, ...]
    stack: AsyncExitStack
    clients: int = 0
    kept: bool = False
    idle_since: float = 0.0

    @property
    def stale(self) -> bool:
        """Whether Dagger would have stopped it by now."""
        return not self.kept and not self.clients and time.monotonic() - self.idle_since > LINGER_SECONDS


class Services:
    """The services of a session; equal services are one."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._known: dict[str, ServiceState] = {}
        self._running: dict[str, Running] = {}
        self._locks: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)

    def know(self, service: ServiceState) -> str:
        """Makes a service startable by its key, which is returned."""
        self._known[service.key] = service
        return service.key

    async def up(self, key: str, alias: str = "") -> Running:
        """The service, started if it is not running.

        Raises:
            ExecFailed: It ended before it listened; the code is its own.
        """
        async with self._locks[key]:
            running = self._running.get(key)
            if running and running.stale:
                await self._end(key)
                running = None
            if running is None:
                running = self._running[key] = await self._start(self._known[key], alias)
            return running

    async def keep(self, key: str) -> None:
        """Starts a service and keeps it until it is stopped."""
        (await self.up(key)).kept = True

    async def stop(self, key: str) -> None:
        """Stops a service; one that is not running stays so."""
        async with self._locks[key]:
            await self._end(key)

    async def _end(self, key: str) -> None:
        if running := self._running.pop(key, None):
            await running.stack.aclose()

    async def stop_all(self) -> None:
        """Stops everything."""
        for key in list(self._running):
            await self._end(key)

    @contextlib.asynccontextmanager
    async def bound(self, bindings: Sequence[tuple[str, str]]) -> AsyncIterator[list[tuple[str, str]]]:
        """Names and addresses of services, all of them up while the block runs."""
        used: list[Running] = []
        hosts: list[tuple[str, str]] = []
        try:
            for alias, key in bindings:
                running = await self.up(key, alias)
                running.clients += 1
                used.append(running)
                hosts.append((alias, running.address))
            yield hosts
        finally:
            for running in used:
                running.clients -= 1
                running.idle_since = time.monotonic()

    async def _start(self, service: ServiceState, alias: str) -> Running:
        state, runtime = service.container, self._session.runtime
        log = self._session.run_folder.fresh("service") / "log"
        name = f"{service.key[:12]} (aliased as {alias})" if alias else service.key[:12]
        async with AsyncExitStack() as stack:
            hosts = await stack.enter_async_context(self.bound(state.bindings))
            ready = await stack.enter_async_context(
                prepared(self._session.evaluator, state, service.argv, hosts)
            )
            with self._session.progress.step(f"start service {' '.join(service.argv)[:150]}") as number:
                shown = ServiceLog(log, partial(self._session.progress.output, number))
                stack.callback(shown.finish)
                output = stack.enter_context(log.open("wb"))
                process = await stack.enter_async_context(runtime.start(ready.bundle, output))
                self._follow(shown, stack)
                await self._wait(service, process, ready, log, name)
            return Running(ready.network.address, state.config.ports, stack.pop_all())

    def _follow(self, shown: ServiceLog, stack: AsyncExitStack) -> None:
        """Has what a service prints passed on until the stack is closed."""
        if self._session.background:
            until = anyio.CancelScope()
            stack.callback(until.cancel)
            self._session.background.start_soon(shown.follow, until)

    async def _wait(
        self, service: ServiceState, process: Process, ready: Prepared, log: Path, name: str
    ) -> None:
        deadline = time.monotonic() + START_SECONDS
        waiting = [port.number for port in service.container.config.ports if port.awaited]
        while waiting:
            if await _listens(ready.network.address, waiting[0]):
                waiting.pop(0)
                continue
            if process.returncode is not None:
                if failed := self._session.runtime.error(ready.bundle):
                    raise EngineError(f"start {name}: the container could not be started: {failed}")
                message = f"start {name}: exit code: {process.returncode}"
                raise ExecFailed(service.argv, process.returncode, self._said(log), "", message)
            if time.monotonic() > deadline:
                what = f"port {waiting[0]} did not listen"
                raise EngineError(f"start {name}: {what} in {START_SECONDS:.0f} s\n{self._said(log)}")
            await anyio.sleep(_POLL_SECONDS)

    def _said(self, log: Path) -> str:
        return self._session.secrets.scrub("\n".join(last_lines(log)))


async def _listens(address: str, port: int) -> bool:
    try:
        with anyio.fail_after(1):
            stream = await anyio.connect_tcp(address, port)
        await stream.aclose()
    except (OSError, TimeoutError):
        return False
    return True
