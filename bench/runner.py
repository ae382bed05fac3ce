"""Runs scenarios: sides in turn, the same state before each run, the same results after each round."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench import equality, machine, scenarios
from bench.empty_module import write_empty_module
from bench.models import EMPTY, MODULE, Run, Series
from bench.module_side import ModuleSide
from bench.scenarios import Scenario
from bench.script_side import ScriptSide
from bench.service import Service
from bench.sides import Done, Order, Side
from bench.timing import in_turn, say, timed

FIRST = "0.1.0"
"""The version that is there before a run, and commit 0."""


@dataclass
class Runner:
    """The sides, and what has been done with them.

    Attributes:
        folder: Where sources are written.
        module: Ours.
        scripts: The others.
        quick: Whether few rounds do.
    """

    folder: Path
    module: ModuleSide
    scripts: tuple[ScriptSide, ...]
    quick: bool
    _commits: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _released: int = 0
    """Packages of the service whose first version every repository was kept with; 0 for none."""

    @property
    def sides(self) -> tuple[Side, ...]:
        """All of them."""
        return (self.module, *self.scripts)

    def releases(self, scenario: Scenario) -> list[Series]:
        """A scenario's releases; where everything is cold, the scans on their own as well."""
        service = self._ready(scenario)
        runs: list[Run] = []
        scans: list[Run] = []
        for place in self._rounds(scenario.quick):
            order = self._order(scenario, service)
            made = [self._release(side, scenario, place, order) for side in in_turn(self.sides, place)]
            self._compare()
            runs += made
            if scenario.cold:
                scans += self._scans(place, made)
                self._keep(scenario.packages)
        series = {scenario.name: runs, scenarios.SCANS: scans}
        return [Series(name=name, runs=tuple(found)) for name, found in series.items() if found]

    def verifications(self) -> list[Series]:
        """Verification of a release that is there."""
        self._release_first(self._made(scenarios.PACKAGES))
        runs = [
            timed(scenarios.VERIFY, place, side, side.verify)
            for place in self._rounds(scenarios.QUICK_ROUNDS)
            for side in in_turn(self.sides, place)
        ]
        return [Series(name=scenarios.VERIFY, runs=tuple(runs))]

    def boots(self) -> list[Series]:
        """The start of our module, and of one that does nothing."""
        empty = write_empty_module(self.folder / "empty")
        starts: dict[str, Callable[[], Done]] = {
            MODULE: self.module.functions,
            EMPTY: partial(self.module.functions, empty),
        }
        for start in starts.values():
            start()
        runs = [
            timed(scenarios.BOOT, place, self.module, starts[name], name)
            for place in self._rounds(scenarios.QUICK_ROUNDS)
            for name in in_turn(list(starts), place)
        ]
        return [Series(name=scenarios.BOOT, runs=tuple(runs))]

    def rows(self) -> list[Series]:
        """Releases in a row into one repository, a line changed before each."""
        times = 1 if self.quick else scenarios.ROWS
        runs = [run for _ in range(times) for run in self._row(self._made(scenarios.PACKAGES))]
        self._released = 0
        return [Series(name=scenarios.ROW, runs=tuple(runs))]

    def _row(self, service: Service) -> Iterator[Run]:
        compared: tuple[Side, ...] = (self.module, self.scripts[0])
        for side in compared:
            side.shelf.clear()
        for place in range(1, scenarios.IN_A_ROW + 1):
            order = self._order(scenarios.LINE_CHANGED, service)
            for side in in_turn(compared, place):
                side.prepare()
                yield timed(scenarios.ROW, place, side, partial(side.release, order))

    def _made(self, packages: int) -> Service:
        say(f"writing a service with {packages} packages")
        return Service.made(self.folder / f"service-{packages}", packages)

    def _ready(self, scenario: Scenario) -> Service:
        """The service and the repositories as they are before the first round."""
        service = self._made(scenario.packages)
        if scenario.blocked:
            service.add_blocking()
            self._begin(service, blocked=True)
        elif not scenario.cold:
            self._release_first(service)
        return service

    def _release_first(self, service: Service) -> None:
        """A first version in every repository."""
        if self._released != service.packages:
            self._begin(service, blocked=False)
            self._compare()
            self._keep(service.packages)

    def _begin(self, service: Service, *, blocked: bool) -> None:
        """A first release by everybody into an empty repository."""
        self._released = 0
        for side in self.sides:
            say(f"a first release by {side.name}")
            side.shelf.clear()
            side.prepare()
            side.release(Order(service.folder, FIRST, _revision(0), blocked))

    def _keep(self, packages: int) -> None:
        for side in self.sides:
            side.shelf.keep()
        self._released = packages

    def _order(self, scenario: Scenario, service: Service) -> Order:
        """The next release of the service; what differs from the one before is another commit."""
        number = next(self._commits)
        scenario.change(service, number)
        return Order(
            source=service.folder,
            version=FIRST if scenario.cold or scenario.again else f"1.0.{number}",
            revision=_revision(number if scenario.changes else 0),
            blocked=scenario.blocked,
        )

    def _release(self, side: Side, scenario: Scenario, place: int, order: Order) -> Run:
        if scenario.cold:
            side.fresh()
            side.shelf.clear()
        side.shelf.restore()
        side.prepare()
        return timed(scenario.name, place, side, partial(side.release, order))

    def _scans(self, place: int, made: Sequence[Run]) -> Iterator[Run]:
        """Our scan and its conversions, as part of the release; the scripts' three scans, each cold."""
        [ours] = [run for run in made if run.side == MODULE]
        steps = {name: ours.steps[name] for name in ("scan", "convert")}
        yield Run(side=MODULE, round=place, seconds=sum(steps.values()), busy=ours.busy, steps=steps)
        for script in self.scripts:
            busy, steps = machine.busy(), script.cold_scans().steps
            say(f"{scenarios.SCANS}, round {place}: {script.name} {sum(steps.values()):.1f} s")
            yield Run(side=script.name, round=place, seconds=sum(steps.values()), busy=busy, steps=steps)

    def _compare(self) -> None:
        equality.check({side.name: side.result() for side in self.sides})

    def _rounds(self, quick: int) -> range:
        return range(1, ((quick or 1) if self.quick else scenarios.ROUNDS) + 1)

    def everything(self) -> dict[str, Callable[[], list[Series]]]:
        """All that can be measured, by name, in the order in which it is best done."""
        releases = {one.name: partial(self.releases, one) for one in scenarios.RELEASES}
        return {
            **releases,
            scenarios.VERIFY: self.verifications,
            scenarios.BOOT: self.boots,
            scenarios.ROW: self.rows,
        }


def _revision(number: int) -> str:
    return f"{number:040x}"
