"""Looks at the machine again and again while something else runs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def looking(look: Callable[[], None], every: float) -> Iterator[None]:
    """Looks until the block ends, waiting so many seconds in between."""
    stopped = threading.Event()

    def look_again_and_again() -> None:
        while not stopped.is_set():
            look()
            stopped.wait(every)

    thread = threading.Thread(target=look_again_and_again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
