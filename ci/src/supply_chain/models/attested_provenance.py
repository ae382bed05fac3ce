"""An attested provenance against the certificate that it was signed with, and the policy.

What the provenance says of place, repository, ref, commit and run is the word of the program that wrote it;
the certificate has the same from the identity token, which that program could not write. So they must be
equal.
Rules:
1. builder and build type are such as the policy allows. A rehearsal is refused unless it allows one.
2. parameters are those of the build type, every one known and of its type.
3. with a certificate that speaks for a run (of a workflow): repository, ref, commit, run, workflow and
   runner are letter by letter what it says, and the builder is what follows from it.
4. with one that speaks for a person, or none of Fulcio's facts: the place is local, and names no repository,
   ref or run. The commit is then what git said, and the signer's word alone.
5. with a key there is no certificate to compare with: all of it is the signer's word alone.
6. repository, ref and commit are those that the policy names, if it does. A commit that it names must have
   been built without further changes.
7. where one repository's workflow signs for another's source (a reusable workflow), the policy must name the
   repository: anybody may call that workflow, and has then signed under its name.
"""

from supply_chain.errors import (
    BuilderRefused,
    BuildTypeRefused,
    ParameterUnknown,
    ProvenanceMismatch,
    RehearsalRefused,
)
from supply_chain.models.build_type import ExternalParameters, InternalParameters
from supply_chain.models.certificate import Certificate
from supply_chain.models.mode import Mode
from supply_chain.models.place import (
    HOSTED_BUILDER,
    LOCAL_BUILDER,
    REHEARSAL_BUILDER,
    REHEARSAL_URL,
    SELF_HOSTED_BUILDER,
    Kind,
)
from supply_chain.models.provenance import Provenance
from supply_chain.models.signers import Signer
from supply_chain.models.verification_policy import VerificationPolicy

_HOSTED = "github-hosted"
_PLACES = {
    LOCAL_BUILDER: Kind.LOCAL,
    HOSTED_BUILDER: Kind.GITHUB_HOSTED,
    SELF_HOSTED_BUILDER: Kind.SELF_HOSTED,
    REHEARSAL_BUILDER: Kind.REHEARSAL,
}
_NO_RUN = "urn:uuid:"
"""What a run begins with that is nowhere to be looked at."""


def check(provenance: Provenance, signer: Signer, policy: VerificationPolicy) -> None:
    """Raise unless the provenance may be believed."""
    builder, definition = provenance.run_details.builder.id, provenance.build_definition
    if builder == REHEARSAL_BUILDER and not policy.allow_rehearsal:
        raise RehearsalRefused("built in a rehearsal", why=f"the builder is {builder}")
    if not policy.allows_builder(builder):
        raise BuilderRefused("the builder is not allowed", why=builder)
    if definition.build_type not in policy.build_types:
        raise BuildTypeRefused("this kind of build is not allowed", why=definition.build_type)
    unknown = ExternalParameters.unknown(definition.external_parameters)
    if unknown:
        raise ParameterUnknown("the build took parameters that nobody knows", why=", ".join(unknown))
    external, internal = provenance.external, provenance.internal
    if internal.mode is Mode.REHEARSAL and not policy.allow_rehearsal:
        raise RehearsalRefused("built in a rehearsal", why="the provenance says so")
    if internal.place is not _PLACES.get(builder, Kind.REUSABLE_WORKFLOW):
        why = f"a place that is {internal.place}, and {builder}"
        raise ProvenanceMismatch("the provenance names a place and another place's builder", why=why)
    if signer.certificate:
        _check_equal(_said(provenance, external, internal), _certified(signer.certificate))
        _check_run(provenance, signer.certificate)
        _check_caller(signer.certificate, policy)
    _check_expected(provenance, external, internal.dirty, policy)


def builder_of(certificate: Certificate) -> str:
    """The builder that a certificate stands for, as `place.py` finds it from the claims."""
    if certificate.identity.startswith(f"{REHEARSAL_URL}/"):
        return REHEARSAL_BUILDER
    if not certificate.names_a_source:
        return LOCAL_BUILDER
    if certificate.runner_environment != _HOSTED:
        return SELF_HOSTED_BUILDER
    if certificate.build_signer != certificate.build_config:
        return certificate.build_signer
    return HOSTED_BUILDER


def _said(
    provenance: Provenance, external: ExternalParameters, internal: InternalParameters
) -> dict[str, str]:
    """What the provenance says of where it was made."""
    return {
        "builder": provenance.run_details.builder.id,
        "issuer": internal.issuer,
        "repository": external.source.repository,
        "ref": external.source.ref,
        "workflow": internal.workflow,
        "runner": internal.runner,
    }


def _certified(certificate: Certificate) -> dict[str, str]:
    """What the certificate says of the same (rules 3 and 4)."""
    return {
        "builder": builder_of(certificate),
        "issuer": certificate.issuer,
        "repository": certificate.source_repository,
        "ref": certificate.source_ref,
        "workflow": certificate.build_signer,
        "runner": certificate.runner_environment,
    }


def _check_equal(said: dict[str, str], certified: dict[str, str]) -> None:
    for what, value in certified.items():
        if said[what] != value:
            raise ProvenanceMismatch(
                f"the provenance and its certificate name different {what}s",
                why=f"{said[what] or 'none'}, and {value or 'none'} in the certificate",
            )


def _check_run(provenance: Provenance, certificate: Certificate) -> None:
    """The commit and the run, which a certificate of a person says nothing of (rules 3 and 4)."""
    run = provenance.run_details.metadata.invocation_id
    if certificate.names_a_source:
        said = {"commit": provenance.commit, "run": run}
        _check_equal(said, {"commit": certificate.source_digest, "run": certificate.run_invocation})
    elif not run.startswith(_NO_RUN):
        raise ProvenanceMismatch("the provenance names a run, and its certificate none", why=run)


def _check_caller(certificate: Certificate, policy: VerificationPolicy) -> None:
    """Rule 7."""
    own = certificate.build_signer.startswith(f"{certificate.source_repository}/")
    if certificate.names_a_source and not own and policy.repository is None:
        raise ProvenanceMismatch(
            "the signer is a workflow that any repository may call",
            why=f"{certificate.build_signer}, called by {certificate.source_repository}",
            advice="name the repository that the image must be built from, under repository in the policy",
        )


def _check_expected(
    provenance: Provenance, external: ExternalParameters, dirty: bool | None, policy: VerificationPolicy
) -> None:
    """Rule 6."""
    said = (
        ("repository", external.source.repository, policy.repository),
        ("ref", external.source.ref, policy.ref),
        ("commit", provenance.commit, policy.commit),
    )
    for what, value, expected in said:
        if expected is not None and value != expected:
            raise ProvenanceMismatch(f"built from another {what}", why=f"{value or 'none'}, not {expected}")
    if policy.commit is not None and dirty:
        raise ProvenanceMismatch("built from more than the commit", why="changes were not committed")
