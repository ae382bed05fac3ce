"""The probe of the host: what is missing is said with advice."""

import tomllib
from pathlib import Path

import pytest

from dagger_local import host
from dagger_local.errors import HostUnusable


def test_no_podman_is_an_error_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(HostUnusable, match="apt-get install podman"):
        host.require_podman()


def test_no_right_to_mount_is_an_error_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/podman")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(HostUnusable, match="podman unshare"):
        host.require_podman()


def test_podmans_runtime_and_limits_are_our_own(tmp_path: Path) -> None:
    conf = tomllib.loads(host.containers_conf(tmp_path / "shared"))
    assert conf["engine"]["tmp_dir"] == str(tmp_path / "shared")
    assert conf["engine"]["runtime"] in {"runc", "crun"}
    assert {limit.split("=")[0] for limit in conf["containers"]["default_ulimits"]} == {"nofile", "nproc"}


def test_the_runtime_is_found_beside_the_path_and_on_it_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Path(host.oci_runtime()).name in {"runc", "crun"}
    (tmp_path / "runc").touch(0o755)
    assert host.oci_runtime() == str(tmp_path / "runc")


def test_authorities_the_owner_added_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "CUSTOM_CA_FOLDERS", (tmp_path, tmp_path / "none"))
    assert host.custom_certificates() == b""
    (tmp_path / "b.crt").write_bytes(b"B\n\n")
    (tmp_path / "a.crt").write_bytes(b"A")
    assert host.custom_certificates() == b"A\nB\n"
