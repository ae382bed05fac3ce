"""Reasons why what is attached to an image does not prove what it should: each has a name, exit code 15."""

from supply_chain.errors.steps import VerificationFailed


class SignatureMissing(VerificationFailed):
    """No statement of the signing type by a trusted signer."""

    default_advice = "do not use the image: nobody whom the policy trusts has signed it"


class SbomMissing(VerificationFailed):
    """No SBOM by a trusted signer."""

    default_advice = "do not use the image: attest its SPDX SBOM first, or release it with this module"


class ProvenanceMissing(VerificationFailed):
    """No SLSA provenance by a trusted signer."""

    default_advice = "do not use the image: nobody whom the policy trusts says where it comes from"


class IdentityMismatch(VerificationFailed):
    """Signed, but by somebody whom the policy does not trust."""

    default_advice = (
        "do not use the image, unless this is who should have signed: then say so in the policy (identity, "
        "identity-regexp or public-key)"
    )


class IssuerMismatch(VerificationFailed):
    """The signer's identity was vouched for by an issuer whom the policy does not trust."""

    default_advice = "do not use the image: anybody can run an issuer that calls him what he likes"


class SignersDiffer(VerificationFailed):
    """Signature, SBOM and provenance are there, but no one signer made all three."""

    default_advice = "let one signer make all three: sign again, or name one identity in the policy"


class BuilderRefused(VerificationFailed):
    """The provenance names a builder that the policy does not allow."""

    default_advice = "do not use the image, or allow this builder under builders in the policy"


class BuildTypeRefused(VerificationFailed):
    """The provenance is of a kind of build that the policy does not allow."""

    default_advice = "do not use the image, or allow this kind of build under build-types in the policy"


class ParameterUnknown(VerificationFailed):
    """The build took a parameter that its build type does not know."""

    default_advice = "do not use the image: docs/build-type.md lists all parameters there are"


class ProvenanceMismatch(VerificationFailed):
    """The provenance says something else than its certificate, or than the policy expects."""

    default_advice = "do not use the image: it was not built from what it should be, or where it says"


class BundleInvalid(VerificationFailed):
    """What is attached is no Sigstore bundle."""

    default_advice = "pass Sigstore bundles of version 0.3, as cosign 3 writes them, a JSON document a line"


class SbomInvalid(VerificationFailed):
    """The SBOM is none, is empty, or is one of another image."""

    default_advice = "do not use the image: its SBOM says nothing of it"


class LogProofMissing(VerificationFailed):
    """A keyless signature without proof of when it was made."""

    default_advice = (
        "do not use the image: a certificate lives for minutes, and without a log's entry or a timestamp "
        "nobody can tell whether it was used in that time"
    )


class CertificateInvalid(VerificationFailed):
    """The signer's certificate cannot be believed."""

    default_advice = (
        "do not use the image, unless its signer used another Sigstore: then give its trusted root with "
        "--sigstore"
    )


class SignatureInvalid(VerificationFailed):
    """The signature is not one over these bytes by this key."""

    default_advice = "do not use the image: it was changed after it was signed, or signed with another key"


class RehearsalRefused(VerificationFailed):
    """What was made in a rehearsal proves nothing to anybody."""

    default_advice = (
        "use an image of a real release; whoever rehearses allows it with allow-rehearsal in the policy"
    )


class EvidenceUnsigned(VerificationFailed):
    """An evidence folder whose files nobody vouches for."""

    default_advice = (
        "do not trust the folder: only a run that passed signs the list of its files, last of all"
    )


class EvidenceChanged(VerificationFailed):
    """Files of an evidence folder are not those that were signed."""

    default_advice = "do not trust the folder: get it again from who made it"
