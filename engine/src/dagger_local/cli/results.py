"""Prints what a call came to, as `dagger` does."""

import json
from pathlib import Path
from typing import Any

from dagger_local.cli.catalog import Function


def printed(function: Function, response: Any, *, as_json: bool) -> str:
    """A response as text for standard output."""
    if function.returns == "Void":
        return ""
    if function.is_object:
        return _ids(response)
    if as_json:
        return json.dumps(response, indent=4, ensure_ascii=False, sort_keys=True) + "\n"
    return plain(response)


def _ids(response: Any) -> str:
    if isinstance(response, list):
        return "".join(f"- {_ids(item)}" for item in response)
    if isinstance(response, dict):
        return _ids(response["id"])
    return f"{response}\n"


def plain(response: Any) -> str:
    """Text as it is, each item of a list on a line of its own."""
    if isinstance(response, list):
        return "".join(plain(item) + "\n" for item in response)
    if isinstance(response, dict):
        return "".join(map(plain, response.values()))
    if isinstance(response, bool):
        return "true" if response else "false"
    return "<nil>" if response is None else str(response)


def save(path: Path, text: str) -> None:
    """Writes a result to a file, with the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
