"""Outputs of real tools, and models made from them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from supply_chain.models.checks import Result, Row
from supply_chain.models.database import Database
from supply_chain.models.outcome import Outcome, Rejection, Step
from supply_chain.models.trivy_report import Report, Severity
from unit.supply_chain.outcomes import STARTED, excepting, outcome, verification
from unit.supply_chain.provenances import PLACE

DIGEST = "sha256:64c4001c525cfe52e9b113852b0ebfa75f3871905ca7c1680556b38c327e2fee"


@pytest.fixture(scope="session")
def said() -> Callable[[str], str]:
    """Text of a fixture file."""
    return lambda name: (Path(__file__).parent / "fixtures" / name).read_text()


@pytest.fixture(scope="session")
def report(said: Callable[[str], str]) -> Report:
    """A scan of an image with fixable and unfixable findings."""
    return Report.parse(said("trivy.json"))


@pytest.fixture(scope="session")
def digest() -> str:
    """Digest of the image the fixtures are about."""
    return DIGEST


@pytest.fixture(scope="session")
def image() -> str:
    """Reference of the image the fixtures are about."""
    return f"127.0.0.1:5077/fixture@{DIGEST}"


@pytest.fixture
def full(report: Report, digest: str, image: str) -> Outcome:
    """A run that passed, with every field set."""
    return outcome(
        digest=digest,
        image=image,
        tags=("sha-0123456", "1.2.3"),
        notices=("rehearsal: nothing public was touched",),
        dirty=True,
        input=image,
        platform="linux/amd64",
        adopted=True,
        checks=(Row(check="lint", result=Result.PASSED, seconds=1.5, detail="2 commands"),),
        gate=excepting(report, severities=(Severity.CRITICAL, Severity.HIGH)),
        database=Database(source="given", digest=digest, updated_at=STARTED, sample=True),
        signer=f"{PLACE.workflow}, vouched for by {PLACE.issuer}",
        place=PLACE,
        verification=verification(digest),
        self_test=(
            Rejection(case="another identity", error="IdentityMismatch", what="the signer is not trusted"),
            Rejection(case="no provenance", error="ProvenanceMissing", what="it carries no provenance"),
        ),
        evidence=("SHA256SUMS", "bundles", "layout"),
        steps=(Step(name="build", seconds=1.25, passed=True),),
    )
