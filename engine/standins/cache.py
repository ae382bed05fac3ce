"""The cache of finished images: keyed by what decides them, complete or absent, one builder at a time."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from standins.errors import StandInError
from standins.oci import Layout, read_layout
from standins.progress import Progress
from standins.recipes import Recipes

_WORK_PREFIX = ".building-"
_CODE = Path(__file__).parent
_COMMON_CODE = ("image.py", "layer.py", "oci.py", "scratch.py")
_KEPT_PER_IMAGE = 2


def default_folder() -> Path:
    """Where images are kept unless told otherwise."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dagger-local" / "standins"


def key(recipes: Recipes, name: str) -> str:
    """Twelve hex digits of the digest of an image's recipe and of the code that follows it."""
    recipe = recipes.images[name]
    kind = recipe.source.kind
    shared = {"debian": recipes.debian, "gomodule": recipes.go, "wheel": None}[kind]
    facts = [
        name,
        recipes.epoch,
        recipes.reference(name),
        recipe.model_dump(),
        shared and shared.model_dump(),
    ]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for file in (*_COMMON_CODE, f"{kind}.py"):
        digest.update((_CODE / file).read_bytes())
    return digest.hexdigest()[:12]


class Cache:
    """A folder of finished images, `NAME-KEY/layout` each."""

    def __init__(self, folder: Path, recipes: Recipes) -> None:
        self.folder = folder.absolute()  # Go refuses caches with relative paths
        self._keys = {name: key(recipes, name) for name in recipes.images}

    def find(self, name: str) -> Layout | None:
        """A finished image, if it is there and whole."""
        return read_layout(self._place(name) / "layout")

    def put(self, name: str, layout: Path) -> Layout:
        """Move a finished layout of the same file system into its place, in one step."""
        place = self._place(name)
        wrapped = layout.with_name("finished")
        wrapped.mkdir()
        layout.rename(wrapped / "layout")
        shutil.rmtree(place, ignore_errors=True)  # there only if it was found damaged
        wrapped.rename(place)
        self._forget_old(name)
        found = self.find(name)
        if found is None:
            raise StandInError(f"cache {place}", "what was written cannot be read back", "check the disk")
        return found

    @contextmanager
    def builder(self, progress: Progress) -> Iterator[Path]:
        """Be the only builder in this cache; gives a folder to work in, which is removed whatever happens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            _wait_for(lock.fileno(), progress)
            for left in self.folder.glob(
                f"{_WORK_PREFIX}*"
            ):  # of a builder that was killed: we hold its lock
                shutil.rmtree(left, ignore_errors=True)
            work = Path(tempfile.mkdtemp(prefix=_WORK_PREFIX, dir=self.folder))
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def _place(self, name: str) -> Path:
        return self.folder / f"{name}-{self._keys[name]}"

    def _forget_old(self, name: str) -> None:
        """Keep the newest images of a name: two, so that two branches do not rebuild each other's."""
        places = self.folder.glob(f"{name}-{'[0-9a-f]' * 12}")
        for old in sorted(places, key=lambda place: place.stat().st_mtime, reverse=True)[_KEPT_PER_IMAGE:]:
            shutil.rmtree(old, ignore_errors=True)


def _wait_for(lock: int, progress: Progress) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        progress.say("another builder is at work in this cache; waiting for it")
        fcntl.flock(lock, fcntl.LOCK_EX)
