"""A build that fails is an outcome of its own: neither finding nor scanner failure."""

import pytest

from .harness import Engine
from .rehearsing import Rehearsal, run

BUILD_FAILED = 10
DOCKERFILE = """\
ARG PYTHON_IMAGE
FROM ${PYTHON_IMAGE} AS runtime
RUN echo "the reason is here" >&2; exit 7
"""


@pytest.fixture(scope="module")
def failed(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """Somebody's source whose build fails."""
    folder = tmp_path_factory.mktemp("failing")
    source = folder / "source"
    source.mkdir()
    (source / "Dockerfile").write_text(DOCKERFILE)
    return run(engine, folder / "dist", *engine.rehearsal, of=("--source", str(source)))


def test_verdict_says_that_the_build_failed_and_why(failed: Rehearsal) -> None:
    failed.verdict.expect(BUILD_FAILED, "BuildFailed", "the reason is here", "what to do")


def test_evidence_of_a_failed_build_is_kept(failed: Rehearsal) -> None:
    outcome = failed.evidence.outcome
    assert outcome.status == "build-failed"
    assert outcome.digest is None
    assert outcome.gate is None
    assert failed.evidence.names >= {"outcome.json", "summary.md", "report.html"}
    assert not failed.evidence.names & {"trivy.json", "trivy.sarif", "sbom.spdx.json", "bundles", "layout"}
    assert "BuildFailed" in failed.evidence.summary
