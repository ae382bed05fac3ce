"""`/chain` against the service itself, and against everything else that may listen there."""

import socket
from collections.abc import Callable
from dataclasses import replace
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web import create_app

from .answers import error_of, json_of
from .conftest import SETTINGS

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def client_of() -> ClientOf:
    """Make the client of a service whose `/chain` asks another address."""

    def make(base_url: str) -> FlaskClient:
        return create_app(replace(SETTINGS, base_url=base_url)).test_client()

    return make


@pytest.fixture(name="own_address")
def _own_address(app: Flask, live_url: str) -> str:
    app.extensions["settings"] = replace(SETTINGS, base_url=live_url)
    return live_url


@pytest.mark.usefixtures("own_address")
def test_asks_the_service_itself(client: FlaskClient) -> None:
    client.post("/items", json={"name": "nut M6"})
    body = json_of(client.get("/chain"))
    assert body["count"] == 4
    assert body["items"] == json_of(client.get("/items"))["items"]


@pytest.mark.usefixtures("own_address")
def test_ignores_the_proxy_of_the_environment(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    json_of(client.get("/chain"))


def test_nobody_listens(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    message = error_of(client.get("/chain"), 502)["message"]
    assert "127.0.0.1" not in message
    assert "upstream call failed" in caplog.text


def test_a_404_is_no_list_of_items(client_of: ClientOf, live_url: str) -> None:
    error_of(client_of(f"{live_url}/elsewhere").get("/chain"), 502)


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"items": "a"}',
        b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ncut off",
        b"no http at all\r\n\r\n",
    ],
    ids=["no-json", "no-object", "no-list", "redirect", "server-error", "cut-off", "no-http"],
)
def test_nonsense_is_answered(client_of: ClientOf, raw: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=_answer_once, args=(server, raw))
        thread.start()
        error_of(client_of(f"http://127.0.0.1:{server.getsockname()[1]}").get("/chain"), 502)
        thread.join()


def test_silence_is_not_waited_for(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.upstream.TIMEOUT", (0.1, 0.1))
    with socket.create_server(("127.0.0.1", 0)) as server:
        error_of(client_of(f"http://127.0.0.1:{server.getsockname()[1]}").get("/chain"), 502)


def _answer_once(server: socket.socket, raw: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(raw)
