"""The sieve, against known counts of primes."""

import pytest

from app.work import MAX_N, count_primes


@pytest.mark.parametrize(
    ("n", "primes"),
    [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (9, 4), (25, 9), (100, 25), (1_000, 168), (MAX_N, 78_498)],
)
def test_counts_primes(n: int, primes: int) -> None:
    assert count_primes(n) == primes
