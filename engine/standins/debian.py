"""Systems and single programs of Debian packages, by mmdebstrap; apt checks the archive's signatures."""

import fnmatch
import gzip
import os
import re
import shlex
import shutil
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

from standins.errors import InputRefused, ToolMissing
from standins.layer import from_tar
from standins.recipes import DebianArchive, DebianSource
from standins.scratch import skeleton
from standins.workshop import Made, Workshop

_SLIM = (  # as Debian's own slim images: no manuals and no translations, but every licence
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/man/*",
)

_INSTALLING = threading.Lock()
# Another apt-get on this machine is waited for.
_INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "--option=DPkg::Lock::Timeout=300")


def make(source: DebianSource, workshop: Workshop) -> Made:
    """The content of an image of Debian packages: a small system, or the files that are picked."""
    _ensure_mmdebstrap(workshop)
    workshop.says(f"unpacking {', '.join(source.packages)} of Debian {workshop.recipes.debian.suite}")
    archive = workshop.folder / "root.tar"
    argv = [*_alone(), *_argv(source, workshop.recipes.debian, archive)]
    workshop.commands.run(argv, _environment(workshop))
    workshop.says("packing")
    version = package_version(archive, source.version_of)
    members = [*(skeleton() if source.pick else []), *from_tar(archive, _choice(source))]
    labels = {
        "io.supply-chain.made-from": f"debian:{workshop.recipes.debian.suite}/{source.version_of}={version}"
    }
    return Made(members, upstream(version), labels)


def upstream(version: str) -> str:
    """The upstream part of a Debian version: 3.13.5 of 3.13.5-2+deb13u5, 2.8.3 of 2.8.3+ds1-2."""
    return re.sub(r"^\d+:|[-+~].*$", "", version)


def package_version(archive: Path, package: str) -> str:
    """A package's full version, from a root's dpkg status or else from the package's changelog.

    Raises:
        InputRefused: the root does not hold the package.
    """
    with tarfile.open(archive, "r:") as root:
        status = _read(root, "./var/lib/dpkg/status").decode()
        for stanza in status.split("\n\n"):
            if match := re.match(rf"Package: {package}\n(?:.*\n)*?Version: (\S+)", stanza):
                return match[1]
        folder = f"./usr/share/doc/{package}"
        for name in (f"{folder}/changelog.Debian.amd64.gz", f"{folder}/changelog.Debian.gz"):
            if match := re.match(rf"{package} \((\S+)\)", _read(root, name, packed=True).decode()):
                return match[1]
    raise InputRefused(package, "mmdebstrap's result does not hold it", "correct `version_of` in the recipe")


def _read(root: tarfile.TarFile, name: str, packed: bool = False) -> bytes:
    try:
        file = root.extractfile(name)
    except KeyError:
        return b""
    data = file.read() if file else b""
    return gzip.decompress(data) if packed and data else data


def _choice(source: DebianSource) -> Callable[[str], str | None]:
    def rename(path: str) -> str | None:
        if source.pick:
            return source.pick.get(path)
        return None if any(fnmatch.fnmatchcase(path, pattern) for pattern in source.drop) else path

    return rename


def _argv(source: DebianSource, archive: DebianArchive, target: Path) -> list[str]:
    """What mmdebstrap is asked for; apt's retries cover a mirror that hiccups.

    No mirror is named: mmdebstrap knows where Debian's archive, its updates and its security fixes are.
    """
    argv = ["mmdebstrap", "--format=tar", f"--variant={source.variant}", "--architectures=amd64"]
    argv += [f"--include={','.join(source.packages)}", "--aptopt=Acquire::Retries 3"]
    argv += ['--aptopt=APT::Install-Recommends "false"', f"--keyring={archive.keyring}"]
    if source.variant == "apt":
        argv += [f"--dpkgopt={line}" for line in _SLIM]
    if source.customize:
        script = shlex.quote("set -eu\n" + source.customize)
        argv.append(f'--customize-hook=chroot "$1" sh -c {script}')
    return [*argv, archive.suite, str(target)]


def _alone() -> list[str]:
    """As root mmdebstrap mounts /proc, /sys and /dev; here nobody else sees them, and none outlives it."""
    return ["unshare", "--mount"] if os.geteuid() == 0 else []


def _environment(workshop: Workshop) -> dict[str, str]:
    return {
        "SOURCE_DATE_EPOCH": str(workshop.recipes.epoch),
        "TMPDIR": str(workshop.folder),
        "LC_ALL": "C.UTF-8",
    }


def _ensure_mmdebstrap(workshop: Workshop) -> None:
    """Install mmdebstrap and the archive's keys where they are missing and we may.

    Raises:
        ToolMissing: they are missing, and this user cannot install packages or the host has no apt.
    """
    with _INSTALLING:
        if not (shutil.which("mmdebstrap") and Path(workshop.recipes.debian.keyring).exists()):
            _install_mmdebstrap(workshop)


def _install_mmdebstrap(workshop: Workshop) -> None:
    packages = ["mmdebstrap", "debian-archive-keyring"]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        advice = f"as root: apt-get install {' '.join(packages)}"
        raise ToolMissing("mmdebstrap", "it makes the Debian images and is not installed", advice)
    workshop.says("installing mmdebstrap")
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    workshop.commands.run(["apt-get", "update", "--quiet"], environment)
    workshop.commands.run([*_INSTALL, *packages], environment)
