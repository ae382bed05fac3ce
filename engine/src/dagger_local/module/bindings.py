"""Python classes for the modules that a module depends on, as Dagger's code generator writes them.

The SDK from PyPI knows the core API alone. A module's process adds what is written here to the SDK's own
classes (`entry.bind`): one for each type, and a method of the client for each dependency.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from keyword import iskeyword
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
    value_from_ast_untyped,
)
from graphql.pyutils import camel_to_snake

from dagger_local.directives import directive

_PLAIN = {"ID": "str", "String": "str", "Int": "int", "Float": "float", "Boolean": "bool"}
_BUILTINS = {"str", "int", "float", "bool", "list", "type"}


def python_name(name: str) -> str:
    """`withExec` → `with_exec`, `asJSON` → `as_json`, `import` → `import_`."""
    words = re.sub(r"[A-Z\d]+(?=[A-Z\d]|$)", lambda found: found[0].capitalize(), name)
    snake = camel_to_snake(words)
    return f"{snake}_" if iskeyword(snake) or snake in _BUILTINS else snake


def write(schema: GraphQLSchema, types: Sequence[str], constructors: Sequence[str]) -> str:
    """Python code that continues `dagger.client.gen`.

    Args:
        schema: Holds the types.
        types: Those to write, by name.
        constructors: Fields of Query that make the dependencies' main objects.
    """
    found = [schema.type_map[name] for name in types]
    enums = [_enum(item) for item in found if isinstance(item, GraphQLEnumType)]
    writer = _Writer({item.name for item in found if isinstance(item, GraphQLObjectType)})
    objects = [writer.object_class(item) for item in found if isinstance(item, GraphQLObjectType)]
    query = schema.query_type
    fields = {} if query is None else query.fields
    methods = [line for name in constructors for line in writer.method("Query", name, fields[name])]
    client = "\n".join(["class _Constructors:", *methods])
    return "\n\n".join([*enums, *objects, client, f"_BOUND = {sorted(types)!r}\n"])


def _enum(item: GraphQLEnumType) -> str:
    members = {name: directive(member, "enumValue", "value") for name, member in item.values.items()}
    return "\n".join(
        [f"class {item.name}(Enum):", *(f"    {name} = {value!r}" for name, value in sorted(members.items()))]
    )


def _default_of(arg: GraphQLArgument) -> Any:
    node = arg.ast_node.default_value if arg.ast_node else None
    return value_from_ast_untyped(node) if node else None


class _Writer:
    def __init__(self, own: Iterable[str]) -> None:
        self._own = set(own)

    def object_class(self, item: GraphQLObjectType) -> str:
        """A class that describes calls."""
        lines = ["@typecheck", f"class {item.name}(Type):"]
        for name, field in sorted(item.fields.items()):
            lines += self.method(item.name, name, field)
        if any(str(field.type) == f"{item.name}!" for field in item.fields.values()):
            kind = f'"{item.name}"'
            lines += [
                f"    def with_(self, cb: Callable[[{kind}], {kind}]) -> {kind}:",
                "        return cb(self)",
            ]
        return "\n".join(lines)

    def method(self, owner: str, name: str, field: GraphQLField) -> Iterator[str]:
        """A method that selects a field."""
        args = sorted(field.args.items(), key=lambda pair: self._has_default(pair[1]))
        required = [self._parameter(arg, of) for arg, of in args if not self._has_default(of)]
        optional = [self._parameter(arg, of) for arg, of in args if self._has_default(of)]
        parameters = ", ".join(["self", *required, *(["*"] if optional else []), *optional])
        given = ", ".join(self._given(arg, of) for arg, of in args)
        selected = f"self._select({name!r}, [{given}])"
        named = get_named_type(field.type).name
        is_object = named in self._own or isinstance(get_named_type(field.type), GraphQLObjectType)
        is_list = is_list_type(get_nullable_type(field.type))
        returned, awaited = self._type(field.type, named), "await "
        if is_object and is_list:
            body = f"return await {selected}.execute_object_list({named})"
        elif is_object:
            # A chain goes on whether or not there will be an object.
            returned = "Self" if named == owner else self._quoted(named)
            awaited, body = "", f"return {named}({selected})"
        elif named == "Void":
            body = f"await {selected}.execute()"
        else:
            body = f"return await {selected}.execute({self._type(field.type, named)})"
        yield f"    {'async ' if awaited else ''}def {python_name(name)}({parameters}) -> {returned}:"
        yield f"        {body}"

    def _has_default(self, arg: GraphQLArgument) -> bool:
        return _default_of(arg) is not None or not is_non_null_type(arg.type)

    def _parameter(self, name: str, arg: GraphQLArgument) -> str:
        named = directive(arg, "expectedType", "name") or get_named_type(arg.type).name
        kind = self._type(arg.type, named)
        if not self._has_default(arg):
            return f"{python_name(name)}: {kind}"
        default = self._default(arg)
        if default.startswith("["):  # a list is made anew for every call
            return f"{python_name(name)}: {self._quoted(self._optional(kind))} = None"
        return f"{python_name(name)}: {kind} = {default}"

    def _given(self, name: str, arg: GraphQLArgument) -> str:
        value = python_name(name)
        if not self._has_default(arg):
            return f"Arg({name!r}, {value})"
        default = self._default(arg)
        if default.startswith("["):
            value = f"{default} if {value} is None else {value}"
        return f"Arg({name!r}, {value}, {default})"

    def _default(self, arg: GraphQLArgument) -> str:
        value = _default_of(arg)
        named = get_named_type(arg.type)
        if value is not None and isinstance(named, GraphQLEnumType):
            listed = [f"{named.name}.{one}" for one in value] if isinstance(value, list) else []
            return f"[{', '.join(listed)}]" if isinstance(value, list) else f"{named.name}.{value}"
        return repr(value)

    def _type(self, given: Any, named: str) -> str:
        return self._quoted(self._plain(given, named))

    def _plain(self, given: Any, named: str) -> str:
        if is_non_null_type(given):
            return self._plain(given.of_type, named).removesuffix(" | None")
        if is_list_type(given):
            return f"list[{self._plain(given.of_type, named)}] | None"
        return f"{_PLAIN.get(named, named)} | None"

    def _optional(self, kind: str) -> str:
        plain = kind.strip('"')
        return plain if plain.endswith(" | None") else f"{plain} | None"

    def _quoted(self, kind: str) -> str:
        """In quotes where it names a class that may be further below."""
        names = set(re.findall(r"\w+", kind))
        return json.dumps(kind.strip('"')) if names & self._own else kind
