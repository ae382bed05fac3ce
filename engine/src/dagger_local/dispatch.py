"""Answers one field of a query: describes, evaluates or hands over to a resolver."""

import inspect
import re
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, get_named_type
from graphql.pyutils import camel_to_snake

from dagger_local.directives import directive
from dagger_local.errors import NotServed, disk_full_named
from dagger_local.resolve import CHANGES, LEAVES, STEPS, Context
from dagger_local.values import Value


async def answer(parent: Any, info: GraphQLResolveInfo[Context], **given: Any) -> Any:
    """The default resolver of every field."""
    with disk_full_named():
        return await _answer(parent, info, given)


async def _answer(parent: Any, info: GraphQLResolveInfo[Context], given: dict[str, Any]) -> Any:
    ctx: Context = info.context
    type_name, name = info.parent_type.name, info.field_name
    if name == "id":
        return ctx.session.objects.put(parent)
    if (type_name, name) == ("Query", "node"):
        return ctx.session.objects.get(given["id"])
    args, objects = _arguments(ctx, info, given)
    op = f"{type_name}.{name}"
    if op in STEPS or op in CHANGES:
        inputs = {"parent": parent, **objects} if parent is not None else objects
        return Value(get_named_type(info.return_type).name, op, args, inputs)
    if name == "sync" and isinstance(parent, Value):
        await ctx.session.evaluator.state(parent)
        return ctx.session.objects.put(parent)
    if (type_name, name) in LEAVES:
        return await ctx.session.evaluator.leaf(LEAVES[type_name, name], parent, args, objects)
    if (type_name, name) not in ctx.scope.resolvers:
        raise NotServed(f"{type_name}.{name}")
    result = ctx.scope.resolvers[type_name, name](ctx, parent, **args, **objects)
    return await result if inspect.isawaitable(result) else result


def _arguments(
    ctx: Context, info: GraphQLResolveInfo[Context], given: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Scalar arguments, and object arguments with the values their IDs stand for."""
    args: dict[str, Any] = {}
    objects: dict[str, Any] = {}
    declared = info.parent_type.fields[info.field_name].args
    for name, value in given.items():
        expected = directive(declared[name], "expectedType", "name")
        if expected is None or value is None:
            args[camel_to_snake(name)] = value
        elif isinstance(value, list):
            objects[camel_to_snake(name)] = [ctx.session.objects.get(item, expected) for item in value]
        else:
            objects[camel_to_snake(name)] = ctx.session.objects.get(value, expected)
    return args, objects


_UNKNOWN = (
    (re.compile(r"Cannot query field '(\w+)' on type '(\w+)'"), "{1}.{0}"),
    (re.compile(r"Unknown argument '(\w+)' on field '(\w+\.\w+)'"), "the argument {0} of {1}"),
    (re.compile(r"Unknown type '(\w+)'"), "the type {0}"),
)


def clearer(result: ExecutionResult) -> ExecutionResult:
    """Says of a call that the schema lacks that it is the local engine which lacks it."""
    if not result.errors:
        return result
    return ExecutionResult(result.data, [_clear(error) for error in result.errors], result.extensions)


def _clear(error: GraphQLError) -> GraphQLError:
    for pattern, call in _UNKNOWN:
        if found := pattern.search(error.message):
            return GraphQLError(NotServed(call.format(*found.groups())).message)
    return error
