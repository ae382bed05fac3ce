"""Charts as plain numbers: where each bar starts and ends. The template draws them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from supply_chain.models.outcome import Step
from supply_chain.models.trivy_report import Severity
from supply_chain.report.rows import FIX, FindingRow, PackageRow
from supply_chain.report.sbom import Sbom
from supply_chain.report.words import counted, duration, line

WIDTH = 360
"""Width of a chart in its own units; it is about as wide on a small telephone."""
ROW = 26
"""Height of a row."""

_MOST_BARS = 8
_LONGEST_LABEL = 17
_LEFT, _RIGHT = 118, 34
_TIMELINE_WIDTH, _TIMELINE_LEFT, _TIMELINE_RIGHT = 720, 150, 60
_THINNEST = 2.0
_TICKS = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)
_MOST_TICKS = 8


@dataclass(frozen=True)
class Segment:
    """A part of a bar."""

    x: float
    width: float
    kind: str
    """Class of its colour."""
    said: str
    """What it stands for."""


@dataclass(frozen=True)
class Bar:
    """A row of a chart."""

    label: str
    segments: tuple[Segment, ...]
    end: float
    """Where its value is written."""
    value: str


@dataclass(frozen=True)
class Tick:
    """A line of a time axis."""

    x: float
    label: str


@dataclass(frozen=True)
class Chart:
    """Bars under one another."""

    bars: tuple[Bar, ...]
    width: int = WIDTH
    left: int = _LEFT
    ticks: tuple[Tick, ...] = ()
    rest: str = ""
    """What is left out."""

    @property
    def height(self) -> int:
        """Height in the chart's units, with the axis where there is one."""
        return len(self.bars) * ROW + (ROW if self.ticks else 4)

    @property
    def said(self) -> str:
        """The chart in words, for whoever does not see it."""
        return "; ".join(
            f"{bar.label}: {', '.join(part.said for part in bar.segments) or bar.value}" for bar in self.bars
        )


def by_severity(findings: Sequence[FindingRow]) -> Chart:
    """Findings by severity, those with a fix first."""
    counts = Counter((row.severity, row.fix == FIX) for row in findings)
    parts = ((True, "fix", "with a fix"), (False, "no-fix", "without"))
    rows = [
        (severity.capitalize(), [(counts[severity, fixed], kind, what) for fixed, kind, what in parts])
        for severity in Severity
    ]
    return _stacked(rows)


def by_package(findings: Sequence[FindingRow]) -> Chart:
    """The packages with most findings, the worst kinds first."""
    counts: dict[str, Counter[Severity]] = {}
    for row in findings:
        counts.setdefault(row.package, Counter())[row.severity] += 1
    ordered = sorted(counts.items(), key=lambda item: ([-item[1][one] for one in Severity], item[0]))
    rows = [
        (name, [(found[severity], severity.lower(), severity.lower()) for severity in Severity])
        for name, found in ordered[:_MOST_BARS]
    ]
    return _stacked(rows, rest=_more(len(ordered), "package"))


def by_license(sbom: Sbom | None) -> Chart:
    """Packages by licence; one with several counts for each of them."""
    found: Counter[str] = Counter()
    for package in sbom.contents if sbom else ():
        found.update((sbom.licenses(package) if sbom else ()) or ("not stated",))
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    rows = [(name, [(number, "plain", counted(number, "package"))]) for name, number in ordered[:_MOST_BARS]]
    return _stacked(rows, rest=_more(len(ordered), "licence"), numbered=False)


def by_kind(packages: Sequence[PackageRow]) -> Chart:
    """Packages by ecosystem."""
    found = Counter(row.kind for row in packages).most_common()
    rows = [(kind, [(number, "plain", counted(number, "package"))]) for kind, number in found[:_MOST_BARS]]
    return _stacked(rows, rest=_more(len(found), "kind"), numbered=False)


def timeline(steps: Sequence[Step]) -> Chart:
    """The steps as they ran, beside and after one another."""
    ordered = sorted(steps, key=lambda step: (step.began, step.began + step.seconds))
    total = max((step.began + step.seconds for step in ordered), default=0) or 1
    room = _TIMELINE_WIDTH - _TIMELINE_LEFT - _TIMELINE_RIGHT

    def at(seconds: float) -> float:
        return round(_TIMELINE_LEFT + room * seconds / total, 1)

    bars = []
    for step in ordered:
        start, width = at(step.began), max(round(room * step.seconds / total, 1), _THINNEST)
        said = f"{duration(step.seconds)}, {'passed' if step.passed else 'failed'}"
        segment = Segment(start, width, "passed" if step.passed else "failed", said)
        bars.append(Bar(line(step.name, 24), (segment,), start + width, _shown(step)))
    return Chart(tuple(bars), _TIMELINE_WIDTH, _TIMELINE_LEFT, _ticks(total, at))


def _ticks(total: float, at: Callable[[float], float]) -> tuple[Tick, ...]:
    """Lines of a time axis at round numbers of seconds or minutes."""
    step = next((step for step in _TICKS if total / step <= _MOST_TICKS), total)
    times = [number * step for number in range(int(total / step) + 1)]
    return tuple(Tick(at(time), f"{time / 60:g} min" if step >= 60 else f"{time:g} s") for time in times)  # noqa: PLR2004


def _shown(step: Step) -> str:
    return duration(step.seconds) + ("" if step.passed else " failed")


def _stacked(
    rows: Sequence[tuple[str, Sequence[tuple[int, str, str]]]], *, rest: str = "", numbered: bool = True
) -> Chart:
    """Bars of counted parts, on one scale."""
    most = max((sum(number for number, _, _ in parts) for _, parts in rows), default=0) or 1
    scale = (WIDTH - _LEFT - _RIGHT) / most
    bars = []
    for label, parts in rows:
        end, segments = float(_LEFT), []
        for number, kind, what in parts:
            if number:
                width = max(round(number * scale, 1), _THINNEST)
                segments.append(Segment(round(end, 1), width, kind, f"{number} {what}" if numbered else what))
                end += width
        total = sum(number for number, _, _ in parts)
        bars.append(Bar(line(label, _LONGEST_LABEL), tuple(segments), round(end, 1), str(total)))
    return Chart(tuple(bars), rest=rest)


def _more(number: int, what: str) -> str:
    left = number - _MOST_BARS
    return f"and {counted(left, f'more {what}')}" if left > 0 else ""
