"""Answers the fields of a module's own types: state is read, functions are called."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
from graphql.pyutils import camel_to_snake

from dagger_local import addresses, hostfiles
from dagger_local.errors import EngineError, NotServed
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
        args = await self._arguments(ctx.session, item, function, given)
        state = parent.state if parent else {}
        call = FunctionCall(parent_name=item.name, name=function.name, parent=state, args=args)
        if function.cache_policy == "Never":
            return self._returned(ctx.session, function.returns, await self._runtime.run(ctx.session, call))
        key = digest_of(item.name, function.name, state, args)
        async with self._locks[key]:
            if key not in self._results:
                self._results[key] = await self._runtime.run(ctx.session, call)
        return self._returned(ctx.session, function.returns, self._results[key])

    async def _arguments(
        self, session: "Session", item: ObjectDef, function: FunctionDef, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Values by the names that the module registered; what was omitted is left to its own defaults."""
        made = {}
        for arg in function.args:
            name = camel_to_snake(arg.api_name)
            value = given.get(name)
            if value is None and arg.address is not None:
                value = await self._user_default(session, item, function, arg)
            elif value is None and arg.default_path:
                value = self._default(session, arg)
            elif arg.ignore and not arg.default_path and (name in given or arg.default == "null"):
                value = _filtered(arg, value)
            if name in given or value is not None:
                made[arg.name] = _serialized(session, value)
        return made

    async def _user_default(
        self, session: "Session", item: ObjectDef, function: FunctionDef, arg: ArgDef
    ) -> Value:
        # Where there is a default path too, Dagger ignores nothing (recorded: case defaults-over-a-path).
        ignore = () if arg.default_path else arg.ignore
        try:
            return await addresses.load(session, arg.type.name, arg.address or "", ignore)
        except EngineError as error:
            where = f"user defaults {self._schema.name}.{function.api_name}({arg.api_name}=...)"
            call = f"{self._schema.type_name(item.name)}.{function.api_name}" if function.name else "Query."
            raise EngineError(
                f"failed to compute cache key for {call}: {where}: DagqlInput(): decode value: "
                f'{where}: resolve object ("{arg.type.name}"): {error.message}',
                error.extensions,
            ) from None

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


def _filtered(arg: ArgDef, value: Any) -> Value:
    """A given directory without what the argument ignores."""
    if not isinstance(value, Value):
        raise EngineError(
            f'set call inputs: apply ignore pattern on arg "{arg.api_name}": argument "{arg.name}" must be '
            f"of type Directory to apply ignore pattern ([{', '.join(arg.ignore)}]) but type is <nil>"
        )
    return hostfiles.filtered(value, arg.ignore)


def _serialized(session: "Session", value: Any) -> Any:
    """A value as the SDK takes it: core objects by ID, the module's own by their state."""
    if isinstance(value, list):
        return [_serialized(session, one) for one in value]
    if isinstance(value, ModuleObject):
        return value.state
    return session.objects.put(value) if isinstance(value, Value) else value
