"""Rows, slopes and tables out of what was measured."""

import statistics
from collections.abc import Iterable, Mapping, Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from bench import scenarios, verdicts
from bench.models import CONTAINERS, EMPTY, HOST, MODULE, Results, Row, Run, Series, Slope, Verdict

_LIMITS = {one.name: one.limit for one in scenarios.RELEASES} | {
    scenarios.SCANS: scenarios.SCAN_LIMIT,
    scenarios.VERIFY: scenarios.VERIFY_LIMIT,
    scenarios.BOOT: scenarios.BOOT_LIMIT,
}
_WITH_MEMORY = (scenarios.COLD, scenarios.LINE)
_SIDES = (MODULE, CONTAINERS, HOST)
_WIDTH = 140
_LONG = 10


def rows(series: Sequence[Series]) -> tuple[Row, ...]:
    """The comparison: time first, then memory and disk."""
    times = [_times(one) for one in series if one.name != scenarios.ROW]
    weights = [row for one in series if one.name in _WITH_MEMORY for row in _weights(one)]
    return (*times, *weights)


def slopes(series: Sequence[Series]) -> tuple[Slope, ...]:
    """How releases in a row get slower."""
    found = [one for one in series if one.name == scenarios.ROW]
    return tuple(verdicts.slope(side, one.of(side)) for one in found for side in (MODULE, CONTAINERS))


def show(results: Results) -> None:
    """Prints the comparison, the slopes and the profile to standard output."""
    console = Console(width=_WIDTH)
    console.print(_comparison(results))
    for slope in results.slopes:
        console.print(_sentence(slope))
    for side in _SIDES:
        if profile := _profile(side, results.series):
            console.print(profile)


def _times(series: Series) -> Row:
    values = _by_side(series.runs, "seconds")
    baseline = EMPTY if series.name == scenarios.BOOT else CONTAINERS
    return verdicts.row(series.name, values, _busy(series), limit=_LIMITS[series.name], baseline=baseline)


def _weights(series: Series) -> Iterable[Row]:
    memory, disk = _by_side(series.runs, "memory_mib"), _by_side(series.runs, "disk_mib")
    busy, limit = _busy(series), scenarios.MEMORY_LIMIT
    yield verdicts.row(f"peak memory, {series.name}", memory, busy, limit=limit, unit="MiB")
    yield verdicts.row(f"disk that a release adds, {series.name}", disk, busy, unit="MiB")


def _by_side(runs: Sequence[Run], name: str) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {}
    for run in runs:
        values.setdefault(run.side, []).append(getattr(run, name))
    return values


def _busy(series: Series) -> list[float]:
    return [run.busy for run in series.runs]


def _comparison(results: Results) -> Table:
    machine = results.machine
    where = f"{machine.cpu}, {machine.cores} cores, {machine.memory_mib} MiB, Podman {machine.podman}"
    few = "; a quick run: too few rounds to rest a verdict on" if results.quick else ""
    title = f"medians (middle half of the runs); {where}{few}"
    heads = ("", "runs", MODULE, CONTAINERS, HOST, "ratio", "to host", "limit", "")
    table = Table(*heads, title=title, title_justify="left", box=SIMPLE)
    for row in results.rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> Iterable[str]:
    yield f"{row.name}, {row.unit}"
    yield str(len(row.values[MODULE]))
    yield _amount(row, MODULE)
    yield f"{_amount(row, EMPTY)} ({EMPTY})" if EMPTY in row.values else _amount(row, CONTAINERS)
    yield _amount(row, HOST)
    yield _factor(row.ratio)
    yield _factor(verdicts.ratio(row.values, HOST))
    yield "" if row.limit is None else f"≤ {row.limit}"
    yield row.verdict


def _amount(row: Row, side: str) -> str:
    """Median, with first and third quartile."""
    values = row.values.get(side)
    if not values:
        return ""
    low, middle, high = verdicts.quartiles(values)
    digits = 0 if row.unit == "MiB" else 1 if middle >= _LONG else 2
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _factor(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def _sentence(slope: Slope) -> str:
    said = f"releases 1 to {slope.releases} in a row, {slope.side}: {slope.per_release:+.3f} s a release"
    verdict = "" if slope.verdict is Verdict.NONE else f": {slope.verdict} its noise"
    return f"{said} ± {slope.error:.3f} s{verdict}"


def _profile(side: str, series: Sequence[Series]) -> Table | None:
    """Median seconds of a side's steps, a column for each scenario that has any."""
    steps = {one.name: _steps(one.of(side)) for one in series}
    columns = {name: found for name, found in steps.items() if found}
    if not columns:
        return None
    table = Table("", *columns, title=f"steps, {side}: median seconds", title_justify="left", box=SIMPLE)
    for step in dict.fromkeys(step for found in columns.values() for step in found):
        table.add_row(step, *(f"{found[step]:.2f}" if step in found else "" for found in columns.values()))
    started = (
        str(round(statistics.median(run.containers for run in one.of(side))))
        for one in series
        if one.name in columns
    )
    table.add_row("containers started", *started)
    return table


def _steps(runs: Sequence[Run]) -> Mapping[str, float]:
    """Each step's median, where it was taken."""
    names = dict.fromkeys(_without_version(name) for run in runs for name in run.steps)
    taken = [{_without_version(name): seconds for name, seconds in run.steps.items()} for run in runs]
    return {name: statistics.median(steps[name] for steps in taken if name in steps) for name in names}


def _without_version(step: str) -> str:
    """The step's name, the same in each round."""
    kind, _, tag = step.partition(" ")
    if kind != "tag" or tag == "latest":
        return step
    return "tag sha-…" if tag.startswith("sha-") else "tag VERSION"
