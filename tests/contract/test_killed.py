"""`kill -9` in the middle of every kind of step: the next run answers as Dagger does, and leaves nothing."""

import json
import random
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from contract.asking import Asking, ask, image_in
from contract.recorded import agrees, is_live, recorded
from soak import SOAKING

pytestmark = [pytest.mark.contract, pytest.mark.soak]
ROUNDS = 50


@dataclass(frozen=True)
class Kill:
    """When a run is killed.

    Attributes:
        kind: What it is in the middle of.
        case: The recorded case that it works on.
        words: What it has just said on standard error.
        delay: Seconds after that.
    """

    kind: str
    case: str
    words: str
    delay: float = 0.2


KINDS = [
    Kill("a build", "docker-build", "| STEP 4/"),
    Kill("a command", "mounts", ": sh -c ls /w"),
    Kill("an archive", "tarball", ": write the OCI layout"),
    Kill("a service", "service-pair", ": start service"),
    Kill("a command on what another left", "files", "DONE"),
    Kill("a command with a secret", "secret-env", ": sh -c"),
    Kill("an import", "api-imported", "Api.imported"),
    Kill("an export", "dir-export", "a_directory"),
    Kill("loading a module", "text-default", "register"),
]


def _kills() -> list[Kill]:
    """A kill of four kinds; in a soak fifty of all kinds, at moments drawn with a fixed seed."""
    if not SOAKING:
        return KINDS[:4]
    drawn = random.Random(6)  # noqa: S311 - nothing secret
    kinds = [KINDS[number % len(KINDS)] for number in range(ROUNDS)]
    return [replace(one, delay=round(drawn.random(), 3)) for one in kinds]


@pytest.mark.skipif(is_live(), reason="it is the local engine's store that is looked at")
@pytest.mark.parametrize("kill", [pytest.param(one, id=f"{one.kind}, {one.delay} s") for one in _kills()])
def test_the_run_after_a_kill_is_right(kill: Kill, tmp_path: Path) -> None:
    case, store = recorded()[kill.case], tmp_path / "store"
    image = image_in(store)
    _killed(ask(case, tmp_path / "killed", store, image), kill)
    answer = ask(case, tmp_path / "again", store, image).answer()
    assert answer.exit == case.exit, answer.stderr
    assert answer.errors == case.errors
    assert agrees(case.stdout, answer.stdout), f"{answer.stdout!r} is not {case.stdout!r}"
    assert _left(store) == []


def _killed(asking: Asking, kill: Kill) -> None:
    """Kills the engine at the moment; it may have ended by itself by then."""
    assert asking.process.stderr
    said = ""
    while kill.words not in said:
        line = asking.process.stderr.readline()
        assert line, f"it never said {kill.words!r}:\n{said}"
        said += line
    time.sleep(kill.delay)
    asking.process.kill()
    asking.process.communicate()


def _left(store: Path) -> list[str]:
    """Containers, mounts and drafts in the store."""
    listing = store / "containers" / "overlay-containers" / "containers.json"
    containers = json.loads(listing.read_text() or "[]") if listing.exists() else []
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    return [
        *(f"container {one['id']}" for one in containers),
        *(line for line in mounts if str(store) in line),
        *(f"draft {path}" for path in (store / "tmp").iterdir()),
    ]
