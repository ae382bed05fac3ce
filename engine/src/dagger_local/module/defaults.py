"""User defaults: what variables of .env files make of a module's arguments.

Dagger looks for an .env in the folder where it is called and above, whose variables begin with the module's
name, and for one beside the module's dagger.json, whose variables do not.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dagger_local.errors import EngineError, NotServed
from dagger_local.module.dotenv import EnvFile
from dagger_local.module.source import ModuleSource
from dagger_local.module.typedefs import ArgDef, FunctionDef, ModuleDef, ObjectDef, TypeRef

_FILE = ".env"
_SCHEMA = "failed to get schema: failed to load schema: failed to get schema"


def variables(source: ModuleSource, work_dir: Path) -> EnvFile:
    """All variables that are meant for a module."""
    outer = next(
        (folder / _FILE for folder in (work_dir, *work_dir.parents) if (folder / _FILE).exists()), None
    )
    found = _read(source.root / _FILE)
    for name in dict.fromkeys((source.name, source.config.name)):
        found = found.joined(_read(outer).namespace(name))
    return found


def _read(path: Path | None) -> EnvFile:
    if path is None or not path.is_file():
        return EnvFile()
    try:
        return EnvFile.parse(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(f"{path} cannot be read: {error}") from None


class UserDefaults:
    """The user defaults of one module.

    Attributes:
        taken: A line for each that an argument took.
    """

    def __init__(self, module: str, main: str, found: EnvFile) -> None:
        self._module, self._main, self._found = module, main, found
        self.taken: list[str] = []

    def applied(self, definition: ModuleDef) -> ModuleDef:
        """The module's definition with user defaults in place of its own.

        Raises:
            EngineError: A variable cannot be expanded, or does not fit its argument.
        """
        if not self._found.own:
            return definition
        return definition.model_copy(update={"objects": tuple(map(self._object, definition.objects))})

    def _object(self, item: ObjectDef) -> ObjectDef:
        is_main = item.name == self._main
        found = self._found if is_main else self._found.namespace(item.name)
        changes: dict[str, Any] = {}
        if is_main and item.constructor:
            with self._failing("failed to install constructor: failed to merge user defaults"):
                changes["constructor"] = self._function(item.constructor, found)
        functions = []
        for function in item.functions:
            with self._failing(f'failed to merge user defaults for "{function.api_name}"'):
                functions.append(self._function(function, found.namespace(function.name)))
        return item.model_copy(update={**changes, "functions": tuple(functions)})

    @contextlib.contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        """Says of an error what Dagger says of it."""
        try:
            yield
        except EngineError as error:
            where = f'query module objects: {_SCHEMA} for module "{self._module}"'
            raise EngineError(f"{where}: {what}: {error.message}") from None

    def _function(self, function: FunctionDef, found: EnvFile) -> FunctionDef:
        if not found.own or not function.args:
            return function
        try:
            values = found.values(os.environ)
        except EngineError as error:
            what = f"load user default for {self._module}.{function.api_name}: {error.message}"
            raise EngineError(what) from None
        by_name = {name.lower(): value for name, value in sorted(values.items(), reverse=True)}
        args = [self._arg(function, arg, by_name.get(arg.api_name.lower())) for arg in function.args]
        return function.model_copy(update={"args": tuple(args)})

    def _arg(self, function: FunctionDef, arg: ArgDef, value: str | None) -> ArgDef:
        if value is None:
            return arg
        where = f"{self._module}{'.' if function.name else ''}{function.api_name}({arg.api_name}="
        of_object = arg.type.kind == "OBJECT_KIND"
        hidden = of_object and arg.type.name == "Secret" and "://" not in value
        self.taken.append(f"user default: {where}{'*****' if hidden else json.dumps(value)})")
        if of_object:
            # Dagger does not use it where the argument has a default of None (recorded: case defaults).
            return arg if arg.default is not None else arg.model_copy(update={"address": value})
        try:
            return arg.model_copy(update={"default": json.dumps(_value(arg.type, value))})
        except ValueError as error:
            raise EngineError(
                f"user defaults {self._module}.{function.api_name}({arg.api_name}=...): {error}"
            ) from None


def _value(ref: TypeRef, text: str) -> Any:
    """A variable's text as a value of a type."""
    if ref.kind == "STRING_KIND":
        return text
    if ref.kind == "LIST_KIND" and ref.element:
        if ref.element.kind == "OBJECT_KIND":
            raise NotServed("a user default for a list of objects")
        return [_value(ref.element, one) for one in text.split(",")]
    if ref.kind == "INTEGER_KIND":
        try:
            return int(text)
        except ValueError:
            why = f"parse as integer: strconv.Atoi: parsing {json.dumps(text)}: invalid syntax"
            raise ValueError(why) from None
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise ValueError(f"not valid JSON: '{text}'") from None
