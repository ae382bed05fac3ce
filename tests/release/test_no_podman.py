"""Without Podman, and without the right or the means to install it: an error with advice, and exit code 3."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .harness import REPOSITORY, Done

CANNOT_BE_SET_UP = 3
NOBODY = "65534"
# Says what apt-get says when it may not reach the archive.
REFUSING_APT = "#!/bin/sh\necho 'E: Unable to locate package podman' >&2\nexit 100\n"


@pytest.fixture
def checkout(readable_by_all: Path) -> Path:
    """What `daggerw` needs to get as far as looking for Podman, where anybody can read it."""
    target = readable_by_all / "checkout"
    if not target.exists():
        (target / "engine").mkdir(parents=True)
        (target / ".venv").mkdir()
        shutil.copy2(REPOSITORY / "daggerw", target)
        shutil.copy2(REPOSITORY / "engine" / "setup.sh", target / "engine")
        shutil.copy2(REPOSITORY / "requirements.lock", target)
        (target / ".venv" / ".ready").touch()
    return target


@pytest.fixture
def programs(readable_by_all: Path) -> Path:
    """A PATH with all that this machine has, Podman and apt-get taken out."""
    folder = readable_by_all / "bin"
    if not folder.exists():
        folder.mkdir()
        for source in (Path("/usr/bin"), Path("/usr/sbin")):
            for program in source.iterdir():
                if program.name not in {"podman", "apt-get"} and not (folder / program.name).exists():
                    (folder / program.name).symlink_to(program)
        if not (folder / "python3").exists():
            (folder / "python3").symlink_to(Path(sys.executable).resolve())
    return folder


def _daggerw(checkout: Path, programs: Path, *before: str) -> Done:
    done = subprocess.run(
        [*before, str(checkout / "daggerw"), "version"],
        env={"PATH": str(programs), "DAGGER_ENGINE": "local", "HOME": os.devnull},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


def test_no_right_to_install_it(checkout: Path, programs: Path) -> None:
    (programs / "apt-get").unlink(missing_ok=True)
    (programs / "apt-get").symlink_to("/bin/true")
    unprivileged = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    done = _daggerw(checkout, programs, *unprivileged)
    done.expect(CANNOT_BE_SET_UP, "Podman is missing", "needs root", "sudo apt-get install podman")


def test_no_package_manager_that_we_know(checkout: Path, programs: Path) -> None:
    (programs / "apt-get").unlink(missing_ok=True)
    _daggerw(checkout, programs).expect(
        CANNOT_BE_SET_UP, "Podman is missing", "your package manager", "podman"
    )


def test_the_package_manager_refuses(checkout: Path, programs: Path) -> None:
    (programs / "apt-get").unlink(missing_ok=True)
    (programs / "apt-get").write_text(REFUSING_APT)
    (programs / "apt-get").chmod(0o755)
    done = _daggerw(checkout, programs)
    done.expect(CANNOT_BE_SET_UP, "Unable to locate package podman", "apt-get could not install podman")
