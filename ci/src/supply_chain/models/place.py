"""Where a run took place, as its identity token has it: the builder that a provenance names.

The values are those that Fulcio writes into a certificate from the same claims, so that a verifier compares
them letter by letter. They are made as `github-workflow` makes them in
https://github.com/sigstore/fulcio/blob/v1.8.8/config/identity/config.yaml.

Rules:
1. without a token, or with one of an issuer whose claims are not known here, the place is local.
2. a token of GitHub's issuer with all of the claims below is of a job: on a machine of GitHub's own when it
   says so, else on somebody else's. A reusable workflow is a builder of its own, but only on GitHub's
   machines: whoever owns the machine can make a workflow do anything.
3. a token of the throw-away issuer of a rehearsal reads like GitHub's, and its URIs lead nowhere.
4. provenance that a run writes about itself is SLSA Build L1 (https://slsa.dev/spec/v1.2/build-track-basics),
   wherever it ran: no place claims more.
"""

from enum import StrEnum
from typing import Literal

from supply_chain.errors import SourceMismatch
from supply_chain.models.base import OwnModel
from supply_chain.models.identity import Claims

GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
"""Who gives tokens to GitHub's jobs; enterprises may have an issuer of their own below it."""

LOCAL_BUILDER = "urn:supply-chain:builder:local"
"""Somebody's machine; nobody vouches for it but the signer."""
REHEARSAL_BUILDER = "urn:supply-chain:builder:rehearsal"
"""A rehearsal; nobody vouches for anything."""
HOSTED_BUILDER = "https://github.com/actions/runner/github-hosted"
"""A machine of GitHub's, for one job."""
SELF_HOSTED_BUILDER = "https://github.com/actions/runner/self-hosted"
"""A machine that GitHub hands jobs to, and somebody else keeps."""

GITHUB_URL = "https://github.com"
REHEARSAL_URL = "https://rehearsal.example"
"""What the URIs of a rehearsal stand under; .example is kept from being real (RFC 2606)."""

_GITHUB_HOSTED = "github-hosted"
_OF_A_JOB = (
    *("repository", "ref", "sha", "workflow_ref", "job_workflow_ref"),
    *("run_id", "run_attempt", "runner_environment"),
)


class Kind(StrEnum):
    """What kind of place a run had."""

    LOCAL = "local"
    """Somebody's machine, or one that is not known."""
    GITHUB_HOSTED = "github-hosted"
    """A job on a machine of GitHub's."""
    SELF_HOSTED = "self-hosted"
    """A job on a machine of somebody else's."""
    REUSABLE_WORKFLOW = "reusable-workflow"
    """A job of a reusable workflow, on a machine of GitHub's."""
    REHEARSAL = "rehearsal"
    """A rehearsal with a throw-away identity."""


class Place(OwnModel):
    """Where a run took place. What is not known is empty."""

    kind: Kind = Kind.LOCAL
    """What kind of place it is."""
    builder_id: str = LOCAL_BUILDER
    """The URI that stands for it."""
    issuer: str = ""
    """Who gave the token."""
    repository: str = ""
    """URI of the repository (SourceRepositoryURI of the certificate)."""
    ref: str = ""
    """The git ref that the run was for (SourceRepositoryRef)."""
    commit: str = ""
    """The commit that the run was for (SourceRepositoryDigest)."""
    workflow: str = ""
    """URI of the workflow that the job is written in (BuildSignerURI, and the certificate's identity)."""
    run: str = ""
    """URI of the run and the attempt at it (RunInvocationURI)."""
    runner: str = ""
    """Whose machine it ran on (RunnerEnvironment)."""
    build_level: Literal[1] = 1
    """The SLSA Build level that is claimed."""


def place_of(claims: Claims | None, *, rehearsal: bool) -> Place:
    """Where a run took place.

    Args:
        claims: Claims of its identity token; None where it has none.
        rehearsal: Whether the token is of the throw-away issuer.
    """
    if claims is None:
        return Place()
    known = rehearsal or claims.issuer == GITHUB_ISSUER or claims.issuer.startswith(f"{GITHUB_ISSUER}/")
    if not known or not all(getattr(claims, name) for name in _OF_A_JOB):
        return Place(issuer=claims.issuer)
    url = REHEARSAL_URL if rehearsal else GITHUB_URL
    kind, builder = (Kind.REHEARSAL, REHEARSAL_BUILDER) if rehearsal else _builder(claims)
    return Place(
        kind=kind,
        builder_id=builder,
        issuer=claims.issuer,
        repository=f"{url}/{claims.repository}",
        ref=claims.ref,
        commit=claims.sha,
        workflow=f"{url}/{claims.job_workflow_ref}",
        run=f"{url}/{claims.repository}/actions/runs/{claims.run_id}/attempts/{claims.run_attempt}",
        runner=claims.runner_environment,
    )


def check_source(place: Place, revision: str) -> None:
    """SourceMismatch where the run was for one commit and the source is at another.

    Args:
        place: Where the run takes place.
        revision: The commit of the source, which may be cut short; empty where nobody knows it.
    """
    if place.commit and revision and not place.commit.startswith(revision):
        why = f"the token says {place.commit}, the source is at {revision}"
        raise SourceMismatch("the identity token is of a run for another commit", why=why)


def _builder(claims: Claims) -> tuple[Kind, str]:
    """The builder that GitHub's claims come to (rule 2)."""
    if claims.runner_environment != _GITHUB_HOSTED:
        return Kind.SELF_HOSTED, SELF_HOSTED_BUILDER
    if claims.job_workflow_ref != claims.workflow_ref:
        return Kind.REUSABLE_WORKFLOW, f"{GITHUB_URL}/{claims.job_workflow_ref}"
    return Kind.GITHUB_HOSTED, HOSTED_BUILDER
