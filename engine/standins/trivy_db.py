"""Advisories as a Trivy DB, schema version 2: db/trivy.db (bbolt) and db/metadata.json.

Buckets and field names as trivy-db writes them: https://github.com/aquasecurity/trivy-db, pkg/types/types.go,
pkg/types/status.go, pkg/vulnsrc/osv/osv.go, pkg/vulnsrc/ghsa/ghsa.go, pkg/vulnsrc/debian/debian.go.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from standins import bolt
from standins.sample_advisories import Advisory, DebianPackage, PipPackage, Score

SCHEMA_VERSION = 2
VALID_FOR = timedelta(days=1)  # as the real DB's; a run with --skip-db-update does not look at it

SEVERITIES = {"LOW": 1, "MEDIUM": 2, "HIGH": 3, "CRITICAL": 4}
STATUSES = {"affected": 2, "will_not_fix": 5, "fix_deferred": 6, "end_of_life": 7}

GHSA_PIP = {
    "ID": "ghsa",
    "Name": "GitHub Security Advisory Pip",
    "URL": "https://github.com/advisories?query=type%3Areviewed+ecosystem%3Apip",
}
DEBIAN = {
    "ID": "debian",
    "Name": "Debian Security Tracker",
    "URL": "https://salsa.debian.org/security-tracker-team/security-tracker",
}

Packages = dict[str, dict[str, bytes]]
"""package -> vulnerability id -> advisory"""


def write(cache: Path, advisories: Sequence[Advisory], day: date) -> None:
    """Write a DB into a Trivy cache folder; equal arguments give equal bytes."""
    folder = cache / "db"
    folder.mkdir(parents=True)
    (folder / "trivy.db").write_bytes(bolt.dump(buckets(advisories)))
    (folder / "metadata.json").write_text(json.dumps(metadata(day)) + "\n", encoding="utf-8")


def metadata(day: date) -> dict[str, object]:
    """The metadata Trivy reads beside the DB. All times follow from the day, so that a DB has one digest."""
    made = datetime.combine(day, time(), UTC)
    return {
        "Version": SCHEMA_VERSION,
        "NextUpdate": _stamp(made + VALID_FOR),
        "UpdatedAt": _stamp(made),
        "DownloadedAt": _stamp(made),
    }


def buckets(advisories: Sequence[Advisory]) -> bolt.Tree:
    """The DB's content: details by id, and per source the packages with their advisories."""
    sources: dict[str, bytes] = {}
    packages: dict[str, Packages] = {}
    for advisory in advisories:
        for affected in advisory.affected:
            bucket, source = _bucket(affected)
            sources[bucket] = _json(source)
            found = packages.setdefault(bucket, {}).setdefault(affected.package, {})
            found[advisory.id] = _json(_package_advisory(advisory, affected))
    details = {one.id: _json(_detail(one)) for one in advisories}
    return {**packages, "data-source": sources, "vulnerability": details}


def _bucket(affected: PipPackage | DebianPackage) -> tuple[str, dict[str, str]]:
    if isinstance(affected, DebianPackage):
        return f"debian {affected.release}", DEBIAN
    return f"pip::{GHSA_PIP['Name']}", GHSA_PIP


def _package_advisory(advisory: Advisory, affected: PipPackage | DebianPackage) -> dict[str, object]:
    if isinstance(affected, PipPackage):
        return {
            "VendorIDs": advisory.aliases,
            "VulnerableVersions": affected.vulnerable,
            "PatchedVersions": affected.fixed,
        }
    return {
        "VendorIDs": advisory.aliases,
        "FixedVersion": affected.fixed,
        "Status": STATUSES[affected.status] if affected.status else None,
        # Trivy lets a severity that stands here win over every other rating.
        "Severity": SEVERITIES[advisory.severity] if advisory.rated_by == "debian" else None,
    }


def _detail(advisory: Advisory) -> dict[str, object]:
    ratings = {one.by: SEVERITIES[_severity(one.score)] for one in advisory.cvss}
    return {
        "Title": advisory.title,
        "Description": advisory.description,
        "Severity": advisory.severity,
        "CweIDs": advisory.cwes,
        "VendorSeverity": {**ratings, advisory.rated_by: SEVERITIES[advisory.severity]},
        "CVSS": {one.by: _cvss(one) for one in advisory.cvss},
        "References": sorted(advisory.sources),
        "PublishedDate": _stamp(datetime.combine(advisory.published, time(), UTC)),
        "LastModifiedDate": _stamp(datetime.combine(advisory.modified, time(), UTC)),
    }


def _cvss(rating: Score) -> dict[str, object]:
    version = "V40" if rating.vector.startswith("CVSS:4.0/") else "V3"
    return {f"{version}Vector": rating.vector, f"{version}Score": rating.score}


def _severity(score: float) -> str:
    """The qualitative scale of CVSS 3.1 and 4.0."""
    floors = ((9.0, "CRITICAL"), (7.0, "HIGH"), (4.0, "MEDIUM"))
    return next((name for floor, name in floors if score >= floor), "LOW")


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(fields: dict[str, object] | dict[str, str]) -> bytes:
    """As trivy-db does it, empty fields are left out."""
    return json.dumps({key: value for key, value in fields.items() if value}, separators=(",", ":")).encode()
