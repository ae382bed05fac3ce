"""Checks side by side: a row each, one table, and the one error that all of them come to.

Rules: a check that failed decides, not one that could not be made; so an outage counts only where nothing
failed. One failed check ends with its own error, several with CheckFailed; an error that is no check's own (a
build that failed, settings that cannot be used) is told before those of checks, which may only follow from
it. A check for which nothing is configured is shown and fails nothing.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Self

from supply_chain.errors import CheckFailed, Outage, SupplyChainError
from supply_chain.models.base import OwnModel
from supply_chain.models.markdown import code, inline, table


class Result(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    """All is well."""
    FAILED = "failed"
    """It found something."""
    OUTAGE = "outage"
    """It could not be made: something from outside was not there."""
    NONE = "none"
    """Nothing is configured."""


class Row(OwnModel):
    """One check."""

    check: str
    """Its name, which is its function's."""
    result: Result
    """How it ended."""
    seconds: float = 0
    """How long it took."""
    detail: str = ""
    """What was looked at, or what is wrong; one line."""

    @classmethod
    def of(cls, check: str, seconds: float, outcome: str | SupplyChainError | None) -> Self:
        """The row of a check that came to a line of text, to an error, or to nothing."""
        result, detail = Result.PASSED, str(outcome or "")
        if outcome is None:
            result, detail = Result.NONE, "nothing is configured"
        elif isinstance(outcome, SupplyChainError):
            result = Result.OUTAGE if isinstance(outcome, Outage) else Result.FAILED
            detail = f"{outcome.name}: {outcome.what}"
        return cls(check=check, result=result, seconds=seconds, detail=detail)


def rendered(rows: Sequence[Row]) -> str:
    """All rows, as Markdown."""
    cells = ((code(row.check), row.result, f"{row.seconds:.1f}", inline(row.detail)) for row in rows)
    return table(("check", "result", "seconds", "detail"), cells)


def concluded(rows: Sequence[Row], errors: Sequence[SupplyChainError]) -> SupplyChainError | None:
    """The error that the checks together end with; None when they passed."""
    foreign = [error for error in errors if not isinstance(error, CheckFailed | Outage)]
    failed = [error for error in errors if isinstance(error, CheckFailed)]
    if len(failed) > 1 and not foreign:
        why = "\n".join([rendered(rows), *(error.message for error in failed)])
        return CheckFailed(f"{len(failed)} of {len(rows)} checks failed", why=why)
    return next(iter([*foreign, *failed, *errors]), None)
