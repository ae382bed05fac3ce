"""The content-addressed cache on disk: results of steps by key, trees by digest, layers by diff-id.

All lands by rename: a killed process leaves nothing half made, and two may make the same entry.
"""

import contextlib
import itertools
import json
import os
import shutil
import tempfile
from collections import ChainMap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dagger_local import mounts, tree
from dagger_local.flushing import Flushing
from dagger_local.states import DirectoryState, FileState
from dagger_local.values import digest_of


def default_root() -> Path:
    """`$DAGGER_LOCAL_STORE`, else `dagger-local/store` in the user's cache folder."""
    if chosen := os.environ.get("DAGGER_LOCAL_STORE"):
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "dagger-local" / "store"


class Store:
    """Folders: entries/KIND/KEY.json, trees/DIGEST/, layers/KEY/, blobs/HEX, streams/KEY/, tmp/.

    Beside them are `containers`, which is Podman's, and `bytecode`, the compiled code of modules.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._drafts: Path | None = None
        self._numbers = itertools.count()
        self._contents: tree.Contents = {}
        self.flushing = Flushing(root)
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        root.chmod(0o700)  # trees keep their own modes and owners; nobody else looks in
        for name in ("entries", "trees", "layers", "blobs", "streams", "caches", "tmp"):
            (root / name).mkdir(exist_ok=True)

    def entry(self, kind: str, key: str) -> dict[str, Any] | None:
        """What a step with this key came to, if it ever ran."""
        try:
            loaded: dict[str, Any] = json.loads((self.root / "entries" / kind / f"{key}.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return loaded

    def put_entry(self, kind: str, key: str, content: dict[str, Any]) -> None:
        """Keeps what a step came to."""
        target = self.root / "entries" / kind / f"{key}.json"
        target.parent.mkdir(exist_ok=True)
        draft = self.draft()
        draft.write_text(json.dumps(content))
        draft.rename(target)

    def draft(self) -> Path:
        """A path on the store's own filesystem at which there is nothing yet; gone as `temporary` is."""
        self._drafts = self._drafts or Path(tempfile.mkdtemp(dir=self.root / "tmp", prefix=f"{os.getpid()}-"))
        return self._drafts / str(next(self._numbers))

    def temporary(self) -> Path:
        """A fresh folder on the store's own filesystem; gone with `close`, or with our process."""
        folder = self.draft()
        folder.mkdir(mode=0o700)
        return folder

    def close(self) -> None:
        """Removes drafts that were not kept."""
        if self._drafts:
            shutil.rmtree(self._drafts, ignore_errors=True)
            self._drafts = None

    def keep_directory(self, made: Path, *, times: bool = False) -> DirectoryState:
        """Moves a finished tree into the store.

        Args:
            made: Folder on the store's filesystem; gone afterwards.
            times: Whether file times are part of the content, as for what a command made.
        """
        seen: tree.Contents = {}
        digest = tree.digest(made, times=times, known=ChainMap(seen, self._contents))
        return DirectoryState(self._land(made, self.root / "trees" / digest, seen), digest)

    def remembered(self, make: Callable[[], DirectoryState], *what: Any) -> DirectoryState:
        """What a step came to for equal content, in any session; made where it is not there.

        Args:
            make: Takes the step.
            what: The step, and the content and arguments that decide what it comes to.
        """
        key = digest_of(*what)
        kept = self.entry("tree", key)
        if kept and (found := self.kept_directory(kept["digest"])):
            return found
        made = make()
        self.put_entry("tree", key, {"digest": made.digest})
        return made

    def kept_directory(self, digest: str) -> DirectoryState | None:
        """The tree with a digest, if there is one."""
        found = self.root / "trees" / digest
        return DirectoryState(found, digest) if digest and found.is_dir() else None

    def digest(self, path: Path, *, times: bool = False) -> str:
        """The digest of something that is in the store; no file is read twice for it in a session."""
        return tree.digest(path, times=times, known=self._contents)

    def top_of(self, path: Path) -> Path:
        """The root of the kept tree that a path is in."""
        trees = self.root / "trees"
        return trees / path.relative_to(trees).parts[0]

    def keep_file(self, made: Path, *, times: bool = False) -> FileState:
        """Moves a finished file into the store, under its own name."""
        seen: tree.Contents = {}
        digest = tree.digest(made, times=times, known=ChainMap(seen, self._contents))
        if kept := self._kept_file(digest, made.name):
            made.unlink()
            return kept
        folder = self.temporary()
        made.rename(folder / made.name)
        return FileState(self._land(folder, self._place_of(digest), seen) / made.name, digest)

    def keep_text(self, name: str, text: str, mode: int = 0o644) -> FileState:
        """A file with this text in the store, of the year 1970; none is written where it is there."""
        content = text.encode()
        digest = tree.digest_of_file(name, content, mode)
        if kept := self._kept_file(digest, name):
            return kept
        folder = self.temporary()
        made = folder / name
        made.write_bytes(content)
        made.chmod(mode)
        os.utime(made, (0, 0))
        return FileState(self._land(folder, self._place_of(digest)) / name, digest)

    def _kept_file(self, digest: str, name: str) -> FileState | None:
        place = self._place_of(digest) / name
        return FileState(place, digest) if place.exists() else None

    def _place_of(self, digest: str) -> Path:
        return self.root / "trees" / f"file-{digest}"

    def _land(self, made: Path, target: Path, seen: tree.Contents | None = None) -> Path:
        """Moves a draft to its place, with what was seen in it; one that is there already wins."""
        try:
            made.rename(target)
            self._contents.update(seen or {})
        except OSError:
            if not target.exists():
                raise
            shutil.rmtree(made)
        return target

    def keep_streams(self, key: str, made: Path) -> Path:
        """Moves a folder with a command's output into the store; the first of two equal commands stays."""
        return self._land(made, self.root / "streams" / key)

    def keep_layer(self, key: str, made: Path) -> Path:
        """Moves what a command left over its image into the store; the first of two equal commands stays."""
        return self._land(made, self.root / "layers" / key)

    def blob(self, name: str) -> Path:
        """Where a compressed layer lives, by the digest of its uncompressed content."""
        return self.root / "blobs" / name

    def cache_volume(self, key: str) -> Path:
        """The folder of a cache volume."""
        folder = self.root / "caches" / key
        folder.mkdir(exist_ok=True)
        return folder

    def sweep(self) -> None:
        """Removes drafts of processes that are no more."""
        for draft in (self.root / "tmp").iterdir():
            if not Path(f"/proc/{draft.name.split('-')[0]}").exists():
                mounts.release(draft)
                with contextlib.suppress(FileNotFoundError):
                    tree.remove(draft)
