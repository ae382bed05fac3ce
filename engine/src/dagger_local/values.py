"""Immutable values: what a client has described. Nothing here runs anything."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def digest_of(*parts: Any) -> str:
    """The sha256 (hex) over a canonical JSON form of the parts."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class Value:
    """One operation on its inputs; the whole pipeline is the tree of them.

    Attributes:
        type_name: GraphQL type of the result.
        op: `Type.field` that made it.
        args: Scalar arguments, JSON-able.
        inputs: Object arguments; the object the field was selected on is `parent`.
        key: Structural digest; equal descriptions have equal keys.
    """

    type_name: str
    op: str
    args: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            inputs = {name: _keys(value) for name, value in self.inputs.items()}
            object.__setattr__(self, "key", digest_of(self.type_name, self.op, dict(self.args), inputs))


def _keys(value: Any) -> Any:
    return [item.key for item in value] if isinstance(value, list) else value.key
