"""Waiting for what is down, without waiting: the clock of these tests only moves when somebody sleeps."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import RegistryDenied, RegistryUnavailable, SupplyChainError, Trouble, UsageError
from supply_chain.patience import PATIENCE_SECONDS, Patience, again
from unit.supply_chain.clock import Time


@pytest.fixture
def time() -> Time:
    return Time()


def down(retry_after: float = 0) -> SupplyChainError:
    return RegistryUnavailable("x", why="503", trouble=Trouble("registry ghcr.io", retry_after=retry_after))


@dataclass
class Attempts:
    """Something that fails some times, each attempt taking so many seconds."""

    time: Time
    errors: list[Exception]
    seconds: float = 0
    made: int = 0

    async def __call__(self) -> str:
        self.made += 1
        self.time.now += self.seconds
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def run(attempts: Callable[[], Awaitable[str]], patience: Patience) -> str:
    return asyncio.run(_again(attempts, patience))


async def _again(attempts: Callable[[], Awaitable[str]], patience: Patience) -> str:
    return await again("push", attempts, patience)


def test_what_works_is_done_once_and_costs_no_patience(time: Time) -> None:
    attempts, patience = Attempts(time, [], seconds=900), time.patience(60)
    assert run(attempts, patience) == "done"
    assert (attempts.made, time.naps, patience.left) == (1, [], 60)


def test_an_outage_is_waited_for_longer_each_time_and_told(
    time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    patience = time.patience(PATIENCE_SECONDS)
    attempts = Attempts(time, [down() for _ in range(8)])
    assert run(attempts, patience) == "done"
    limits = [1, 2, 4, 8, 16, 30, 30, 30]
    assert all(1 <= nap <= limit for nap, limit in zip(time.naps, limits, strict=True)), time.naps
    assert patience.left == pytest.approx(PATIENCE_SECONDS - sum(time.naps))
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 8
    assert told[0] == (
        "push: registry ghcr.io is down or overloaded; attempt 2 in 1 s, 600 s of patience left"
    )


def test_what_does_not_pass_is_not_tried_again(time: Time) -> None:
    attempts = Attempts(time, [down(), RegistryDenied("no"), down()])
    with pytest.raises(RegistryDenied):
        run(attempts, time.patience(60))
    assert attempts.made == 2


def test_a_bug_is_not_tried_again(time: Time) -> None:
    attempts = Attempts(time, [KeyError("x")])
    with pytest.raises(KeyError):
        run(attempts, time.patience(60))
    assert attempts.made == 1


def test_patience_ends_and_says_what_it_did(time: Time) -> None:
    attempts = Attempts(time, [down() for _ in range(1000)], seconds=1)
    with pytest.raises(RegistryUnavailable) as caught:
        run(attempts, time.patience(60))
    assert sum(time.naps) + attempts.made - 1 == pytest.approx(60, abs=1.1)
    tried = f"tried {attempts.made} times in {time.now - 1000:.0f} s"
    assert caught.value.why == f"503\nregistry ghcr.io: {tried}"
    assert caught.value.transient


def test_no_patience_is_one_attempt(time: Time) -> None:
    attempts = Attempts(time, [down()])
    with pytest.raises(RegistryUnavailable) as caught:
        run(attempts, time.patience(0))
    assert (attempts.made, time.naps, caught.value.why) == (1, [], "503")


def test_a_service_is_left_alone_as_long_as_it_asks(time: Time) -> None:
    assert run(Attempts(time, [down(45), down()]), time.patience(60)) == "done"
    assert time.naps[0] == 45


def test_a_service_that_asks_for_more_than_there_is_ends_it_at_once(time: Time) -> None:
    attempts = Attempts(time, [down(3600)])
    with pytest.raises(RegistryUnavailable, match="it asks for 3600 s of rest"):
        run(attempts, time.patience(600))
    assert (attempts.made, time.naps) == (1, [])


def test_steps_share_one_patience(time: Time) -> None:
    patience = time.patience(60)
    run(Attempts(time, [down(40)]), patience)
    assert patience.left == pytest.approx(20)
    with pytest.raises(RegistryUnavailable):
        run(Attempts(time, [down(40)]), patience)


def test_waiting_side_by_side_wears_patience_once(time: Time) -> None:
    patience = time.patience(600)

    async def both() -> list[str]:
        jobs = (_again(Attempts(time, [down(10)]), patience) for _ in range(2))
        return await asyncio.gather(*jobs)

    assert asyncio.run(both()) == ["done", "done"]
    assert patience.left == pytest.approx(600 - sum(time.naps))


def test_patience_that_is_no_time_is_refused() -> None:
    assert Patience.of(0).left == 0
    with pytest.raises(UsageError, match="--patience -1"):
        Patience.of(-1)


@settings(max_examples=50, deadline=None)
@given(
    seconds=st.floats(0, 1000),
    each=st.floats(0, 100),
    asked=st.lists(st.floats(0, 100), min_size=1, max_size=200),
)
def test_it_never_waits_past_its_end(seconds: float, each: float, asked: list[float]) -> None:
    time = Time()
    patience = time.patience(seconds)
    attempts = Attempts(time, [down(one) for one in asked], seconds=each)
    with suppress(RegistryUnavailable):
        run(attempts, patience)
    assert sum(time.naps) <= seconds + 1e-6
    assert time.now - 1000 <= seconds + 2 * each + 1e-6
    assert 0 <= patience.left <= seconds
