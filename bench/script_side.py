"""The plain script, `baseline.sh`, with its tools in containers or on the host."""

import os
import re
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from bench import equality
from bench.commands import run
from bench.errors import RunFailed
from bench.models import CONTAINERS, HOST
from bench.podman import Podman
from bench.shelf import Shelf
from bench.sides import Done, Order
from bench.site import Site
from dagger_local.upkeep import size
from release.private_sigstore import EMAIL

SCRIPT = Path(__file__).with_name("baseline.sh")
PASSES = ("gate", "sarif", "sbom")
VERIFICATIONS = ("verify", "verify_sbom", "verify_provenance")

_ON_THE_HOST = ("build", "save")
_STEP = re.compile(r"^step (\w+) ([\d.]+)$", re.MULTILINE)
_BLOCKED = 1


@dataclass
class ScriptSide:
    """A script and what it keeps between runs: images and build cache, layers that Trivy has analysed."""

    name: str
    site: Site
    shelf: Shelf
    folder: Path
    podman: Podman
    token: str = ""

    @classmethod
    def made(cls, name: str, site: Site) -> "ScriptSide":
        """One of the two scripts, which has run nothing yet."""
        folder = site.folder / name
        shelf = Shelf(site.registry.storage, f"bench/{name}", site.folder / "copies")
        shutil.copytree(site.db, folder / "trivy")
        return cls(name, site, shelf, folder, Podman.made(folder / "podman", site.images))

    def fresh(self) -> None:
        """Forgets what was built and analysed."""
        self.podman.forget_builds(self.site.images)
        self._forget_analyses()

    def prepare(self) -> None:
        """An empty folder to work in, and a token of now."""
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir()
        self.token = self.site.sigstore.token()

    def release(self, order: Order) -> Done:
        """Every step, unless the gate stops them."""
        done = self._run(order, expected=_BLOCKED if order.blocked else 0)
        if order.blocked and list(done.steps)[-1] != PASSES[-1]:
            raise RunFailed(
                f"the script ({self.name}) was to be stopped by the gate, and came to {done.steps}"
            )
        return done

    def verify(self) -> Done:
        """The three verifications by stock cosign."""
        return self._run(None, *VERIFICATIONS)

    def cold_scans(self) -> Done:
        """The three passes over the image of the last release, each with nothing analysed before."""
        steps: dict[str, float] = {}
        for one in PASSES:
            self._forget_analyses()
            steps |= self._run(None, one).steps
        return Done(steps, 0 if self.name == HOST else len(steps))

    def result(self) -> equality.Result:
        """What the last release left in its folder and in the registry."""
        return equality.result_of(self.name, self.site, self._work, self._image)

    def disk_mib(self) -> float:
        """Podman's storage, Trivy's folder, and the folder to work in."""
        return size(self.folder) / 2**20

    def close(self) -> None:
        """Leaves nothing behind."""
        self.podman.close()

    @property
    def _work(self) -> Path:
        return self.folder / "work"

    @property
    def _image(self) -> str:
        """The released image by digest; empty where nothing was released."""
        file = self._work / "image"
        return file.read_text().strip() if file.exists() else ""

    def _forget_analyses(self) -> None:
        shutil.rmtree(self.folder / "trivy" / "fanal", ignore_errors=True)

    def _run(self, order: Order | None, *steps: str, expected: int = 0) -> Done:
        ended = run(
            ["sh", str(SCRIPT), *steps], env=self._environment(order), cwd=self.folder, end=signal.SIGTERM
        )
        if ended.code != expected:
            raise RunFailed(f"{self.name}: {ended.complaint}")
        made = {name: float(seconds) for name, seconds in _STEP.findall(ended.stdout)}
        started = 0 if self.name == HOST else len(made.keys() - set(_ON_THE_HOST))
        return Done(made, started, sum(made.values()))

    def _environment(self, order: Order | None) -> dict[str, str]:
        images = {f"{name.upper()}_IMAGE": image.pinned for name, image in self.site.images.items()}
        what = (
            {"SOURCE": str(order.source), "VERSION": order.version, "REVISION": order.revision}
            if order
            else {}
        )
        path = os.pathsep.join([*map(str, self.site.programs), os.environ["PATH"]])
        return {
            **self.podman.env,
            **images,
            **what,
            "PATH": path,
            "HOME": str(self.site.stranger.home),
            "TOOLS": CONTAINERS if self.name == CONTAINERS else HOST,
            "REPOSITORY": self.site.registry_of(self.shelf.name).repository,
            "WORK": str(self._work),
            "TRIVY_CACHE": str(self.folder / "trivy"),
            "DOCKER_CONFIG": str(self.site.docker),
            "SIGSTORE": str(self.site.sigstore.directory),
            "SIGSTORE_ID_TOKEN": self.token,
            "IDENTITY": EMAIL,
            "ISSUER": self.site.sigstore.issuer,
        }
