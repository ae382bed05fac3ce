"""The registry of a rehearsal: started for the run, and gone with all that was pushed to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
import dagger
from dagger import dag

from supply_chain.errors import InternalError
from supply_chain.faults import failing_as
from supply_chain.images import Images
from supply_chain.patience import Patience
from supply_chain.registry import Registry
from supply_chain.toolbox import fresh

_PORT = 5000
_QUIET = {"REGISTRY_LOG_LEVEL": "error", "REGISTRY_LOG_ACCESSLOG_DISABLED": "true"}


@asynccontextmanager
async def throw_away_registry(images: Images, patience: Patience) -> AsyncIterator[Registry]:
    """A registry, for the block. Started by hand: without clients for 10 s it would forget all."""
    service = fresh(dag.container().from_(images.registry.reference)).with_exposed_port(_PORT)
    for name, value in _QUIET.items():
        service = service.with_env_variable(name, value)
    running = service.as_service(use_entrypoint=True)
    with failing_as(InternalError, "the throw-away registry did not start"):
        await running.start()
    try:
        yield Registry(images=images, service=running, patience=patience)
    finally:
        # The end of the session stops it in any case; a run that passed does not fail for this.
        with anyio.CancelScope(shield=True), suppress(dagger.QueryError):
            await running.stop()
