"""With a vulnerable dependency the gate stops the release: nothing is pushed, evidence is kept."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import validate

from .harness import Done, Engine, copy_of_repository
from .rehearsing import Rehearsal, run
from .releasing import Caller
from .sarif import SARIF

BLOCKED = 11
# Pure Python, without dependencies; the request smuggling of https://github.com/advisories/GHSA-vqfr-h8mv-ghfj.
VULNERABLE = """
h11==0.14.0 \\
    --hash=sha256:e3fe4ac4b851c468cc8363d500db52c2ead036020723024a109d37346efaa761
"""
CVE, PACKAGE, INSTALLED, FIXED = "CVE-2025-43859", "h11", "0.14.0", "0.16.0"


INSTALL = (
    "RUN /opt/pip/bin/pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --require-hashes "
    "-r /opt/requirements.lock"
)


def vulnerable(checkout: Path) -> Path:
    """The checkout, its image with a dependency that no lock file shows to the audit."""
    (checkout / "app" / "more.lock").write_text(VULNERABLE)
    dockerfile = checkout / "Dockerfile"
    stage = "FROM deps AS test"
    assert stage in dockerfile.read_text()
    more = f"COPY app/more.lock /opt/\n{INSTALL.replace('requirements', 'more')}\n\n\n{stage}"
    dockerfile.write_text(dockerfile.read_text().replace(stage, more, 1))
    return checkout


@dataclass(frozen=True)
class Blocked:
    """A release to a real registry, and a rehearsal, of a checkout with a vulnerable dependency."""

    release: Done
    pushed_before: list[str]
    pushed_after: list[str]
    rehearsal: Rehearsal


@pytest.fixture(scope="module")
def blocked(engine: Engine, caller: Caller, tmp_path_factory: pytest.TempPathFactory) -> Blocked:
    """Both runs; the second finds everything built and scanned."""
    checkout = vulnerable(copy_of_repository(tmp_path_factory.mktemp("vulnerable")))
    before = caller.registry.content()
    release = caller.release(engine, *caller.flags("6.6.6"), checkout=checkout)
    after = caller.registry.content()
    out = tmp_path_factory.mktemp("blocked") / "dist"
    return Blocked(release, before, after, run(engine, out, *engine.rehearsal, checkout=checkout))


def test_release_fails_and_names_finding_package_and_fix(blocked: Blocked) -> None:
    blocked.release.expect(BLOCKED, "GateBlocked", CVE, f"{PACKAGE} {INSTALLED}", f"fixed in {FIXED}")


def test_nothing_was_pushed(blocked: Blocked) -> None:
    assert blocked.pushed_after == blocked.pushed_before


def test_evidence_of_a_blocked_run_is_kept(blocked: Blocked) -> None:
    outcome = blocked.rehearsal.evidence.outcome
    assert outcome.status == "blocked"
    assert outcome.image is None
    assert outcome.tags == ()
    assert "push" not in {step.name for step in outcome.steps}
    assert outcome.gate
    assert "Why: GateBlocked</h2>" in blocked.rehearsal.evidence.report
    assert blocked.rehearsal.evidence.report.count('data-gate="blocks"') == len(outcome.gate.blocking) > 0
    assert {package["name"] for package in blocked.rehearsal.evidence.json("sbom.spdx.json")["packages"]} >= {
        PACKAGE
    }


def test_blocking_finding_is_in_the_sarif(blocked: Blocked) -> None:
    sarif = blocked.rehearsal.evidence.json("trivy.sarif")
    validate(sarif, SARIF)
    assert CVE in {result["ruleId"] for run in sarif["runs"] for result in run["results"]}


def test_verdict_on_a_blocked_run_fails_the_same_way(blocked: Blocked) -> None:
    blocked.rehearsal.verdict.expect(BLOCKED, "GateBlocked", CVE, PACKAGE, FIXED)
