"""A release to a registry that wants a login, signed with a key that is the caller's."""

from dataclasses import dataclass
from pathlib import Path

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
    """

    registry: PrivateRegistry
    key: Path
    public_key: Path
    db: Path

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
            "--db", str(self.db),
            *self.key_flags,
        )  # fmt: skip

    @property
    def key_flags(self) -> tuple[str, ...]:
        """The key."""
        return ("--key", "env://RELEASE_KEY", "--key-password", "env://RELEASE_KEY_PASSWORD")

    @property
    def login(self) -> tuple[str, ...]:
        """The login."""
        return ("--registry-username", USER, "--registry-password", "env://RELEASE_REGISTRY_PASSWORD")

    def release(self, engine: Engine, *flags: str, checkout: Path = REPOSITORY) -> Done:
        """`release` with these flags."""
        return engine.call("release", *flags, checkout=checkout, env=self.secrets)


@dataclass(frozen=True)
class Release:
    """A release that was watched.

    Attributes:
        began: When, as Unix time.
        watch: Command lines of all processes meanwhile.
        recorder: Command lines of Podman, none missed.
    """

    candidate: Done
    verdict: Done
    evidence: Evidence
    began: float
    watch: Watch
    recorder: Recorder


def released(engine: Engine, caller: Caller, folder: Path, began: float) -> Release:
    """The release of this repository, by `candidate` and `verdict`."""
    out, recorder = folder / "dist", Recorder.made_in(folder)
    flags = (*caller.flags(), *caller.login, "--revision", REVISION)
    with Watch.running() as watch:
        ran = engine.call(
            "candidate", *flags, "export", "--path", str(out), env={**caller.secrets, **recorder.env}
        ).expect(0)
    judged = engine.call("verdict", "--evidence", str(out))
    return Release(ran, judged, Evidence(out), began, watch, recorder)
