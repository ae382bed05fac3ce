"""Figures of one run: medians with their spread, printed as a table."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """What one thing took.

    Attributes:
        name: The thing.
        seconds: Each time it was done.
        limit: What it should stay within, in seconds; 0 for no limit.
        note: What else there is to say.
    """

    name: str
    seconds: tuple[float, ...]
    limit: float = 0
    note: str = ""

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    @property
    def row(self) -> tuple[str, ...]:
        """As the table shows it."""
        kept = "" if not self.limit else "within" if self.median <= self.limit else "over"
        limit = f"≤ {shown(self.limit)} {kept}" if self.limit else ""
        spread = f"{shown(min(self.seconds))} to {shown(max(self.seconds))}"
        return (self.name, str(len(self.seconds)), shown(self.median), spread, limit, self.note)


def timed(times: int, work: Callable[[], object]) -> tuple[float, ...]:
    """Seconds that a piece of work takes, each time."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return tuple(found)


def show(title: str, figures: list[Figure]) -> None:
    """Prints the table to standard output."""
    table = Table("", "runs", "median", "spread", "limit", "", title=title, title_justify="left")
    for figure in figures:
        table.add_row(*figure.row)
    Console(width=120).print(table)


def shown(seconds: float) -> str:
    """A time for people."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"
