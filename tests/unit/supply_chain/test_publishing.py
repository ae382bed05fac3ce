"""What is kept of a verification: what was proven, by which bundles, and how the verifier bit."""

from typing import cast

import anyio
import pytest

from supply_chain import publishing
from supply_chain.errors import SbomMissing, VerifierFailed
from supply_chain.git_facts import Commit
from supply_chain.images import Images
from supply_chain.ledger import Ledger
from supply_chain.models.mode import Mode
from supply_chain.models.place import Place
from supply_chain.models.policy import Policy
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.reference import Repository
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.version import Version
from supply_chain.plan import Plan, Request
from supply_chain.project import Project
from supply_chain.registry import Registry
from supply_chain.run import Run
from supply_chain.signer import Signer
from supply_chain.trust import Trust
from supply_chain.workbench import Answer
from unit.supply_chain.attesting import DIGEST, REPOSITORY, bundles, statements
from unit.supply_chain.cosigning import BY_IDENTITY, BY_KEY, IMAGE, Stock
from unit.supply_chain.engine import GOOD, Files, content, run_by
from unit.supply_chain.provenances import PLACE

NO_SBOM = "Error: none of the attestations matched the predicate type: spdxjson, found: x"
OURS = [one.decode() for one in bundles(statements(PLACE))]
KEYED = [one.decode() for one in bundles(statements(Place()), b"")]


def a_run(trust: Trust = BY_IDENTITY) -> Run:
    """A run that has pushed and attested its image."""
    request = Request(Project(images=Images.pinned()))
    repository, version = Repository.parse(REPOSITORY), Version.parse("1.2.3")
    plan = Plan(request, Mode.RELEASE, repository, version, Commit(), Policy(), None)
    ledger = Ledger({"mode": plan.mode, "version": "1.2.3", "revision": "", "images": {}})
    return Run(plan, ledger, Registry(images=plan.project.images), cast("Signer", object()), trust)


def test_what_was_proven_is_kept_with_its_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    run_by(Stock(OURS), monkeypatch)
    run = a_run()
    anyio.run(publishing.verify, run, IMAGE)
    made = run.ledger.outcome(None)
    assert made.verification
    assert (made.verification.image, made.verification.signer) == (DIGEST, PLACE.workflow)
    assert made.verification.attestations == (SBOM_TYPE, PROVENANCE_TYPE)
    assert [one.error for one in made.self_test] == [
        "DigestMismatch",
        "IdentityMismatch",
        "SignatureMissing",
        "ProvenanceMissing",
    ]
    assert [(step.name, step.passed) for step in made.steps] == [("verify", True), ("self-test", True)]
    assert sorted(content(run.ledger.directories["bundles"]).values()) == sorted(OURS)


def test_what_does_not_verify_is_not_recorded_as_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    run_by(Stock(OURS, spdxjson=[NO_SBOM]), monkeypatch)
    run = a_run()
    with pytest.raises(SbomMissing) as caught:
        anyio.run(publishing.verify, run, IMAGE)
    made = run.ledger.outcome(caught.value)
    assert (made.verification, made.self_test) == (None, ())
    assert [(step.name, step.passed) for step in made.steps] == [("verify", False)]


def test_a_verifier_that_accepts_everything_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Stock(KEYED)

    def trusting(command: list[str], files: Files) -> Answer:
        return GOOD if command[1] == "verify-blob-attestation" else stock(command, files)

    run_by(trusting, monkeypatch)
    run = a_run(BY_KEY)
    with pytest.raises(VerifierFailed) as caught:
        anyio.run(publishing.verify, run, IMAGE)
    made = run.ledger.outcome(caught.value)
    assert (made.status, made.self_test) == ("internal-error", ())
    assert [(step.name, step.passed) for step in made.steps] == [("verify", True), ("self-test", False)]
