"""The one outgoing call: `/chain` asks this service's own `/items` over HTTP."""

from typing import Any

import requests

TIMEOUT = (1.0, 2.0)
"""Seconds to connect, and seconds between two bytes of the answer."""


class UpstreamError(Exception):
    """The called service did not answer, or not with what was asked for."""


def fetch_items(base_url: str) -> list[Any]:
    """Return the items that `GET {base_url}/items` lists.

    Raises:
        UpstreamError: no answer in time, a status other than 2xx, or a body of another shape.
    """
    body = _get_json(f"{base_url}/items")
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise UpstreamError("the answer holds no list of items")
    return items


def _get_json(url: str) -> Any:
    with requests.Session() as session:
        session.trust_env = False  # a call to ourselves must not leave through the environment's proxy
        try:
            answer = session.get(url, timeout=TIMEOUT, allow_redirects=False)
            answer.raise_for_status()
            return answer.json()
        except requests.RequestException as error:
            raise UpstreamError(str(error)) from error
