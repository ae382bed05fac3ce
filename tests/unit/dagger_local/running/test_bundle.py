"""What a container is started by: Podman's configuration for this machine, with what is the command's own."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from dagger_local.owners import User
from dagger_local.running import bundle
from dagger_local.running.bundle import Bundle

CAPABILITIES = ["CAP_CHOWN", "CAP_KILL"]


@pytest.fixture
def podmans(tmp_path: Path) -> dict[str, Any]:
    """The configuration of a container that Podman has made, shortened."""
    (tmp_path / "podmans-hosts").write_text("127.0.0.1\tlocalhost\n")

    def mount(path: str, source: str = "other") -> dict[str, Any]:
        return {"destination": path, "type": "bind", "source": source, "options": ["bind", "rprivate"]}

    return {
        "process": {
            "user": {"uid": 0, "gid": 0, "umask": 18},
            "args": ["/run/podman-init", "--", "none"],
            "env": ["HOSTNAME=ab"],
            "cwd": "/",
            "capabilities": {
                "bounding": CAPABILITIES,
                "effective": CAPABILITIES,
                "permitted": CAPABILITIES,
            },
        },
        "root": {"path": "/nowhere"},
        "mounts": [
            mount("/proc"),
            mount("/dev/shm"),
            mount("/etc/hosts", str(tmp_path / "podmans-hosts")),
            mount("/etc/resolv.conf"),
            mount("/etc/hostname"),
        ],
        "linux": {"cgroupsPath": "/parent/libpod-ab", "seccomp": {"defaultAction": "SCMP_ACT_ERRNO"}},
    }


def written(
    podmans: dict[str, Any], folder: Path, user: User | None = None, *mounts: dict[str, Any], **hosts: str
) -> dict[str, Any]:
    """The configuration of a command that prints `a`."""
    made = folder / "exec-1"
    made.mkdir()
    env = {"A": "b=c"}
    Bundle(made, ["echo", "a"], env, user or User(0, 0), "/w", folder / "root", list(mounts)).write(
        podmans, list(hosts.items())
    )
    config: dict[str, Any] = json.loads((made / "config.json").read_text())
    return config


def mounted(config: dict[str, Any], path: str) -> dict[str, Any]:
    """What is mounted at a path: one thing."""
    [found] = [one for one in config["mounts"] if one["destination"] == path]
    mount: dict[str, Any] = found
    return mount


def test_the_command_is_its_own_and_the_limits_are_podmans(podmans: dict[str, Any], tmp_path: Path) -> None:
    made = written(podmans, tmp_path)
    assert made["process"]["args"] == ["/run/podman-init", "--", "echo", "a"]
    assert made["process"]["env"] == ["HOME=/", "A=b=c"]
    assert made["process"]["cwd"] == "/w"
    assert made["root"] == {"path": str(tmp_path / "root")}
    assert made["linux"]["seccomp"] == podmans["linux"]["seccomp"]
    assert made["linux"]["cgroupsPath"] == "/parent/dagger-local-exec-1"


def test_what_holds_secrets_is_nobody_elses_to_read(podmans: dict[str, Any], tmp_path: Path) -> None:
    written(podmans, tmp_path)
    mode = (tmp_path / "exec-1" / "config.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_root_has_capabilities_that_another_user_lacks(podmans: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert "effective" in written(podmans, tmp_path)["process"]["capabilities"]
    other = written(podmans, tmp_path / "other", User(1001, 1001, (7,), "/home/me"))["process"]
    assert other["user"] == {"uid": 1001, "gid": 1001, "umask": 18, "additionalGids": [7]}
    assert other["capabilities"] == {"bounding": CAPABILITIES}
    assert other["env"][0] == "HOME=/home/me"


def test_outer_mounts_come_before_inner_ones(podmans: dict[str, Any], tmp_path: Path) -> None:
    inner, outer = bundle.bound(tmp_path, "/m/a/b"), bundle.in_memory("/m")
    made = written(podmans, tmp_path, None, inner, outer)
    assert [one["destination"] for one in made["mounts"][-2:]] == ["/m", "/m/a/b"]


def test_a_mount_of_the_command_replaces_podmans(podmans: dict[str, Any], tmp_path: Path) -> None:
    made = written(podmans, tmp_path, None, bundle.bound(tmp_path, "/etc/hostname"))
    assert mounted(made, "/etc/hostname")["source"] == str(tmp_path)


def test_services_are_added_to_a_copy_of_the_hosts(podmans: dict[str, Any], tmp_path: Path) -> None:
    hosts = mounted(written(podmans, tmp_path, registry="10.88.0.7"), "/etc/hosts")
    assert Path(hosts["source"]).read_text() == "127.0.0.1\tlocalhost\n10.88.0.7\tregistry\n"
    assert (tmp_path / "podmans-hosts").read_text() == "127.0.0.1\tlocalhost\n"


def test_what_the_next_command_sees_is_not_written_to(podmans: dict[str, Any], tmp_path: Path) -> None:
    made = written(podmans, tmp_path)
    for path in ("/etc/hosts", "/etc/resolv.conf", "/etc/hostname"):
        assert "ro" in mounted(made, path)["options"]
    assert mounted(made, "/dev/shm")["type"] == "tmpfs"
