"""Tables, JSON and the picture, of measurements that are made up."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import plot, report, scenarios
from bench.models import CONTAINERS, EMPTY, HOST, MODULE, Machine, Results, Run, Series, Verdict

MACHINE = Machine(
    cpu="A processor", cores=2, memory_mib=4096, kernel="6", podman="4.3.1", python="3.13", commit="0" * 40,
    dirty=False, date=datetime(2026, 11, 25, tzinfo=UTC),
)  # fmt: skip


def _run(side: str, place: int, seconds: float, **steps: float) -> Run:
    return Run(
        side=side, round=place, seconds=seconds, busy=0, memory_mib=100, disk_mib=5, steps=steps, containers=3
    )


def _line(place: int) -> list[Run]:
    tag = {f"tag 1.0.{place}": 0.5, "tag sha-0000001": 0.25, "tag latest": 0.125}
    return [
        _run(MODULE, place, 6, scan=1.5, **tag),
        _run(CONTAINERS, place, 10, gate=2.5),
        _run(HOST, place, 5, gate=2),
    ]


SERIES = (
    Series(name=scenarios.LINE, runs=tuple(run for place in range(1, 6) for run in _line(place))),
    Series(name=scenarios.BOOT, runs=(_run(MODULE, 1, 1.3), _run(EMPTY, 1, 1.0))),
    Series(
        name=scenarios.ROW,
        runs=tuple(_run(side, place, 5) for place in range(1, 4) for side in (MODULE, CONTAINERS)),
    ),
)


@pytest.fixture
def results() -> Results:
    return Results(
        machine=MACHINE,
        quick=False,
        seconds=60,
        rows=report.rows(SERIES),
        slopes=report.slopes(SERIES),
        series=SERIES,
    )


def test_every_scenario_is_a_row_with_its_limit(results: Results) -> None:
    rows = {row.name: row for row in results.rows}
    line, boot = rows[scenarios.LINE], rows[scenarios.BOOT]
    assert line.ratio == pytest.approx(0.6)
    assert (line.limit, line.verdict) == (0.7, Verdict.WITHIN)
    assert boot.ratio == pytest.approx(1.3)
    assert (boot.baseline, boot.verdict) == (EMPTY, Verdict.OVER)
    assert rows["peak memory, one line"].verdict is Verdict.WITHIN
    assert scenarios.ROW not in rows


def test_only_ours_is_judged_by_its_slope(results: Results) -> None:
    assert {one.side: one.verdict for one in results.slopes} == {
        MODULE: Verdict.WITHIN,
        CONTAINERS: Verdict.NONE,
    }


def test_the_tables_show_figures_and_verdicts(results: Results, capsys: pytest.CaptureFixture[str]) -> None:
    report.show(results)
    said = capsys.readouterr().out
    for words in (
        "A processor, 2 cores",
        "one line, s",
        "6.00 (6.00 to 6.00)",
        "0.60",
        "≤ 0.7",
        "within",
        "over",
    ):
        assert words in said
    assert "quick" not in said


def test_a_quick_run_says_so(results: Results, capsys: pytest.CaptureFixture[str]) -> None:
    report.show(results.model_copy(update={"quick": True}))
    assert "a quick run" in capsys.readouterr().out


def test_the_profile_has_one_row_for_a_step_of_every_version(
    results: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    report.show(results)
    said = capsys.readouterr().out
    for step in ("scan", "tag VERSION", "tag sha-…", "tag latest", "containers started", "gate"):
        assert step in said
    assert "tag 1.0.3" not in said


def test_results_come_back_from_json(results: Results) -> None:
    assert Results.model_validate_json(results.model_dump_json()) == results


def test_the_picture_loads_nothing(results: Results, tmp_path: Path) -> None:
    target = tmp_path / "plot.svg"
    plot.draw(results, target)
    drawn = target.read_text()
    assert scenarios.LINE in drawn
    assert "<script" not in drawn
    assert "@import" not in drawn
    assert 'href="http' not in drawn


def test_every_scenario_has_a_limit_or_none() -> None:
    known = {one.name: one.limit for one in scenarios.RELEASES}
    assert known == {
        scenarios.COLD: 1.1, scenarios.WARM: 0.6, scenarios.LINE: 0.7, scenarios.AGAIN: 0.4,
        scenarios.DEPENDENCY: None, scenarios.GATE: None, scenarios.MANY: None,
    }  # fmt: skip
