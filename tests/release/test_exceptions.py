"""Exceptions let findings pass for a time and with a reason; an expired one blocks."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from .harness import Done, Engine, copy_of_repository
from .rehearsing import run
from .test_gate import CVE, vulnerable

BLOCKED = 11
TODAY = datetime.now(UTC).date()
REASON = "not reachable: the service never reads chunked bodies"


def exceptions(folder: Path, expires: date, cve: str = CVE) -> Path:
    """A file with one exception."""
    file = folder / "exceptions.yaml"
    entry = f"  - id: {cve}\n    statement: {REASON!r}\n    expired_at: {expires}\n"
    file.write_text(f"vulnerabilities:\n{entry}")
    return file


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose image has a finding that blocks."""
    return vulnerable(copy_of_repository(tmp_path_factory.mktemp("vulnerable")))


def gate(engine: Engine, checkout: Path, file: Path) -> Done:
    return engine.call("scan", *engine.database, "gate", "--exceptions", str(file), checkout=checkout)


def test_an_exception_lets_its_finding_pass(engine: Engine, checkout: Path, tmp_path: Path) -> None:
    gate(engine, checkout, exceptions(tmp_path, TODAY + timedelta(days=90))).expect(
        0, "packages were looked at"
    )


def test_an_expired_exception_blocks_and_says_which_since_when_and_what_to_do(
    engine: Engine, checkout: Path, tmp_path: Path
) -> None:
    since = TODAY - timedelta(days=30)
    done = gate(engine, checkout, exceptions(tmp_path, since))
    done.expect(BLOCKED, CVE, str(since), "what to do", "expired_at")


def test_an_expired_exception_blocks_even_where_nothing_is_found(engine: Engine, tmp_path: Path) -> None:
    since = TODAY - timedelta(days=30)
    file = exceptions(tmp_path, since, "CVE-1999-0001")
    done = engine.call("scan", *engine.database, "gate", "--exceptions", str(file))
    done.expect(BLOCKED, "ExceptionExpired", "CVE-1999-0001", str(since))


def test_an_exception_shows_in_outcome_and_summary(engine: Engine, checkout: Path, tmp_path: Path) -> None:
    """The source's own file is used; one that ends within two weeks is said to."""
    expires = TODAY + timedelta(days=7)
    own = exceptions(tmp_path, expires).read_text()
    (checkout / ".trivyignore.yaml").write_text(own)
    rehearsal = run(engine, tmp_path / "dist", *engine.rehearsal, checkout=checkout)
    rehearsal.verdict.expect(0, CVE, str(expires), "not reachable")
    judgement = rehearsal.evidence.outcome.gate
    assert judgement
    assert [one.finding.id for one in judgement.excepted] == [CVE]
    assert [entry.id for entry in judgement.expiring] == [CVE]
