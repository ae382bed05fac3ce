"""Reads directives off the nodes of a schema."""

from collections.abc import Iterator
from typing import Any


def directives_of(node: Any) -> Iterator[Any]:
    """The directives of a field, an argument or an enum's member."""
    if node.ast_node:
        yield from node.ast_node.directives or ()


def directive(node: Any, name: str, argument: str) -> Any:
    """The value of a directive's argument, where the directive is there; a list's as a list."""
    for found in directives_of(node):
        if found.name.value == name:
            value = next(arg.value for arg in found.arguments if arg.name.value == argument)
            return [item.value for item in value.values] if hasattr(value, "values") else value.value
    return None
