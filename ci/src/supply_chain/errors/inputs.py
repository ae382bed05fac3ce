"""Input that cannot work: found before any work starts, exit code 2."""

from supply_chain.errors.base import SupplyChainError


class UsageError(SupplyChainError):
    """An argument that cannot work; found before any work starts."""

    exit_code = 2
    status = "refused"
    default_advice = "see the function's --help for what its arguments take"


class BadReference(UsageError):
    """A repository or image reference that registries do not accept."""

    default_advice = (
        "write it as HOST/PATH, e.g. ghcr.io/acme/inventory, in lower case, with the registry's host"
    )


class BadVersion(UsageError):
    """A version or revision that cannot be a tag."""

    default_advice = (
        "use letters, digits, '.', '_' and '-', at most 128 of them, not starting with '.' or '-'"
    )


class DockerfileMissing(UsageError):
    """The source has no such Dockerfile."""

    default_advice = "name the Dockerfile with --dockerfile, relative to the source"


class UnknownTarget(UsageError):
    """The Dockerfile names no such stage."""

    default_advice = "name one of its stages with --target, or pass an empty --target for the last one"


class ImagesInvalid(UsageError):
    """The images file cannot be used."""

    default_advice = 'each table is [images.NAME] with reference = "HOST/PATH@sha256:…" and version = "…"'


class DatabaseInvalid(UsageError):
    """The directory given as vulnerability database is not one."""

    default_advice = (
        "give a Trivy cache directory that holds db/trivy.db and db/metadata.json, or leave --db out"
    )


class SampleRefused(UsageError):
    """A sample database, or sample advisories, where only the real thing will do."""

    default_advice = (
        "a sample only serves rehearsals: pass --allow-sample-db there, a real database everywhere else"
    )


class SignerMissing(UsageError):
    """A release to a repository needs a signer; it is never left unsigned."""

    default_advice = (
        "say who signs by with-identity, or pass --key and --key-password as env://, file:// or cmd://"
        "say who signs with with-identity before the function, or pass --key and --key-password (all as "
        "env://, file:// or cmd:// secrets)"
    )


class EvidenceInvalid(UsageError):
    """The directory is no evidence folder of this module."""

    default_advice = "pass the directory that `candidate` returned, with outcome.json in it"


class SourceMissing(UsageError):
    """There is no source to build from."""

    default_advice = "pass --source, e.g. --source ."


class SettingsInvalid(UsageError):
    """The settings of the source, its [tool.supply-chain] table, cannot be used."""

    default_advice = "mend the key that is named; docs/settings.md lists what there is"


class LockInvalid(UsageError):
    """A lock file cannot be audited."""

    default_advice = (
        "lock every package as NAME==VERSION with its hashes (uv pip compile --generate-hashes), and "
        "name each file of its own under audit in [tool.supply-chain]"
    )


class AdvisoriesInvalid(UsageError):
    """What was handed in as advisories is none."""

    default_advice = (
        "give a directory of OSV's JSON files for PyPI with --advisories, or leave it out to ask PyPI"
    )


class DockerfileAmbiguous(UsageError):
    """More than one file could be the Dockerfile."""

    default_advice = "say which one with --dockerfile, or dockerfile in [tool.supply-chain]"


class BuildSecretMissing(UsageError):
    """The Dockerfile needs a secret that was not given."""

    default_advice = "give it with with-build-secret --name NAME --value env://VARIABLE before the function"


class InputAmbiguous(UsageError):
    """More than one image was given where one is wanted."""

    default_advice = "give one of --image, --tarball and --reference, or none to build the source"


class ImageInvalid(UsageError):
    """What was given as an image is none."""

    default_advice = "give an OCI layout in a tar: docker buildx build --output type=oci,dest=image.tar"


class PlatformMismatch(UsageError):
    """The image is for another platform."""

    default_advice = "name the image's platform with --platform, or give an image for the one that is named"


class PredicateInvalid(UsageError):
    """The document to attest is not what its type says."""

    default_advice = "give a JSON document of the type that --predicate-type names"


class ExceptionsInvalid(UsageError):
    """The file of exceptions cannot be used."""

    default_advice = "each entry under vulnerabilities needs id, statement and expired_at (YYYY-MM-DD)"


class GitInvalid(UsageError):
    """The git directory cannot be read."""

    default_advice = (
        "pass the .git directory of the source with --git .git, or leave it out and pass --revision"
    )


class IdentityInvalid(UsageError):
    """The identity token is no OIDC token, or lacks what one must have."""

    default_advice = (
        "give a whole OIDC token (three parts with dots between) as a secret, or the CI's request URL and "
        "token; a GitHub job needs `permissions: id-token: write` to have any"
    )


class IdentityExpired(IdentityInvalid):
    """The identity token is past its time."""

    default_advice = (
        "ask for a new token just before the run, or give the CI's request URL and token, from which one is "
        "fetched when it is needed; a token lives for minutes"
    )


class IdentityAudience(IdentityInvalid):
    """The identity token is meant for somebody else."""

    default_advice = (
        "ask for a token with the audience sigstore: core.getIDToken('sigstore') in a GitHub job, "
        "`id_tokens: NAME: aud: sigstore` in a GitLab one"
    )


class IdentityIssuer(IdentityInvalid):
    """The identity token is from another issuer than the one that is wanted."""

    default_advice = (
        "give a token of the issuer that is wanted, or name the token's own issuer as the one that is"
    )


class SourceMismatch(UsageError):
    """The identity token is of a run for another commit than the source is at."""

    default_advice = (
        "check out the commit that the workflow run is for, or run the workflow for the commit of the source"
    )


class PolicyInvalid(UsageError):
    """The policy of a verification trusts nobody, too many, or cannot be read."""

    default_advice = (
        "name who is trusted: identity and issuer, or public-key; docs/verification-policy.md lists all keys"
    )


class TrustedRootInvalid(UsageError):
    """The trusted root of a Sigstore is none."""

    default_advice = "pass the directory that holds the Sigstore's trusted_root.json with --sigstore"


class IdentityUnknown(UsageError):
    """Nobody can tell what identity a certificate will have."""

    default_advice = "say it with with-identity --subject, as the certificate will name it"


class SignerRefused(UsageError):
    """A signer that must not sign here."""

    default_advice = (
        "leave with-identity out, so that the rehearsal makes an identity of its own; or name a private "
        "Sigstore with --sigstore; or release for real, with --repository"
    )
