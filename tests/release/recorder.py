"""Writes down what Podman and the OCI runtime are told: programs of their names, first on the PATH."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCRIPT = """#!/bin/sh
printf '%s\\n' "$@" > "$(mktemp {folder}/XXXXXXXX.argv)"
for word in "$@"; do
  if [ -f "$word/config.json" ]; then cp "$word/config.json" "$(mktemp {folder}/XXXXXXXX.bundle)"; fi
done
exec {program} "$@"
"""
_FLAGS_WITH_A_VALUE = ("--root", "--runroot", "--log", "--log-format")


@dataclass(frozen=True)
class Recorder:
    """The folder of the programs and of what they have written down, bundles of containers included."""

    folder: Path

    @classmethod
    def made_in(cls, folder: Path) -> "Recorder":
        """A recorder that has seen nothing yet."""
        found = {name: shutil.which(name) for name in ("podman", "runc", "crun")}
        assert found["podman"], "podman is not installed"
        for name, program in found.items():
            if program:
                (folder / name).write_text(_SCRIPT.format(folder=folder, program=program))
                (folder / name).chmod(0o755)
        return cls(folder)

    @property
    def env(self) -> dict[str, str]:
        """What puts them before the real ones."""
        return {"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}"}

    def argvs(self) -> list[list[str]]:
        """Every command line so far, without the program's name."""
        return [path.read_text(errors="replace").splitlines() for path in self.folder.glob("*.argv")]

    def variables(self) -> set[str]:
        """Names of all variables that containers were given."""
        bundles: list[dict[str, Any]] = [
            json.loads(path.read_text()) for path in self.folder.glob("*.bundle")
        ]
        return {pair.partition("=")[0] for bundle in bundles for pair in bundle["process"]["env"]}

    def containers(self) -> list[list[str]]:
        """The command lines that made a container or an image."""
        making = {"create", "run", "start", "build", "exec"}
        return [argv for argv in self.argvs() if _verb(argv) in making]


def _verb(argv: list[str]) -> str:
    """The command: the first word that is no flag and no flag's value."""
    before = ["", *argv]
    words = (word for flag, word in zip(before, argv, strict=False) if flag not in _FLAGS_WITH_A_VALUE)
    return next((word for word in words if not word.startswith("-")), "")
