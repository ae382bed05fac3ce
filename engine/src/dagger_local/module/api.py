"""Answers what the SDK asks while a module registers its types, from `typeDef` to `module`."""

from pathlib import Path
from typing import Any

from dagger_local.errors import EngineError, NotServed
from dagger_local.module.typedefs import (
    ArgDef,
    EnumDef,
    EnumMemberDef,
    FieldDef,
    FunctionDef,
    ModuleDef,
    ObjectDef,
    TypeDef,
    TypeRef,
)
from dagger_local.module.values import Definition
from dagger_local.resolve import Context, resolves

MODULE_SDL_PATH = Path(__file__).with_name("schema.graphql")

Type = Definition[TypeDef]
Function = Definition[FunctionDef]
Module = Definition[ModuleDef]


@resolves("Query", "typeDef")
def type_def(_ctx: Context, _parent: None) -> Type:
    """An empty definition."""
    return Definition("TypeDef", TypeDef())


@resolves("TypeDef", "withKind")
def with_kind(_ctx: Context, parent: Type, kind: str) -> Type:
    """A type without a name."""
    return _with_ref(parent, kind=kind)


@resolves("TypeDef", "withOptional")
def with_optional(_ctx: Context, parent: Type, *, optional: bool) -> Type:
    """The type, or nothing."""
    return _with_ref(parent, optional=optional)


@resolves("TypeDef", "withListOf")
def with_list_of(_ctx: Context, parent: Type, element_type: Type) -> Type:
    """A list."""
    return _with_ref(parent, kind="LIST_KIND", element=element_type.model.ref)


@resolves("TypeDef", "withScalar")
def with_scalar(_ctx: Context, parent: Type, name: str, **_given: Any) -> Type:
    """A scalar."""
    return _with_ref(parent, kind="SCALAR_KIND", name=name)


@resolves("TypeDef", "withObject")
def with_object(
    _ctx: Context, parent: Type, name: str, description: str | None = None, **_given: Any
) -> Type:
    """An object: defined here, or only named."""
    made = _with_ref(parent, kind="OBJECT_KIND", name=name)
    return made.having(object=ObjectDef(name=name, description=(description or "").strip()))


@resolves("TypeDef", "withField")
def with_field(
    _ctx: Context, parent: Type, name: str, type_def: Type, description: str | None = None, **_given: Any
) -> Type:
    """The object with a field."""
    field = FieldDef(name=name, type=type_def.model.ref, description=(description or "").strip())
    return _with_object(parent, fields=(*_object(parent).fields, field))


@resolves("TypeDef", "withFunction")
def with_function(_ctx: Context, parent: Type, function: Function) -> Type:
    """The object with a function."""
    return _with_object(parent, functions=(*_object(parent).functions, function.model))


@resolves("TypeDef", "withConstructor")
def with_constructor(_ctx: Context, parent: Type, function: Function) -> Type:
    """The object with a constructor."""
    return _with_object(parent, constructor=function.model)


@resolves("TypeDef", "withEnum")
def with_enum(_ctx: Context, parent: Type, name: str, description: str | None = None) -> Type:
    """An enum: defined here, or only named."""
    made = _with_ref(parent, kind="ENUM_KIND", name=name)
    return made.having(enum=EnumDef(name=name, description=(description or "").strip()))


@resolves("TypeDef", "withEnumMember")
def with_enum_member(
    _ctx: Context,
    parent: Type,
    name: str,
    value: str | None = None,
    description: str | None = None,
    **_given: Any,
) -> Type:
    """The enum with a member."""
    enum = parent.model.enum
    if enum is None:
        raise EngineError(f"withEnumMember({name!r}) on a type that is not an enum")
    member = EnumMemberDef(name=name, value=value or "", description=(description or "").strip())
    return parent.having(enum=enum.model_copy(update={"members": (*enum.members, member)}))


@resolves("Query", "function")
def function_def(_ctx: Context, _parent: None, name: str, return_type: Type) -> Function:
    """A function without arguments."""
    return Definition("Function", FunctionDef(name=name, returns=return_type.model.ref))


@resolves("Function", "withDescription")
def with_description(_ctx: Context, parent: Function, description: str) -> Function:
    """The function with a description."""
    return parent.having(description=(description or "").strip())


@resolves("Function", "withArg")
def with_arg(_ctx: Context, parent: Function, name: str, type_def: Type, **given: Any) -> Function:
    """The function with an argument."""
    if given.get("default_address"):
        raise NotServed(f"a default address (argument {name!r})")
    arg = ArgDef(
        name=name,
        type=type_def.model.ref,
        description=(given.get("description") or "").strip(),
        default=given.get("default_value"),
        default_path=given.get("default_path") or "",
        ignore=tuple(given.get("ignore") or ()),
    )
    return parent.having(args=(*parent.model.args, arg))


@resolves("Function", "withCachePolicy")
def with_cache_policy(_ctx: Context, parent: Function, policy: str, **_given: Any) -> Function:
    """The function with a cache policy. A time to live changes nothing: results end with the session."""
    return parent.having(cache_policy=policy)


@resolves("Function", "withDeprecated")
def with_deprecated(_ctx: Context, parent: Function, **_given: Any) -> Function:
    """The function as it was: deprecation is only a note."""
    return parent


@resolves("Function", "withCheck")
def with_check(_ctx: Context, parent: Function) -> Function:
    """The function as a check."""
    return parent.having(check=True)


@resolves("Query", "module")
def module(_ctx: Context, _parent: None) -> Module:
    """An empty module."""
    return Definition("Module", ModuleDef())


@resolves("Module", "withDescription")
def module_with_description(_ctx: Context, parent: Module, description: str) -> Module:
    """The module with a description."""
    return parent.having(description=(description or "").strip())


@resolves("Module", "withObject")
def module_with_object(_ctx: Context, parent: Module, object: Type) -> Module:  # noqa: A002 - the API's name
    """The module with an object."""
    return parent.having(objects=(*parent.model.objects, _object(object)))


@resolves("Module", "withEnum")
def module_with_enum(_ctx: Context, parent: Module, enum: Type) -> Module:
    """The module with an enum."""
    if enum.model.enum is None:
        raise EngineError(f"withEnum of {enum.model.ref.name!r}, which is not an enum")
    return parent.having(enums=(*parent.model.enums, enum.model.enum))


def _with_ref(parent: Type, **changes: Any) -> Type:
    return parent.having(ref=TypeRef.model_validate(parent.model.ref.model_dump() | changes))


def _object(value: Type) -> ObjectDef:
    if value.model.object is None:
        raise EngineError(f"expected the definition of an object, got a {value.model.ref.kind}")
    return value.model.object


def _with_object(parent: Type, **changes: Any) -> Type:
    return parent.having(object=_object(parent).model_copy(update=changes))
