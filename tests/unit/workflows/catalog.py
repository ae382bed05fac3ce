"""The module's functions and flags as the CLI knows them; nothing is run but their registration."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import anyio

from dagger_local.cli.call import Call
from dagger_local.cli.catalog import Catalog, Function
from dagger_local.cli.options import Options
from dagger_local.module import loader
from dagger_local.module.runtime import Runtime
from dagger_local.module.source import find_module
from dagger_local.progress import Progress
from dagger_local.runs import RunFolder
from dagger_local.secrets import Secrets
from dagger_local.session import Session, _server
from dagger_local.store import Store

if TYPE_CHECKING:
    from dagger_local.podman import Podman

_NO_PODMAN = cast("Podman", None)
_NO_SESSION = cast("Session", None)


def catalog_of(module: Path, store: Path) -> Catalog:
    """What the module registers."""
    with Runtime.start(find_module(module, ""), store / "tmp") as runtime:
        return anyio.run(_registered, runtime, store)


async def _registered(runtime: Runtime, root: Path) -> Catalog:
    secrets = Secrets(root)
    progress = Progress(secrets.scrub, silent=True)
    with RunFolder.open(root) as run_folder:
        session = Session(Store(root), _NO_PODMAN, run_folder, secrets, progress, root)
        async with _server(session):
            schema = await loader.serve_module(session, runtime)
        session.store.close()
    return Catalog(session.scope.schema, schema.constructor_field)


@dataclass
class Parsed(Call):
    """A command line that is parsed as `dagger call` does, and not run."""

    async def _select(self, function: Function) -> None:
        """Values are not looked up."""

    async def _finish(self) -> str:
        return ""


def parse(catalog: Catalog, words: list[str]) -> None:
    """UsageError unless every function and flag is there, and all that are required are given."""
    anyio.run(Parsed(_NO_SESSION, catalog, Options()).run, words)
