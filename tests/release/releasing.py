"""A release to a registry that wants a login, signed with a key that is the caller's."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .canary import KEY_PASSWORD, REGISTRY_PASSWORD, Needles, Watch
from .harness import REPOSITORY, Done, Engine
from .private_registry import USER, PrivateRegistry
from .recorder import Recorder
from .rehearsing import Evidence

VERSION = "1.2.3"
REVISION = "0123456789abcdef0123456789abcdef01234567"


@dataclass(frozen=True)
class Caller:
    """What somebody who releases has.

    Attributes:
        registry: Where to.
        key: The private key's file.
        public_key: What verifies it.
        db: A double of a real database: the sample without its mark. A real one is too large for a test.
        advisories: A double of real advisories, likewise.
    """

    registry: PrivateRegistry
    key: Path
    public_key: Path
    db: Path
    advisories: Path

    @property
    def secrets(self) -> dict[str, str]:
        """The caller's environment."""
        return {
            "RELEASE_KEY": self.key.read_text(),
            "RELEASE_KEY_PASSWORD": KEY_PASSWORD,
            "RELEASE_REGISTRY_PASSWORD": REGISTRY_PASSWORD,
        }

    @property
    def needles(self) -> Needles:
        """What must turn up nowhere."""
        return Needles.of(*self.secrets.values())

    def flags(self, version: str = VERSION, repository: str = "") -> tuple[str, ...]:
        """All of a release but the login."""
        return (
            "--repository", repository or self.registry.repository, "--version", version,
            "--db", str(self.db), "--advisories", str(self.advisories),
            *self.key_flags,
        )  # fmt: skip

    @property
    def key_flags(self) -> tuple[str, ...]:
        """The key."""
        return ("--key", "env://RELEASE_KEY", "--key-password", "env://RELEASE_KEY_PASSWORD")

    @property
    def login(self) -> tuple[str, ...]:
        """What stands before a function to log in."""
        return self.login_with("RELEASE_REGISTRY_PASSWORD")

    def login_with(self, variable: str) -> tuple[str, ...]:
        """A login with the password in this variable of the environment."""
        where = ("--address", f"{self.registry.address}:{self.registry.port}")
        return ("with-registry-login", *where, "--username", USER, "--password", f"env://{variable}")

    def release(
        self, engine: Engine, *flags: str, login: Sequence[str] | None = None, checkout: Path = REPOSITORY
    ) -> Done:
        """`release` with these flags, logged in as this caller unless another login is given."""
        before = self.login if login is None else login
        return engine.call(*before, "release", *flags, checkout=checkout, env=self.secrets)


@dataclass(frozen=True)
class Release:
    """A release that was watched.

    Attributes:
        began: When, as Unix time.
        watch: Command lines of all processes meanwhile.
        recorder: Command lines of Podman and the OCI runtime, none missed.
        attached: The bundles on its image when it had ended; later releases of the same image add theirs.
    """

    candidate: Done
    verdict: Done
    evidence: Evidence
    began: float
    watch: Watch
    recorder: Recorder
    attached: tuple[dict[str, Any], ...]


def released(engine: Engine, caller: Caller, folder: Path, began: float) -> Release:
    """The release of this repository, by `candidate` and `verdict`."""
    out, recorder = folder / "dist", Recorder.made_in(folder)
    flags = (*caller.flags(), "--revision", REVISION)
    with Watch.running() as watch:
        command = (*caller.login, "candidate", *flags, "export", "--path", str(out))
        ran = engine.call(*command, env={**caller.secrets, **recorder.env}).expect(0)
    judged = engine.call("verdict", "--evidence", str(out))
    evidence = Evidence(out)
    attached = tuple(caller.registry.bundles(evidence.image_digest()))
    return Release(ran, judged, evidence, began, watch, recorder, attached)


def double_of_real(sample: Path, cache: Path) -> Path:
    """A Trivy cache folder with the sample as a real database would be: without its mark, and of today."""
    shutil.copytree(sample / "db", cache / "db")
    of_today(cache)
    return cache


def of_today(cache: Path) -> None:
    """Lets the double of a real database be as new as a real one would be."""
    metadata = cache / "db" / "metadata.json"
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    metadata.write_text(json.dumps(json.loads(metadata.read_text()) | {"UpdatedAt": now}))
