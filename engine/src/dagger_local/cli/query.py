"""A chain of functions as one GraphQL query."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dagger_local.errors import EngineError

if TYPE_CHECKING:
    from dagger_local.session import Session


@dataclass
class Selection:
    """Fields selected one from another, with their arguments as variables."""

    _fields: list[str] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _declared: list[str] = field(default_factory=list)
    _variables: dict[str, Any] = field(default_factory=dict)

    def select(self, name: str, args: Mapping[str, tuple[str, Any]] | None = None) -> None:
        """Selects a field from the last one.

        Args:
            name: The field.
            args: GraphQL type and value by argument.
        """
        given = []
        for arg, (graphql_type, value) in (args or {}).items():
            variable = f"v{len(self._variables)}"
            self._variables[variable] = value
            self._declared.append(f"${variable}: {graphql_type}")
            given.append(f"{arg}: ${variable}")
        self._names.append(name)
        self._fields.append(name + (f"({', '.join(given)})" if given else ""))

    async def run(self, session: "Session") -> Any:
        """What the last field came to; where a list comes before it, the list."""
        head = f"query({', '.join(self._declared)}) " if self._declared else ""
        text = head + "".join(f"{{ {selected} " for selected in self._fields) + "}" * len(self._fields)
        answer = await execute(session, text, self._variables)
        for name in self._names:
            if not isinstance(answer, dict):
                break
            answer = answer[name]
        return answer


async def execute(session: "Session", query: str, variables: Mapping[str, Any]) -> Any:
    """Answers a query.

    Raises:
        EngineError: What the query failed with.
    """
    result = await session.execute(query, variables)
    for error in result.errors or ():
        if error.original_error and not isinstance(error.original_error, EngineError):
            raise error.original_error
        raise EngineError(error.message, error.extensions)
    return result.data
