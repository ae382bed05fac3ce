"""The registry with the referrers API, running on the host; it wants no login and keeps nothing."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from .private_registry import PrivateRegistry, free_port, gateway
from .referrers_program import referrers_program

_START_SECONDS = 20


@contextlib.contextmanager
def serving_referrers(folder: Path) -> Iterator[PrivateRegistry]:
    """The registry, while the block runs; it listens where the one that wants a login does."""
    port = free_port()
    process = subprocess.Popen([str(referrers_program()), f":{port}"], stdin=subprocess.DEVNULL)
    try:
        _wait_for(process, port)
        yield PrivateRegistry(gateway(), port, folder / "log", folder / "content")
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/v2/").raise_for_status()
            return
        time.sleep(0.05)
    raise AssertionError("the registry did not start")
