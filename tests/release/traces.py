"""What a run of the engine may leave behind on this machine and must not."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dagger_local import runs

from .harness import Engine

_PATIENCE_SECONDS = 10.0
_INTERFACES = Path("/sys/class/net")


def _interfaces() -> frozenset[str]:
    return frozenset(path.name for path in _INTERFACES.iterdir())


@dataclass(frozen=True)
class Traces:
    """The machine before a run, to be compared with the machine after it.

    Nobody else may use the engine's store in between. Network interfaces cannot be told from those of other
    people's containers: they are looked at when none runs on this machine.
    """

    engine: Engine
    interfaces: frozenset[str] = field(default_factory=_interfaces)

    def assert_none(self) -> None:
        """Fails with a list of what is still there; what is being torn down is given some seconds."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (found := list(self._found())) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert not found, "\n".join(found)

    def _found(self) -> Iterator[str]:
        places = (str(self.engine.store), str(runs._base(self.engine.store)), str(self.engine.temporary))
        yield from (f"process {said}" for said in _processes(places))
        mounts = Path("/proc/self/mounts").read_text().splitlines()
        yield from (f"mount {line}" for line in mounts if any(place in line for place in places))
        yield from (f"container {name}" for name in _containers(self.engine.store))
        yield from (f"session {path}" for path in (runs._base(self.engine.store) / "sessions").glob("*"))
        yield from (f"temporary {path}" for path in self.engine.temporary.iterdir())
        yield from (f"draft {path}" for path in (self.engine.store / "tmp").iterdir())
        if not any(_processes(("conmon",))):
            yield from (f"network interface {name}" for name in _interfaces() - self.interfaces)


def _processes(places: tuple[str, ...]) -> Iterator[str]:
    """Processes whose command, working folder or containers.conf lies in one of these places."""
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            facts = [command, str((process / "cwd").readlink()), *_variables(process)]
        except OSError:  # it has ended
            continue
        if any(place in fact for place in places for fact in facts):
            yield f"{process.name}: {command}"


def _variables(process: Path) -> Iterator[str]:
    for variable in (process / "environ").read_bytes().split(b"\0"):
        if variable.startswith((b"CONTAINERS_CONF=", b"TMPDIR=")):
            yield variable.decode(errors="replace")


def _containers(store: Path) -> list[str]:
    """Containers in the storage's own list."""
    listing = store / "containers" / "overlay-containers" / "containers.json"
    return [str(entry["id"]) for entry in json.loads(listing.read_text() or "[]")] if listing.exists() else []
