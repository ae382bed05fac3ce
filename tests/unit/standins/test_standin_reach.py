"""Reachability: a registry's answer counts, a portal's page, an error or silence does not."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from standins.reach import all_reachable, reachable


@contextmanager
def answering(status: int, headers: dict[str, str]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/v2/" else 404)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {"Docker-Distribution-Api-Version": "registry/2.0"}, True),
        (401, {"Docker-Distribution-Api-Version": "registry/2.0"}, True),
        (401, {"Content-Type": "application/json"}, True),
        (200, {"Content-Type": "text/html"}, False),
        (302, {"Location": "http://127.0.0.1:1/login"}, False),
        (403, {"Docker-Distribution-Api-Version": "registry/2.0"}, False),
        (503, {"Content-Type": "application/json"}, False),
    ],
)
def test_what_counts_as_a_registry(status: int, headers: dict[str, str], expected: bool) -> None:
    with answering(status, headers) as host:
        assert reachable(host) is expected


def test_nobody_listening() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert not reachable(f"http://127.0.0.1:{unused.getsockname()[1]}")


def test_a_name_that_is_none() -> None:
    assert not reachable("registry.invalid")


def test_one_that_is_silent_costs_no_more_than_the_timeout() -> None:
    registry = {"Docker-Distribution-Api-Version": "registry/2.0"}
    with answering(200, registry) as good, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        assert not all_reachable([good, f"http://127.0.0.1:{silent.getsockname()[1]}"], timeout=0.5)
        assert time.monotonic() - began < 2


def test_all_answer() -> None:
    with (
        answering(401, {"Content-Type": "application/json"}) as one,
        answering(200, {"Content-Type": "application/json"}) as two,
    ):
        assert all_reachable([one, two])
