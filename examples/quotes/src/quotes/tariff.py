"""The price list: a price to begin with, and one for every kilogram begun."""

import math
from dataclasses import dataclass

MAX_GRAMS = 31_500
"""The heaviest parcel that is carried."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a zone costs, in euro cents."""

    base: int
    """For the parcel itself."""
    per_kilogram: int
    """For every kilogram begun."""


ZONES = {"domestic": Tariff(390, 60), "europe": Tariff(950, 200), "world": Tariff(1690, 850)}


class NotCarried(ValueError):
    """There is no price for such a parcel; the message says why."""


def price(zone: str, grams: int) -> int:
    """The price of a parcel in euro cents.

    Raises:
        NotCarried: the zone is unknown, or the parcel too light or too heavy.
    """
    tariff = ZONES.get(zone)
    if tariff is None:
        raise NotCarried(f"there is no zone {zone!r}; there are {', '.join(ZONES)}")
    if not 1 <= grams <= MAX_GRAMS:
        raise NotCarried(f"{grams} grams; a parcel has 1 to {MAX_GRAMS}")
    return tariff.base + tariff.per_kilogram * math.ceil(grams / 1000)
