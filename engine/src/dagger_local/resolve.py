"""Maps fields of the schema to the code that answers them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dagger_local.scopes import Scope
    from dagger_local.session import Session

Resolver = Callable[..., Any]


@dataclass(frozen=True)
class Context:
    """Who asks.

    Attributes:
        session: The session that the question belongs to.
        scope: What the one who asks sees.
        call: The function call whose subprocess asks; None for the CLI.
    """

    session: "Session"
    scope: "Scope"
    call: Any = None


RESOLVERS: dict[tuple[str, str], Resolver] = {}
STEPS: dict[str, Resolver] = {}
CHANGES: dict[str, Resolver] = {}
LEAVES: dict[tuple[str, str], Resolver] = {}


def resolves(type_name: str, name: str) -> Callable[[Resolver], Resolver]:
    """Registers `f(ctx, parent, **args)`, which gets values as they are described."""

    def register(resolver: Resolver) -> Resolver:
        RESOLVERS[type_name, name] = resolver
        return resolver

    return register


def step(type_name: str, name: str) -> Callable[[Resolver], Resolver]:
    """Registers `f(ev, parent_state, **args) -> State`, run when somebody needs the result.

    The field itself only describes: it answers at once with a value.
    """

    def register(resolver: Resolver) -> Resolver:
        STEPS[f"{type_name}.{name}"] = resolver
        return resolver

    return register


def change(type_name: str, name: str) -> Callable[[Resolver], Resolver]:
    """Registers `f(draft, **args)`, a step that changes a tree: a chain of them makes one new tree."""

    def register(resolver: Resolver) -> Resolver:
        CHANGES[f"{type_name}.{name}"] = resolver
        return resolver

    return register


def leaf(type_name: str, name: str) -> Callable[[Resolver], Resolver]:
    """Registers `f(ev, parent_state, **args) -> scalar`; asking for it evaluates the parent."""

    def register(resolver: Resolver) -> Resolver:
        LEAVES[type_name, name] = resolver
        return resolver

    return register
