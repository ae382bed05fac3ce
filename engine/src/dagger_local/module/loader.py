"""Loads a module into a session: its types from the cache or from the module itself, then its schema."""

from typing import TYPE_CHECKING

from pydantic import ValidationError

from dagger_local.errors import EngineError, NotServed
from dagger_local.module import api, calls  # noqa: F401 - what they answer is registered on import
from dagger_local.module.calls import FunctionCall
from dagger_local.module.defaults import UserDefaults, variables
from dagger_local.module.objects import ModuleServer
from dagger_local.module.runtime import Runtime
from dagger_local.module.schema import ModuleSchema
from dagger_local.module.typedefs import ModuleDef

if TYPE_CHECKING:
    from dagger_local.session import Session

_KIND = "typedefs"


async def serve_module(session: "Session", runtime: Runtime) -> ModuleSchema:
    """Makes a module's constructor and types part of the session's schema.

    Raises:
        EngineError: Its code cannot be imported or does not say its types.
    """
    source = runtime.source
    key = source.digest()
    definition = _cached(session, key)
    if definition is None:
        definition = await _registered(session, runtime)
        session.store.put_entry(_KIND, key, definition.model_dump(mode="json"))
    defaults = UserDefaults(source.name, source.main_object, variables(source, session.work_dir))
    schema = ModuleSchema(source.name, defaults.applied(definition))
    for line in defaults.taken:
        session.progress.line(line)
    for name, where in schema.foreign_types():
        if name not in session.schema.type_map:
            raise NotServed(f"the type {name}, which {where} uses,")
    session.serve_module(schema.sdl(), ModuleServer(schema, runtime).resolvers())
    return schema


def _cached(session: "Session", key: str) -> ModuleDef | None:
    found = session.store.entry(_KIND, key)
    try:
        return ModuleDef.model_validate(found) if found else None
    except ValidationError:
        return None


async def _registered(session: "Session", runtime: Runtime) -> ModuleDef:
    """Asks the module for its types, as Dagger does: by a call whose parent has no name."""
    from dagger_local.module import dependencies  # noqa: PLC0415 - only where nothing is cached

    dependencies.require(runtime.source)
    try:
        made = await runtime.run(session, FunctionCall())
    except EngineError as error:
        raise EngineError(f"failed to load module {runtime.source.config.name!r}: {error.message}") from None
    definition: ModuleDef = session.objects.get(made, "Module").model
    return definition
