"""The sample set itself, and what happens to entries that break a rule."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from standins.sample_advisories import Advisory, AdvisoryError, AdvisorySet, DebianPackage, PipPackage, load

REPOSITORY = Path(__file__).parents[3]
SEVERITIES = {"LOW", "MEDIUM", "HIGH", "CRITICAL"}


def test_there_are_enough_advisories_of_each_kind(sample: AdvisorySet) -> None:
    assert len(sample.advisories) >= 40
    fixed, unfixed = _debian(sample, fixed=True), _debian(sample, fixed=False)
    assert {one.severity for one in fixed + unfixed} == SEVERITIES
    assert len(fixed) >= 5
    assert {"LOW", "MEDIUM", "HIGH"} <= {one.severity for one in unfixed}
    assert {one.severity for one, package in _pip(sample) if package.fixed} == SEVERITIES
    assert any(not package.fixed for _, package in _pip(sample))


def test_every_advisory_names_its_public_page(sample: AdvisorySet) -> None:
    for advisory in sample.advisories:
        text = " ".join(advisory.sources)
        assert any(name in text for name in (advisory.id, *advisory.aliases)), advisory.id


def test_gate_lets_the_service_pass(sample: AdvisorySet) -> None:
    lock = (REPOSITORY / "app" / "requirements.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock, re.MULTILINE))
    assert len(pinned) > 10
    assert not [hit for name, version in pinned.items() for hit in _blocking(sample, name, version)]


def test_gate_blocks_a_vulnerable_pin(sample: AdvisorySet) -> None:
    assert _blocking(sample, "h11", "0.14.0") == ["CVE-2025-43859"]
    assert _blocking(sample, "h11", "0.16.0") == []


PIP = """[[advisory]]
id = "CVE-2023-25577"
aliases = ["GHSA-xg9f-g7g7-2323"]
title = "t"
description = "d"
severity = "HIGH"
rated_by = "ghsa"
cvss = [{ by = "ghsa", vector = "CVSS:3.1/AV:N/AC:L", score = 7.5 }]
cwes = ["CWE-400"]
published = 2023-02-15
modified = 2023-02-15
sources = ["https://github.com/advisories/GHSA-xg9f-g7g7-2323"]
affected = [{ ecosystem = "pip", package = "werkzeug", vulnerable = ["<2.2.3"], fixed = ["2.2.3"] }]
"""
NTH = "entry 1 (CVE-2023-25577): "


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("CVE-2023-25577", "CVE-23-1", r"entry 1 \(CVE-23-1\): id: String should match pattern"),
        ("GHSA-xg9f-g7g7-2323", "GHSA-1", r"aliases\.0: String should match"),
        ('id = "CVE-2023-25577"\n', "", r"entry 1 \(without id\): id: Field required"),
        ('"HIGH"', '"SEVERE"', "severity: Input should be"),
        ('title = "t"', 'title = " "', "title: String should have at least 1 character"),
        ("AV:N/AC:L", "high", r"cvss\.0\.vector"),
        ("7.5", "10.5", r"cvss\.0\.score"),
        ("modified = 2023-02-15", "modified = 2023-02-14", "modified before it was published"),
        ("modified = 2023-02-15", "modified = 2999-01-01", "modified after the set's date"),
        (
            '["https://github.com/advisories/GHSA-xg9f-g7g7-2323"]',
            "[]",
            "sources: Tuple should have at least 1",
        ),
        (
            "https://github.com/advisories/",
            "http://github.com/advisories/",
            r"sources\.0: String should match",
        ),
        ("github.com/advisories/", "example.org/", "none of the sources is an advisory's page"),
        ('["<2.2.3"]', '["before 2.2.3"]', "'before 2.2.3' is no version range"),
        ('["<2.2.3"]', '[""]', "an empty version range"),
        ('["<2.2.3"]', "[]", r"vulnerable: Tuple should have at least 1"),
        ('["<2.2.3"]', '["<=2.2.3"]', "fixed version 2.2.3 lies in a vulnerable range"),
        ('["<2.2.3"]', '["<2.2.2"]', "fixed in 2.2.3, but the ranges end at 2.2.2"),
        ('fixed = ["2.2.3"]', 'fixed = ["two"]', "'two' is no version"),
        ('fixed = ["2.2.3"]', "fixed = []", r"fixed in \(none\), but the ranges end at 2.2.3"),
        ('"werkzeug"', '"Werkzeug"', "write the package as 'werkzeug'"),
        ('ecosystem = "pip"', 'ecosystem = "npm"', "affected.0: Input tag 'npm'"),
        ('rated_by = "ghsa"', 'rated_by = "debian"', "Debian rates Debian packages only"),
        ('title = "t"', 'title = "t"\nurgency = "high"', "urgency: Extra inputs are not permitted"),
        ("[[advisory]]", "[[advisories]]", r"expected \[\[advisory\]\] tables"),
        ("[[advisory]]", "[[advisory]", "one.toml cannot be read"),
    ],
)
def test_broken_entries_are_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in PIP
    with pytest.raises(AdvisoryError, match=reason):
        load(_set(tmp_path, PIP.replace(old, new)))


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        ('{ ecosystem = "debian", release = "13", package = "tar" }', "a fixed version or a status"),
        (
            '{ ecosystem = "debian", release = "13", package = "tar", fixed = "1", status = "affected" }',
            "a fixed version or a status",
        ),
        (
            '{ ecosystem = "debian", release = "13", package = "tar", fixed = "v 1" }',
            "fixed: String should match",
        ),
        (
            '{ ecosystem = "debian", release = "11", package = "tar", fixed = "1" }',
            "release: Input should be",
        ),
        (
            '{ ecosystem = "debian", release = "13", package = "tar", status = "open" }',
            "status: Input should be",
        ),
        (
            ", ".join(['{ ecosystem = "debian", release = "13", package = "tar", status = "affected" }'] * 2),
            "a package is listed twice",
        ),
    ],
)
def test_broken_debian_packages_are_refused(tmp_path: Path, package: str, reason: str) -> None:
    text = re.sub(r"affected = .*", f"affected = [{package}]", PIP)
    with pytest.raises(AdvisoryError, match=reason):
        load(_set(tmp_path, text))


def test_an_entry_may_stand_once(tmp_path: Path) -> None:
    with pytest.raises(AdvisoryError, match="more than one entry: CVE-2023-25577"):
        load(_set(tmp_path, PIP, PIP))


def test_an_unspoilt_entry_is_taken(tmp_path: Path) -> None:
    assert [one.id for one in load(_set(tmp_path, PIP)).advisories] == ["CVE-2023-25577"]


@pytest.mark.parametrize(
    ("name", "reason"), [("set.toml", "set.toml cannot be read"), ("one.toml", "holds no advisory files")]
)
def test_missing_files_are_named(tmp_path: Path, name: str, reason: str) -> None:
    folder = _set(tmp_path, PIP)
    (folder / name).unlink()
    with pytest.raises(AdvisoryError, match=reason):
        load(folder)


def _set(folder: Path, *texts: str) -> Path:
    (folder / "set.toml").write_text("date = 2026-01-01\n", encoding="utf-8")
    for name, text in zip(("one", "two"), texts, strict=False):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def _debian(sample: AdvisorySet, *, fixed: bool) -> list[Advisory]:
    """Advisories on Debian 13."""
    return [
        advisory
        for advisory in sample.advisories
        for one in advisory.affected
        if isinstance(one, DebianPackage) and one.release == "13" and bool(one.fixed) is fixed
    ]


def _pip(sample: AdvisorySet) -> Iterator[tuple[Advisory, PipPackage]]:
    for advisory in sample.advisories:
        yield from ((advisory, one) for one in advisory.affected if isinstance(one, PipPackage))


def _blocking(sample: AdvisorySet, name: str, version: str) -> list[str]:
    """What the gate (CRITICAL, HIGH, fixed) would stop a pinned package for."""
    return [
        advisory.id
        for advisory, package in _pip(sample)
        if package.package == canonicalize_name(name)
        and package.fixed
        and advisory.severity in {"CRITICAL", "HIGH"}
        if any(SpecifierSet(text).contains(version, prereleases=True) for text in package.vulnerable)
    ]
