"""Reads what clients send: checks it and answers a clear 400 when it cannot be used."""

from typing import Any

from werkzeug.exceptions import BadRequest

MAX_NAME = 100
MAX_QUANTITY = 1_000_000


def bounded_int(name: str, text: str, low: int, high: int) -> int:
    """Read a query argument as a plain decimal number.

    Raises:
        BadRequest: the text is no number, or one outside low..high.
    """
    message = f"{name} must be a whole number from {low} to {high}."
    # int() alone would also take "1_0", " 7 " and non-ASCII digits, and is slow on very long ones.
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(high))):
        raise BadRequest(message)
    number = int(text)
    if not low <= number <= high:
        raise BadRequest(message)
    return number


def new_item(body: Any) -> tuple[str, int]:
    """Take name and quantity (0 if absent) out of a posted JSON document.

    Raises:
        BadRequest: it is no object, has no usable name or no usable quantity.
    """
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return _name(body.get("name")), _quantity(body.get("quantity", 0))


def _name(value: Any) -> str:
    name = value.strip() if isinstance(value, str) else ""
    if not 1 <= len(name) <= MAX_NAME:
        raise BadRequest(f"name is required: a text of 1 to {MAX_NAME} characters.")
    return name


def _quantity(value: Any) -> int:
    is_int = isinstance(value, int) and not isinstance(value, bool)
    if not is_int or not 0 <= value <= MAX_QUANTITY:
        raise BadRequest(f"quantity must be a whole number from 0 to {MAX_QUANTITY}.")
    return int(value)
