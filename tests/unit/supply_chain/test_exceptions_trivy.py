"""The real Trivy and this module read one ignore file alike."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from release.stand_ins import layouts, unpacked
from supply_chain.models.exceptions import Exceptions
from supply_chain.models.policy import Policy, judge
from supply_chain.models.trivy_report import Report, Severity

pytestmark = pytest.mark.release

PYTHON, SYSTEM = "CVE-2024-22195", "CVE-2025-69720"
CASES = {
    "has ended today": (PYTHON, 0, ""),
    "ended yesterday": (PYTHON, -1, ""),
    "ends tomorrow": (PYTHON, 1, ""),
    "path": (PYTHON, 1, "paths: ['usr/lib/**/METADATA']"),
    "path of another depth": (PYTHON, 1, "paths: ['usr/lib/*/METADATA']"),
    "target": (PYTHON, 1, "paths: [Python]"),
    "target of the system": (SYSTEM, 1, "paths: ['/image (debian *)']"),
    "everything": (SYSTEM, 1, "paths: ['**']"),
    "package": (PYTHON, 1, "purls: ['pkg:pypi/Jinja2']"),
    "package and version": (PYTHON, 1, "purls: ['pkg:pypi/jinja2@3.1.2']"),
    "package of another version": (PYTHON, 1, "purls: ['pkg:pypi/jinja2@3.1.3']"),
    "qualifier it has": (SYSTEM, 1, "purls: ['pkg:deb/debian/libtinfo6?arch=amd64']"),
    "qualifier it lacks": (SYSTEM, 1, "purls: ['pkg:deb/debian/libtinfo6?arch=arm64']"),
    "encoded version": (SYSTEM, 1, "purls: ['pkg:deb/debian/libtinfo6@6.5%2B20250216-2']"),
}


@pytest.fixture(scope="module")
def trivy(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program out of the stand-in image."""
    return str(unpacked(layouts()["trivy"], tmp_path_factory.mktemp("trivy")) / "usr/local/bin/trivy")


@pytest.mark.parametrize(("advisory", "days", "limit"), CASES.values(), ids=CASES)
def test_an_exception_covers_what_trivy_ignores(
    advisory: str, days: int, limit: str, trivy: str, said: Callable[[str], str], tmp_path: Path
) -> None:
    today = datetime.now(UTC).date()
    document = (
        f"vulnerabilities:\n  - id: {advisory}\n    statement: s\n"
        f"    expired_at: {today + timedelta(days=days)}\n    {limit}\n"
    )
    (tmp_path / "ignore.yaml").write_text(document)
    (tmp_path / "trivy.json").write_text(said("trivy.json"))
    command = [trivy, "convert", "--quiet", "--format", "json", "--ignorefile", "ignore.yaml", "trivy.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    left = Report.parse(done.stdout)

    exceptions = Exceptions.parse(document)
    everything = Policy(severities=tuple(Severity), ignore_unfixed=False, exceptions=exceptions)
    blocking = judge(Report.parse(said("trivy.json")), everything, today).blocking
    assert sorted(finding.id for finding in blocking) == sorted(found.id for _, found in left.findings)
