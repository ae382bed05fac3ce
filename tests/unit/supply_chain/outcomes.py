"""Outcomes that tests ask for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from supply_chain.errors import GateBlocked
from supply_chain.images import Images
from supply_chain.models.exceptions import Entry, Exceptions
from supply_chain.models.outcome import Failure, Mode, Outcome
from supply_chain.models.policy import Finding, Judgement, Policy, judge
from supply_chain.models.trivy_report import Report, Severity

TODAY = date(2026, 11, 25)
STARTED = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def outcome(**facts: Any) -> Outcome:
    known: dict[str, Any] = {"status": "passed", "mode": Mode.REHEARSAL, "version": "1.2.3", "revision": ""}
    return Outcome(**known | {"images": dict(Images.pinned()), "started_at": STARTED} | facts)


def blocked(judgement: Judgement) -> Outcome:
    error = GateBlocked(judgement.headline, why="CVE-1")
    return outcome(status=error.status, error=Failure.of(error), gate=judgement)


def finding(**facts: Any) -> Finding:
    known = {"id": "CVE-1", "package": "p", "installed": "1", "fixed": "2", "url": "", "target": "Python"}
    return Finding(**{"severity": Severity.HIGH, "title": "t"} | known | facts)


def exception(id_: str, days: int, statement: str = "not reachable") -> Entry:
    return Entry(id=id_, statement=statement, expired_at=TODAY + timedelta(days=days))


def excepting(report: Report, **policy: Any) -> Judgement:
    """A judgement with an exception in each state: in use, ending soon, unused, ended."""
    entries = (
        exception("CVE-2022-40023", 100),
        exception("CVE-2023-25577", 3),
        exception("CVE-1999-0001", 100),
        exception("CVE-1999-0002", -1),
    )
    return judge(report, Policy(exceptions=Exceptions(entries=entries), **policy), TODAY)
