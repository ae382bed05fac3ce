"""How much is tried: a bounded sample in `make test`, many times that where SUPPLY_CHAIN_SOAK=1."""

import os

SOAKING = os.environ.get("SUPPLY_CHAIN_SOAK") == "1"
MORE = 25
"""How many times as much a soak tries."""


def examples(few: int) -> int:
    """How many examples hypothesis makes; `few` in `make test`."""
    return few * MORE if SOAKING else few
