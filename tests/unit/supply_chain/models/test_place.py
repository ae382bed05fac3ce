"""Where a run took place: Fulcio's values for GitHub's claims, and never more than Build L1."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from supply_chain.errors import SourceMismatch
from supply_chain.models.identity import Claims
from supply_chain.models.place import Kind, Place, check_source, place_of
from unit.supply_chain.identities import COMMIT, ISSUER, JOB, PERSON, WORKFLOW

SHARED = "acme/shared/.github/workflows/release.yml@refs/tags/v3"
LOCAL = Place()
JOBS = st.fixed_dictionaries(
    {},
    optional={
        "iss": st.sampled_from([ISSUER, f"{ISSUER}/acme", "https://evil.example", f"{ISSUER}.evil.example"]),
        "runner_environment": st.sampled_from(["github-hosted", "self-hosted", "GitHub-Hosted", ""]),
        "job_workflow_ref": st.sampled_from([WORKFLOW, SHARED, ""]),
        "sha": st.sampled_from([COMMIT, ""]),
    },
)


def place(*, rehearsal: bool = False, **changed: Any) -> Place:
    return place_of(Claims.model_validate(JOB | changed), rehearsal=rehearsal)


def test_a_job_on_githubs_machines_has_the_values_of_its_certificate() -> None:
    # What config/identity/config.yaml of fulcio 1.8.8 makes of these claims.
    assert place() == Place(
        kind=Kind.GITHUB_HOSTED,
        builder_id="https://github.com/actions/runner/github-hosted",
        issuer=ISSUER,
        repository="https://github.com/acme/inventory",
        ref="refs/tags/v1.2.3",
        commit=COMMIT,
        workflow="https://github.com/acme/inventory/.github/workflows/release.yml@refs/tags/v1.2.3",
        run="https://github.com/acme/inventory/actions/runs/4711/attempts/2",
        runner="github-hosted",
    )


def test_somebody_elses_machine_is_a_builder_of_its_own() -> None:
    found = place(runner_environment="self-hosted")
    assert (found.kind, found.runner) == (Kind.SELF_HOSTED, "self-hosted")
    assert found.builder_id == "https://github.com/actions/runner/self-hosted"


def test_a_reusable_workflow_is_the_builder() -> None:
    found = place(job_workflow_ref=SHARED)
    assert (found.kind, found.builder_id) == (Kind.REUSABLE_WORKFLOW, f"https://github.com/{SHARED}")
    assert found.workflow == f"https://github.com/{SHARED}"
    assert found.repository == "https://github.com/acme/inventory"


def test_on_somebody_elses_machine_a_reusable_workflow_vouches_for_nothing() -> None:
    found = place(job_workflow_ref=SHARED, runner_environment="self-hosted")
    assert found.builder_id == "https://github.com/actions/runner/self-hosted"


def test_a_machine_of_an_unknown_kind_is_somebody_elses() -> None:
    assert place(runner_environment="github-hosted-larger").kind is Kind.SELF_HOSTED


def test_an_enterprises_own_issuer_is_githubs() -> None:
    assert place(iss=f"{ISSUER}/acme").kind is Kind.GITHUB_HOSTED


@pytest.mark.parametrize("issuer", ["https://evil.example", f"{ISSUER}.evil.example", f"{ISSUER}x"])
def test_another_issuer_with_the_same_claims_is_no_job(issuer: str) -> None:
    assert place(iss=issuer) == LOCAL.model_copy(update={"issuer": issuer})


def test_without_a_token_the_place_is_local() -> None:
    assert place_of(None, rehearsal=False) == place_of(None, rehearsal=True) == LOCAL
    assert (LOCAL.kind, LOCAL.builder_id) == (Kind.LOCAL, "urn:supply-chain:builder:local")
    assert (LOCAL.repository, LOCAL.commit, LOCAL.run) == ("", "", "")


def test_a_persons_token_is_of_no_job() -> None:
    found = place_of(Claims.model_validate(PERSON), rehearsal=False)
    assert found == LOCAL.model_copy(update={"issuer": PERSON["iss"]})


@pytest.mark.parametrize(
    "name",
    [
        *("repository", "ref", "sha", "workflow_ref", "job_workflow_ref"),
        *("run_id", "run_attempt", "runner_environment"),
    ],
)
def test_a_job_that_does_not_say_all_is_none(name: str) -> None:
    claims = Claims.model_validate(JOB | {name: ""})
    assert place_of(claims, rehearsal=False).kind is Kind.LOCAL
    assert place_of(claims, rehearsal=True).kind is Kind.LOCAL


def test_a_rehearsal_leads_nowhere() -> None:
    found = place(rehearsal=True, iss="http://issuer:8080")
    assert (found.kind, found.builder_id) == (Kind.REHEARSAL, "urn:supply-chain:builder:rehearsal")
    assert found.workflow == f"https://rehearsal.example/{WORKFLOW}"
    assert found.run == "https://rehearsal.example/acme/inventory/actions/runs/4711/attempts/2"


@given(JOBS)
def test_a_rehearsal_is_never_mistaken(changed: dict[str, Any]) -> None:
    rehearsed, real = place(rehearsal=True, **changed), place(**changed)
    assert "github.com" not in str(rehearsed.model_dump(exclude={"issuer"}))
    if real.kind is not Kind.LOCAL:
        assert rehearsed.kind is Kind.REHEARSAL
        assert not {rehearsed.builder_id, rehearsed.repository, rehearsed.run} & {
            *(real.builder_id, real.repository, real.run)
        }


@given(JOBS, st.booleans())
def test_no_place_claims_more_than_build_l1(changed: dict[str, Any], rehearsal: bool) -> None:
    assert place(rehearsal=rehearsal, **changed).build_level == 1


def test_more_than_build_l1_cannot_be_claimed() -> None:
    with pytest.raises(ValidationError):
        Place.model_validate({"build_level": 2})


@given(JOBS)
def test_only_githubs_own_machines_are_githubs(changed: dict[str, Any]) -> None:
    claims = JOB | changed
    found = place(**changed)
    if found.kind in {Kind.GITHUB_HOSTED, Kind.REUSABLE_WORKFLOW}:
        assert claims["runner_environment"] == "github-hosted"
        assert claims["iss"] in {ISSUER, f"{ISSUER}/acme"}


def test_the_run_and_the_source_are_of_one_commit() -> None:
    check_source(place(), COMMIT)
    check_source(place(), COMMIT[:7])
    check_source(place(), "")
    check_source(LOCAL, COMMIT)
    with pytest.raises(SourceMismatch, match=f"the token says {COMMIT}, the source is at 0123456"):
        check_source(place(), "0123456")
    with pytest.raises(SourceMismatch):
        check_source(place(), COMMIT + "0")
