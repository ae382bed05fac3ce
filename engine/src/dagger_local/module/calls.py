"""One call of a module's function: what its process asks of us, and how it answers."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dagger_local.errors import EngineError
from dagger_local.resolve import Context, resolves
from dagger_local.values import digest_of


@dataclass(eq=False)
class FunctionCall:
    """A call, until its process has answered.

    Attributes:
        parent_name: The object as the module names it; empty to ask for the module's types.
        name: The function as the module names it; empty for the constructor.
        parent: The object's state.
        args: JSON-able values by the names that the module registered.
        result: What the process returned, as JSON text.
        error: What it returned instead.
    """

    parent_name: str = ""
    name: str = ""
    parent: Mapping[str, Any] = field(default_factory=dict)
    args: Mapping[str, Any] = field(default_factory=dict)
    result: str | None = None
    error: EngineError | None = None
    type_name: str = "FunctionCall"
    key: str = field(default_factory=lambda: os.urandom(16).hex())

    def __str__(self) -> str:
        return f"{self.parent_name}.{self.name}" if self.name else self.parent_name or "register"


@dataclass(frozen=True, eq=False)
class ArgValue:
    """An argument of a call."""

    name: str
    value: str
    type_name: str = "FunctionCallArgValue"

    @property
    def key(self) -> str:
        """Structural digest."""
        return digest_of(self.name, self.value)


@dataclass(frozen=True, eq=False)
class ModuleError:
    """An error while a module describes it."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    type_name: str = "Error"

    @property
    def key(self) -> str:
        """Structural digest."""
        return digest_of(self.message, self.values)


@resolves("Query", "currentFunctionCall")
def current_function_call(ctx: Context, _parent: None) -> FunctionCall:
    """The call whose process asks."""
    if not isinstance(ctx.call, FunctionCall):
        raise EngineError("currentFunctionCall is asked for outside of a function call")
    return ctx.call


@resolves("FunctionCall", "name")
def name(_ctx: Context, parent: FunctionCall) -> str:
    """The function's name."""
    return parent.name


@resolves("FunctionCall", "parentName")
def parent_name(_ctx: Context, parent: FunctionCall) -> str:
    """The object's name."""
    return parent.parent_name


@resolves("FunctionCall", "parent")
def parent_state(_ctx: Context, parent: FunctionCall) -> str:
    """The object's state as JSON text."""
    return json.dumps(parent.parent)


@resolves("FunctionCall", "inputArgs")
def input_args(_ctx: Context, parent: FunctionCall) -> list[ArgValue]:
    """The arguments."""
    return [ArgValue(arg, json.dumps(value)) for arg, value in parent.args.items()]


@resolves("FunctionCallArgValue", "name")
def arg_name(_ctx: Context, parent: ArgValue) -> str:
    """The argument's name."""
    return parent.name


@resolves("FunctionCallArgValue", "value")
def arg_value(_ctx: Context, parent: ArgValue) -> str:
    """The argument's value as JSON text."""
    return parent.value


@resolves("FunctionCall", "returnValue")
def return_value(_ctx: Context, parent: FunctionCall, value: str) -> None:
    """Takes the result."""
    parent.result = value


@resolves("FunctionCall", "returnError")
def return_error(_ctx: Context, parent: FunctionCall, error: ModuleError) -> None:
    """Takes the error; what the engine put into an API error's extensions comes back with it."""
    parent.error = EngineError(error.message, error.values)


@resolves("Query", "error")
def error(_ctx: Context, _parent: None, message: str) -> ModuleError:
    """An error."""
    return ModuleError(message)


@resolves("Error", "message")
def message(_ctx: Context, parent: ModuleError) -> str:
    """What failed."""
    return parent.message


@resolves("Error", "withValue")
def with_value(_ctx: Context, parent: ModuleError, name: str, value: str) -> ModuleError:
    """The error with an extension."""
    return ModuleError(parent.message, {**parent.values, name: json.loads(value)})
