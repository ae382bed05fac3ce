"""The price list at its edges."""

import pytest

from quotes.tariff import MAX_GRAMS, ZONES, NotCarried, price


@pytest.mark.parametrize(
    ("grams", "cents"), [(1, 1150), (1000, 1150), (1001, 1350), (MAX_GRAMS, 950 + 32 * 200)]
)
def test_every_kilogram_begun_is_paid(grams: int, cents: int) -> None:
    assert price("europe", grams) == cents


def test_the_further_the_dearer() -> None:
    prices = [price(zone, 500) for zone in ZONES]
    assert prices == sorted(set(prices))


@pytest.mark.parametrize(("zone", "grams"), [("moon", 500), ("europe", 0), ("europe", MAX_GRAMS + 1)])
def test_what_is_not_carried_has_no_price(zone: str, grams: int) -> None:
    with pytest.raises(NotCarried):
        price(zone, grams)
