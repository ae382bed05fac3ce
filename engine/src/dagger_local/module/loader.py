"""Loads a module into a session: its types from the cache or from the module itself, then its schema."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from dagger_local.resolve import Resolver
from dagger_local.scopes import Scope
from dagger_local.values import digest_of

if TYPE_CHECKING:
    from dagger_local.session import Session

_KIND = "typedefs"


async def serve_module(session: "Session", runtime: Runtime) -> ModuleSchema:
    """Makes a module's constructor and types what the CLI sees of the API, beside the core.

    Raises:
        EngineError: Its code, or a dependency's, cannot be imported or does not say its types.
    """
    loaded = await _load(session, runtime, {})
    session.scope = session.scope.extended(loaded.schema.sdl(), loaded.resolvers)
    if not runtime.dependencies:
        runtime.scope = session.scope
    return loaded.schema


@dataclass(frozen=True)
class _Loaded:
    schema: ModuleSchema
    resolvers: Mapping[tuple[str, str], Resolver]


async def _load(session: "Session", runtime: Runtime, known: dict[int, _Loaded]) -> _Loaded:
    """A module's types, after those of its dependencies, which its own process is told of."""
    if id(runtime) in known:
        return known[id(runtime)]
    source = runtime.source
    dependencies = [await _load(session, one, known) for one in runtime.dependencies]
    scope = session.scope
    for one in dependencies:
        scope = scope.extended(one.schema.sdl(), one.resolvers)
    runtime.scope = scope
    bound = _bound(scope, [one.schema for one in dependencies])
    if bound:
        runtime.bind(bound)
    definition = await _definition(session, runtime, digest_of(source.digest(), bound))
    defaults = UserDefaults(source.name, source.main_object, variables(source, session.work_dir))
    schema = ModuleSchema(source.name, defaults.applied(definition), source.config.name)
    for line in defaults.taken:
        session.progress.line(line)
    _check(session, schema, [one.schema for one in dependencies])
    loaded = known[id(runtime)] = _Loaded(schema, ModuleServer(schema, runtime).resolvers())
    if dependencies:
        runtime.scope = scope.extended(schema.sdl(), loaded.resolvers)
    return loaded


def _bound(scope: Scope, schemas: Sequence[ModuleSchema]) -> str:
    if not schemas:
        return ""
    from dagger_local.module import bindings  # noqa: PLC0415 - most modules have no dependencies

    types = [name for schema in schemas for name in schema.type_names]
    return bindings.write(scope.schema, types, [schema.constructor_field for schema in schemas])


async def _definition(session: "Session", runtime: Runtime, key: str) -> ModuleDef:
    definition = _cached(session, key)
    if definition is None:
        definition = await _registered(session, runtime)
        session.store.put_entry(_KIND, key, definition.model_dump(mode="json"))
    return definition


def _check(session: "Session", schema: ModuleSchema, dependencies: Sequence[ModuleSchema]) -> None:
    """Raises an error for a type that the module's functions cannot have."""
    theirs = {name: one.name for one in dependencies for name in one.type_names}
    for name, where in schema.foreign_types():
        if name in theirs:
            raise EngineError(
                f'{where} cannot reference external type from dependency module "{theirs[name]}"'
            )
        if name not in session.scope.schema.type_map:
            raise NotServed(f"the type {name}, which {where} uses,")


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
        source = runtime.source  # the words are Dagger's (recorded: case broken-import)
        raise EngineError(
            f'query module objects: loading modules: loading module "{source.root}": resolving module source '
            f'"{source.root}": failed to call module "{source.config.name}" to get functions: {error.message}'
        ) from None
    definition: ModuleDef = session.objects.get(made, "Module").model
    return definition
