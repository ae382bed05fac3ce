"""Turns values into states: each once a session, the costly ones once for as long as the store lasts."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

import anyio

from dagger_local.core.changes import Change, changed
from dagger_local.resolve import CHANGES, STEPS, Resolver
from dagger_local.states import DirectoryState, SecretState, State
from dagger_local.values import Value

if TYPE_CHECKING:
    from dagger_local.session import Session


class Evaluator:
    """Evaluates values on demand; the same value asked for twice at once is evaluated once."""

    def __init__(self, session: "Session") -> None:
        self.session = session
        self._done: dict[str, State] = {}
        self._locks: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)

    async def state(self, value: Value) -> State:
        """What a value comes to.

        Raises:
            EngineError: The step, or one before it, failed. Failures are not remembered.
        """
        async with self._locks[value.key]:
            if value.key not in self._done:
                self._done[value.key] = await self._evaluate(value)
            return self._done[value.key]

    async def _evaluate(self, value: Value) -> State:
        if value.type_name == "Secret":
            return SecretState(value.key, str(value.args["name"]))
        if value.op in CHANGES:
            return await self._changed(value)
        inputs = {name: await self._input(item) for name, item in value.inputs.items()}
        parent = inputs.pop("parent", None)
        made: State = await STEPS[value.op](self, parent, **value.args, **inputs)
        return made

    async def _changed(self, value: Value) -> DirectoryState:
        """A tree after a chain of changes; what is between them is made only when somebody asks for it."""
        chain = [value]
        while (parent := chain[-1].inputs["parent"]).op in CHANGES and parent.key not in self._done:
            chain.append(parent)
        first = await self.state(parent)
        changes = []
        for one in reversed(chain):
            given = {name: item for name, item in one.inputs.items() if name != "parent"}
            inputs = {name: await self._input(item) for name, item in given.items()}
            changes.append(Change(one.op, one.args, inputs))
        return changed(self.session.store, cast("DirectoryState", first), changes)

    async def _input(self, item: Any) -> Any:
        if isinstance(item, list):
            return [await self.state(one) for one in item]
        return await self.state(item)

    async def leaf(
        self, resolver: Resolver, parent: Value, args: dict[str, Any], objects: dict[str, Any]
    ) -> Any:
        """Evaluates what a scalar field needs and asks for it."""
        inputs = {name: await self._input(item) for name, item in objects.items()}
        return await resolver(self, await self.state(parent), **args, **inputs)
