"""What a module says of itself when it registers: its objects, functions, arguments and enums."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from dagger_local.module.naming import field_name

Kind = Literal[
    "STRING_KIND",
    "INTEGER_KIND",
    "FLOAT_KIND",
    "BOOLEAN_KIND",
    "VOID_KIND",
    "SCALAR_KIND",
    "ENUM_KIND",
    "OBJECT_KIND",
    "LIST_KIND",
]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TypeRef(_Model):
    """A type where it is used."""

    kind: Kind = "VOID_KIND"
    name: str = ""
    """Of a scalar, enum or object: as the module calls it."""
    element: "TypeRef | None" = None
    """Of a list."""
    optional: bool = False


class ArgDef(_Model):
    """An argument of a function."""

    name: str
    """As the module registered it; the API's name is its camelCase."""
    type: TypeRef
    description: str = ""
    default: str | None = None
    """JSON text."""
    default_path: str = ""
    """Loaded when the argument is omitted; from the context's root if it is absolute."""
    ignore: tuple[str, ...] = ()
    """.gitignore-style patterns for a directory, whether given or by default."""
    address: str | None = None
    """Loaded when the argument is omitted: the user's own default, which stands above the module's."""

    @property
    def api_name(self) -> str:
        """The API's name."""
        return field_name(self.name)

    @property
    def required(self) -> bool:
        """Whether a caller must give it."""
        has_default = self.default is not None or self.default_path or self.address is not None
        return not (self.type.optional or has_default)


class FunctionDef(_Model):
    """A function of an object; the constructor's name is empty."""

    name: str
    returns: TypeRef
    description: str = ""
    args: tuple[ArgDef, ...] = ()
    cache_policy: Literal["Default", "PerSession", "Never"] = "Default"
    check: bool = False

    @property
    def api_name(self) -> str:
        """The API's name."""
        return field_name(self.name)


class FieldDef(_Model):
    """A part of an object's state that callers may read."""

    name: str
    type: TypeRef
    description: str = ""


class ObjectDef(_Model):
    """A class of the module."""

    name: str
    description: str = ""
    fields: tuple[FieldDef, ...] = ()
    functions: tuple[FunctionDef, ...] = ()
    constructor: FunctionDef | None = None


class EnumMemberDef(_Model):
    """One of an enum's members; callers give its name."""

    name: str
    value: str = ""
    description: str = ""


class EnumDef(_Model):
    """An enum of the module."""

    name: str
    description: str = ""
    members: tuple[EnumMemberDef, ...] = ()


class ModuleDef(_Model):
    """A whole module."""

    description: str = ""
    objects: tuple[ObjectDef, ...] = ()
    enums: tuple[EnumDef, ...] = ()

    def object_named(self, name: str) -> ObjectDef | None:
        """The module's own object of that name."""
        return next((item for item in self.objects if item.name == name), None)

    def enum_named(self, name: str) -> EnumDef | None:
        """The module's own enum of that name."""
        return next((item for item in self.enums if item.name == name), None)


class TypeDef(_Model):
    """A type definition while it is being built: a reference, and what it defines."""

    ref: TypeRef = TypeRef()
    object: ObjectDef | None = None
    enum: EnumDef | None = None
