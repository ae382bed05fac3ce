"""A module's types as an extension of the schema, named as Dagger names them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dagger_local.module.naming import enum_member, field_name, namespaced, object_name
from dagger_local.module.typedefs import ArgDef, FieldDef, FunctionDef, ModuleDef, ObjectDef, TypeRef

_SCALARS = {
    "STRING_KIND": "String",
    "INTEGER_KIND": "Int",
    "FLOAT_KIND": "Float",
    "BOOLEAN_KIND": "Boolean",
    "VOID_KIND": "Void",
}


@dataclass(frozen=True)
class ModuleSchema:
    """Names and SDL of one module.

    Attributes:
        name: The module's name where it is loaded.
        definition: Its types.
        original: Its name in its own dagger.json, where that is another.
    """

    name: str
    definition: ModuleDef
    original: str = ""

    @property
    def constructor_field(self) -> str:
        """The field of Query that makes the main object."""
        return field_name(self.name)

    @property
    def main(self) -> ObjectDef:
        """The main object."""
        return next(
            item for item in self.definition.objects if self.type_name(item.name) == object_name(self.name)
        )

    def type_name(self, name: str) -> str:
        """The schema's name for a type that the module names; core types keep theirs."""
        own = self.definition.object_named(name) or self.definition.enum_named(name)
        return namespaced(name, self.name, self.original) if own else name

    @property
    def type_names(self) -> list[str]:
        """The schema's names for all its own types."""
        enums = [item.name for item in self.definition.enums]
        return [self.type_name(name) for name in (*enums, *(item.name for item in self.definition.objects))]

    def foreign_types(self) -> Iterator[tuple[str, str]]:
        """Types that the schema must have already, each with the function or field that names it."""
        for item in self.definition.objects:
            for field in item.fields:
                yield from self._foreign(f"{item.name}.{field.name}", field.type)
            for function in (*item.functions, *filter(None, [item.constructor])):
                for ref in (function.returns, *(arg.type for arg in function.args)):
                    yield from self._foreign(f"{item.name}.{function.name}", ref)

    def _foreign(self, where: str, ref: TypeRef) -> Iterator[tuple[str, str]]:
        if ref.element:
            yield from self._foreign(where, ref.element)
        elif ref.name and self.type_name(ref.name) == ref.name and ref.name != self.main.name:
            yield ref.name, where

    def sdl(self) -> str:
        """All of it, with `extend type Query` for the constructor."""
        return "\n\n".join([*self._enums(), *map(self._object, self.definition.objects), self._query()])

    def _enums(self) -> Iterator[str]:
        for enum in self.definition.enums:
            members = [
                f"{_doc(m.description)}  {enum_member(m.name)} @enumValue(value: {json.dumps(m.value)})"
                for m in enum.members
            ]
            yield _block(f"{_doc(enum.description, '')}enum {self.type_name(enum.name)}", members)

    def _object(self, item: ObjectDef) -> str:
        fields = [*map(self._field, item.fields), *map(self._function, item.functions)]
        head = f"{_doc(item.description, '')}type {self.type_name(item.name)} implements Node"
        return _block(head, ["  id: ID!", *fields])

    def _query(self) -> str:
        constructor = self.main.constructor or FunctionDef(name="", returns=_reference(self.main))
        return _block("extend type Query", [self._function(constructor, self.constructor_field)])

    def _field(self, field: FieldDef) -> str:
        return f"{_doc(field.description)}  {field_name(field.name)}: {self.output(field.type)}"

    def _function(self, function: FunctionDef, name: str = "") -> str:
        args = ", ".join(map(self._arg, function.args))
        signature = (name or field_name(function.name)) + (f"({args})" if args else "")
        check = " @check" if function.check else ""
        return f"{_doc(function.description)}  {signature}: {self.output(function.returns)}{check}"

    def _arg(self, arg: ArgDef) -> str:
        loaded = bool(arg.default_path) or arg.address is not None
        nullable = arg.type.model_copy(update={"optional": True}) if loaded else arg.type
        parts = [f"{field_name(arg.name)}: {self._type(nullable, ids=True)}"]
        if arg.default is not None and (default := _literal(arg.type, json.loads(arg.default))):
            parts.append(f"= {default}")
        if named := self._object_within(arg.type):
            parts.append(f"@expectedType(name: {json.dumps(named)})")
        if arg.default_path:
            parts.append(f"@defaultPath(path: {json.dumps(arg.default_path)})")
        if arg.ignore:
            parts.append(f"@ignorePatterns(patterns: {json.dumps(arg.ignore)})")
        return _doc(arg.description, "") + " ".join(parts)

    def output(self, ref: TypeRef) -> str:
        """A type as functions return it."""
        return self._type(ref, ids=False)

    def _type(self, ref: TypeRef, *, ids: bool) -> str:
        if ref.kind == "LIST_KIND" and ref.element:
            name = f"[{self._type(ref.element, ids=ids)}]"
        elif ref.kind == "OBJECT_KIND" and ids:
            name = "ID"
        else:
            name = _SCALARS.get(ref.kind) or self.type_name(ref.name)
        return name if ref.optional or ref.kind == "VOID_KIND" else f"{name}!"

    def _object_within(self, ref: TypeRef) -> str:
        if ref.kind == "LIST_KIND" and ref.element:
            return self._object_within(ref.element)
        return self.type_name(ref.name) if ref.kind == "OBJECT_KIND" else ""


def _reference(item: ObjectDef) -> TypeRef:
    return TypeRef(kind="OBJECT_KIND", name=item.name)


def _literal(ref: TypeRef, value: Any) -> str:
    """A default as GraphQL writes it; empty where there is none to write."""
    if value is None:
        return ""
    if ref.kind == "LIST_KIND" and ref.element:
        return f"[{', '.join(_literal(ref.element, one) for one in value)}]"
    return enum_member(value) if ref.kind == "ENUM_KIND" else json.dumps(value)


def _block(head: str, lines: list[str]) -> str:
    return "\n".join([f"{head} {{", *lines, "}"])


def _doc(text: str, indent: str = "  ") -> str:
    return f"{indent}{json.dumps(text)}\n" if text else ""
