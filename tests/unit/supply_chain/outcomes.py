"""Outcomes that tests ask for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from supply_chain.errors import GateBlocked
from supply_chain.images import Images
from supply_chain.models.exceptions import Entry, Exceptions
from supply_chain.models.mode import Mode
from supply_chain.models.outcome import Failure, Outcome
from supply_chain.models.policy import Finding, Judgement, Policy, judge
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.statement import SIGNATURE_TYPE
from supply_chain.models.trivy_report import Report, Severity
from supply_chain.models.verification import Proven, Verification
from unit.supply_chain.provenances import PLACE

TODAY = date(2026, 11, 25)
STARTED = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def outcome(**facts: Any) -> Outcome:
    known: dict[str, Any] = {"status": "passed", "mode": Mode.REHEARSAL, "version": "1.2.3", "revision": ""}
    return Outcome(**known | {"images": dict(Images.pinned()), "started_at": STARTED} | facts)


def blocked(judgement: Judgement) -> Outcome:
    error = GateBlocked(judgement.headline, why="CVE-1")
    return outcome(status=error.status, error=Failure.of(error), gate=judgement)


def finding(**facts: Any) -> Finding:
    known = {"id": "CVE-1", "package": "p", "installed": "1", "fixed": "2", "url": "", "target": "Python"}
    return Finding(**{"severity": Severity.HIGH, "title": "t"} | known | facts)


def exception(id_: str, days: int, statement: str = "not reachable") -> Entry:
    return Entry(id=id_, statement=statement, expired_at=TODAY + timedelta(days=days))


def excepting(report: Report, **policy: Any) -> Judgement:
    """A judgement with an exception in each state: in use, ending soon, unused, ended."""
    entries = (
        exception("CVE-2022-40023", 100),
        exception("CVE-2023-25577", 3),
        exception("CVE-1999-0001", 100),
        exception("CVE-1999-0002", -1),
    )
    return judge(report, Policy(exceptions=Exceptions(entries=entries), **policy), TODAY)


def verification(digest: str, **changed: Any) -> Verification:
    """What is proven of an image that a job of GitHub's has released, keyless."""
    kinds = (SIGNATURE_TYPE, SBOM_TYPE, PROVENANCE_TYPE)
    known: dict[str, Any] = {
        "image": digest,
        "signer": PLACE.workflow,
        "issuer": PLACE.issuer,
        "signatures": 1,
        "attestations": kinds[1:],
        "statements": tuple(
            Proven(predicate_type=kind, signer=PLACE.workflow, logged=True, timestamped=True)
            for kind in kinds
        ),
        "builder": PLACE.builder_id,
        "repository": PLACE.repository,
        "ref": PLACE.ref,
        "commit": PLACE.commit,
        "run": PLACE.run,
        "packages": 7,
    }
    return Verification(**known | changed)


def verification_by_key(digest: str) -> Verification:
    """What is proven of an image that somebody's key has signed: nobody vouches for where that was."""
    kinds = (SIGNATURE_TYPE, SBOM_TYPE, PROVENANCE_TYPE)
    statements = (
        Proven(predicate_type=kind, signer="key sha256:0", logged=False, timestamped=False) for kind in kinds
    )
    return Verification(
        image=digest,
        signer="key sha256:0",
        signatures=1,
        attestations=kinds[1:],
        statements=tuple(statements),
        builder="urn:supply-chain:builder:local",
        run="urn:uuid:0b1c6e1f-6d3a-4a39-9b69-2f2d0a2c9a11",
        packages=7,
    )
