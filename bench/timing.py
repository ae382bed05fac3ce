"""One run at a time: timed, watched, and begun on a machine that others leave alone as far as can be seen."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from bench import machine
from bench.figures import shown
from bench.machine import Memory
from bench.models import Run
from bench.sides import Done, Side

OVERHEAD = "before and after the steps"

T = TypeVar("T")


def say(text: str) -> None:
    """A line for whoever watches."""
    print(f"bench: {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def in_turn(sides: Sequence[T], place: int) -> list[T]:
    """The sides, another one first in each round."""
    first = place % len(sides)
    return [*sides[first:], *sides[:first]]


def timed(what: str, place: int, side: Side, work: Callable[[], Done], name: str = "") -> Run:
    """One run.

    Args:
        what: The scenario.
        place: The round, or the place in a row.
        side: Whose disk is looked at.
        work: What is timed.
        name: Whose run it is, where it is not the side's.
    """
    before, busy = side.disk_mib(), machine.busy()
    with Memory.watched() as memory:
        began = time.perf_counter()
        done = work()
        seconds = time.perf_counter() - began
    say(f"{what}, round {place}: {name or side.name} {shown(seconds)}")
    around = {OVERHEAD: round(seconds - done.until, 3)} if done.until else {}
    return Run(
        side=name or side.name,
        round=place,
        seconds=round(seconds, 3),
        busy=round(busy, 3),
        memory_mib=round(memory.peak_mib, 1),
        disk_mib=round(side.disk_mib() - before, 1),
        steps=done.steps | around,
        containers=done.containers,
    )
