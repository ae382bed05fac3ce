"""All findings of a report as a table for a terminal: never wider than one, whatever is in it."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from supply_chain.models.markdown import plain
from supply_chain.models.trivy_report import Report, Result, Severity, Vulnerability, nothing_listed

WIDEST = 120
"""Columns of a line, at most."""

_HEAD = ("SEVERITY", "ID", "PACKAGE", "INSTALLED", "FIXED IN", "TITLE")
_WIDEST_CELLS = (8, 19, 28, 20, 20)
"""Columns of every cell but the title, at most; 19 are the id of a GitHub advisory."""
_GAP = "  "
_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


def table(report: Report) -> str:
    """The findings, by target, the worst first; then how many there are."""
    parts = [_group(result) for result in report.results if result.vulnerabilities]
    return "\n\n".join([*parts, _total(report)]) + "\n"


def _group(result: Result) -> str:
    """One target's findings."""
    found = sorted(result.vulnerabilities, key=_worst_first)
    rows = [_HEAD, *(_row(vulnerability) for vulnerability in found)]
    widths = [
        min(widest, max(_width(row[column]) for row in rows)) for column, widest in enumerate(_WIDEST_CELLS)
    ]
    widths.append(WIDEST - sum(widths) - len(_GAP) * len(widths))
    title = _fitting(f"{plain(result.target)}: {_counted(len(found), 'finding')}", WIDEST)
    return "\n".join([title, "-" * _width(title), *(_line(row, widths) for row in rows)])


def _worst_first(vulnerability: Vulnerability) -> tuple[int, str, str]:
    return _ORDER[vulnerability.severity], vulnerability.package, vulnerability.id


def _row(found: Vulnerability) -> tuple[str, ...]:
    fixed = found.fixed or f"({found.status.replace('_', ' ') or 'unknown'})"
    cells = (found.severity, found.id, found.package, found.installed, fixed, found.title)
    return tuple(plain(cell) for cell in cells)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _total(report: Report) -> str:
    found = Counter(vulnerability.severity for _, vulnerability in report.findings)
    by_severity = ", ".join(f"{severity} {found[severity]}" for severity in Severity)
    total = (
        f"{_counted(found.total(), 'finding')} in {_counted(report.package_count, 'package')} ({by_severity})"
    )
    return "\n".join(line for line in (total, nothing_listed(report)) if line)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _padded(text: str, columns: int) -> str:
    shown = _fitting(text, columns)
    return shown + " " * (columns - _width(shown))


def _fitting(text: str, columns: int) -> str:
    """The text, cut with an ellipsis where it is wider."""
    if _width(text) <= columns:
        return text
    text = text[:columns]
    while _width(text) >= columns:
        text = text[:-1]
    return text + "…"


def _width(text: str) -> int:
    """Columns a terminal gives the text: East Asian characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
