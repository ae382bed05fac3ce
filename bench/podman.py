"""Podman for the plain scripts: a storage of their own, configured as dagger-local configures its own."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.errors import RunFailed
from dagger_local.host import containers_conf
from standins.oci import Layout

_STORAGE = """
[storage]
driver = "overlay"
graphroot = "{folder}/root"
runroot = "{folder}/run"
[storage.options.overlay]
skip_mount_home = "true"
"""
_OUT_OF_THE_WAY = "10.88.255.250"
"""An address that the network hands out to nobody else: each storage counts its own."""


@dataclass(frozen=True)
class Podman:
    """A storage in a folder; whoever is given `env` calls it by `podman` alone."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, layouts: Mapping[str, Layout]) -> "Podman":
        """One that holds these images and nothing else."""
        for name in ("tmp", "shared"):
            (folder / name).mkdir(parents=True)
        (folder / "storage.conf").write_text(_STORAGE.format(folder=folder))
        (folder / "containers.conf").write_text(containers_conf(folder / "shared"))
        podman = cls(folder)
        for layout in layouts.values():
            podman._load(layout)
        return podman

    @property
    def env(self) -> dict[str, str]:
        """What makes it this storage's."""
        return {
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "TMPDIR": str(self.folder / "tmp"),
        }

    def forget_builds(self, kept: Mapping[str, Layout]) -> None:
        """Only the loaded images stay: nothing that was built, and nothing that a build kept."""
        loaded = {self._text("image", "inspect", "--format", "{{.Id}}", one.pinned) for one in kept.values()}
        every = set(self._text("images", "--all", "--quiet", "--no-trunc").split())
        built = {image.removeprefix("sha256:") for image in every} - loaded
        if built:
            self._text("rmi", "--force", *sorted(built))

    def keep_network(self, image: str) -> None:
        """Starts an idle container: the default network is there as long as a container is."""
        where = ("--ip", _OUT_OF_THE_WAY, "--detach", "--rm", "--stop-timeout", "0")
        self._text("run", *where, image, "sleep", "infinity")

    def close(self) -> None:
        """Removes its containers, and all that it holds."""
        if (self.folder / "root").exists():
            self._run("rm", "--all", "--force", "--time", "0")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _load(self, layout: Layout) -> None:
        """Puts an image into the storage under its pinned name."""
        # Podman makes a name of the path, and not every path is one: so it is given a plain, relative one.
        image = self._text("pull", "--quiet", f"oci:{layout.path.name}", cwd=layout.path.parent)
        self._text("tag", image.split()[-1], layout.reference)

    def _text(self, *args: str, cwd: Path | None = None) -> str:
        done = self._run(*args, cwd=cwd)
        if done.returncode:
            raise RunFailed(f"podman {args[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()

    def _run(self, *args: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
        argv = ["podman", *args]
        env = {**os.environ, **self.env}
        return subprocess.run(
            argv, env=env, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
