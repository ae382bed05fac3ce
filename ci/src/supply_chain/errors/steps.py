"""Steps that did not end well, a family each."""

from supply_chain.errors.base import SupplyChainError


class CheckFailed(SupplyChainError):
    """More than one check failed."""

    exit_code = 16
    status = "check-failed"
    default_advice = (
        "see the failed rows above: each check is a function of its own, and says more when it "
        "is called alone"
    )


class LintFailed(CheckFailed):
    """The linter or formatter complains."""

    exit_code = 21
    default_advice = "mend what is named above, and run `lint` again"


class TypesFailed(CheckFailed):
    """The type checker complains."""

    exit_code = 22
    default_advice = "mend what is named above, and run `types` again"


class TestsFailed(CheckFailed):
    """A test fails."""

    exit_code = 23
    default_advice = "mend what is named above, and run `test` again"


class AuditFailed(CheckFailed):
    """A locked dependency has a known vulnerability."""

    exit_code = 24
    default_advice = "lock a version that is not affected, named above, and run `audit` again"


class SmokeFailed(CheckFailed):
    """The image does not answer as it should."""

    exit_code = 25
    default_advice = "see the failed rows above and what the service printed, in the log of the run"


class PinsFailed(CheckFailed):
    """Something from outside is used without a digest."""

    exit_code = 26
    default_advice = (
        "write the digest (images) or the commit (actions) that is to be used, and run `pins` again"
    )


class BuildFailed(SupplyChainError):
    """The image could not be built."""

    exit_code = 10
    status = "build-failed"
    default_advice = "mend the step of the Dockerfile named above; nothing was scanned or pushed"


class GateBlocked(SupplyChainError):
    """Findings that policy does not let pass; nothing was pushed."""

    exit_code = 11
    status = "blocked"
    default_advice = "update the packages named above to their fixed versions and run again"


class ExceptionExpired(GateBlocked):
    """An exception has run out, or says nothing of why it is one."""

    default_advice = (
        "update the package, or decide anew: give the entry another expired_at and say why in its statement"
    )


class ScannerFailed(SupplyChainError):
    """The scanner did not do its work; that says nothing about the image."""

    exit_code = 12
    status = "scanner-failed"
    default_advice = "this is not a finding: look at the scanner's words above and run again"


class DatabaseUnavailable(ScannerFailed):
    """No mirror served the vulnerability database."""

    default_advice = (
        "check the network to the mirrors named above, or hand a Trivy cache directory in with --db"
    )


class DatabaseStale(ScannerFailed):
    """The vulnerability database is older than is allowed."""

    default_advice = (
        "hand in a newer database with --db, leave --db out to download one, or allow more with --max-db-age"
    )


class RegistryFailed(SupplyChainError):
    """The registry did not do what was asked."""

    exit_code = 13
    status = "registry-failed"
    default_advice = "look at the registry's words above; tags are as they were"


class RegistryDenied(RegistryFailed):
    """The registry does not accept the credentials, or wants some."""

    default_advice = (
        "log in with with-registry-login --address HOST --username USER --password env://TOKEN "
        "before the function"
    )


class RegistryUnreachable(RegistryFailed):
    """Nothing answers at the registry's address."""

    default_advice = "check the registry's host name, the network and any proxy"


class VersionExists(RegistryFailed):
    """The version tag is already there; a release never moves one."""

    default_advice = "release under a new --version; tags that exist are left as they are"


class ImageMissing(RegistryFailed):
    """The registry has no such image."""

    default_advice = (
        "check the name and the tag or digest; what the registry holds, `crane ls REPOSITORY` shows"
    )


class AttachmentLost(RegistryFailed):
    """The registry does not list what was attached to the image."""

    default_advice = (
        "another writer may have overwritten it: let one release at a time write to a repository, and run "
        "this one again; tags are as they were"
    )


class TagMoved(RegistryFailed):
    """A tag names another image than when the run began."""

    default_advice = "find out who moved it; name images by digest, which nobody can move"


class SigningFailed(SupplyChainError):
    """The signature or an attestation could not be made or stored."""

    exit_code = 14
    status = "signing-failed"
    default_advice = "look at the signer's words above; tags are as they were"


class KeyRefused(SigningFailed):
    """The private key cannot be used with this password."""

    default_advice = "check that --key is a cosign private key and --key-password the one it was made with"


class IdentityRefused(SigningFailed):
    """Fulcio gives no certificate for the identity token."""

    default_advice = (
        "see Fulcio's words above: it must know the token's issuer, and the token must be fresh and meant "
        "for sigstore"
    )


class VerificationFailed(SupplyChainError):
    """What the registry holds does not prove what it should."""

    exit_code = 15
    status = "verification-failed"
    default_advice = "do not use the image; tags are as they were"


class DigestMismatch(VerificationFailed):
    """Two places that must name one digest name two."""

    default_advice = "do not use the image: the bytes found there are not the bytes that were scanned"


class StatementInvalid(VerificationFailed):
    """What was signed is no in-toto statement."""

    default_advice = "do not use the image: whoever signed this did not sign what this module writes"


class ProvenanceInvalid(StatementInvalid):
    """The predicate of a provenance attestation is no SLSA provenance."""

    default_advice = "do not use the image: docs/build-type.md says what a provenance of this module has"


class Outage(SupplyChainError):
    """Something the module needs was not there; it may be later."""

    exit_code = 17
    status = "outage"
    default_advice = "try again later"


class ToolUnavailable(Outage):
    """A tool's image could not be fetched or started."""

    default_advice = (
        "check the network to the image's registry, or name images within reach in an --images file"
    )


class RegistryUnavailable(Outage):
    """The registry is there, and could not do what was asked within the patience of the run."""

    default_advice = (
        "the registry is named above: run the same again once it is well, or wait longer for it with "
        "--patience; tags are as they were"
    )


class SigstoreUnavailable(Outage):
    """A service that signing needs could not do its part within the patience of the run."""

    default_advice = (
        "the service is named above: run the same again once it is well (https://status.sigstore.dev tells "
        "of the public ones), or wait longer for it with --patience; tags are as they were"
    )


class AdvisoriesUnavailable(Outage):
    """The advisories that dependencies are audited against could not be had."""

    default_advice = (
        "this is not a finding: check the network to the service that is named, or hand "
        "advisories in with --advisories"
    )


class IdentityUnavailable(Outage):
    """The service that hands out identity tokens does not answer, or not with one."""

    default_advice = "nothing was signed: look at the status page of the CI, and run again"


class DiskFull(Outage):
    """There is no room left on the disk."""

    default_advice = (
        "free some: `make clean` removes what dagger-local keeps, `docker system prune` what Docker does"
    )
