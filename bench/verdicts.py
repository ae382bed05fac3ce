"""Judges measurements: ratios, spread, slopes. Numbers in, verdicts out."""

import math
import statistics
from collections.abc import Mapping, Sequence

from bench.models import CONTAINERS, MODULE, Row, Run, Slope, Unit, Verdict

SPREAD_LIMIT = 0.2
"""Of the middle half of the runs, relative to their median. The tightest limits leave 20 % between medians
they compare; runs that differ by more than that among themselves say nothing about it."""
BUSY_LIMIT = 0.15
"""Share of the cores that others may use before a run; the benchmark's own servers use a hundredth or two."""
SURE = 2.0
"""A slope is told from noise where it is more than so many of its standard errors."""
_ENOUGH_FOR_QUARTILES = 2


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """First quartile, median and third quartile."""
    if len(values) < _ENOUGH_FOR_QUARTILES:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def spread(values: Sequence[float]) -> float:
    """How far the middle half of the values is apart, relative to their median."""
    low, middle, high = quartiles(values)
    return (high - low) / middle


def ratio(values: Mapping[str, Sequence[float]], baseline: str) -> float | None:
    """Median of the module over median of the baseline; None where there is nothing to compare with."""
    ours, theirs = values.get(MODULE), values.get(baseline)
    if not ours or not theirs or statistics.median(theirs) <= 0:
        return None
    return statistics.median(ours) / statistics.median(theirs)


def row(
    name: str,
    values: Mapping[str, Sequence[float]],
    busy: Sequence[float],
    *,
    limit: float | None = None,
    unit: Unit = "s",
    baseline: str = CONTAINERS,
) -> Row:
    """A judged row of the table."""
    compared = ratio(values, baseline)
    both = [values[side] for side in (MODULE, baseline) if side in values]
    return Row(
        name=name,
        unit=unit,
        limit=limit,
        baseline=baseline,
        values={side: tuple(each) for side, each in values.items()},
        busy=tuple(busy),
        ratio=compared,
        verdict=_verdict(compared, limit, both, busy),
    )


def _verdict(
    compared: float | None, limit: float | None, values: Sequence[Sequence[float]], busy: Sequence[float]
) -> Verdict:
    if limit is None or compared is None:
        return Verdict.NONE
    if max(map(spread, values)) > SPREAD_LIMIT or statistics.median(busy) > BUSY_LIMIT:
        return Verdict.NOISY
    return Verdict.WITHIN if compared <= limit else Verdict.OVER


def slope(side: str, runs: Sequence[Run]) -> Slope:
    """How much longer each release in a row takes than the one before; `Run.round` is its place."""
    places, seconds = [run.round for run in runs], [run.seconds for run in runs]
    line = statistics.linear_regression(places, seconds)
    left = [took - (line.intercept + line.slope * place) for place, took in zip(places, seconds, strict=True)]
    around = sum((place - statistics.fmean(places)) ** 2 for place in places)
    error = math.sqrt(sum(one**2 for one in left) / max(len(runs) - 2, 1) / around)
    noise = statistics.median(run.busy for run in runs) > BUSY_LIMIT
    steep = line.slope > SURE * error
    verdict = Verdict.NOISY if noise else Verdict.OVER if steep else Verdict.WITHIN
    return Slope(
        side=side,
        per_release=line.slope,
        error=error,
        releases=max(places),
        verdict=verdict if side == MODULE else Verdict.NONE,
    )
