"""The SBOM is SPDX, of this image, and whole."""

import json
from collections.abc import Callable

import pytest

from supply_chain.errors import ScannerFailed
from supply_chain.models.spdx import Document
from supply_chain.models.trivy_report import Report


@pytest.fixture
def sbom(said: Callable[[str], str]) -> str:
    return said("sbom.spdx.json")


def test_accepts_what_trivy_made_of_the_report(sbom: str, report: Report, image: str) -> None:
    Document.parse(sbom).check(image, report.package_names)


def test_refuses_another_image(sbom: str, report: Report, image: str) -> None:
    with pytest.raises(ScannerFailed, match="another image"):
        Document.parse(sbom).check(image.replace("fixture", "other"), report.package_names)


def test_refuses_a_missing_package(sbom: str, report: Report, image: str) -> None:
    content = json.loads(sbom)
    content["packages"] = [package for package in content["packages"] if package["name"] != "jinja2"]
    with pytest.raises(ScannerFailed, match="without jinja2"):
        Document.parse(json.dumps(content)).check(image, report.package_names)


def test_an_image_without_packages_is_still_a_package_itself(sbom: str, image: str) -> None:
    content = json.loads(sbom)
    content["packages"] = [package for package in content["packages"] if package["name"] == image]
    Document.parse(json.dumps(content)).check(image, frozenset())


def test_refuses_one_without_the_image_itself(sbom: str, report: Report, image: str) -> None:
    content = json.loads(sbom)
    content["packages"] = [package for package in content["packages"] if package["name"] != image]
    with pytest.raises(ScannerFailed, match="no package that is the image itself"):
        Document.parse(json.dumps(content)).check(image, report.package_names)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "[]",
        '{"bomFormat": "CycloneDX"}',
        '{"spdxVersion": "SPDX-2.3", "name": "x", "packages": []}',
        '{"spdxVersion": "SPDX-3.0", "name": "x", "packages": [{"name": "p"}]}',
    ],
)
def test_refuses_what_is_no_spdx_2_document(broken: str) -> None:
    with pytest.raises(ScannerFailed, match="not an SPDX 2 document"):
        Document.parse(broken)
