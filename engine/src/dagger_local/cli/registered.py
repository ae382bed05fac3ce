"""What a module registers, asked of the module itself without Podman: for its documentation and for tests."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import anyio

from dagger_local.cli.catalog import Catalog
from dagger_local.module import loader
from dagger_local.module.runtime import Runtime
from dagger_local.module.source import find_module
from dagger_local.module.waiting import Waiting
from dagger_local.progress import Progress
from dagger_local.runs import RunFolder
from dagger_local.secrets import Secrets
from dagger_local.session import Session, serving
from dagger_local.store import Store

if TYPE_CHECKING:
    from dagger_local.podman import Podman

_NO_PODMAN = cast("Podman", None)


def registered(module: Path, store: Path) -> Catalog:
    """Functions and flags of the module in a folder, with its own defaults: no .env of the caller counts.

    Args:
        module: A folder with a dagger.json.
        store: An empty folder to work in.
    """
    source, drafts = find_module(module, ""), store / "tmp"
    with Waiting.started(drafts) as waiting, Runtime.start(source, waiting, drafts) as runtime:
        return anyio.run(_registered, runtime, store)


async def _registered(runtime: Runtime, root: Path) -> Catalog:
    secrets = Secrets(root)
    progress = Progress(secrets.scrub, silent=True)
    with RunFolder.open(root) as run_folder:
        session = Session(Store(root), _NO_PODMAN, run_folder, secrets, progress, root)
        async with serving(session):
            schema = await loader.serve_module(session, runtime)
        session.store.close()
    return Catalog(session.scope.schema, schema.constructor_field)
