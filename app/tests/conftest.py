"""A fresh service for every test, its test client, and the same service on a real port."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app.settings import Settings
from app.web import create_app

SETTINGS = Settings(name="inventory", version="1.2.3", base_url="http://127.0.0.1:9")
"""Port 9 (discard) answers nobody: a test that calls out must say where to."""


@pytest.fixture
def app() -> Flask:
    return create_app(SETTINGS)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def live_url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
