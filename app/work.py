"""CPU work of a known size, so that `/process` has something to do."""

MAX_N = 1_000_000
"""The largest sieve: some tens of milliseconds and 1 MB."""


def count_primes(n: int) -> int:
    """Count the primes up to n (n >= 0) with a sieve of n + 1 bytes."""
    sieve = bytearray([1]) * (n + 1)
    sieve[:2] = bytes(min(2, n + 1))
    for i in range(2, int(n**0.5) + 1):
        if sieve[i]:
            sieve[i * i :: i] = bytes(len(range(i * i, n + 1, i)))
    return sum(sieve)
