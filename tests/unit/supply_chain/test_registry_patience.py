"""When a registry is asked again, and when a mirror of the database is: decided without a registry."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

import dagger
import pytest

from supply_chain import vulnerability_db
from supply_chain.errors import (
    DatabaseUnavailable,
    RegistryDenied,
    RegistryUnavailable,
    RegistryUnreachable,
    SupplyChainError,
    Trouble,
)
from supply_chain.faults import Fault
from supply_chain.images import Images
from supply_chain.models.database import Database
from supply_chain.patience import Patience
from supply_chain.registry import Registry
from supply_chain.tools.trivy import MIRRORS
from supply_chain.vulnerability_db import VulnerabilityDb, downloaded

REFERENCE = "ghcr.io/acme/inventory:1.0.0"
SILENT = 'Get "https://ghcr.io/v2/": dial tcp 140.82.121.34:443: connect: connection refused'
NOW = datetime(2026, 11, 25, tzinfo=UTC)
BUSY = "GET https://ghcr.io/v2/: unexpected status code 503 Service Unavailable"
REFUSED = "GET https://ghcr.io/v2/: UNAUTHORIZED: authentication required"


async def _no_nap(_: float) -> None:
    """No time passes."""


def patient(seconds: float = 600) -> Patience:
    return Patience(seconds, sleep=_no_nap)


def failed(words: str) -> dagger.ExecError:
    """What the SDK raises for a failed command."""
    fault = Fault(SupplyChainError("x"))
    fault.exit_code, fault.stderr, fault.stdout = 1, words, ""
    return fault


class Answers:
    """A command that fails with these words in turn, then works."""

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        if self.words:
            raise failed(self.words.pop(0))
        return "sha256:1"


def asked(answers: Answers, registry: Registry) -> str:
    return asyncio.run(registry._again(REFERENCE, "x", answers))


def registry() -> Registry:
    return Registry(images=Images.pinned(), patience=patient())


def test_a_busy_registry_is_asked_again() -> None:
    answers = Answers(BUSY, BUSY)
    assert asked(answers, registry()) == "sha256:1"
    assert answers.asked == 3


def test_a_mistyped_host_is_no_outage() -> None:
    answers = Answers(SILENT)
    with pytest.raises(RegistryUnreachable):
        asked(answers, registry())
    assert answers.asked == 1


@pytest.mark.parametrize("before", [(), (BUSY,)])
def test_silence_of_a_registry_that_has_answered_is_one(before: tuple[str, ...]) -> None:
    known = registry()
    if not before:
        asked(Answers(), known)
    answers = Answers(*before, SILENT, SILENT)
    assert asked(answers, known) == "sha256:1"


def test_a_refused_login_is_an_answer() -> None:
    known = registry()
    answers = Answers(REFUSED)
    with pytest.raises(RegistryDenied):
        asked(answers, known)
    assert answers.asked == 1
    assert known.knows(REFERENCE)
    assert not known.knows("docker.io/acme/inventory")


def test_a_registry_that_never_answers_is_down() -> None:
    async def hang() -> str:
        await asyncio.sleep(60)
        return "never"

    impatient = Registry(images=Images.pinned())
    with pytest.raises(RegistryUnavailable, match=r"registry ghcr\.io is down") as caught:
        asyncio.run(impatient._again(REFERENCE, "x", hang, 0.01))
    assert caught.value.why == "no end within 0.01 s"


Mirrors = Callable[[dict[str, list[DatabaseUnavailable]]], list[str]]


@pytest.fixture
def mirrors(monkeypatch: pytest.MonkeyPatch) -> Mirrors:
    """Lets mirrors refuse with these errors in turn, each serving after its last; notes who was asked."""

    def let(refusals: dict[str, list[DatabaseUnavailable]]) -> list[str]:
        were_asked: list[str] = []

        async def ask(mirror: str, _: Images) -> VulnerabilityDb:
            were_asked.append(mirror)
            if refusals[mirror]:
                raise refusals[mirror].pop(0)
            record = Database(source=mirror, digest=f"sha256:{'0' * 64}", updated_at=NOW, sample=False)
            return VulnerabilityDb(cast("dagger.Directory", None), record)

        monkeypatch.setattr(vulnerability_db, "_from_mirror", ask)
        return were_asked

    return let


def busy() -> DatabaseUnavailable:
    return DatabaseUnavailable("x", why="503", trouble=Trouble("database mirror ghcr.io"))


def gone() -> DatabaseUnavailable:
    return DatabaseUnavailable("x", why="no such host")


FIRST, SECOND, THIRD = MIRRORS


def test_the_next_mirror_is_asked_before_anybody_waits(mirrors: Mirrors) -> None:
    were_asked = mirrors({FIRST: [busy()], SECOND: [], THIRD: []})
    assert asyncio.run(downloaded(Images.pinned(), patient())).record.source == SECOND
    assert were_asked == [FIRST, SECOND]


def test_a_mirror_that_is_out_of_reach_is_not_waited_for(mirrors: Mirrors) -> None:
    were_asked = mirrors({FIRST: [busy(), busy()], SECOND: [gone()], THIRD: [gone()]})
    assert asyncio.run(downloaded(Images.pinned(), patient())).record.source == FIRST
    assert were_asked == [*MIRRORS, FIRST, FIRST]


def test_without_a_mirror_in_reach_it_ends_at_once(mirrors: Mirrors) -> None:
    were_asked = mirrors({mirror: [gone()] for mirror in MIRRORS})
    with pytest.raises(DatabaseUnavailable, match="no mirror served") as caught:
        asyncio.run(downloaded(Images.pinned(), patient()))
    assert were_asked == [*MIRRORS]
    assert caught.value.why.splitlines() == [f"{mirror}: no such host" for mirror in MIRRORS]
