"""A proxy in front of a real registry that makes it slow, or fail as registries on the internet do."""

import contextlib
import http.client
import math
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .private_registry import free_port, gateway

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"}
_LONGEST_ANSWER_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What is answered in place of the registry; status 0 means that the connection is reset."""

    status: int
    text: str = ""


UNAVAILABLE = Answer(503, "<html><h1>503 Service Temporarily Unavailable</h1></html>")
TOO_MANY = Answer(
    429, '{"errors":[{"code":"TOOMANYREQUESTS","message":"retry-after: 1.5s, allowed: 44000/minute"}]}'
)
FORBIDDEN = Answer(403, '{"errors":[{"code":"DENIED","message":"requested access is denied"}]}')
RESET = Answer(0)


@dataclass(frozen=True)
class Request:
    """What somebody asked."""

    method: str
    path: str

    def matches(self, pattern: str) -> bool:
        """Whether `METHOD PATH` contains the pattern."""
        return re.search(pattern, f"{self.method} {self.path}") is not None


@dataclass
class Outage:
    """Begins with the first request that matches, and is one for all requests until it ends.

    Attributes:
        begins_at: Pattern of `METHOD PATH`.
        answer: What is answered while it lasts.
        seconds: How long it lasts at most.
        ends_at: Pattern of the request after its beginning that ends it.
    """

    begins_at: str
    answer: Answer
    seconds: float = math.inf
    ends_at: str = ""
    began: float = 0

    def covers(self, request: Request) -> bool:
        """Whether this request meets it."""
        if not self.began and request.matches(self.begins_at):
            self.began = time.monotonic()
        elif self.began and self.ends_at and request.matches(self.ends_at):
            self.seconds = 0
        return bool(self.began) and time.monotonic() - self.began < self.seconds


@dataclass
class Proxy:
    """The proxy, as who tests with it sees it.

    Attributes:
        address: Of this host as containers see it.
        port: Where it listens.
        delays: Seconds that requests take longer, by pattern of `METHOD PATH`.
        outages: What goes wrong.
        requests: All that arrived, in order; what an outage answered too.
        before: Called with each request before it is forwarded; True drops its connection instead.
    """

    address: str
    port: int
    delays: dict[str, float] = field(default_factory=dict)
    outages: list[Outage] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    before: Callable[[Request], bool] = lambda _: False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def host(self) -> str:
        """Host and port for references."""
        return f"{self.address}:{self.port}"

    def received(self, pattern: str) -> list[Request]:
        """The requests that match."""
        return [request for request in self.requests if request.matches(pattern)]

    def heal(self) -> None:
        """From now on it is quick, without trouble, and remembers nothing."""
        self.delays, self.outages, self.requests, self.before = {}, [], [], lambda _: False

    def trouble(self, request: Request) -> Answer | None:
        """Take note of a request; the answer in place of the registry's."""
        with self._lock:
            self.requests.append(request)
            if self.before(request):
                return RESET
            met = [outage.answer for outage in self.outages if outage.covers(request)]
        time.sleep(max((delay for at, delay in self.delays.items() if request.matches(at)), default=0))
        return met[0] if met else None


@contextlib.contextmanager
def proxied(upstream: int) -> Iterator[Proxy]:
    """A proxy before the registry at this port of 127.0.0.1, while the block runs."""
    proxy = Proxy(gateway(), free_port())

    class Handler(_Handler):
        registry = upstream
        asked = proxy

    with _Server(("0.0.0.0", proxy.port), Handler) as server:  # noqa: S104 - containers reach it so
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    """Connections that break are daily bread here: nothing is printed of them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    registry: int
    asked: Proxy

    def log_message(self, *args: object) -> None:
        """Say nothing either: who asks first with https is no news."""

    def _handle(self) -> None:
        body = self._body()
        answer = self.asked.trouble(Request(self.command, self.path))
        if answer == RESET:
            self._reset()
        elif answer:
            self._send(answer.status, {"Content-Type": "application/json"}, answer.text.encode())
        else:
            self._forward(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - the server's names

    def _forward(self, body: bytes) -> None:
        """Ask the registry under the proxy's own name, so that it redirects nobody past it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.registry, timeout=_LONGEST_ANSWER_SECONDS)
        with contextlib.closing(connection):
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            told = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
        self._send(answer.status, told, content)

    def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _reset(self) -> None:
        """End the connection with a reset: no time to linger, and nothing said."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.wfile.close()
        self.connection.close()
