"""What is compared, and the limits: ratios of our module to the script with its tools in containers."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.service import Service

ROUNDS, QUICK_ROUNDS = 10, 2
PACKAGES, MANY_PACKAGES = 50, 500
COLD, WARM, LINE, DEPENDENCY = "cold", "unchanged", "one line", "one dependency"
GATE, AGAIN, VERIFY, BOOT, SCANS = "gate blocks", "same version", "verify", "boot", "three scans"
MANY, ROW = "one line of 500 packages", "releases in a row"

SCAN_LIMIT, VERIFY_LIMIT, BOOT_LIMIT, MEMORY_LIMIT = 0.4, 1.2, 1.2, 1.2
IN_A_ROW, ROWS = 8, 3
"""Releases one after the other into one repository, and how many times that is begun anew."""

Change = Callable[[Service, int], None]


def _unchanged(service: Service, number: int) -> None:
    """Nothing is changed."""


@dataclass(frozen=True)
class Scenario:
    """Releases that are compared.

    Attributes:
        name: For the command line and the table.
        limit: Of the ratio; None where there is none.
        quick: Rounds of a quick run; 0 where it leaves the scenario out unless that is asked for.
        change: What happens to the service before each round, of which the number is told.
        packages: How many the service has.
        cold: Whether all that was built and kept is forgotten before each run.
        blocked: Whether the service has what the gate does not let pass.
        again: Whether the version that is there is released once more.
    """

    name: str
    limit: float | None = None
    quick: int = 0
    change: Change = _unchanged
    packages: int = PACKAGES
    cold: bool = False
    blocked: bool = False
    again: bool = False

    @property
    def changes(self) -> bool:
        """Whether each round releases another commit."""
        return self.change is not _unchanged


LINE_CHANGED = Scenario(LINE, 0.7, quick=QUICK_ROUNDS, change=Service.change_line)
RELEASES = (
    Scenario(COLD, 1.1, quick=1, cold=True),
    Scenario(WARM, 0.6, quick=QUICK_ROUNDS),
    LINE_CHANGED,
    Scenario(DEPENDENCY, change=Service.change_dependency),
    Scenario(AGAIN, 0.4, quick=QUICK_ROUNDS, again=True),
    Scenario(GATE, blocked=True),
    Scenario(MANY, change=Service.change_line, packages=MANY_PACKAGES),
)
"""In the order in which they are run: the first leaves behind what the next ones begin with."""

NAMES = (*(one.name for one in RELEASES), VERIFY, BOOT, ROW)
"""All that can be asked for; the scans are part of what is cold."""
QUICK_NAMES = (*(one.name for one in RELEASES if one.quick), VERIFY, BOOT)
"""What a quick run measures unless it is told otherwise."""
