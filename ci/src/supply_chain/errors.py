"""Every error a user can cause or must know: what failed, why, what to do next.

Each family has an exit code and a status of its own.
Nothing here knows Dagger; `main.py` carries these errors over the border. A family's `status` is what
outcome.json says when a run ends with it.
"""

from typing import ClassVar


class SupplyChainError(Exception):
    """Base of all errors of this module; also the family of our own bugs."""

    exit_code: ClassVar[int] = 70
    status: ClassVar[str] = "internal-error"
    default_advice: ClassVar[str] = "this is a bug in the module: report it with the log of the run"

    def __init__(self, what: str, why: str = "", advice: str = "") -> None:
        self.what = what
        self.why = why
        self.advice = advice or self.default_advice
        super().__init__(self.message)

    @property
    def name(self) -> str:
        """The name users see and outcome.json records."""
        return type(self).__name__

    @property
    def message(self) -> str:
        """Name, what failed, why, what to do; one line each."""
        lines = [f"{self.name}: {self.what}"]
        if self.why:
            lines.append(f"  why: {indented(self.why)}")
        lines.append(f"  what to do: {indented(self.advice)}")
        return "\n".join(lines)


def indented(text: str) -> str:
    """Continuation lines of a multi-line reason stand under its first line."""
    return "\n    ".join(text.strip().splitlines())


class InternalError(SupplyChainError):
    """A step failed in a way nobody foresaw."""


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

    default_advice = "name the Dockerfile with --dockerfile, relative to the source directory"


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
    """A sample database was given where only a real one will do."""

    default_advice = (
        "a sample only serves rehearsals: pass --allow-sample-db there, a real database everywhere else"
    )


class SignerMissing(UsageError):
    """A release to a repository needs a key; it is never left unsigned."""

    default_advice = "pass --key and --key-password (as env://, file:// or cmd:// secrets)"


class CredentialsIncomplete(UsageError):
    """Half of a registry login."""

    default_advice = "pass --registry-username and --registry-password together, or neither"


class EvidenceInvalid(UsageError):
    """The directory is no evidence folder of this module."""

    default_advice = "pass the directory that `candidate` returned, with outcome.json in it"


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


class RegistryFailed(SupplyChainError):
    """The registry did not do what was asked."""

    exit_code = 13
    status = "registry-failed"
    default_advice = "look at the registry's words above; tags are as they were"


class RegistryDenied(RegistryFailed):
    """The registry does not accept the credentials, or wants some."""

    default_advice = (
        "check --registry-username and --registry-password and that they may push to the repository"
    )


class RegistryUnreachable(RegistryFailed):
    """Nothing answers at the registry's address."""

    default_advice = "check the registry's host name, the network and any proxy"


class VersionExists(RegistryFailed):
    """The version tag is already there; a release never moves one."""

    default_advice = "release under a new --version; tags that exist are left as they are"


class SigningFailed(SupplyChainError):
    """The signature or an attestation could not be made or stored."""

    exit_code = 14
    status = "signing-failed"
    default_advice = "look at the signer's words above; tags are as they were"


class KeyRefused(SigningFailed):
    """The private key cannot be used with this password."""

    default_advice = "check that --key is a cosign private key and --key-password the one it was made with"


class VerificationFailed(SupplyChainError):
    """What the registry holds does not prove what it should."""

    exit_code = 15
    status = "verification-failed"
    default_advice = "do not use the image; tags are as they were"


class DigestMismatch(VerificationFailed):
    """Two places that must name one digest name two."""

    default_advice = "do not use the image: the bytes found there are not the bytes that were scanned"


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


def families() -> list[type[SupplyChainError]]:
    """The classes that own an exit code, by exit code."""
    owners: list[type[SupplyChainError]] = [SupplyChainError, *SupplyChainError.__subclasses__()]
    return sorted((c for c in owners if "exit_code" in vars(c)), key=lambda c: c.exit_code)


def by_name(name: str) -> type[SupplyChainError]:
    """The class of an error recorded by name; an unknown name counts as our own bug."""
    pending: list[type[SupplyChainError]] = [SupplyChainError]
    while pending:
        candidate = pending.pop()
        if candidate.__name__ == name:
            return candidate
        pending.extend(candidate.__subclasses__())
    return InternalError
