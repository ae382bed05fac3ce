"""The real Trivy on the sample: right findings at every range's border, right exit codes, conversions."""

import json
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from release.stand_ins import layouts, unpacked
from standins.sample_advisories import AdvisorySet, DebianPackage, PipPackage

pytestmark = pytest.mark.release

Scan = Callable[..., "subprocess.CompletedProcess[str]"]
Finding = tuple[str, str, str]
"""id, package, installed version"""
GATE = ["--severity", "CRITICAL,HIGH", "--ignore-unfixed", "--exit-code", "1", "--format", "json"]


@pytest.fixture(scope="module")
def trivy(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program out of the stand-in image."""
    return str(unpacked(layouts()["trivy"], tmp_path_factory.mktemp("trivy")) / "usr/local/bin/trivy")


@pytest.fixture
def scan(trivy: str, cache: Path) -> Scan:
    fixed = [
        "--cache-dir",
        str(cache),
        "--skip-db-update",
        "--skip-java-db-update",
        "--offline-scan",
        "--quiet",
    ]

    def run(root: Path, *options: str) -> "subprocess.CompletedProcess[str]":
        command = [trivy, "rootfs", *fixed, "--scanners", "vuln", *options, str(root)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


def test_python_versions_round_every_border(tmp_path: Path, scan: Scan, sample: AdvisorySet) -> None:
    ranges = [
        (advisory.id, one.package, [SpecifierSet(text) for text in one.vulnerable])
        for advisory in sample.advisories
        for one in advisory.affected
        if isinstance(one, PipPackage)
    ]
    borders = {(package, end.version) for _, package, found in ranges for every in found for end in every}
    installed = borders | {(package, "0.0.1") for _, package, _ in ranges}
    _install(tmp_path, python=installed)
    expected = {
        (name, package, version)
        for package, version in installed
        for name, affected, found in ranges
        if affected == package and any(every.contains(version, prereleases=True) for every in found)
    }
    assert _findings(scan(tmp_path, "--format", "json")) == expected
    assert len(expected) > 40


@pytest.mark.parametrize("release", ["12", "13"])
@pytest.mark.parametrize("suffix", ["~", ""])
def test_debian_versions_just_before_and_at_the_fix(
    tmp_path: Path, scan: Scan, sample: AdvisorySet, release: str, suffix: str
) -> None:
    packages = [
        (advisory.id, one)
        for advisory in sample.advisories
        for one in advisory.affected
        if isinstance(one, DebianPackage) and one.release == release
    ]
    for name, one in packages:
        version = (one.fixed or "1.0") + suffix
        root = tmp_path / name / one.package
        _install(root, release=release, debian={(one.package, version)})
        found = {finding for finding in _findings(scan(root, "--format", "json")) if finding[0] == name}
        assert found == (set() if one.fixed and not suffix else {(name, one.package, version)})


@pytest.mark.parametrize(
    ("python", "debian", "code"),
    [
        (set(), {("ncurses", "6.5+20250216-2")}, 0),
        ({("ecdsa", "0.18.0"), ("h11", "0.16.0")}, {("openssl", "3.5.7-1~deb13u3")}, 0),
        ({("h11", "0.14.0")}, {("ncurses", "6.5+20250216-2")}, 1),
        (set(), {("openssl", "3.5.4-1~deb13u1")}, 1),
    ],
)
def test_gate_stops_only_for_what_can_be_fixed(
    tmp_path: Path, scan: Scan, python: set[tuple[str, str]], debian: set[tuple[str, str]], code: int
) -> None:
    _install(tmp_path, python=python, debian=debian)
    assert scan(tmp_path, *GATE).returncode == code


def test_a_finding_carries_what_a_reader_needs(tmp_path: Path, scan: Scan) -> None:
    _install(tmp_path, python={("h11", "0.14.0")})
    (finding,) = _vulnerabilities(scan(tmp_path, "--format", "json"))
    wanted = {
        "VulnerabilityID": "CVE-2025-43859",
        "VendorIDs": ["GHSA-vqfr-h8mv-ghfj"],
        "FixedVersion": "0.16.0",
        "Status": "fixed",
        "Severity": "CRITICAL",
        "SeveritySource": "ghsa",
        "PrimaryURL": "https://avd.aquasec.com/nvd/cve-2025-43859",
        "Title": "h11 accepts malformed line ends in chunked bodies",
    }
    assert {key: finding[key] for key in wanted} == wanted
    assert finding["DataSource"]["Name"] == "GitHub Security Advisory Pip"


@pytest.mark.parametrize("form", ["table", "sarif", "spdx-json"])
def test_one_report_converts(tmp_path: Path, trivy: str, scan: Scan, form: str) -> None:
    _install(tmp_path / "root", python={("h11", "0.14.0")})
    report = tmp_path / "report.json"
    scan(tmp_path / "root", "--format", "json", "--list-all-pkgs", "--output", str(report))
    command = [trivy, "convert", "--quiet", "--format", form, str(report)]
    made = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert ("CVE-2025-43859" in made) is (form != "spdx-json")
    assert "h11" in made


def test_scans_leave_the_db_as_it_is(tmp_path: Path, scan: Scan, cache: Path) -> None:
    before = (cache / "db" / "trivy.db").read_bytes()
    _install(tmp_path, python={("flask", "2.2.4")})
    assert _findings(scan(tmp_path, "--format", "json"))
    assert (cache / "db" / "trivy.db").read_bytes() == before


def _install(
    root: Path,
    python: Iterable[tuple[str, str]] = (),
    debian: Iterable[tuple[str, str]] = (),
    release: str = "13",
) -> None:
    """A root filesystem as Trivy sees it: os-release, dpkg's status, dist-info folders."""
    _write(root / "etc/os-release", f'ID=debian\nVERSION_ID="{release}"\n')
    _write(root / "etc/debian_version", f"{release}.1\n")
    _write(root / "var/lib/dpkg/status", "".join(map(_dpkg, sorted({*debian, ("hostname", "3.25")}))))
    for name, version in python:
        info = root / "opt/site-packages" / f"{name}-{version}.dist-info"
        _write(info / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def _dpkg(package: tuple[str, str]) -> str:
    name, version = package
    return f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _vulnerabilities(result: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    return [one for part in report.get("Results", []) for one in part.get("Vulnerabilities", [])]


def _findings(result: "subprocess.CompletedProcess[str]") -> set[Finding]:
    return {
        (one["VulnerabilityID"], one["PkgName"], one["InstalledVersion"]) for one in _vulnerabilities(result)
    }
