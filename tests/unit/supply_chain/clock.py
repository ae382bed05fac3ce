"""A clock that only moves when somebody sleeps."""

import asyncio
from dataclasses import dataclass, field

from supply_chain.patience import Patience


@dataclass
class Time:
    """A clock, and the naps that moved it."""

    now: float = 1000
    naps: list[float] = field(default_factory=list)

    def read(self) -> float:
        """What it shows."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Move it."""
        self.naps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def patience(self, seconds: float) -> Patience:
        """Patience by this clock."""
        return Patience(seconds, clock=self.read, sleep=self.sleep)
