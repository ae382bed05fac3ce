"""The judgement of runs by key, by a person, in GitHub and in a rehearsal: what each must not claim."""

import json

import pytest
from cryptography import x509

from supply_chain import errors
from supply_chain.models.identity import Claims
from supply_chain.models.place import Place, place_of
from supply_chain.models.verification import judged
from supply_chain.models.verification_policy import VerificationPolicy
from unit.supply_chain.attesting import (
    DIGEST,
    PUBLIC_KEY,
    bundle,
    bundles,
    certificate,
    statements,
)
from unit.supply_chain.identities import COMMIT, JOB, PERSON
from unit.supply_chain.judging import of, place, policy, refused
from unit.supply_chain.mutations import internals
from unit.supply_chain.provenances import PLACE

REUSABLE = "acme/ci/.github/workflows/release.yml@refs/tags/v9"


def test_a_key_proves_it_too_without_log_or_certificate() -> None:
    local = Place()
    by_key = VerificationPolicy.parse("", {"public_key": PUBLIC_KEY})
    proven = judged(DIGEST, bundles(statements(local), b""), by_key)
    assert proven.signer.startswith("key sha256:")
    assert (proven.issuer, proven.repository, proven.signed_at) == ("", "", None)
    assert [one.logged for one in proven.statements] == [False] * 3


def test_a_person_releases_from_his_own_machine() -> None:
    local = place_of(Claims.model_validate(PERSON), rehearsal=False)
    der = certificate({"issuer": local.issuer}, names=(x509.RFC822Name("me@acme.example"),))
    mine = policy(identity="me@acme.example", issuer=local.issuer)
    proven = judged(DIGEST, bundles(statements(local), der), mine)
    assert (proven.signer, proven.builder) == ("me@acme.example", "urn:supply-chain:builder:local")
    assert proven.commit == COMMIT


def test_a_reusable_workflow_must_be_allowed_and_its_caller_named() -> None:
    here = place(job_workflow_ref=REUSABLE)
    der = of(here, build_config=f"https://github.com/{JOB['workflow_ref']}")
    made = bundles(statements(here), der)
    builders = (f"https://github.com/{REUSABLE.partition('@')[0]}@refs/tags/*",)
    refused(errors.BuilderRefused, DIGEST, made, policy(here, repository=here.repository))
    error = refused(errors.ProvenanceMismatch, DIGEST, made, policy(here, builders=builders))
    assert "any repository may call" in error.message
    known = policy(here, builders=builders, repository=here.repository)
    assert judged(DIGEST, made, known).repository == here.repository
    refused(
        errors.ProvenanceMismatch,
        DIGEST,
        made,
        policy(here, builders=builders, repository="https://github.com/acme/other"),
    )


def test_a_self_hosted_runner_is_told_from_githubs() -> None:
    here = place(runner_environment="self-hosted")
    made = bundles(statements(here), of(here))
    assert judged(DIGEST, made, policy(here)).builder.endswith("/self-hosted")
    refused(errors.BuilderRefused, DIGEST, made, policy(here, builders=(PLACE.builder_id,)))
    claiming = bundles(statements(PLACE), of(here))
    refused(errors.ProvenanceMismatch, DIGEST, claiming, policy(here))


def test_a_rehearsal_is_refused_unless_it_is_allowed() -> None:
    here = place_of(Claims.model_validate(JOB | {"iss": "http://issuer:8080"}), rehearsal=True)
    made = bundles(statements(here), of(here))
    refused(errors.RehearsalRefused, DIGEST, made, policy(here))
    refused(errors.RehearsalRefused, DIGEST, made[:1], policy(here))
    assert judged(DIGEST, made, policy(here, allow_rehearsal=True)).builder.endswith(":rehearsal")


@pytest.mark.parametrize("hidden", ["builder", "mode"])
def test_a_rehearsal_by_key_is_seen_in_its_provenance(hidden: str) -> None:
    said = statements(Place())
    if hidden == "mode":
        internals(said)["mode"] = "rehearsal"
    else:
        said["provenance"]["predicate"]["runDetails"]["builder"]["id"] = "urn:supply-chain:builder:rehearsal"
    by_key = VerificationPolicy.parse("", {"public_key": PUBLIC_KEY})
    refused(errors.RehearsalRefused, DIGEST, bundles(said, b""), by_key)


def test_one_workflow_called_by_two_repositories_is_two_signers() -> None:
    here, there = place(job_workflow_ref=REUSABLE), place(job_workflow_ref=REUSABLE, repository="mallory/x")
    called = f"https://github.com/{JOB['workflow_ref']}"
    builders = (f"https://github.com/{REUSABLE}",)
    _, *rest = bundles(statements(here), of(here, build_config=called))
    theirs = bundle(json.dumps(statements()["signature"]).encode(), of(there, build_config=called))
    refused(
        errors.SignersDiffer,
        DIGEST,
        [theirs, *rest],
        policy(here, builders=builders, repository=here.repository),
    )


def test_a_certificate_is_no_key() -> None:
    by_key = VerificationPolicy.parse("", {"public_key": PUBLIC_KEY})
    refused(errors.IdentityMismatch, DIGEST, bundles(statements()), by_key)


def test_a_local_run_names_nowhere() -> None:
    local = place_of(Claims.model_validate(PERSON), rehearsal=False)
    der = certificate({"issuer": local.issuer}, names=(x509.RFC822Name("me@acme.example"),))
    said = statements(local)
    said["provenance"]["predicate"]["runDetails"]["metadata"]["invocationId"] = PLACE.run
    mine = policy(identity="me@acme.example", issuer=local.issuer)
    refused(errors.ProvenanceMismatch, DIGEST, bundles(said, der), mine)
