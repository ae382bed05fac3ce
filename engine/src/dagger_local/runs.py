"""A session's folder in memory, for secrets in use. What dead sessions left is cleaned up."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dagger_local import host, mounts
from dagger_local.podman import Podman
from dagger_local.running.runtime import Runtime
from dagger_local.store import Store


@dataclass(frozen=True)
class RunFolder:
    """`<runtime folder>/<store>/sessions/<pid>-<start>-<random>`.

    Attributes:
        path: The folder.
        lock: An open file; who uses the store shares a lock on it.
        alone: Whether nobody else used the store when it was opened, or can until `reap` is over.
    """

    path: Path
    lock: int
    alone: bool

    @classmethod
    @contextlib.contextmanager
    def open(cls, store_root: Path) -> Iterator["RunFolder"]:
        """A fresh folder; gone afterwards."""
        _containers_in_memory(store_root)
        sessions = _base(store_root) / "sessions"
        sessions.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = Path(tempfile.mkdtemp(dir=sessions, prefix=f"{os.getpid()}-{_started(os.getpid())}-"))
        conf = host.containers_conf(_base(store_root) / "libpod")
        (made / "containers.conf").write_text(conf)
        with _locked(_base(store_root) / "lock") as (lock, alone):
            try:
                yield cls(made, lock, alone)
            finally:
                shutil.rmtree(made, ignore_errors=True)

    def fresh(self, name: str) -> Path:
        """A new folder in memory that only we can read."""
        return Path(tempfile.mkdtemp(dir=self.path, prefix=f"{name}-"))

    def podman(self, program: str, store: Store) -> Podman:
        """Podman on the store's images, for this session."""
        run_root = _base(store.root) / "run"
        return Podman(program, store, run_root, self.path.name, self.path / "containers.conf")

    def runtime(self) -> Runtime:
        """What starts containers, for this session."""
        return Runtime(host.oci_runtime(), self.path)

    async def reap(self, podman: Podman) -> None:
        """Removes the containers and folders of sessions whose process was killed.

        What Podman had half made for one of them carries no session's name. It is removed when nobody else
        uses the store, who might be about to make it.
        """
        unswept = self.path.parent.parent / "unswept"
        for other in self.path.parent.iterdir():
            if not _alive(other):
                unswept.touch()
                await Runtime(host.oci_runtime(), other).remove_all()
                await podman.remove_session(other.name)
                shutil.rmtree(other, ignore_errors=True)
        if self.alone and unswept.exists():
            await podman.remove_half_made()
            unswept.unlink()
        fcntl.flock(self.lock, fcntl.LOCK_SH)


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[tuple[int, bool]]:
    """The file with a lock on it, exclusive where nobody else has one, and whether it is."""
    with file.open("a") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except BlockingIOError:
            fcntl.flock(opened, fcntl.LOCK_SH)
            alone = False
        yield opened.fileno(), alone


def _containers_in_memory(store_root: Path) -> None:
    """Has Podman keep what describes its containers in memory: not in the store.

    A store that is new gets a new folder there. In the one of a store that was removed, containers of a dead
    session may be listed; then Podman takes this for an old installation, and uses CNI for its networks.
    """
    link = store_root / "containers" / "overlay-containers"
    link.parent.mkdir(parents=True, exist_ok=True)
    base = _base(store_root)
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not link.is_symlink():
        with contextlib.suppress(FileExistsError):  # made by somebody else meanwhile
            link.symlink_to(tempfile.mkdtemp(dir=base, prefix="containers-"))
    link.readlink().mkdir(parents=True, exist_ok=True, mode=0o700)


def forget(store_root: Path) -> None:
    """Removes what is kept in memory for a store that nobody uses."""
    mounts.release(_base(store_root))
    shutil.rmtree(_base(store_root), ignore_errors=True)


def live_sessions(store_root: Path) -> list[int]:
    """Processes that use a store now."""
    sessions = _base(store_root) / "sessions"
    found = sessions.iterdir() if sessions.is_dir() else ()
    return [int(session.name.split("-")[0]) for session in found if _alive(session)]


def _alive(session: Path) -> bool:
    pid, started = session.name.split("-")[:2]
    return _started(int(pid)) == started


def _base(store_root: Path) -> Path:
    name = hashlib.sha256(str(store_root.resolve()).encode()).hexdigest()[:12]
    return host.runtime_folder() / name


def _started(pid: int) -> str:
    """When a process began, in clock ticks since boot: tells it from a later one with the same number."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except FileNotFoundError:
        return ""
