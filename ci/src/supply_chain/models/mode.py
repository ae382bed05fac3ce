"""What kind of run it is."""

from enum import StrEnum


class Mode(StrEnum):
    """Where a run pushes to."""

    REHEARSAL = "rehearsal"
    """A throw-away registry; nothing public is touched."""
    RELEASE = "release"
    """The repository that was named."""
