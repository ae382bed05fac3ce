"""OCI bundles: what runs, as whom, on which root filesystem, and what it sees mounted."""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from dagger_local.flushing import overlay_options
from dagger_local.owners import User

_INIT = "/run/podman-init"
_NAMED = ("/etc/hosts", "/etc/resolv.conf", "/etc/hostname")
_SHARED_MEMORY = {
    "destination": "/dev/shm",  # noqa: S108 - the container's own
    "type": "tmpfs",
    "source": "shm",
    "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
}


@dataclass
class Bundle:
    """What a container is started by.

    Attributes:
        folder: Where it is written, in memory: it holds the variables, secret ones too.
        argv: The command.
        env: All of its variables.
        user: As whom it runs.
        workdir: Where it runs.
        root: Its root filesystem on the host.
        mounts: What else it sees, in the OCI's words.
    """

    folder: Path
    argv: Sequence[str]
    env: Mapping[str, str]
    user: User
    workdir: str
    root: Path
    mounts: list[dict[str, Any]] = field(default_factory=list)

    def write(self, like: dict[str, Any], hosts: Sequence[tuple[str, str]]) -> None:
        """Writes the OCI configuration.

        Args:
            like: The configuration of a container that Podman has made on the same network.
            hosts: Names and addresses to be known besides.
        """
        spec = copy.deepcopy(like)
        process = spec["process"]
        process["args"] = [_INIT, "--", *self.argv]
        process["env"] = [f"{name}={value}" for name, value in {"HOME": self.user.home, **self.env}.items()]
        process["cwd"] = self.workdir
        user = {"uid": self.user.uid, "gid": self.user.gid, "additionalGids": list(self.user.groups)}
        process["user"] |= user
        if self.user.uid:
            process["capabilities"] = {"bounding": process["capabilities"]["bounding"]}
        spec["root"] = {"path": str(self.root)}
        spec["mounts"] = self._mounts(spec["mounts"], hosts)
        spec["linux"]["cgroupsPath"] = _own_cgroup(spec["linux"].get("cgroupsPath"), self.folder.name)
        target = self.folder / "config.json"
        target.touch(0o600)
        target.write_text(json.dumps(spec))

    def _mounts(self, given: list[dict[str, Any]], hosts: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """Podman's mounts, those of names read only, then our own, outer ones first."""
        known = {one["destination"]: one for one in given}
        known["/dev/shm"] = _SHARED_MEMORY  # noqa: S108 - Podman's would be there for the next container too
        if hosts:
            file = self.folder / "hosts"
            lines = (f"{address}\t{name}\n" for name, address in hosts)
            file.write_text(Path(known["/etc/hosts"]["source"]).read_text() + "".join(lines))
            known["/etc/hosts"] = known["/etc/hosts"] | {"source": str(file)}
        for name in _NAMED:
            known[name] = known[name] | {"options": ["bind", "rprivate", "ro"]}
        own = {one["destination"]: one for one in self.mounts}
        mine = sorted(own.values(), key=lambda one: len(PurePosixPath(one["destination"]).parts))
        return [*(one for path, one in known.items() if path not in own), *mine]


def bound(source: Path, path: str, *, read_only: bool = False) -> dict[str, Any]:
    """A file or folder of the host, mounted."""
    options = ["rbind", "rprivate", "ro" if read_only else "rw"]
    return {"destination": path, "type": "bind", "source": str(source), "options": options}


def layered(lower: Path, upper: Path, work: Path, path: str) -> dict[str, Any]:
    """A folder of the host, mounted so that what is written goes elsewhere."""
    options = [f"lowerdir={lower}", f"upperdir={upper}", f"workdir={work}", *overlay_options()]
    return {"destination": path, "type": "overlay", "source": "overlay", "options": options}


def in_memory(path: str) -> dict[str, Any]:
    """An empty folder in memory that everybody may write to."""
    options = ["nosuid", "nodev", "mode=1777"]
    return {"destination": path, "type": "tmpfs", "source": "tmpfs", "options": options}


def _own_cgroup(podmans: str | None, name: str) -> str:
    """A cgroup beside the one that Podman has made; none where Podman makes none."""
    return str(PurePosixPath(podmans).with_name(f"dagger-local-{name}")) if podmans else ""
