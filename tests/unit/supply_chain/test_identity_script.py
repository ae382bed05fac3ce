"""scripts/identity.py against services on real ports: claims come out, and nothing else ever does."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from supply_chain.models.identity import Claims
from supply_chain.scripts import identity
from unit.supply_chain.identities import JOB, part, token

BEARER = "the-leave-to-ask-0123456789"
TOKEN = token(JOB)
SECRETS = (BEARER, TOKEN, *TOKEN.split("."), "never to be shown")
REFUSED, OUTAGE = identity.REFUSED, identity.OUTAGE

Serve = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(serve: Serve) -> Iterator[str]:
    """The request URL of a service that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            serve(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/token?api-version=2.0"
    finally:
        server.shutdown()
        server.server_close()


def answering(body: bytes, status: int = 200, phrase: str | None = None, **headers: str) -> Serve:
    """Answers with these bytes."""

    def serve(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status, phrase)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return serve


def handing_out(value: Any) -> Serve:
    """Answers as GitHub does, with this as the token."""
    return answering(json.dumps({"count": 1, "value": value}).encode())


def run(url: str, bearer: str = BEARER, folder: Path | None = None, limits: str = "") -> tuple[int, str, str]:
    """Exit code and both streams of the script, run as a program; no secret is in either of them."""
    program = Path(identity.__file__)
    if folder:
        changed = program.read_text().replace("\nclass Failed", f"\n{limits}\n\n\nclass Failed", 1)
        program = folder / "identity.py"
        program.write_text(changed)
    variables = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-I", str(program), "sigstore"],
        env=variables | {identity.URL: url, identity.BEARER: bearer},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    for secret in (*SECRETS, bearer):
        assert not secret or secret not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr.strip()


def asked(serve: Serve) -> tuple[int, str, str]:
    with serving(serve) as url:
        return run(url)


def test_the_claims_of_a_token_are_printed_and_read() -> None:
    code, said, words = asked(handing_out(TOKEN))
    assert (code, words) == (0, "")
    assert json.loads(said) == JOB
    assert Claims.parse(said) == Claims.in_token(TOKEN)


def test_it_asks_as_cosign_does() -> None:
    seen: list[tuple[str, str | None]] = []

    def serve(handler: BaseHTTPRequestHandler) -> None:
        seen.append((handler.path, handler.headers["Authorization"]))
        handing_out(TOKEN)(handler)

    assert asked(serve)[0] == 0
    assert seen == [("/token?api-version=2.0&audience=sigstore", f"bearer {BEARER}")]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_told_apart(status: int) -> None:
    code, said, words = asked(answering(b"no", status))
    assert (code, said) == (REFUSED, "")
    assert words.startswith(f"it answered {status} ")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 599])
def test_an_outage_is_told_apart(status: int) -> None:
    code, said, words = asked(answering(b"later", status))
    assert (code, said) == (OUTAGE, "")
    assert words.startswith(f"it answered {status}")


def test_nobody_there_is_an_outage() -> None:
    with serving(handing_out(TOKEN)) as url:
        pass
    assert run(url) == (OUTAGE, "", "nobody answers: Connection refused")
    code, _, words = run("https://nobody.invalid/?x=1")
    assert (code, words.partition(":")[0]) == (OUTAGE, "nobody answers")


def test_an_answer_that_breaks_off_is_an_outage() -> None:
    def serve(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\n{")

    assert asked(serve) == (OUTAGE, "", "the answer broke off, 99 bytes early")


def test_a_service_that_is_no_web_server_is_an_outage_and_its_words_are_not_repeated() -> None:
    def serve(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(f"SSH-2.0 {BEARER}\r\n".encode())

    code, _, words = asked(serve)
    assert (code, words) == (OUTAGE, "the answer broke off: BadStatusLine")


def test_a_service_that_hangs_is_given_up(tmp_path: Path) -> None:
    with serving(lambda _: time.sleep(3)) as url:
        code, _, words = run(url, folder=tmp_path, limits="SECONDS = 0.5")
    assert (code, words) == (OUTAGE, "no answer within 0.5 s")


def test_a_redirect_is_not_followed_with_the_leave_to_ask() -> None:
    reached: list[str] = []

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        reached.append(handler.path)
        handing_out(TOKEN)(handler)

    with serving(elsewhere) as other:
        code, said, _ = asked(answering(b"", 302, Location=other))
    assert (code, said, reached) == (REFUSED, "", [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"[]",
        b"null",
        b"{}",
        b'{"value": null}',
        b'{"value": 7}',
        b"[" * 50_000,
        b"\xff",
        json.dumps({"value": TOKEN.rpartition(".")[0]}).encode(),
        json.dumps({"value": BEARER}).encode(),
    ],
)
def test_an_answer_without_a_token_is_a_refusal(body: bytes) -> None:
    assert asked(answering(body)) == (REFUSED, "", "the answer holds no token")


@pytest.mark.parametrize("payload", [b"[1]", b"null", b"not JSON", b"\xff\xfe", b"[" * 20_000])
def test_a_token_without_claims_is_a_refusal(payload: bytes) -> None:
    made = f"{part(b'{}')}.{part(payload)}.{part(b'x')}"
    assert asked(handing_out(made)) == (REFUSED, "", "the token in the answer has no claims")


def test_an_endless_answer_is_cut() -> None:
    code, said, words = asked(answering(b" " * (identity.LARGEST + 10)))
    assert (code, said, words) == (REFUSED, "", "the answer is longer than 64 KiB")


def test_words_of_the_service_are_never_repeated() -> None:
    """It was told the leave to ask, and may say it."""
    code, _, words = asked(answering(BEARER.encode(), 403, phrase=BEARER))
    assert (code, words) == (REFUSED, "it answered 403 Forbidden")


@pytest.mark.parametrize(
    ("url", "bearer", "words"),
    [
        ("", BEARER, f"{identity.URL} is empty"),
        ("not a URL", BEARER, f"{identity.URL} is not a URL"),
        ("file:///etc/passwd?", BEARER, f"{identity.URL} is not a URL"),
        ("http:///x?", BEARER, f"{identity.URL} is not a URL"),
        ("http://[::1/x?", BEARER, f"{identity.URL} is not a URL"),
        ("http://host:port/x?", BEARER, f"{identity.URL} is not a URL"),
        ("http://127.0.0.1/\x7fx?", BEARER, f"{identity.URL} is not a URL"),
        ("http://127.0.0.1:1/?", "", f"{identity.BEARER} is empty"),
        ("http://127.0.0.1:1/?", "two\nlines", f"{identity.BEARER} is not a token"),
        ("http://127.0.0.1:1/?", "tökén", f"{identity.BEARER} is not a token"),
    ],
)
def test_what_cannot_be_asked_is_refused_without_showing_it(url: str, bearer: str, words: str) -> None:
    assert run(url, bearer) == (REFUSED, "", words)
