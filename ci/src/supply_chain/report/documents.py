"""What a page is made from beside the outcome: the scan, the SBOM and the provenance of the same image.

Rules: each is a document of its kind, and of the image that the outcome is about; what a signed list of
files (SHA256SUMS) names has the digest that is listed. Who signed that list is for `verify` to judge.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self, TypeVar

from supply_chain.errors import DigestMismatch, EvidenceChanged, SupplyChainError
from supply_chain.models.provenance import Provenance
from supply_chain.models.statement import Statement
from supply_chain.models.trivy_report import Report
from supply_chain.report.sbom import Sbom

T = TypeVar("T")

SCAN = "trivy.json"
SBOM = "sbom.spdx.json"
PROVENANCE = "provenance.json"
NAMES = (SCAN, SBOM, PROVENANCE)
"""Files that a page is made from, as far as they are there."""


@dataclass(frozen=True)
class Documents:
    """The documents of one image; None for what was not made."""

    scan: Report | None = None
    sbom: Sbom | None = None
    provenance: Provenance | None = None
    unreadable: tuple[str, ...] = ()
    """What was made and is left out, and why; one line each."""

    def having(self, name: str, text: str, digest: str | None) -> Self:
        """These and one more; an error of its own where it is none, or of another image."""
        if name == SCAN:
            return replace(self, scan=_scan(text, digest))
        if name == SBOM:
            return replace(self, sbom=_sbom(text, digest))
        return replace(self, provenance=_provenance(text, digest))

    def without(self, name: str, error: SupplyChainError) -> Self:
        """These, and that one more cannot be shown."""
        said = f"{name}: {error.what}" + (f" ({error.why})" if error.why else "")
        return replace(self, unreadable=(*self.unreadable, said))


def documents(texts: Mapping[str, str], digest: str | None) -> Documents:
    """The documents, by the names of their files; the first that is unreadable or another's is raised."""
    found = Documents()
    for name, text in texts.items():
        found = found.having(name, text, digest)
    return found


def readable(texts: Mapping[str, str], digest: str | None) -> Documents:
    """The same, of a run that may have failed because of one of them: that one is left out, and said."""
    found = Documents()
    for name, text in texts.items():
        try:
            found = found.having(name, text, digest)
        except SupplyChainError as error:
            found = found.without(name, error)
    return found


def check_listed(texts: Mapping[str, str], sums: str) -> None:
    """EvidenceChanged where a file is not the one that SHA256SUMS lists."""
    listed = {name: digest for digest, _, name in (entry.partition("  ") for entry in sums.splitlines())}
    for name, text in texts.items():
        if listed.get(name) != hashlib.sha256(text.encode()).hexdigest():
            why = f"{name} is not the file that SHA256SUMS lists"
            raise EvidenceChanged("the evidence was changed", why=why)


def _scan(text: str, digest: str | None) -> Report:
    report = Report.parse(text)
    return _about(digest, SCAN, report.artifact_name.rpartition("@")[2], report)


def _sbom(text: str, digest: str | None) -> Sbom:
    sbom = Sbom.parse(text)
    return _about(digest, SBOM, sbom.name.rpartition("@")[2], sbom)


def _provenance(text: str, digest: str | None) -> Provenance:
    statement = Statement.parse(text.encode())
    return _about(digest, PROVENANCE, " ".join(statement.digests), Provenance.parse(statement.predicate))


def _about(digest: str | None, name: str, found: str, document: T) -> T:
    """The document, if it is of the image that the outcome is about."""
    if found != digest:
        why = f"{name} is of {found or 'none'}, outcome.json of {digest or 'none'}"
        raise DigestMismatch("the evidence is of two images", why=why)
    return document
