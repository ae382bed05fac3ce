"""Writes down every command line that Podman gets: a program of its name, first on the PATH."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = """#!/bin/sh
printf '%s\\n' "$@" > "$(mktemp {folder}/XXXXXXXX.argv)"
exec {podman} "$@"
"""
_FLAGS_WITH_A_VALUE = ("--root", "--runroot")


@dataclass(frozen=True)
class Recorder:
    """The folder of the program and of what it has written down."""

    folder: Path

    @classmethod
    def made_in(cls, folder: Path) -> "Recorder":
        """A recorder that has seen nothing yet."""
        podman = shutil.which("podman")
        assert podman, "podman is not installed"
        program = folder / "podman"
        program.write_text(_SCRIPT.format(folder=folder, podman=podman))
        program.chmod(0o755)
        return cls(folder)

    @property
    def env(self) -> dict[str, str]:
        """What puts it before the real one."""
        return {"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}"}

    def argvs(self) -> list[list[str]]:
        """Every command line so far, without the program's name."""
        return [path.read_text(errors="replace").splitlines() for path in self.folder.glob("*.argv")]

    def containers(self) -> list[list[str]]:
        """The command lines that made a container or an image."""
        making = {"create", "run", "start", "build", "exec"}
        return [argv for argv in self.argvs() if _verb(argv) in making]


def _verb(argv: list[str]) -> str:
    """Podman's command: the first word that is no flag and no flag's value."""
    before = ["", *argv]
    words = (word for flag, word in zip(before, argv, strict=False) if flag not in _FLAGS_WITH_A_VALUE)
    return next((word for word in words if not word.startswith("-")), "")
