"""Trivy's JSON report: the fields that judgement needs, and the one edit made to it.

Format: `Report` in https://github.com/aquasecurity/trivy/blob/main/pkg/types/report.go, SchemaVersion 2.
"""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from supply_chain.errors import ScannerFailed
from supply_chain.models.base import Model, first_problem

NOTHING_LISTED = "nothing to read: no package database and no lock file was found in the image"
"""Said of an image without packages: that nothing was found in it then proves nothing."""


class Severity(StrEnum):
    """Trivy's severities, the worst first."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    UNKNOWN = "UNKNOWN"


class Identifier(Model):
    """What names a package beyond doubt."""

    purl: str = Field(default="", alias="PURL")


class Vulnerability(Model):
    """One advisory that touches one installed package."""

    id: str = Field(alias="VulnerabilityID")
    package: str = Field(alias="PkgName")
    package_path: str = Field(default="", alias="PkgPath")
    identifier: Identifier = Field(default=Identifier(), alias="PkgIdentifier")
    installed: str = Field(default="", alias="InstalledVersion")
    fixed: str = Field(default="", alias="FixedVersion")
    status: str = Field(default="", alias="Status")
    severity: Severity = Field(default=Severity.UNKNOWN, alias="Severity")
    title: str = Field(default="", alias="Title")
    url: str = Field(default="", alias="PrimaryURL")


class Package(Model):
    """One installed package."""

    name: str = Field(alias="Name")
    version: str = Field(default="", alias="Version")


class Result(Model):
    """What was found in one place: the operating system's packages, or one language's."""

    target: str = Field(alias="Target")
    packages: tuple[Package, ...] = Field(default=(), alias="Packages")
    vulnerabilities: tuple[Vulnerability, ...] = Field(default=(), alias="Vulnerabilities")


class Report(Model):
    """A whole scan of one image."""

    schema_version: Literal[2] = Field(alias="SchemaVersion")
    artifact_name: str = Field(alias="ArtifactName")
    artifact_type: Literal["container_image"] = Field(alias="ArtifactType")
    results: tuple[Result, ...] = Field(default=(), alias="Results")

    @classmethod
    def parse(cls, document: bytes | str) -> Self:
        """The report in `document`; ScannerFailed when it is none: an odd report never passes as clean."""
        try:
            return cls.model_validate_json(document)
        except ValidationError as error:
            raise ScannerFailed("Trivy's report cannot be read", why=first_problem(error)) from None

    @property
    def package_count(self) -> int:
        """Packages over all results."""
        return sum(len(result.packages) for result in self.results)

    @property
    def findings(self) -> Iterator[tuple[Result, Vulnerability]]:
        """Every finding, with the place it was found in."""
        return ((result, found) for result in self.results for found in result.vulnerabilities)

    @property
    def package_names(self) -> frozenset[str]:
        """Their names."""
        return frozenset(package.name for result in self.results for package in result.packages)


def nothing_listed(report: Report) -> str:
    """A notice when Trivy could read no package from the image; empty otherwise."""
    return "" if report.package_count else NOTHING_LISTED


def named(document: bytes | str, reference: str, *, in_repository: bool) -> str:
    """The report, carrying the image's reference instead of the path it was scanned at.

    `trivy convert` takes the names in SARIF and SPDX from here: ArtifactName, each target that starts with
    it, and RepoDigests, which becomes the SPDX package's `pkg:oci` purl. An image without a repository gets
    no RepoDigests: Trivy would place it on a default registry.
    """
    report: dict[str, Any] = json.loads(document)
    scanned_as = str(report.get("ArtifactName", ""))
    report["ArtifactName"] = reference
    if in_repository:
        report.setdefault("Metadata", {})["RepoDigests"] = [reference]
    for result in report.get("Results") or ():
        if result["Target"].startswith(f"{scanned_as} ("):
            result["Target"] = reference + result["Target"].removeprefix(scanned_as)
    return json.dumps(report, ensure_ascii=False)
