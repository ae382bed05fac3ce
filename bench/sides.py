"""Who is compared: a side releases, verifies, and says what it came to."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench.equality import Result
from bench.shelf import Shelf


@dataclass(frozen=True)
class Order:
    """What is to be released.

    Attributes:
        source: The service.
        version: Its version.
        revision: The commit that it is said to be at.
        blocked: Whether the gate must stop it.
    """

    source: Path
    version: str
    revision: str
    blocked: bool = False


@dataclass(frozen=True)
class Done:
    """What a side says of its work.

    Attributes:
        steps: Seconds by step.
        containers: How many it started.
        until: Seconds into its work at which the last step ended; 0 where it has no steps.
    """

    steps: dict[str, float] = field(default_factory=dict)
    containers: int = 0
    until: float = 0


class Side(Protocol):
    """One of those who are compared."""

    name: str
    shelf: Shelf
    """Its repository."""

    def fresh(self) -> None:
        """Forgets all it has built, scanned and kept; its images and the database stay."""

    def prepare(self) -> None:
        """What comes before a run and is not part of it, such as an identity token of now."""

    def release(self, order: Order) -> Done:
        """Releases; RunFailed where it does not end as the order says."""

    def verify(self) -> Done:
        """Verifies what it released last; RunFailed where that is refused."""

    def result(self) -> Result:
        """What its last release came to."""

    def disk_mib(self) -> float:
        """What it has on disk."""
