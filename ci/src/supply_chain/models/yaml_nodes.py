"""YAML read strictly: plain nodes, each key once, and errors that name the line.

Values are taken from the nodes that PyYAML's safe loader composes; no tag of YAML makes an object here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

import yaml

from supply_chain.errors import ExceptionsInvalid

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TEXT_TAG, _NULL_TAG = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"


@dataclass(frozen=True)
class Node:
    """A value in a file. `what`, in its methods, is what an error calls it."""

    value: yaml.Node
    """The node as PyYAML composed it."""
    file: str
    """Name of the file."""

    @classmethod
    def parse(cls, document: str, file: str) -> Self | None:
        """The file's one document; None when it is empty."""
        try:
            root = yaml.compose(document, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
            raise ExceptionsInvalid(f"{file}{line}: this is not YAML", why=error.problem or "") from None
        except yaml.YAMLError as error:
            raise ExceptionsInvalid(f"{file} is not YAML", why=str(error).splitlines()[0]) from None
        except RecursionError:
            raise ExceptionsInvalid(f"{file} is not usable", why="it is nested too deeply") from None
        return cls(root, file) if root else None

    @property
    def line(self) -> int:
        """Where it starts, from 1."""
        return int(self.value.start_mark.line) + 1

    @property
    def is_null(self) -> bool:
        """Whether nothing is written there."""
        return self._has_tag(_NULL_TAG)

    def text(self, what: str) -> str:
        """Text; what YAML takes for a number, a date or a truth value is none."""
        if not self._has_tag(_TEXT_TAG):
            raise self.refused(f"{what} is not text", why="put it in quotes")
        return str(self.value.value)

    def day(self, what: str) -> date:
        """A date without quotes and without a time, as Trivy reads it."""
        written = str(self.value.value) if isinstance(self.value, yaml.ScalarNode) else ""
        if not _DATE.fullmatch(written):
            raise self.refused(f"{what} is no date", why="a date is written YYYY-MM-DD, without a time")
        try:
            day = date.fromisoformat(written)
        except ValueError:
            raise self.refused(f"{what} is no date", why=f"there is no {written}") from None
        if self._has_tag(_TEXT_TAG):
            raise self.refused(f"{what} is no date", why=f"Trivy takes {written} in quotes for text")
        return day

    def items(self, what: str) -> list["Node"]:
        """The items of a list; nothing is an empty one."""
        if self.is_null:
            return []
        if not isinstance(self.value, yaml.SequenceNode):
            raise self.refused(f"{what} is not a list")
        return [Node(item, self.file) for item in self.value.value]

    def mapping(self, what: str) -> dict[str, "Node"]:
        """Values by key, each of which is there once; nothing is an empty mapping."""
        if self.is_null:
            return {}
        if not isinstance(self.value, yaml.MappingNode):
            raise self.refused(f"{what} is not a mapping of keys to values")
        values: dict[str, Node] = {}
        pairs: Iterable[tuple[yaml.Node, yaml.Node]] = self.value.value
        for key, value in pairs:
            name = Node(key, self.file).text("a key")
            if name in values:
                raise Node(key, self.file).refused(f"the key {name!r} is there twice")
            values[name] = Node(value, self.file)
        return values

    def refused(self, what: str, why: str = "") -> ExceptionsInvalid:
        """The error about this place."""
        return ExceptionsInvalid(f"{self.file}, line {self.line}: {what}", why=why)

    def _has_tag(self, tag: str) -> bool:
        return isinstance(self.value, yaml.ScalarNode) and self.value.tag == tag
