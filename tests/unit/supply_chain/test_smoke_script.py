"""scripts/smoke.py against servers on real ports: good ones, slow, hanging, redirecting and endless ones."""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from supply_chain.models.settings import Settings
from supply_chain.models.smoke import Answer, Answers, plan
from supply_chain.scripts import smoke

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CONFIG = '{"config": {}}'
Serve = Callable[[socket.socket, bytes], None]


def whole_request(connection: socket.socket) -> bytes:
    """Head and body, which may come in pieces."""
    request = b""
    while b"\r\n\r\n" not in request and (piece := connection.recv(65536)):
        request += piece
    length = re.search(rb"\r\nContent-Length: (\d+)", request)
    end = request.find(b"\r\n\r\n") + 4 + (int(length[1]) if length else 0)
    while len(request) < end and (piece := connection.recv(65536)):
        request += piece
    return request


@contextmanager
def serving(serve: Serve) -> Iterator[int]:
    """The port of a server that hands `serve` each connection with the request on it."""
    server = socket.create_server(("127.0.0.1", 0))

    def each(connection: socket.socket) -> None:
        with connection:
            try:
                serve(connection, whole_request(connection))
            except OSError:
                return  # the client went away: that is what some tests are about

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=each, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def answering(answer: bytes) -> Serve:
    """Answers every request with these bytes, the health path with 200."""
    return lambda connection, request: connection.sendall(OK if b" /healthz " in request else answer)


def run(folder: Path, port: int, *paths: str, limits: str = "", **fields: Any) -> Answers:
    """What the script prints, run as a program; `limits` changes its constants."""
    requests = [{"path": path} if isinstance(path, str) else path for path in paths]
    settings = Settings.model_validate({"smoke": requests, "port": port, "start_seconds": 5, **fields})
    told = json.loads(plan(settings, CONFIG)) | {"host": "127.0.0.1"}
    (folder / "plan.json").write_text(json.dumps(told))
    program = (
        Path(smoke.__file__).read_text().replace("\nclass LateError", f"\n{limits}\n\n\nclass LateError")
    )
    (folder / "smoke.py").write_text(program)
    command = [sys.executable, "-I", str(folder / "smoke.py"), str(folder / "plan.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stderr == ""
    return Answers.parse(done.stdout)


def asked(folder: Path, serve: Serve, limits: str = "") -> Answer:
    """The answer to one request, sent once the health path was fine."""
    with serving(serve) as port:
        answers = run(folder, port, "/x", limits=limits)
    assert answers.started_after is not None
    (answer,) = answers.answers
    return answer


def test_a_good_answer_is_told_as_it_is(tmp_path: Path) -> None:
    answer = asked(tmp_path, answering(b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nh\xc3\xa9l\xff"))
    assert (answer.status, answer.body, answer.cut, answer.problem) == (201, "hél�", False, "")
    assert 0 <= answer.seconds < 1


def test_method_headers_and_body_reach_the_service(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        connection.sendall(OK)

    request: Any = {"path": "/items?a=b", "method": "PUT", "send": {"a": 1}, "headers": {"X-Test": "yes"}}
    with serving(serve) as port:
        run(tmp_path, port, request)
    assert seen[0].startswith(b"GET /healthz HTTP/1.1")
    assert seen[1].startswith(b"PUT /items?a=b HTTP/1.1")
    assert b"\r\nX-Test: yes\r\n" in seen[1]
    assert b"\r\nContent-Type: application/json\r\n" in seen[1]
    assert seen[1].endswith(b'\r\n\r\n{"a": 1}')


def test_a_redirect_is_an_answer_and_not_followed(tmp_path: Path) -> None:
    redirect = b"HTTP/1.1 302 Found\r\nLocation: /healthz\r\nContent-Length: 0\r\n\r\n"
    assert asked(tmp_path, answering(redirect)).status == 302


def test_a_proxy_of_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert asked(tmp_path, answering(OK)).status == 200


def test_a_service_that_hangs_is_given_up_after_the_time_of_one_request(tmp_path: Path) -> None:
    def serve(connection: socket.socket, request: bytes) -> None:
        if b" /healthz " in request:
            connection.sendall(OK)
        else:
            time.sleep(5)

    answer = asked(tmp_path, serve, limits="SECONDS_A_REQUEST = 0.5")
    assert (answer.status, answer.problem) == (None, "no answer within 0.5 s")
    assert 0.5 <= answer.seconds < 2


def test_one_that_sends_a_byte_now_and_then_is_given_up_as_well(tmp_path: Path) -> None:
    def serve(connection: socket.socket, request: bytes) -> None:
        if b" /healthz " in request:
            connection.sendall(OK)
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(50):
            time.sleep(0.1)
            connection.sendall(b"x")

    answer = asked(tmp_path, serve, limits="SECONDS_A_REQUEST = 0.5")
    assert answer.problem == "no answer within 0.5 s"
    assert answer.seconds < 2


def test_the_limit_of_a_request_is_ten_seconds() -> None:
    assert smoke.SECONDS_A_REQUEST == 10


def test_all_requests_together_have_a_limit(tmp_path: Path) -> None:
    def serve(connection: socket.socket, request: bytes) -> None:
        if b" /healthz " not in request:
            time.sleep(0.4)
        connection.sendall(OK)

    with serving(serve) as port:
        first, second, third = run(tmp_path, port, "/1", "/2", "/3", limits="SECONDS_IN_ALL = 0.6").answers
    assert first.status == 200
    assert second.problem.startswith("no answer within 0.")
    assert third.problem.startswith("not sent: ")


def test_an_endless_body_is_cut(tmp_path: Path) -> None:
    def serve(connection: socket.socket, request: bytes) -> None:
        if b" /healthz " in request:
            connection.sendall(OK)
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    answer = asked(tmp_path, serve)
    assert (len(answer.body), answer.cut, answer.problem) == (64 * 1024, True, "")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ncut off", "the answer ended 92 bytes early"),
        (b"no http at all\r\n\r\n", "BadStatusLine: no http at all"),
        (b"", "RemoteDisconnected: Remote end closed connection without response"),
    ],
)
def test_broken_answers_are_problems(tmp_path: Path, raw: bytes, problem: str) -> None:
    assert asked(tmp_path, answering(raw)).problem.strip() == problem


def test_a_service_that_starts_slowly_is_waited_for(tmp_path: Path) -> None:
    ready_at = time.monotonic() + 1

    def serve(connection: socket.socket, request: bytes) -> None:
        starting = b" /healthz " in request and time.monotonic() < ready_at
        connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" if starting else OK)

    with serving(serve) as port:
        answers = run(tmp_path, port, "/x")
    assert answers.started_after is not None
    assert 0.5 < answers.started_after < 3
    assert answers.health.status == 200


def test_a_port_that_opens_late_is_waited_for(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def later() -> None:
        time.sleep(0.7)
        with socket.create_server(("127.0.0.1", port)) as server:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(OK)

    thread = threading.Thread(target=later)
    thread.start()
    answers = run(tmp_path, port)
    thread.join()
    assert answers.started_after is not None


@pytest.mark.parametrize(
    ("serve", "status", "problem"),
    [
        (lambda connection, _: connection.sendall(b"HTTP/1.1 500 X\r\n\r\n"), 500, ""),
        (lambda connection, _: connection.sendall(b"HTTP/1.1 302 X\r\nLocation: /\r\n\r\n"), 302, ""),
        (lambda *_: time.sleep(5), None, "no answer within "),
    ],
    ids=["error", "redirect", "hangs"],
)
def test_one_that_never_is_ready_is_asked_nothing_more(
    tmp_path: Path, serve: Serve, status: int | None, problem: str
) -> None:
    began = time.monotonic()
    with serving(serve) as port:
        answers = run(tmp_path, port, "/x", start_seconds=0.8)
    assert time.monotonic() - began < 3
    assert (answers.started_after, answers.answers) == (None, ())
    assert answers.health.status == status
    assert answers.health.problem.startswith(problem)


def test_nobody_there(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        answers = run(tmp_path, unused.getsockname()[1], start_seconds=0.5)
    assert answers.started_after is None
    assert "ConnectionRefusedError" in answers.health.problem
