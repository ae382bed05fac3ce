"""Every address, and what it says to a bad request."""

import pytest
from starlette.testclient import TestClient

from quotes.web import MAX_BODY, create_app


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("VERSION", "1.2.3")
    return TestClient(create_app())


def test_ready_names_the_version(client: TestClient) -> None:
    assert client.get("/ready").json() == {"status": "ready", "version": "1.2.3"}


def test_zones(client: TestClient) -> None:
    assert client.get("/zones").json() == {"zones": ["domestic", "europe", "world"]}


def test_a_parcel_has_a_price(client: TestClient) -> None:
    answer = client.post("/quotes", json={"zone": "domestic", "grams": 2500})
    assert (answer.status_code, answer.json()) == (200, {"zone": "domestic", "grams": 2500, "cents": 570})


def test_a_parcel_that_is_not_carried(client: TestClient) -> None:
    answer = client.post("/quotes", json={"zone": "moon", "grams": 1})
    assert (answer.status_code, answer.json()) == (
        422,
        {"error": "there is no zone 'moon'; there are domestic, europe, world"},
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff", 400),
        (b"[]", 400),
        (b'{"zone": "world"}', 400),
        (b'{"zone": "world", "grams": true}', 400),
        (b'{"zone": "world", "grams": 1.5}', 400),
        (b" " * (MAX_BODY + 1), 413),
    ],
)
def test_a_body_that_is_no_parcel(client: TestClient, body: bytes, status: int) -> None:
    assert client.post("/quotes", content=body).status_code == status


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/quotes", 405)])
def test_an_address_that_answers_nothing(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, set(answer.json())) == (status, {"error"})
