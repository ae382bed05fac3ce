"""What a run has learned so far. However the run ends, outcome and evidence are made from it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import dagger

from supply_chain.errors import SupplyChainError
from supply_chain.models.outcome import PASSED, Failure, Outcome, Step


@dataclass
class Ledger:
    """Facts for the outcome, files for the evidence, and how long each step took."""

    facts: dict[str, Any]
    """Fields of the outcome."""
    files: dict[str, dagger.File] = field(default_factory=dict)
    """Evidence by name."""
    directories: dict[str, dagger.Directory] = field(default_factory=dict)
    """Evidence folders by name."""
    steps: list[Step] = field(default_factory=list)
    """Steps in the order they ended."""
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the run started."""
    clock: float = field(default_factory=time.monotonic)
    """The same, by a clock that nobody sets."""

    def learn(self, **facts: Any) -> None:
        """Note fields of the outcome."""
        self.facts.update(facts)

    def notice(self, said: str) -> None:
        """Note what a reader must know before believing the rest."""
        self.facts["notices"] = (*self.facts["notices"], said)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Note when the block began, how long it took and whether it ended well."""
        started, passed = time.monotonic(), False
        try:
            yield
            passed = True
        finally:
            seconds, began = round(time.monotonic() - started, 1), round(started - self.clock, 1)
            self.steps.append(Step(name=name, seconds=seconds, passed=passed, began=began))

    def outcome(self, error: SupplyChainError | None, also: tuple[str, ...] = ()) -> Outcome:
        """The run's outcome, given how it ended, and what is still to be put beside it."""
        return Outcome(
            status=error.status if error else PASSED,
            error=Failure.of(error) if error else None,
            evidence=tuple(sorted([*self.files, *self.directories, *also])),
            started_at=self.started_at,
            steps=tuple(self.steps),
            **self.facts,
        )
