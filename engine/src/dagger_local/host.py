"""Finds out what this machine needs for Podman to work, and says so in a containers.conf of our own."""

import os
import resource
import shutil
from pathlib import Path

from dagger_local.errors import HostUnusable

CUSTOM_CA_FOLDERS = (Path("/usr/local/share/ca-certificates"), Path("/etc/pki/ca-trust/source/anchors"))
HOST_BUNDLES = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"))


def require_podman() -> str:
    """The path of podman; an error with advice where there is none or it cannot be used."""
    found = shutil.which("podman")
    if not found:
        raise HostUnusable(
            "podman is not installed, and the local engine runs every step in it. "
            "Install it (Debian, Ubuntu: apt-get install podman; Fedora: dnf install podman), or use Dagger."
        )
    if os.geteuid() != 0:
        raise HostUnusable(
            "the local engine needs root for Podman's mounts. Run it as root "
            "(for example under `podman unshare` or sudo), or use Dagger."
        )
    return found


def ending_with_us() -> tuple[str, ...]:
    """What stands before a program that the kernel shall end when this process dies, even by `kill -9`."""
    found = shutil.which("setpriv")  # of util-linux, as most systems have it
    return (found, "--pdeathsig", "TERM", "--") if found else ()


def oci_runtime() -> str:
    """The program that starts containers: runc if it is here, as hosts with hybrid cgroups need it."""
    # Podman looks there too, whatever the PATH says.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    return shutil.which("runc", path=path) or shutil.which("crun", path=path) or "runc"


def containers_conf(shared: Path) -> str:
    """The text of a containers.conf; hosts without CAP_SYS_RESOURCE need explicit limits.

    Args:
        shared: A folder in memory for all sessions of the store.
    """
    nofile = resource.getrlimit(resource.RLIMIT_NOFILE)
    nproc = resource.getrlimit(resource.RLIMIT_NPROC)
    return "\n".join(
        [
            "[containers]",
            f'default_ulimits = ["nofile={_limit(nofile, 65536)}", "nproc={_limit(nproc, 32768)}"]',
            'log_driver = "none"',
            'base_hosts_file = "none"',
            "[engine]",
            f'runtime = "{Path(oci_runtime()).name}"',
            'cgroup_manager = "cgroupfs"',
            'events_logger = "none"',
            'lock_type = "file"',
            f'tmp_dir = "{shared}"',
            "",
        ]
    )


def _limit(limits: tuple[int, int], wanted: int) -> str:
    hard = wanted if limits[1] == resource.RLIM_INFINITY else min(limits[1], wanted)
    return f"{hard}:{hard}"


def custom_certificates() -> bytes:
    """The authorities this machine's owner added, as PEM; empty where there are none."""
    files = sorted(item for folder in CUSTOM_CA_FOLDERS if folder.is_dir() for item in folder.rglob("*.crt"))
    return b"".join(item.read_bytes().rstrip() + b"\n" for item in files)


def host_bundle() -> Path | None:
    """The host's own bundle of authorities."""
    return next((path for path in HOST_BUNDLES if path.is_file()), None)


def runtime_folder() -> Path:
    """A folder in memory for sockets, databases and secrets while they are in use."""
    for base in (os.environ.get("XDG_RUNTIME_DIR"), "/run", "/dev/shm"):  # noqa: S108 - in memory on purpose
        if base and os.access(base, os.W_OK):
            return Path(base) / "dagger-local"
    raise HostUnusable("no folder in memory can be written to: /run and /dev/shm both refuse.")
