"""Reading and naming Trivy's report."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from supply_chain.errors import ScannerFailed
from supply_chain.models.trivy_report import NOTHING_LISTED, Report, Severity, named, nothing_listed

IMAGE = "ghcr.io/acme/app@sha256:" + "a" * 64


@pytest.fixture
def document(said: Callable[[str], str]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(said("trivy.json"))
    return content


def test_reads_packages_and_findings(report: Report) -> None:
    assert report.package_names == {
        "libtinfo6",
        "libsqlite3-0",
        "zlib1g",
        "flask",
        "jinja2",
        "mako",
        "werkzeug",
    }
    assert report.package_count == 7
    assert [len(result.vulnerabilities) for result in report.results] == [4, 8]


def test_an_unfixed_finding_has_no_fixed_version(report: Report) -> None:
    found = {v.id: v for result in report.results for v in result.vulnerabilities}
    unfixed = found["CVE-2025-69720"]
    assert (unfixed.fixed, unfixed.status, unfixed.severity) == ("", "affected", Severity.HIGH)


def test_an_image_without_anything_to_scan_is_a_report() -> None:
    empty = '{"SchemaVersion": 2, "ArtifactName": "x", "ArtifactType": "container_image"}'
    assert Report.parse(empty).package_count == 0
    assert nothing_listed(Report.parse(empty)) == NOTHING_LISTED


def test_nothing_is_said_of_an_image_with_packages(report: Report) -> None:
    assert not nothing_listed(report)


def test_reads_what_exceptions_go_by(report: Report) -> None:
    found = {vulnerability.id: (result, vulnerability) for result, vulnerability in report.findings}
    result, vulnerability = found["CVE-2024-22195"]
    assert result.target == "Python"
    assert vulnerability.package_path == "usr/lib/python3/dist-packages/jinja2-3.1.2.dist-info/METADATA"
    assert vulnerability.identifier.purl == "pkg:pypi/jinja2@3.1.2"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{}",
        "[]",
        '{"SchemaVersion": 1, "ArtifactName": "x", "ArtifactType": "container_image"}',
        '{"SchemaVersion": 2, "ArtifactName": "x", "ArtifactType": "filesystem"}',
        '{"SchemaVersion": 2, "ArtifactName": "x", "ArtifactType": "container_image", "Results": {}}',
    ],
)
def test_what_is_no_report_is_a_scanner_failure_and_not_a_clean_image(broken: str) -> None:
    with pytest.raises(ScannerFailed, match="cannot be read"):
        Report.parse(broken)


def test_an_unknown_severity_is_refused_rather_than_ignored(document: dict[str, Any]) -> None:
    document["Results"][0]["Vulnerabilities"][0]["Severity"] = "CATASTROPHIC"
    with pytest.raises(ScannerFailed, match="Severity"):
        Report.parse(json.dumps(document))


def test_naming_replaces_the_path_everywhere(said: Callable[[str], str]) -> None:
    report = json.loads(named(said("trivy.json"), IMAGE, in_repository=True))
    assert report["ArtifactName"] == IMAGE
    assert report["Metadata"]["RepoDigests"] == [IMAGE]
    assert [result["Target"] for result in report["Results"]] == [f"{IMAGE} (debian 13.1)", "Python"]


def test_naming_without_a_repository_claims_none(said: Callable[[str], str]) -> None:
    assert (
        "RepoDigests"
        not in json.loads(named(said("trivy.json"), "image@sha256:1", in_repository=False))["Metadata"]
    )


def test_naming_changes_nothing_else(document: dict[str, Any], said: Callable[[str], str]) -> None:
    changed = json.loads(named(said("trivy.json"), IMAGE, in_repository=True))
    changed["ArtifactName"] = document["ArtifactName"]
    changed["Results"][0]["Target"] = document["Results"][0]["Target"]
    del changed["Metadata"]["RepoDigests"]
    assert changed == document
