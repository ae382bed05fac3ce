"""Without a database nothing can be said of an image: a scanner failure, which is not a finding."""

import pytest

from .harness import Done, Engine
from .offline import OFFLINE
from .rehearsing import Evidence, Rehearsal

SCANNER_FAILED = 12
MIRRORS = (
    "ghcr.io/aquasecurity/trivy-db:2",
    "public.ecr.aws/aquasecurity/trivy-db:2",
    "mirror.gcr.io/aquasec/trivy-db:2",
)


@pytest.fixture(scope="module")
def failed(engine: Engine, rehearsal: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:  # noqa: ARG001 - builds what cannot be built offline
    """A rehearsal without a database on a machine without a network; the image is in the engine's store."""
    out = tmp_path_factory.mktemp("offline") / "dist"
    begun = engine.begin(
        "call", *engine.module_flags, "candidate", "export", "--path", str(out), before=OFFLINE
    )
    done: Done = begun.wait().expect(0)
    return Rehearsal(done, engine.call("verdict", "--evidence", str(out)), Evidence(out))


def test_verdict_names_every_mirror_and_no_finding(failed: Rehearsal) -> None:
    failed.verdict.expect(SCANNER_FAILED, "DatabaseUnavailable", *MIRRORS, "--db", "not judged")
    assert "GateBlocked" not in failed.verdict.said


def test_outcome_is_a_scanner_failure_with_the_image_kept(failed: Rehearsal, rehearsal: Rehearsal) -> None:
    outcome = failed.evidence.outcome
    assert outcome.status == "scanner-failed"
    assert outcome.gate is None
    assert outcome.database is None
    assert outcome.image is None
    assert failed.evidence.image_digest() == outcome.digest == rehearsal.evidence.outcome.digest
    assert not failed.evidence.names & {"trivy.json", "trivy.sarif", "sbom.spdx.json", "bundles"}
