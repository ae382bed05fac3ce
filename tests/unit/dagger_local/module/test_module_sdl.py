"""A module's types become a valid extension of the schema."""

from graphql import GraphQLSchema, build_schema, extend_schema, parse, print_type

from dagger_local.module.schema import ModuleSchema
from dagger_local.module.typedefs import (
    ArgDef,
    EnumDef,
    EnumMemberDef,
    FieldDef,
    FunctionDef,
    ModuleDef,
    ObjectDef,
    TypeRef,
)
from dagger_local.scopes import SDL_PATHS

TEXT = TypeRef(kind="STRING_KIND")
MAYBE_TEXT = TypeRef(kind="STRING_KIND", optional=True)
LEVEL = TypeRef(kind="ENUM_KIND", name="Level")
THING = TypeRef(kind="OBJECT_KIND", name="Thing")
FOLDER = TypeRef(kind="OBJECT_KIND", name="Directory")


def list_of(element: TypeRef) -> TypeRef:
    return TypeRef(kind="LIST_KIND", element=element)


def extended(*functions: FunctionDef) -> GraphQLSchema:
    definition = ModuleDef(
        objects=(
            ObjectDef(
                name="MyMod",
                description='Has "quotes" and\nlines.',
                functions=functions,
                constructor=FunctionDef(name="", returns=TypeRef(kind="OBJECT_KIND", name="MyMod")),
            ),
            ObjectDef(name="Thing", fields=(FieldDef(name="full_name", type=TEXT),)),
        ),
        enums=(EnumDef(name="Level", members=(EnumMemberDef(name="LOW"), EnumMemberDef(name="HIGH"))),),
    )
    core = build_schema("\n".join(path.read_text() for path in SDL_PATHS))
    return extend_schema(core, parse(ModuleSchema("my-mod", definition).sdl()))


def field(function: FunctionDef) -> str:
    shown = print_type(extended(function).type_map["MyMod"])
    lines = [line.strip() for line in shown.splitlines() if not line.strip().startswith('"')]
    return " ".join(lines[lines.index("id: ID!") + 1 : -1])


def test_the_constructor_is_a_field_of_query() -> None:
    schema = extended()
    assert schema.query_type
    assert str(schema.query_type.fields["myMod"].type) == "MyMod!"


def test_own_types_are_namespaced_and_core_types_are_not() -> None:
    assert field(FunctionDef(name="make_thing", returns=THING)) == "makeThing: MyModThing!"
    assert field(FunctionDef(name="tree", returns=FOLDER)) == "tree: Directory!"
    assert field(FunctionDef(name="level", returns=LEVEL)) == "level: MyModLevel!"


def test_fields_are_in_camel_case() -> None:
    assert "fullName: String!" in print_type(extended().type_map["MyModThing"])


def test_objects_are_given_by_id() -> None:
    function = FunctionDef(name="f", returns=TEXT, args=(ArgDef(name="in_dirs", type=list_of(FOLDER)),))
    assert field(function) == "f(inDirs: [ID!]!): String!"
    arg = extended(function).type_map["MyMod"].fields["f"].args["inDirs"]  # type: ignore[attr-defined]
    assert [d.name.value for d in arg.ast_node.directives] == ["expectedType"]


def test_what_may_be_omitted_has_a_default_or_is_nullable() -> None:
    args = (
        ArgDef(name="a", type=MAYBE_TEXT, default="null"),
        ArgDef(name="b", type=TEXT, default='"x\\"y"'),
        ArgDef(name="c", type=LEVEL, default='"LOW"'),
        ArgDef(name="d", type=list_of(TEXT), default='["p", "q"]'),
        ArgDef(name="e", type=FOLDER, default_path="/", ignore=("*.log",)),
        ArgDef(name="f", type=TypeRef(kind="BOOLEAN_KIND"), default="false"),
    )
    assert field(FunctionDef(name="f", returns=TEXT, args=args)) == (
        'f(a: String, b: String! = "x\\"y", c: MyModLevel! = LOW, d: [String!]! = ["p", "q"], e: ID, '
        "f: Boolean! = false): String!"
    )


def test_nothing_is_void() -> None:
    assert field(FunctionDef(name="f", returns=TypeRef(kind="VOID_KIND", optional=True))) == "f: Void"
