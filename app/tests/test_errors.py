"""Every 4xx and 5xx is JSON of one shape, whatever caused it."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.inventory import Inventory
from app.parsing import MAX_NAME
from app.web import MAX_BODY, create_app

from .answers import error_of, json_of
from .conftest import SETTINGS


@pytest.mark.parametrize("path", ["/nothing", "/items/", "/items/x", "/items/-1", "/static/x"])
def test_unknown_address(client: FlaskClient, path: str) -> None:
    error_of(client.get(path), 404)


def test_unknown_item(client: FlaskClient) -> None:
    assert "no item 99" in error_of(client.get("/items/99"), 404)["message"]


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/items"), ("POST", "/"), ("PUT", "/items/1")])
def test_wrong_method_keeps_the_allow_header(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)
    error_of(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("body", [b"", b"{", b'{"name": "a"', b"\xff"])
def test_malformed_json(client: FlaskClient, body: bytes) -> None:
    error_of(client.post("/items", data=body, content_type="application/json"), 400)


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_other_media_type(client: FlaskClient, content_type: str | None) -> None:
    error_of(client.post("/items", data=b'{"name": "a"}', content_type=content_type), 415)


def test_body_too_large(client: FlaskClient) -> None:
    error_of(client.post("/items", json={"name": "a" * MAX_BODY}), 413)


@pytest.mark.parametrize("body", ["[]", '"a"', "1", "null"])
def test_body_that_is_no_object(client: FlaskClient, body: str) -> None:
    answer = client.post("/items", data=body, content_type="application/json")
    assert "JSON object" in error_of(answer, 400)["message"]


@pytest.mark.parametrize("name", [None, "", "  ", 5, ["a"], "a" * (MAX_NAME + 1)])
def test_item_without_a_usable_name(client: FlaskClient, name: Any) -> None:
    assert "name" in error_of(client.post("/items", json={"name": name}), 400)["message"]
    assert json_of(client.get("/items"))["count"] == 3


@pytest.mark.parametrize("quantity", [-1, 1_000_001, 1.5, "3", True, None])
def test_item_without_a_usable_quantity(client: FlaskClient, quantity: Any) -> None:
    answer = client.post("/items", json={"name": "a", "quantity": quantity})
    assert "quantity" in error_of(answer, 400)["message"]


def test_full_inventory() -> None:
    client = create_app(SETTINGS, Inventory([("a", 1)], capacity=1)).test_client()
    assert "takes 1 items" in error_of(client.post("/items", json={"name": "b"}), 409)["message"]


@pytest.mark.parametrize("n", ["", "0", "-1", "1000001", "1e3", "1.0", "x", "%202", "1_0", "٣", "9" * 5_000])
def test_process_refuses_what_is_no_number_in_bounds(client: FlaskClient, n: str) -> None:
    assert "from 1 to 1000000" in error_of(client.get(f"/process?n={n}"), 400)["message"]


def test_unforeseen_error_tells_nothing_of_the_inside(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("inner detail")

    monkeypatch.setattr(app.extensions["inventory"], "all", fail)
    error = error_of(client.get("/items"), 500)
    assert "inner detail" not in str(error)
    assert "inner detail" in caplog.text
