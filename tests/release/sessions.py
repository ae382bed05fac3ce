"""The module's own code in this process, on a session of the embedded engine: many questions, one boot."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

import anyio
import dagger
from dagger import dag

from dagger_local.hostfiles import host_directory, host_file
from dagger_local.session import Session, open_session
from supply_chain.images import Images

from .harness import PINNED, Engine

T = TypeVar("T")


@dataclass(frozen=True)
class Host:
    """What lies on this machine, for the module's code; modules themselves see nothing of it."""

    session: Session

    def directory(self, path: Path) -> dagger.Directory:
        """A folder."""
        taken = self.session.objects.put(host_directory(self.session, path))
        return dagger.Directory(dag._ctx.select_id("Directory", taken))

    def file(self, path: Path) -> dagger.File:
        """A file."""
        taken = self.session.objects.put(host_file(self.session, path))
        return dagger.File(dag._ctx.select_id("File", taken))


def images_of(engine: Engine) -> Images:
    """The images in use."""
    file = Path(engine.module_flags[-1]) if engine.module_flags else PINNED
    return Images.pinned().overridden(file.read_text())


def in_session(engine: Engine, work: Callable[[Host], Awaitable[T]]) -> T:
    """What the work comes to, with the SDK connected."""

    async def connected() -> T:
        async with open_session(engine.store, engine.temporary) as session:
            where = {
                "DAGGER_SESSION_PORT": str(session.port),
                "DAGGER_SESSION_TOKEN": session.token_for(None, session.scope),
            }
            with patch.dict(os.environ, where):
                async with dagger.connection():
                    return await work(Host(session))

    return anyio.run(connected)
