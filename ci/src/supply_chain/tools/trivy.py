"""Trivy's command lines: download the database, scan a layout once, convert the report.

The scan flags are the same wherever Trivy analyses an image: its analysis cache misses when they differ.
Source: https://trivy.dev/docs/latest/references/configuration/cli/trivy_image/.
"""

from enum import StrEnum

PROGRAM = "/usr/local/bin/trivy"
"""Where the official image keeps it: one file that needs no other."""

CACHE = "/cache"
"""Trivy's cache directory in its container."""

DATABASE = f"{CACHE}/db"
"""Where in it the database is."""

MIRRORS = (
    "ghcr.io/aquasecurity/trivy-db:2",
    "public.ecr.aws/aquasecurity/trivy-db:2",
    "mirror.gcr.io/aquasec/trivy-db:2",
)
"""Where Trivy's database is published: https://trivy.dev/docs/latest/configuration/db/."""

_OFFLINE = ("--skip-db-update", "--skip-java-db-update", "--offline-scan")


class Format(StrEnum):
    """What a report is converted to."""

    SARIF = "sarif"
    SPDX = "spdx-json"


def download(mirror: str) -> list[str]:
    """Fetch the database from one mirror into the cache; scans nothing."""
    return ["image", "--download-db-only", "--db-repository", mirror, "--cache-dir", CACHE, "--no-progress"]


def scan(layout: str, report: str) -> list[str]:
    """Scan the OCI layout at `layout` into a JSON report that also lists every package.

    The exit code stays 0 whatever is found: any other one is a failure of the scanner, and findings are
    judged from the report.
    """
    return [
        *("image", "--input", layout, "--scanners", "vuln", "--list-all-pkgs", "--exit-code", "0"),
        *("--cache-dir", CACHE, *_OFFLINE, "--no-progress", "--format", "json", "--output", report),
    ]


def convert(report: str, output: Format, to: str) -> list[str]:
    """Turn a JSON report into another format, without looking at the image again."""
    return ["convert", "--format", output, "--output", to, report]
