"""Reads answers of the service in tests."""

from typing import Any

from werkzeug.test import TestResponse


def json_of(answer: TestResponse, status: int = 200) -> Any:
    """Return the JSON document of an answer that must have this status."""
    assert answer.status_code == status
    assert answer.content_type == "application/json"
    return answer.json


def error_of(answer: TestResponse, status: int) -> Any:
    """Return the error object of an answer that must be an error of the one shape."""
    body = json_of(answer, status)
    assert body.keys() == {"error"}
    error = body["error"]
    assert error.keys() == {"status", "title", "message"}
    assert error["status"] == status
    assert error["title"]
    assert error["message"]
    return error
