"""Which runs are made, in which order and from which state; the sides only say that they were asked."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from bench import machine, scenarios
from bench.equality import TYPES, Result
from bench.errors import Unequal
from bench.models import CONTAINERS, EMPTY, HOST, MODULE
from bench.runner import FIRST, Runner
from bench.scenarios import Scenario
from bench.service import Service
from bench.sides import Done, Order

PACKAGES = 5
SIDES = (MODULE, CONTAINERS, HOST)


@dataclass
class Shelf:
    """A repository that keeps a diary."""

    diary: list[str]

    def keep(self) -> None:
        self.diary.append("keep")

    def restore(self) -> None:
        self.diary.append("restore")

    def clear(self) -> None:
        self.diary.append("clear")


@dataclass
class Side:
    """A side that keeps a diary of what was done and of what it was to release."""

    name: str
    diary: list[str] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    findings: frozenset[str] = frozenset({"CVE-1"})

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.diary)

    def fresh(self) -> None:
        self.diary.append("fresh")

    def prepare(self) -> None:
        self.diary.append("prepare")

    def release(self, order: Order) -> Done:
        self.diary.append("release")
        self.orders.append(order)
        self.texts.append((order.source / "app.py").read_text())
        return Done({"scan": 1.0, "convert": 0.5}, 2, 1.0)

    def cold_scans(self) -> Done:
        return Done({"gate": 2.0, "sarif": 2.0, "sbom": 2.0})

    def verify(self) -> Done:
        self.diary.append("verify")
        return Done()

    def functions(self, *_: Path) -> Done:
        return Done()

    def result(self) -> Result:
        return Result(self.name, frozenset({("a", "1")}), self.findings, TYPES, {"verify": True})

    def disk_mib(self) -> float:
        return 1


@pytest.fixture
def sides() -> list[Side]:
    return [Side(name) for name in SIDES]


@pytest.fixture
def runner(sides: list[Side], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """One whose machine is never busy."""
    monkeypatch.setattr(machine, "busy", lambda: 0.0)
    monkeypatch.setattr(scenarios, "PACKAGES", PACKAGES)
    monkeypatch.setattr(scenarios, "ROUNDS", 3)
    module, *scripts = cast("Any", sides)
    return Runner(tmp_path, module, tuple(scripts), quick=False)


def test_every_side_runs_in_every_round_and_is_first_once(runner: Runner) -> None:
    [series] = runner.releases(Scenario("x", packages=PACKAGES))
    assert [(run.round, run.side) for run in series.runs[::3]] == [(1, CONTAINERS), (2, HOST), (3, MODULE)]
    assert all(len(series.of(side)) == 3 for side in SIDES)


def test_a_first_release_is_kept_and_every_run_begins_with_it(runner: Runner, sides: list[Side]) -> None:
    runner.releases(Scenario("x", packages=PACKAGES))
    first, each = ["clear", "prepare", "release", "keep"], ["restore", "prepare", "release"]
    assert all(side.diary == first + each * 3 for side in sides)


def test_the_first_release_serves_all_scenarios(runner: Runner, sides: list[Side]) -> None:
    for _ in range(2):
        runner.releases(Scenario("x", packages=PACKAGES))
    assert all(side.diary.count("keep") == 1 for side in sides)


def test_a_cold_run_begins_with_nothing_and_scans_on_its_own(runner: Runner, sides: list[Side]) -> None:
    releases, scans = runner.releases(Scenario("x", packages=PACKAGES, cold=True))
    assert sides[1].diary[:5] == ["fresh", "clear", "restore", "prepare", "release"]
    assert {run.seconds for run in scans.of(MODULE)} == {1.5}
    assert {run.seconds for run in scans.of(HOST)} == {6.0}
    assert len(releases.runs) == len(scans.runs) == 9


def test_a_changed_line_is_another_commit_and_the_same_for_all(runner: Runner, sides: list[Side]) -> None:
    runner.releases(Scenario("x", packages=PACKAGES, change=Service.change_line))
    for side in sides:
        assert len(set(side.texts)) == len({order.revision for order in side.orders}) == 4
        assert side.texts == sides[0].texts
        assert side.orders == sides[0].orders


def test_an_unchanged_source_is_the_same_commit_as_another_version(runner: Runner, sides: list[Side]) -> None:
    runner.releases(Scenario("x", packages=PACKAGES))
    assert len({order.version for order in sides[0].orders}) == 4
    assert len({order.revision for order in sides[0].orders}) == 1


def test_the_same_version_again(runner: Runner, sides: list[Side]) -> None:
    runner.releases(Scenario("x", packages=PACKAGES, again=True))
    assert {order.version for order in sides[0].orders} == {FIRST}


def test_different_results_end_it(runner: Runner, sides: list[Side]) -> None:
    sides[2].findings = frozenset({"CVE-2"})
    with pytest.raises(Unequal):
        runner.releases(Scenario("x", packages=PACKAGES))


def test_releases_in_a_row_find_what_the_ones_before_left(runner: Runner, sides: list[Side]) -> None:
    [series] = runner.rows()
    row = ["clear", *["prepare", "release"] * scenarios.IN_A_ROW]
    assert sides[0].diary == sides[1].diary == row * scenarios.ROWS
    assert sides[2].diary == []
    places = [run.round for run in series.of(MODULE)]
    assert places == [*range(1, scenarios.IN_A_ROW + 1)] * scenarios.ROWS
    assert len(set(sides[0].texts)) == scenarios.IN_A_ROW * scenarios.ROWS


def test_what_was_in_a_row_is_not_what_others_begin_with(runner: Runner, sides: list[Side]) -> None:
    runner.releases(Scenario("x", packages=PACKAGES))
    runner.rows()
    runner.verifications()
    assert sides[0].diary.count("keep") == 2
    assert sides[0].diary[-3:] == ["verify"] * 3


def test_a_boot_is_compared_with_an_empty_module(runner: Runner) -> None:
    [series] = runner.boots()
    assert len(series.of(MODULE)) == len(series.of(EMPTY)) == 3


def test_everything_can_be_asked_for(runner: Runner) -> None:
    assert tuple(runner.everything()) == scenarios.NAMES
    assert set(scenarios.QUICK_NAMES) < set(scenarios.NAMES)
