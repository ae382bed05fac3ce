"""What was measured: the content of bench/results/*.json. Judged by `verdicts.py`."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MODULE, CONTAINERS, HOST, EMPTY = "module", "containers", "host", "empty module"
"""The sides: our module; the script with tools in containers, and with tools on the host; and for the start
of a module one that does nothing."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


Unit = Literal["s", "MiB"]


class Verdict(StrEnum):
    """What a row comes to."""

    WITHIN = "within"
    OVER = "over"
    NOISY = "too noisy"
    NONE = ""
    """There is no limit."""


class Machine(_Model):
    """The machine, and the code that ran on it."""

    cpu: str
    """Model of the processor."""
    cores: int
    """How many there are."""
    memory_mib: int
    """Memory, MiB."""
    kernel: str
    """Release of the kernel."""
    podman: str
    """Version of Podman."""
    python: str
    """Version of the Python that runs the engine and the module."""
    commit: str
    """What is checked out."""
    dirty: bool
    """Whether files differ from it."""
    date: datetime
    """When the benchmark began, UTC."""


class Run(_Model):
    """One thing that one side did."""

    side: str
    """Who."""
    round: int
    """In which round, counted from 1; of releases in a row, the how manieth."""
    seconds: float
    """Wall time."""
    busy: float
    """Share of the cores that others used just before."""
    memory_mib: float = 0
    """Most memory in use meanwhile, over what was in use before."""
    disk_mib: float = 0
    """What the side's folders grew by."""
    steps: dict[str, float] = Field(default_factory=dict)
    """Seconds of its steps, by name."""
    containers: int = 0
    """How many containers it started, those of a Dockerfile's steps not counted."""


class Series(_Model):
    """Runs of one scenario, interleaved."""

    name: str
    """The scenario."""
    runs: tuple[Run, ...]
    """All of them, in the order they were made."""

    def of(self, side: str) -> tuple[Run, ...]:
        """The runs of one side."""
        return tuple(run for run in self.runs if run.side == side)


class Row(_Model):
    """One line of the table: the same amount for every side."""

    name: str
    """What was measured."""
    unit: Unit = "s"
    """Unit of the values."""
    limit: float | None = None
    """What the ratio of the module to the baseline must not exceed."""
    baseline: str = CONTAINERS
    """The side that others are compared with."""
    values: dict[str, tuple[float, ...]]
    """What was measured, by side."""
    busy: tuple[float, ...]
    """Share of the cores that others used before each run."""
    verdict: Verdict = Verdict.NONE
    """What it comes to."""
    ratio: float | None = None
    """Median of the module over median of the baseline."""


class Slope(_Model):
    """Whether one release after the other in one repository gets slower."""

    side: str
    """Who released."""
    per_release: float
    """Seconds that each release takes more than the one before, by least squares."""
    error: float
    """Standard error of that."""
    releases: int
    """How many in a row."""
    verdict: Verdict = Verdict.NONE
    """Whether it is within its noise."""


class Results(_Model):
    """One run of the benchmark."""

    schema_version: Literal[1] = 1
    """Version of this format."""
    machine: Machine
    """Where."""
    quick: bool
    """Whether there were fewer runs than a verdict should rest on."""
    seconds: float
    """How long all of it took."""
    rows: tuple[Row, ...]
    """The comparison."""
    slopes: tuple[Slope, ...]
    """Of releases in a row."""
    series: tuple[Series, ...]
    """All that was measured."""
