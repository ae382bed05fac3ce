"""What numbers come to: ratios, spread, slopes."""

import itertools

import pytest

from bench import verdicts
from bench.models import CONTAINERS, EMPTY, HOST, MODULE, Run, Verdict

QUIET = (0.01, 0.02, 0.01)
STEADY = (10.0, 10.1, 9.9, 10.0, 10.05)


def _runs(seconds: list[float], busy: float = 0.0) -> list[Run]:
    return [
        Run(side=MODULE, round=place, seconds=took, busy=busy) for place, took in enumerate(seconds, start=1)
    ]


def test_spread_is_that_of_the_middle_half() -> None:
    assert verdicts.spread([1.0, 9.0, 10.0, 11.0, 100.0]) == pytest.approx(0.2)


def test_one_run_has_no_spread() -> None:
    assert verdicts.spread([3.0]) == 0


@pytest.mark.parametrize(
    ("ours", "limit", "verdict"),
    [(6.0, 0.6, Verdict.WITHIN), (6.1, 0.6, Verdict.OVER), (6.0, None, Verdict.NONE)],
)
def test_a_ratio_is_held_against_its_limit(ours: float, limit: float | None, verdict: Verdict) -> None:
    row = verdicts.row("x", {MODULE: [ours] * 5, CONTAINERS: [10.0] * 5}, QUIET, limit=limit)
    assert row.verdict is verdict
    assert row.ratio == pytest.approx(ours / 10)


@pytest.mark.parametrize("side", [MODULE, CONTAINERS])
def test_runs_that_differ_too_much_give_no_verdict(side: str) -> None:
    values = {MODULE: STEADY, CONTAINERS: STEADY} | {side: (5.0, 8.0, 10.0, 12.0, 20.0)}
    assert verdicts.row("x", values, QUIET, limit=2.0).verdict is Verdict.NOISY


def test_a_side_that_is_not_compared_may_differ() -> None:
    values = {MODULE: STEADY, CONTAINERS: STEADY, HOST: (1.0, 5.0, 9.0)}
    assert verdicts.row("x", values, QUIET, limit=2.0).verdict is Verdict.WITHIN


def test_a_busy_machine_gives_no_verdict() -> None:
    row = verdicts.row("x", {MODULE: STEADY, CONTAINERS: STEADY}, (0.5, 0.6, 0.01), limit=2.0)
    assert row.verdict is Verdict.NOISY


def test_without_a_baseline_there_is_no_ratio() -> None:
    row = verdicts.row("x", {MODULE: STEADY, EMPTY: STEADY}, QUIET, limit=1.0)
    assert (row.ratio, row.verdict) == (None, Verdict.NONE)
    assert verdicts.row("x", {MODULE: STEADY, EMPTY: STEADY}, QUIET, limit=1.0, baseline=EMPTY).ratio == 1


def test_memory_that_nobody_used_has_no_ratio() -> None:
    row = verdicts.row("x", {MODULE: (0.0, 0.0), CONTAINERS: (0.0, 0.0)}, QUIET, limit=1.2, unit="MiB")
    assert (row.ratio, row.verdict) == (None, Verdict.NONE)


def test_a_slope_that_is_steeper_than_noise_is_over() -> None:
    found = verdicts.slope(MODULE, _runs([10.0 + 0.5 * place for place in range(8)]))
    assert found.per_release == pytest.approx(0.5)
    assert found.error == pytest.approx(0)
    assert (found.releases, found.verdict) == (8, Verdict.OVER)


def test_a_slope_within_its_noise() -> None:
    wobbling = [10.0 + wobble for wobble in itertools.islice(itertools.cycle([0.0, 0.4, -0.4]), 8)]
    assert verdicts.slope(MODULE, _runs(wobbling)).verdict is Verdict.WITHIN


def test_one_that_falls_is_within() -> None:
    assert verdicts.slope(MODULE, _runs([10.0 - place for place in range(8)])).verdict is Verdict.WITHIN


def test_a_slope_on_a_busy_machine_says_nothing() -> None:
    assert verdicts.slope(MODULE, _runs([1.0, 2.0, 3.0], busy=0.9)).verdict is Verdict.NOISY


def test_only_ours_is_judged() -> None:
    assert verdicts.slope(CONTAINERS, _runs([1.0, 2.0, 3.0])).verdict is Verdict.NONE
