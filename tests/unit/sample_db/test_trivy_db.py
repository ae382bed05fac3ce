"""The DB that Trivy reads: buckets, fields and numbers as trivy-db writes them."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from standins import trivy_db
from standins.sample_advisories import AdvisorySet

Content = dict[str, Any]
PIP_BUCKET = "pip::GitHub Security Advisory Pip"


@pytest.fixture(scope="module")
def database(cache: Path, read: Callable[[Path], Content]) -> Content:
    return read(cache / "db" / "trivy.db")


def test_buckets_are_those_that_trivy_looks_for(database: Content) -> None:
    assert set(database) == {"vulnerability", "data-source", PIP_BUCKET, "debian 12", "debian 13"}
    assert set(database["data-source"]) == set(database) - {"vulnerability", "data-source"}
    assert json.loads(database["data-source"]["debian 13"])["ID"] == "debian"


def test_every_advisory_has_details_and_a_package(database: Content, sample: AdvisorySet) -> None:
    ids = {one.id for one in sample.advisories}
    listed = {
        name
        for bucket in database["data-source"]
        for package in database[bucket].values()
        for name in package
    }
    assert set(database["vulnerability"]) == listed == ids


def test_a_python_advisory(database: Content) -> None:
    assert _json(database, PIP_BUCKET, "flask", "CVE-2023-30861") == {
        "VendorIDs": ["GHSA-m2qf-hxjv-5gpq"],
        "VulnerableVersions": ["<2.2.5", ">=2.3.0, <2.3.2"],
        "PatchedVersions": ["2.2.5", "2.3.2"],
    }


@pytest.mark.parametrize(
    ("package", "name", "fields"),
    [
        ("tar", "CVE-2005-2541", {"Status": 2, "Severity": 1}),
        ("ncurses", "CVE-2025-69720", {"Status": 2}),
        ("python3.13", "CVE-2025-15366", {"Status": 5}),
        ("openssl", "CVE-2025-15467", {"FixedVersion": "3.5.4-1~deb13u2", "VendorIDs": ["DSA-6113-1"]}),
    ],
)
def test_debian_advisories(database: Content, package: str, name: str, fields: dict[str, Any]) -> None:
    assert _json(database, "debian 13", package, name) == fields


def test_details(database: Content) -> None:
    details = _json(database, "vulnerability", "CVE-2025-43859")
    assert details["Severity"] == "CRITICAL"
    assert details["VendorSeverity"] == {"ghsa": 4}
    assert details["CVSS"]["ghsa"]["V3Score"] == 9.1
    assert details["CweIDs"] == ["CWE-444"]
    assert "https://github.com/advisories/GHSA-vqfr-h8mv-ghfj" in details["References"]
    assert details["PublishedDate"] == "2025-04-24T00:00:00Z"


def test_ratings_by_others_are_kept_beside_the_one_that_counts(database: Content) -> None:
    details = _json(database, "vulnerability", "CVE-2019-1010022")
    assert details["VendorSeverity"] == {"nvd": 4, "debian": 1}
    assert details["Severity"] == "LOW"


def test_cvss_4_vectors_have_their_own_field(database: Content) -> None:
    assert set(_json(database, "vulnerability", "CVE-2025-66418")["CVSS"]["ghsa"]) == {
        "V40Vector",
        "V40Score",
    }


def test_metadata_follows_from_the_day() -> None:
    assert trivy_db.metadata(date(2026, 2, 28)) == {
        "Version": 2,
        "UpdatedAt": "2026-02-28T00:00:00Z",
        "NextUpdate": "2026-03-01T00:00:00Z",
        "DownloadedAt": "2026-02-28T00:00:00Z",
    }


def test_equal_input_gives_equal_bytes(tmp_path: Path, sample: AdvisorySet) -> None:
    trivy_db.write(tmp_path / "one", sample.advisories, sample.date)
    trivy_db.write(tmp_path / "two", sample.advisories[::-1], sample.date)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")


def test_another_advisory_or_day_gives_other_bytes(tmp_path: Path, sample: AdvisorySet) -> None:
    trivy_db.write(tmp_path / "all", sample.advisories, sample.date)
    trivy_db.write(tmp_path / "fewer", sample.advisories[1:], date(2020, 1, 1))
    assert not _bytes(tmp_path / "all").items() & _bytes(tmp_path / "fewer").items()


def _json(database: Content, *path: str) -> Any:
    value: Any = database
    for key in path:
        value = value[key]
    return json.loads(value)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
