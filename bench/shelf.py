"""A repository put back to what it was: every run finds the same registry, and no pile of signatures."""

import shutil
from dataclasses import dataclass
from pathlib import Path

_REPOSITORIES = Path("docker", "registry", "v2", "repositories")


@dataclass(frozen=True)
class Shelf:
    """One repository's tags, manifests and links in the registry's storage, where it caches nothing.

    Blobs stay in the registry as a whole. They are uploaded again all the same where a repository lacks them.

    Attributes:
        storage: The registry's.
        name: The repository.
        copies: Where its state is kept; not in the registry.
    """

    storage: Path
    name: str
    copies: Path

    def keep(self) -> None:
        """Remembers the repository as it is now."""
        shutil.rmtree(self._copy, ignore_errors=True)
        if self._place.exists():
            shutil.copytree(self._place, self._copy)

    def restore(self) -> None:
        """Puts it back to what was remembered; to nothing, where nothing was."""
        shutil.rmtree(self._place, ignore_errors=True)
        if self._copy.exists():
            shutil.copytree(self._copy, self._place)

    def clear(self) -> None:
        """Empties it, and remembers that."""
        for folder in (self._place, self._copy):
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def _place(self) -> Path:
        return self.storage / _REPOSITORIES / self.name

    @property
    def _copy(self) -> Path:
        return self.copies / self.name
