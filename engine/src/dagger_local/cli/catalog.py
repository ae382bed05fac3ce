"""Functions and their flags, as the schema of the session describes them."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_required_argument,
    value_from_ast_untyped,
)

from dagger_local.cli.flags import Flag
from dagger_local.cli.flagtypes import BOOL, FLOAT, INT, OBJECTS, STRING, FlagType, list_of, member_of
from dagger_local.directives import directive, directives_of
from dagger_local.module.naming import cli_name

_PLAIN = {"String": STRING, "Int": INT, "Float": FLOAT, "Boolean": BOOL}


@dataclass(frozen=True)
class Argument:
    """An argument that can be given as a flag.

    Attributes:
        name: The API's name.
        flag_type: What the flag takes.
        object_name: The core type that the flag's text is turned into, if any.
        many: Whether it is a list.
        ignore: Patterns of what is not loaded from a given directory.
        graphql_type: As a query's variable declares it.
    """

    name: str
    flag_type: FlagType
    description: str
    default: str
    required: bool
    object_name: str
    many: bool
    ignore: tuple[str, ...]
    graphql_type: str

    def flag(self) -> Flag:
        """A fresh flag."""
        return Flag(
            cli_name(self.name), self.flag_type, self.description, self.default, required=self.required
        )


@dataclass(frozen=True)
class Function:
    """A function, or a field, which is one without arguments.

    Attributes:
        name: The API's name.
        returns: Name of the type that comes back, or that is in the list that does.
        is_object: Whether more functions can follow.
        is_list: Whether a list comes back.
        supported: Whether all that it requires can be given as flags.
    """

    name: str
    description: str
    args: tuple[Argument, ...]
    returns: str
    is_object: bool
    is_list: bool
    supported: bool
    check: bool

    @property
    def cli_name(self) -> str:
        """As it is typed."""
        return cli_name(self.name)

    @property
    def short(self) -> str:
        """The first line of the description."""
        return self.description.split("\n", 1)[0] or "-"


class Catalog:
    """All that can be called: the module's functions first, then those of what they return.

    Attributes:
        constructor: The function that makes the main object.
    """

    def __init__(self, schema: GraphQLSchema, constructor_field: str) -> None:
        self._schema = schema
        query = schema.query_type
        if query is None:
            raise TypeError("the schema has no Query")
        self._main: str = get_named_type(query.fields[constructor_field].type).name
        self.constructor = self._function("Query", constructor_field, query.fields[constructor_field])

    @property
    def main(self) -> str:
        """Name of the main object's type."""
        return self._main

    def functions(self, type_name: str) -> list[Function]:
        """Everything that can be called on a type, sorted by name; what cannot be called too."""
        found = self._schema.type_map.get(type_name)
        if not isinstance(found, GraphQLObjectType):
            return []
        made = [
            self._function(type_name, name, field) for name, field in found.fields.items() if name != "id"
        ]
        return sorted(made, key=lambda function: function.name)

    def description(self, type_name: str) -> str:
        """What a type says of itself."""
        return self._schema.type_map[type_name].description or ""

    def _function(self, owner: str, name: str, field: GraphQLField) -> Function:
        args = [(self._argument(owner, arg_name, arg), arg) for arg_name, arg in field.args.items()]
        returned = directive(field, "expectedType", "name") or get_named_type(field.type).name
        return Function(
            name=name,
            description=field.description or "",
            args=tuple(made for made, _ in args if made),
            returns=returned,
            is_object=isinstance(self._schema.type_map.get(returned), GraphQLObjectType),
            is_list=_is_list(field.type),
            supported=all(made or not is_required_argument(arg) for made, arg in args),
            check=any(d.name.value == "check" for d in directives_of(field)),
        )

    def _argument(self, owner: str, name: str, arg: GraphQLArgument) -> Argument | None:
        flag_type = _flag_type(arg)
        if flag_type is None:
            return None
        expected = directive(arg, "expectedType", "name")
        description = arg.description or ""
        if description and owner in ("Query", self._main):
            description = f"\n{description}\n"  # so Dagger shows what it makes part of its own Query
        return Argument(
            name=name,
            flag_type=flag_type,
            description=description,
            default=_default(flag_type, arg),
            required=is_required_argument(arg),
            object_name=expected or "",
            many=_is_list(arg.type),
            ignore=tuple(directive(arg, "ignorePatterns", "patterns") or ()),
            graphql_type=str(arg.type),
        )


def _is_list(given: Any) -> bool:
    return is_list_type(get_nullable_type(given))


def _flag_type(arg: GraphQLArgument) -> FlagType | None:
    named = get_named_type(arg.type)
    if expected := directive(arg, "expectedType", "name"):
        found = OBJECTS.get(expected)
    elif isinstance(named, GraphQLEnumType):
        found = FlagType(",".join(sorted(named.values)), member_of(list(named.values)))
    elif isinstance(named, GraphQLInputObjectType) or named.name == "ID":
        found = OBJECTS.get(named.name)
    else:
        found = _PLAIN.get(named.name) or OBJECTS.get(named.name) or STRING
    return list_of(found) if found and _is_list(arg.type) else found


def _default(flag_type: FlagType, arg: GraphQLArgument) -> str:
    node = arg.ast_node.default_value if arg.ast_node else None
    value = value_from_ast_untyped(node) if node else None
    if value is None:
        return {"": "false", "int": "0", "float": "0"}.get(flag_type.label, "[]" if flag_type.many else "")
    return _go_text(value)


def _go_text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(map(_go_text, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
