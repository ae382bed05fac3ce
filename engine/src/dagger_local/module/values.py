"""Values of a module in the session: definitions being built, and objects with state."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from dagger_local.values import digest_of

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, eq=False)
class Definition(Generic[Model]):
    """A definition while it is being built, under its GraphQL type."""

    type_name: str
    model: Model

    @cached_property
    def key(self) -> str:
        """Structural digest."""
        return digest_of(self.type_name, self.model.model_dump())

    def having(self, **changes: Any) -> "Definition[Model]":
        """The definition with some parts replaced."""
        return Definition(self.type_name, self.model.model_copy(update=changes))


@dataclass(frozen=True, eq=False)
class ModuleObject:
    """An object that a module's function returned.

    Attributes:
        type_name: Its name in the schema.
        original: Its name in the module.
        state: As the SDK serialized it; core objects within are IDs.
    """

    type_name: str
    original: str
    state: Mapping[str, Any]

    @cached_property
    def key(self) -> str:
        """Structural digest."""
        return digest_of(self.type_name, self.state)
