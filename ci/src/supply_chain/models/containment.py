"""Whether a JSON document contains what is wanted of it.

Of an object at least these keys, each with a value that contains what is wanted; of a list each wanted item,
contained in some item; anything else must be equal, and true is not 1.
"""

import json
from typing import Any

_LONGEST = 80


def missing(wanted: Any, found: Any, place: str = "") -> str:
    """The first thing that `found` lacks, in words; empty when it lacks nothing."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return _missing_key(wanted, found, place)
    if isinstance(wanted, list) and isinstance(found, list):
        absent = (item for item in wanted if all(missing(item, other) for other in found))
        return next((f"{_at(place)}no item contains {_shown(item)}" for item in absent), "")
    if _equal(wanted, found):
        return ""
    return f"{_at(place)}{_shown(found)}, not {_shown(wanted)}"


def _missing_key(wanted: dict[str, Any], found: dict[str, Any], place: str) -> str:
    for key, value in wanted.items():
        here = f"{place}.{key}" if place else key
        problem = missing(value, found[key], here) if key in found else f"{here} is missing"
        if problem:
            return problem
    return ""


def _equal(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _at(place: str) -> str:
    return f"{place}: " if place else ""


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
