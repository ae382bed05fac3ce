"""The rules of each way of making: hashes, versions, what is taken of a root."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from standins import debian, gomodule
from standins.command import Commands
from standins.errors import InputRefused, ToolMissing
from standins.progress import Progress
from standins.recipes import DebianSource, GoModuleSource, load
from standins.workshop import Workshop


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("go1.26.0", True),
        ("go1.26.8", True),
        ("go1.27", True),
        ("go2.0.0", True),
        ("go1.25.9", False),
        ("go1.19.8", False),
        ("go1.26rc1", False),
        ("devel go1.27-abc", False),
        ("unknown", False),
    ],
)
def test_go_is_new_enough(version: str, expected: bool) -> None:
    assert gomodule.is_enough(version, "1.26.0") is expected


def test_a_changed_module_is_refused() -> None:
    source = load().images["crane"].source
    assert isinstance(source, GoModuleSource)
    gomodule.check_sum({"Sum": source.h1}, source)
    with pytest.raises(InputRefused, match="h1:other="):
        gomodule.check_sum({"Sum": "h1:other="}, source)
    with pytest.raises(InputRefused, match="None"):
        gomodule.check_sum({"Error": "not found"}, source)


@pytest.mark.parametrize(
    ("debian_version", "expected"),
    [("3.13.5-2+deb13u5", "3.13.5"), ("2.8.3+ds1-2+b8", "2.8.3"), ("1:2.0~rc1-1", "2.0"), ("7", "7")],
)
def test_upstream_version(debian_version: str, expected: str) -> None:
    assert debian.upstream(debian_version) == expected


def root(target: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(target, "w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target


def test_version_of_an_installed_package(tmp_path: Path) -> None:
    status = b"Package: python3\nVersion: 3.13.5-1\n\nPackage: python3.13\nStatus: x\nVersion: 3.13.5-2\n"
    assert (
        debian.package_version(root(tmp_path / "r", {"var/lib/dpkg/status": status}), "python3.13")
        == "3.13.5-2"
    )


def test_version_of_an_unpacked_package(tmp_path: Path) -> None:
    changes = gzip.compress(b"tool (2.8.3+ds1-2+b8) sid; urgency=low\n")
    files = {"usr/share/doc/tool/changelog.Debian.amd64.gz": changes}
    assert debian.package_version(root(tmp_path / "r", files), "tool") == "2.8.3+ds1-2+b8"
    with pytest.raises(InputRefused, match="other"):
        debian.package_version(root(tmp_path / "r", files), "other")


def python_source() -> DebianSource:
    source = load().images["python"].source
    assert isinstance(source, DebianSource)
    return source


def test_what_is_taken_of_a_root() -> None:
    taken = debian._choice(python_source())
    assert taken("usr/bin/python3.13") == "usr/bin/python3.13"
    for path in (
        "etc/hostname",
        "etc/resolv.conf",
        "dev/null",
        "var/log/apt/term.log",
        "var/cache/ldconfig/aux-cache",
    ):
        assert taken(path) is None


def test_a_root_that_is_picked_from_gives_nothing_else() -> None:
    source = load().images["registry"].source
    assert isinstance(source, DebianSource)
    taken = debian._choice(source)
    assert taken("usr/bin/docker-registry") == "bin/registry"
    assert taken("etc/passwd") is None


def test_a_missing_mmdebstrap_is_named(
    tmp_path: Path, quiet: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    workshop = Workshop("python", tmp_path, tmp_path, tmp_path, load(), Commands(), quiet)
    with pytest.raises(ToolMissing, match=r"as root: apt-get install mmdebstrap debian-archive-keyring"):
        debian.make(python_source(), workshop)


def test_no_package_is_taken_unsigned() -> None:
    recipes = load()
    argv = debian._argv(python_source(), recipes.debian, Path("/out.tar"))
    assert f"--keyring={recipes.debian.keyring}" in argv
    assert not any("trusted=yes" in word or "Unauthenticated" in word for word in argv)


def test_the_image_trusts_the_archive_by_its_own_keyring() -> None:
    source = python_source()
    assert "etc/apt/trusted.gpg.d/*" in source.drop  # the host's keys stay out
    assert f"[signed-by={load().debian.keyring}]" in source.customize


def test_mounts_of_mmdebstrap_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert debian._alone() == ["unshare", "--mount"]


def crane_builder(folder: Path, progress: Progress, cases: dict[str, str]) -> gomodule._Builder:
    """A builder of crane whose Go is a script: what it does for each first word."""
    source = load().images["crane"].source
    assert isinstance(source, GoModuleSource)
    script = "".join(f"{word}) {action};;\n" for word, action in cases.items())
    (folder / "go").write_text(f"#!/bin/sh\ncase $1 in\n{script}esac\n")
    (folder / "go").chmod(0o755)
    workshop = Workshop("crane", folder, folder, folder, load(), Commands(), progress)
    return gomodule._Builder(str(folder / "go"), source, workshop)


def test_an_import_is_compiled_unless_it_is_our_own_or_of_go(tmp_path: Path, quiet: Progress) -> None:
    (tmp_path / "described").write_text(
        json.dumps({"Sum": load().images["crane"].source.model_dump()["h1"], "Dir": str(tmp_path)})
    )
    (tmp_path / "listed").write_text(
        "fmt\t\n"
        "example.org/a/b\texample.org/a\n"
        "github.com/google/go-containerregistry/cmd/crane\tgithub.com/google/go-containerregistry\n"
    )
    cases = {"mod": f"cat {tmp_path}/described", "list": f"cat {tmp_path}/listed"}
    assert crane_builder(tmp_path, quiet, cases).fetch() == (tmp_path, ["example.org/a/b"])


def test_go_is_told_to_check_and_to_build_the_same_everywhere(
    tmp_path: Path, quiet: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"GOFLAGS": "-x", "GOSUMDB": "off", "GOAMD64": "v3", "GONOSUMDB": "*"}.items():
        monkeypatch.setenv(name, value)
    said = crane_builder(tmp_path, quiet, {"env": "echo a-proxy", "version": "env"})._run("version")
    wanted = {"GOFLAGS=-modcacherw", "GOSUMDB=", "GOAMD64=v1", "GONOSUMDB=", "GOENV=off", "GOPROXY=a-proxy"}
    assert wanted <= set(said.splitlines())
