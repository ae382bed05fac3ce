"""Our module, on dagger-local."""

import json
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from bench import equality
from bench.commands import Ended, run
from bench.errors import RunFailed
from bench.models import MODULE
from bench.shelf import Shelf
from bench.sides import Done, Order
from bench.site import PREPARED, ROOT, Site
from dagger_local.loading import load
from dagger_local.upkeep import clear, size
from release.canary import REGISTRY_PASSWORD
from release.private_registry import USER
from release.private_sigstore import EMAIL

BETWEEN = "between the steps"

_ENDED = re.compile(r"^\d+\s+: (?P<what>.+) DONE \[[\d.]+s\]$", re.MULTILINE)
_NO_CONTAINERS = ("supply-chain: ", "build ", "pull ", "write the OCI layout", "import an image")
"""Begins of the engine's lines that are no container of a command's."""


@dataclass
class ModuleSide:
    """The module and the engine's store."""

    site: Site
    shelf: Shelf
    folder: Path
    name: str = MODULE
    token: str = ""

    @classmethod
    def made(cls, site: Site) -> "ModuleSide":
        """One that has run nothing yet."""
        folder = site.folder / MODULE
        folder.mkdir()
        side = cls(site, Shelf(site.registry.storage, f"bench/{MODULE}", site.folder / "copies"), folder)
        side.fresh()
        return side

    def fresh(self) -> None:
        """A store that holds the images alone."""
        clear(self.store)
        layouts = {image.pinned.partition("@")[0]: image.path for image in self.site.images.values()}
        anyio.run(load, layouts, self.store)

    def prepare(self) -> None:
        """No evidence of the run before, and a token of now."""
        shutil.rmtree(self._out, ignore_errors=True)
        self.token = self.site.sigstore.token()

    def release(self, order: Order) -> Done:
        """`candidate`, and its evidence."""
        what = ("--repository", self._repository, "--version", order.version, "--revision", order.revision)
        ended = self._call(
            "--source", str(order.source), "--sigstore", str(self.site.sigstore.directory), *self._login,
            "with-identity", "--token", "env://IDENTITY_TOKEN",
            "candidate", *what, "--db", str(self.site.db), "export", "--path", str(self._out),
        )  # fmt: skip
        self._check(ended, "GateBlocked" if order.blocked else "")
        return _done(self._outcome["steps"], _containers(ended))

    def verify(self) -> Done:
        """`verify --reference` of what was released last."""
        trusting = ("--identity", EMAIL, "--issuer", self.site.sigstore.issuer)
        sigstore = ("--sigstore", str(self.site.sigstore.directory))
        ended = self._call(*sigstore, *self._login, "verify", "--reference", self._image, *trusting)
        return Done(containers=_containers(ended))

    def functions(self, module: Path = ROOT) -> Done:
        """`functions` of a module, which starts it and does nothing else."""
        self._command("functions", cwd=module)
        return Done()

    def result(self) -> equality.Result:
        """What the last release left as evidence and in the registry."""
        return equality.result_of(self.name, self.site, self._out, self._image)

    def disk_mib(self) -> float:
        """The store and the evidence."""
        return size(self.folder) / 2**20

    def close(self) -> None:
        """Takes away what a build that was interrupted has left mounted: nothing there could be removed."""
        mounts = Path("/proc/self/mounts").read_text().splitlines()
        left = [mount for mount in (line.split()[1] for line in mounts) if mount.startswith(f"{self.store}/")]
        if left:
            run(["umount", *reversed(left)], env={}, cwd=self.folder, end=signal.SIGTERM)

    @property
    def store(self) -> Path:
        """The engine's store."""
        return self.folder / "store"

    @property
    def _out(self) -> Path:
        return self.folder / "dist"

    @property
    def _repository(self) -> str:
        return self.site.registry_of(self.shelf.name).repository

    @property
    def _login(self) -> tuple[str, ...]:
        where = f"{self.site.registry.address}:{self.site.registry.port}"
        password = "env://RELEASE_REGISTRY_PASSWORD"  # noqa: S105 - where it is
        return ("with-registry-login", "--address", where, "--username", USER, "--password", password)

    @property
    def _outcome(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self._out / "outcome.json").read_bytes())
        return found

    @property
    def _image(self) -> str:
        """The released image by digest; empty where nothing was released."""
        return self._outcome["image"] or ""

    def _check(self, ended: Ended, error: str) -> None:
        """RunFailed unless the run ended with this error, or with none."""
        failure = self._outcome["error"] or {"name": ""}
        if failure["name"] != error:
            raise RunFailed(f"the module came to {failure}\n{ended.complaint}")

    def _call(self, *args: str) -> Ended:
        return self._command("call", "--images", str(PREPARED), *args)

    def _command(self, *args: str, cwd: Path = ROOT) -> Ended:
        env = {
            "DAGGER_LOCAL_STORE": str(self.store),
            "IDENTITY_TOKEN": self.token,
            "RELEASE_REGISTRY_PASSWORD": REGISTRY_PASSWORD,
        }
        argv = [sys.executable, "-P", "-m", "dagger_local", "--progress=plain", *args]
        ended = run(argv, env=env, cwd=cwd, end=signal.SIGINT)
        if ended.code:
            raise RunFailed(f"{shlex.join(args)[:200]}: {ended.complaint}")
        return ended


def _containers(ended: Ended) -> int:
    """How many containers the engine says it ran."""
    return sum(not what.startswith(_NO_CONTAINERS) for what in _ENDED.findall(ended.stderr))


def _done(steps: Sequence[Mapping[str, Any]], containers: int) -> Done:
    """The steps of an outcome, of which some run side by side."""
    spans = [(one["began"], one["began"] + one["seconds"]) for one in steps]
    until = max(ended for _, ended in spans)
    seconds = {one["name"]: float(one["seconds"]) for one in steps}
    return Done(seconds | {BETWEEN: until - _covered(spans)}, containers, until)


def _covered(spans: Sequence[tuple[float, float]]) -> float:
    """Seconds in which at least one of these was under way."""
    covered = until = 0.0
    for began, ended in sorted(spans):
        covered += max(0.0, ended - max(began, until))
        until = max(until, ended)
    return covered
