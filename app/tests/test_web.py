"""Every address of the service, when all is well."""

import pytest
from flask.testing import FlaskClient

from app.inventory import FIRST_ITEMS, Inventory
from app.web import BURST_IDS, create_app

from .answers import json_of
from .conftest import SETTINGS


def test_index_names_service_and_version(client: FlaskClient) -> None:
    assert json_of(client.get("/")) == {"service": "inventory", "version": "1.2.3", "status": "ok"}


def test_healthz(client: FlaskClient) -> None:
    assert json_of(client.get("/healthz")) == {"status": "ok"}


def test_lists_items(client: FlaskClient) -> None:
    body = json_of(client.get("/items"))
    assert body["count"] == len(FIRST_ITEMS)
    assert body["items"][0] == {"id": 1, "name": "bolt M6", "quantity": 400}


def test_shows_one_item(client: FlaskClient) -> None:
    assert json_of(client.get("/items/3")) == {"id": 3, "name": "bearing 608", "quantity": 24}


def test_an_added_item_is_found_where_the_answer_says(client: FlaskClient) -> None:
    answer = client.post("/items", json={"name": " nut M6 ", "quantity": 7})
    added = json_of(answer, 201)
    assert added == {"id": 4, "name": "nut M6", "quantity": 7}
    assert json_of(client.get(answer.headers["Location"])) == added


def test_quantity_is_zero_if_not_given(client: FlaskClient) -> None:
    assert json_of(client.post("/items", json={"name": "nut M6"}), 201)["quantity"] == 0


@pytest.mark.parametrize(("query", "primes"), [("", 168), ("?n=1", 0), ("?n=10", 4), ("?n=1000000", 78_498)])
def test_process_counts_primes(client: FlaskClient, query: str, primes: int) -> None:
    assert json_of(client.get(f"/process{query}"))["primes"] == primes


def test_burst_finds_some_and_misses_some(client: FlaskClient) -> None:
    body = json_of(client.get("/burst"))
    assert [item["id"] for item in body["found"]] == [1, 2, 3]
    assert body["missing"] == [0, 1_000_001]
    assert body["reads"] == len(BURST_IDS)


def test_two_services_share_no_items() -> None:
    first, second = (create_app(SETTINGS, Inventory([])).test_client() for _ in range(2))
    first.post("/items", json={"name": "nut M6"})
    assert json_of(second.get("/items"))["count"] == 0
