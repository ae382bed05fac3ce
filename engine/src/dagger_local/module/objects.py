"""Answers the fields of a module's own types: state is read, functions are called."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
from graphql.pyutils import camel_to_snake

from dagger_local import hostfiles
from dagger_local.errors import NotServed
from dagger_local.module.calls import FunctionCall
from dagger_local.module.naming import enum_member, field_name
from dagger_local.module.runtime import Runtime
from dagger_local.module.schema import ModuleSchema
from dagger_local.module.typedefs import ArgDef, FieldDef, FunctionDef, ObjectDef, TypeRef
from dagger_local.module.values import ModuleObject
from dagger_local.resolve import Context, Resolver
from dagger_local.values import Value, digest_of

if TYPE_CHECKING:
    from dagger_local.session import Session


class ModuleServer:
    """One module, served in one session."""

    def __init__(self, schema: ModuleSchema, runtime: Runtime) -> None:
        self._schema = schema
        self._runtime = runtime
        self._results: dict[str, Any] = {}
        self._locks: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)

    def resolvers(self) -> dict[tuple[str, str], Resolver]:
        """By type and field of the schema."""
        main = self._schema.main
        constructor = main.constructor or FunctionDef(
            name="", returns=TypeRef(kind="OBJECT_KIND", name=main.name)
        )
        made: dict[tuple[str, str], Resolver] = {
            ("Query", self._schema.constructor_field): partial(self._call, main, constructor)
        }
        for item in self._schema.definition.objects:
            name = self._schema.type_name(item.name)
            made |= {(name, field_name(f.name)): partial(self._read, f) for f in item.fields}
            made |= {(name, field_name(f.name)): partial(self._call, item, f) for f in item.functions}
        return made

    def _read(self, field: FieldDef, ctx: Context, parent: ModuleObject) -> Any:
        return self._returned(ctx.session, field.type, parent.state.get(field.name))

    async def _call(
        self, item: ObjectDef, function: FunctionDef, ctx: Context, parent: ModuleObject | None, **given: Any
    ) -> Any:
        args = self._arguments(ctx.session, function, given)
        state = parent.state if parent else {}
        call = FunctionCall(parent_name=item.name, name=function.name, parent=state, args=args)
        if function.cache_policy == "Never":
            return self._returned(ctx.session, function.returns, await self._runtime.run(ctx.session, call))
        key = digest_of(item.name, function.name, state, args)
        async with self._locks[key]:
            if key not in self._results:
                self._results[key] = await self._runtime.run(ctx.session, call)
        return self._returned(ctx.session, function.returns, self._results[key])

    def _arguments(
        self, session: "Session", function: FunctionDef, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Values by the names that the module registered; what was omitted is left to its own defaults."""
        made = {}
        for arg in function.args:
            name = camel_to_snake(field_name(arg.name))
            value = given.get(name)
            if value is None and arg.default_path:
                value = self._default(session, arg)
            elif arg.ignore and isinstance(value, Value):
                value = hostfiles.filtered(value, arg.ignore)
            if name in given or value is not None:
                made[arg.name] = _serialized(session, value)
        return made

    def _default(self, session: "Session", arg: ArgDef) -> Value:
        path = self._runtime.source.default_path(arg.default_path)
        if arg.type.name == "Directory":
            return hostfiles.host_directory(session, path, arg.ignore)
        if arg.type.name == "File":
            return hostfiles.host_file(session, path)
        raise NotServed(f"a default path for a {arg.type.name} (argument {arg.name!r})")

    def _returned(self, session: "Session", ref: TypeRef, result: Any) -> Any:
        """What a function returned, as the schema's values."""
        if result is None:
            return None
        if ref.kind == "LIST_KIND" and ref.element:
            return [self._returned(session, ref.element, one) for one in result]
        if ref.kind == "ENUM_KIND":
            return enum_member(result)
        if ref.kind != "OBJECT_KIND":
            return result
        if self._schema.definition.object_named(ref.name):
            return ModuleObject(self._schema.type_name(ref.name), ref.name, result)
        return session.objects.get(result, ref.name)


def _serialized(session: "Session", value: Any) -> Any:
    """A value as the SDK takes it: core objects by ID, the module's own by their state."""
    if isinstance(value, list):
        return [_serialized(session, one) for one in value]
    if isinstance(value, ModuleObject):
        return value.state
    return session.objects.put(value) if isinstance(value, Value) else value
