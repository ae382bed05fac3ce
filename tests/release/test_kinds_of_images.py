"""Images of all kinds give a right SBOM, or a clear statement that there is nothing to read in them."""

import json
from pathlib import Path
from typing import Any

import pytest

from .harness import Done, Engine
from .oci_images import archive

NOTHING = "nothing to read"
ALPINE = {
    "etc/os-release": "ID=alpine\nVERSION_ID=3.22.1\n",
    "etc/alpine-release": "3.22.1\n",
    "lib/apk/db/installed": (
        "C:Q1kRb1Ozz/Ga4ahEnm+PnZ5oq2kuw=\nP:musl\nV:1.2.5-r10\nA:x86_64\nS:1\nI:1\nT:the musl c library\n"
        "L:MIT\no:musl\n\n"
    ),
}
DISTROLESS = {
    "etc/os-release": 'ID=debian\nVERSION_ID="13"\n',
    "etc/debian_version": "13.1\n",
    "var/lib/dpkg/status.d/tzdata": (
        "Package: tzdata\nStatus: install ok installed\nVersion: 2025b-4\nArchitecture: all\n"
        "Maintainer: x <x@example.org>\nDescription: time zones\n"
    ),
}
SCRATCH = {"hello": "not a program"}


def _sbom(engine: Engine, tarball: Path, folder: Path) -> dict[str, Any]:
    out = folder / "sbom.json"
    scan = ("scan", "--tarball", str(tarball), *engine.database, "sbom", "export", "--path", str(out))
    engine.call(*scan).expect(0)
    sbom: dict[str, Any] = json.loads(out.read_bytes())
    return sbom


def _purls(sbom: dict[str, Any]) -> list[str]:
    references = (reference for package in sbom["packages"] for reference in package.get("externalRefs", []))
    return [ref["referenceLocator"] for ref in references if ref["referenceType"] == "purl"]


@pytest.mark.parametrize(
    ("files", "purl"),
    [(ALPINE, "pkg:apk/alpine/musl@1.2.5-r10"), (DISTROLESS, "pkg:deb/debian/tzdata@2025b-4")],
    ids=["alpine-like", "distroless-like"],
)
def test_packages_without_a_package_manager_are_listed(
    engine: Engine, tmp_path: Path, files: dict[str, str], purl: str
) -> None:
    sbom = _sbom(engine, archive(tmp_path / "image.tar", files), tmp_path)
    assert any(found.startswith(purl) for found in _purls(sbom)), _purls(sbom)


def test_an_image_with_nothing_to_read_says_so_everywhere(engine: Engine, tmp_path: Path) -> None:
    tarball = archive(tmp_path / "image.tar", SCRATCH)
    sbom = _sbom(engine, tarball, tmp_path)
    assert [package["name"] for package in sbom["packages"]] == [sbom["name"]]
    for function in ("table", "gate"):
        _scanned(engine, tarball, function).expect(0, NOTHING)


def _scanned(engine: Engine, tarball: Path, function: str) -> Done:
    return engine.call("scan", "--tarball", str(tarball), *engine.database, function)
