"""What every way of making an image is given, and what it gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from standins.command import Commands
from standins.layer import Member
from standins.progress import Progress
from standins.recipes import Recipes


@dataclass(frozen=True)
class Workshop:
    """A folder to work in, which is removed afterwards, and the means to do it."""

    name: str
    """Of the image being made."""
    folder: Path
    """Of this image alone."""
    shared: Path
    """Of all images of this build, on disk."""
    room: Path
    """Of all images of this build, for what is written in great numbers: one Go cache serves all programs."""
    recipes: Recipes
    commands: Commands
    progress: Progress

    def says(self, doing: str) -> None:
        """Tell what is being done now."""
        self.progress.doing(self.name, doing)


@dataclass(frozen=True)
class Made:
    """The content of an image."""

    members: Sequence[Member]
    version: str
    labels: Mapping[str, str] = field(default_factory=dict)
    """Where it came from."""
