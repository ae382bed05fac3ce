"""What ends a benchmark: each error says what to do, and with which exit code."""


class BenchError(Exception):
    """The benchmark cannot go on; the message says why."""

    exit_code = 1


class NotReady(BenchError):
    """Something is missing on this machine that the benchmark needs."""

    exit_code = 2


class RunFailed(BenchError):
    """One side did not do its work, so its time means nothing."""


class Unequal(BenchError):
    """The sides came to different results, so that their times cannot be compared."""
