"""Runs, their documents and their pages, small and large, with harmless words or hostile ones."""

import json
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any

from supply_chain.models.database import Database
from supply_chain.models.mode import Mode
from supply_chain.models.outcome import Outcome, Rejection, Step
from supply_chain.models.policy import Policy, judge
from supply_chain.models.provenance import (
    Builder,
    BuildMetadata,
    Provenance,
    RunDetails,
    build_definition,
    image,
    provenance_statement,
)
from supply_chain.models.trivy_report import Report, Severity
from supply_chain.report.documents import PROVENANCE, SBOM, SCAN, documents
from supply_chain.report.page import page_of
from supply_chain.report.rendering import rendered
from unit.supply_chain.outcomes import STARTED, TODAY, outcome, verification
from unit.supply_chain.provenances import PLACE, external, internal

DIGEST = f"sha256:{'a' * 64}"
IMAGE = f"ghcr.io/acme/inventory@{DIGEST}"
BASE = f"docker.io/library/python:3.13-slim@sha256:{'b' * 64}"
EVIDENCE = (SBOM, SCAN, PROVENANCE, "SHA256SUMS", "SHA256SUMS.sigstore.json", "report.html")

Words = Callable[[str], str]
"""Makes the words of other people that a page shows, out of what they are about."""


def as_they_are(text: str) -> str:
    """Harmless words."""
    return text


def texts(packages: int = 3, findings: int = 2, words: Words = as_they_are, url: str = "") -> dict[str, str]:
    """Documents of one image by their names; every second finding has a fix."""
    return {
        SCAN: json.dumps(_scan(packages, findings, words, url)),
        SBOM: json.dumps(_sbom(packages, words)),
        PROVENANCE: provenance(),
    }


def provenance(digest: str = DIGEST) -> str:
    """provenance.json of a release."""
    definition = build_definition(external(), internal(), [image("base-image", BASE)])
    details = RunDetails(builder=Builder(id=PLACE.builder_id), metadata=BuildMetadata())
    made = Provenance(build_definition=definition, run_details=details)
    return provenance_statement("ghcr.io/acme/inventory", digest, made).to_json().decode()


def release(given: Mapping[str, str], policy: Policy | None = None, **facts: Any) -> Outcome:
    """A release of that image that has passed, unless the facts say otherwise."""
    known: dict[str, Any] = {
        "mode": Mode.RELEASE,
        "revision": PLACE.commit,
        "dirty": False,
        "digest": DIGEST,
        "image": IMAGE,
        "tags": ("sha-0123456", "latest", "1.2.3"),
        "platform": "linux/amd64",
        "gate": judge(_as_scanned(given[SCAN]), policy or Policy(severities=()), TODAY),
        "database": Database(source="ghcr.io/x/trivy-db", digest=DIGEST, updated_at=STARTED, sample=False),
        "signer": f"{PLACE.workflow}, vouched for by {PLACE.issuer}",
        "place": PLACE,
        "verification": verification(DIGEST),
        "self_test": (Rejection(case="another identity", error="IdentityMismatch", what="not trusted"),),
        "evidence": EVIDENCE,
        "steps": (
            Step(name="checks", seconds=20, passed=True, began=1),
            Step(name="build", seconds=12.5, passed=True, began=1),
            Step(name="scan", seconds=2, passed=True, began=21.5),
        ),
    }
    return outcome(**known | facts)


def _as_scanned(report: str) -> Report:
    """The report as it is judged: under the name that the image was scanned by."""
    return Report.parse(report.replace(f"{IMAGE} (", "/image ("))


def page_text(made: Outcome, given: Mapping[str, str]) -> str:
    """report.html."""
    return rendered(page_of(made, documents(given, made.digest)))


class Elements(HTMLParser):
    """A page as a browser sees it: its elements, their attributes and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Text between elements."""
        self.text += data

    @property
    def structure(self) -> list[tuple[str, tuple[str, ...]]]:
        """Elements with the names of their attributes."""
        return [(tag, tuple(attributes)) for tag, attributes in self.elements]

    @property
    def addresses(self) -> list[str]:
        """Everywhere a click could lead to."""
        return [there["href"] or "" for tag, there in self.elements if tag == "a"]


def _scan(packages: int, findings: int, words: Words, url: str) -> dict[str, Any]:
    severities = list(Severity)
    found = [
        {
            "VulnerabilityID": words(f"CVE-2026-{number:05}"),
            "PkgName": words(f"package-{number % packages}"),
            "InstalledVersion": words("1.0"),
            "FixedVersion": words("1.1") if number % 2 == 0 else "",
            "Status": "fixed" if number % 2 == 0 else "will_not_fix",
            "Severity": severities[number % len(severities)],
            "Title": words(f"title of finding {number}: " + "a buffer is read past its end " * 3),
            "PrimaryURL": url or f"https://avd.example/{number}",
        }
        for number in range(findings)
    ]
    listed = [{"Name": words(f"package-{number}"), "Version": words("1.0")} for number in range(packages)]
    target = {"Target": f"{IMAGE} (debian 13.8)", "Packages": listed, "Vulnerabilities": found}
    return {"SchemaVersion": 2, "ArtifactName": IMAGE, "ArtifactType": "container_image", "Results": [target]}


def _sbom(packages: int, words: Words) -> dict[str, Any]:
    listed = [
        {
            "name": words(f"package-{number}"),
            "versionInfo": words("1.0"),
            "licenseDeclared": "MIT AND LicenseRef-1" if number % 3 else "NOASSERTION",
            "primaryPackagePurpose": words("LIBRARY"),
            "externalRefs": [_purl(number)] if number % 4 else [],
        }
        for number in range(packages)
    ]
    extracted = [{"licenseId": "LicenseRef-1", "name": words("the team's own")}]
    whole = {"name": IMAGE, "primaryPackagePurpose": "CONTAINER"}
    return {
        "spdxVersion": "SPDX-2.3", "name": IMAGE, "packages": [whole, *listed],
        "hasExtractedLicensingInfos": extracted,
    }  # fmt: skip


def _purl(number: int) -> dict[str, str]:
    return {"referenceType": "purl", "referenceLocator": f"pkg:deb/debian/p{number}@1.0"}
