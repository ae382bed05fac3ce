"""Waiting for services that are down: again after a while, and not for ever."""

import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

import anyio
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from supply_chain.errors import SupplyChainError, Trouble, UsageError

T = TypeVar("T")

PATIENCE_SECONDS = 600
"""How long a run waits unless told otherwise: most outages of registries and of Sigstore are over by then."""

# Full jitter, so that all who wait for one service do not come back at once:
# https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
_BACKOFF = wait_random_exponential(multiplier=1, min=1, max=30)


@dataclass
class Patience:
    """How long a run still waits for services that are down, and which services it knows to be there.

    All steps of a run share one. It counts the seconds in which something was waited for, side by side only
    once: a build that takes long costs no patience.
    """

    seconds: float = 0
    """For the whole run; 0 tries nothing again."""
    clock: Callable[[], float] = time.monotonic
    """Where the time is read."""
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    """How time is let pass."""
    met: set[str] = field(default_factory=set)
    """Hosts that have answered in this run."""
    _spent: float = 0
    _waiting: int = 0
    _since: float = 0

    @classmethod
    def of(cls, seconds: float) -> "Patience":
        """The patience of a run that begins now; UsageError for what is no number of seconds."""
        if seconds < 0:
            raise UsageError(f"--patience {seconds:g} is no time", advice="give it seconds, or 0")
        return cls(seconds)

    @property
    def left(self) -> float:
        """Seconds that are left, never below 0."""
        running = self.clock() - self._since if self._waiting else 0
        return max(self.seconds - self._spent - running, 0)

    @contextmanager
    def wearing(self) -> Iterator[None]:
        """Patience runs out while the block runs."""
        if not self._waiting:
            self._since = self.clock()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._spent += self.clock() - self._since


async def again(what: str, attempt: Callable[[], Awaitable[T]], patience: Patience) -> T:
    """What `attempt` comes to, made again while its error is transient and there is patience left.

    Whoever attempts sees to it that nothing is answered from a cache. Between two attempts are 1 to 30 s,
    or what the service asks for; each wait is told on standard error.

    Args:
        what: What is attempted, for people.
        attempt: Does it, from the start.
        patience: The run's.

    Raises:
        SupplyChainError: the first error that is not transient, or the last one that was, with how often and
            how long it was tried.
    """

    async def attempted() -> T:
        return await attempt()

    with ExitStack() as while_waiting:
        tries = _Tries(what, patience, while_waiting)
        attempts = AsyncRetrying(
            sleep=patience.sleep,
            retry=retry_if_exception(_is_transient),
            wait=tries.wait,
            stop=tries.is_over,
            before_sleep=tries.tell,
            retry_error_callback=tries.give_up,
        )
        return await attempts(attempted)


class _Tries:
    """What happens between the attempts at one thing."""

    def __init__(self, what: str, patience: Patience, while_waiting: ExitStack) -> None:
        self.what = what
        self.patience = patience
        self.while_waiting = while_waiting
        self.began = patience.clock()

    def wait(self, state: RetryCallState) -> float:
        """Seconds until the next attempt. The last one is made when patience ends, not after it."""
        if state.attempt_number == 1:
            self.while_waiting.enter_context(self.patience.wearing())
        _, trouble = _failure(state)
        return min(max(_BACKOFF(state), trouble.retry_after), self.patience.left)

    def is_over(self, state: RetryCallState) -> bool:
        """Whether there is no patience for another attempt."""
        _, trouble = _failure(state)
        return self.patience.left <= trouble.retry_after

    def tell(self, state: RetryCallState) -> None:
        """Say what is waited for."""
        _, trouble = _failure(state)
        when = f"attempt {state.attempt_number + 1} in {state.upcoming_sleep:.0f} s"
        left = f"{self.patience.left:.0f} s of patience left"
        said = f"{self.what}: {trouble.service} is down or overloaded; {when}, {left}"
        print(said, file=sys.stderr, flush=True)

    def give_up(self, state: RetryCallState) -> NoReturn:
        """Raise the last error, with what was tried."""
        error, trouble = _failure(state)
        if not self.patience.seconds:
            raise error
        tried = f"tried {state.attempt_number} times in {self.patience.clock() - self.began:.0f} s"
        asked = f"; it asks for {trouble.retry_after:.0f} s of rest" if trouble.retry_after else ""
        raise error.but(why=f"{error.why}\n{trouble.service}: {tried}{asked}") from error


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, SupplyChainError) and error.transient


def _failure(state: RetryCallState) -> tuple[SupplyChainError, Trouble]:
    """The transient error of the last attempt, and why it is one."""
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, SupplyChainError) or not error.trouble:
        raise TypeError(f"no attempt is made again after {error!r}")
    return error, error.trouble
