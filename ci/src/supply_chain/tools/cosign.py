"""cosign's command lines (3.1.3): sign into bundles, verify, save for offline use.

A key needs no Sigstore service. Left alone, cosign would still ask the public ones for their trust root, so
it is handed configurations without any service: what `cosign signing-config create` and `cosign trusted-root
create` print when given none. Secrets reach it through its environment only. Source:
https://github.com/sigstore/cosign/tree/main/doc.
"""

import hashlib
from collections.abc import Sequence

from supply_chain.errors import SigningFailed, SupplyChainError, VerificationFailed
from supply_chain.models.verification_policy import VerificationPolicy
from supply_chain.tools.cosign_words import signing_error, verification_error
from supply_chain.tools.output import last_words
from supply_chain.tools.registry_words import known_refusal

PROGRAM = "/ko-app/cosign"
"""Where the official image keeps it."""

KEY_VARIABLE = "COSIGN_PRIVATE_KEY"
PASSWORD_VARIABLE = "COSIGN_PASSWORD"  # noqa: S105 - the variable's name

SIGNING_CONFIG = "/sigstore/signing_config.json"
TRUSTED_ROOT = "/sigstore/trusted_root.json"
ANSWER = "/answer.json"
"""Where verifications write: an SBOM's envelope is too long for a log."""

NO_SERVICES = {
    SIGNING_CONFIG: (
        '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json",'
        '"rekorTlogConfig":{},"tsaConfig":{}}'
    ),
    TRUSTED_ROOT: '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}',
}
"""Configuration files for signing without any service, by path."""

BY_KEY = (
    "--key",
    f"env://{KEY_VARIABLE}",
    "--signing-config",
    SIGNING_CONFIG,
    "--trusted-root",
    TRUSTED_ROOT,
)
"""Flags that sign with the key in the environment."""

WITHOUT_LOG = "--insecure-ignore-tlog=true"
"""For keys alone: a signature made without a log has no entry to look for."""

_INTO_FILE = ("--output-file", ANSWER)
_SAVING = "30m"  # the whole image comes back: cosign's own 3 minutes are for signatures


def public_key() -> list[str]:
    """Print the public key of the private one in the environment."""
    return ["public-key", "--key", f"env://{KEY_VARIABLE}"]


def verify(reference: str, anchor: Sequence[str]) -> list[str]:
    """Write all statements the anchor vouches for, as a JSON list: of any type, not only signatures."""
    return ["verify", *anchor, "--output", "json", *_INTO_FILE, reference]


def verify_attestation(reference: str, kind: str, anchor: Sequence[str]) -> list[str]:
    """Write the envelopes of this kind that the anchor vouches for, one JSON document a line."""
    return [
        "verify-attestation",
        *anchor,
        "--type",
        kind,
        *_INTO_FILE,
        reference,
    ]


def save(reference: str, layout: str) -> list[str]:
    """Write the image and all its bundles into an OCI layout, which `cosign verify --local-image` reads."""
    return ["save", "--dir", layout, "--timeout", _SAVING, reference]


def attest_blob(statement: str, bundle: str, signer: Sequence[str]) -> list[str]:
    """Sign the statement in a file as it is, byte for byte, into a bundle; nothing is attached anywhere."""
    return ["attest-blob", *signer, "--yes", "--statement", statement, "--bundle", bundle]


def sign_blob(blob: str, bundle: str, signer: Sequence[str]) -> list[str]:
    """Sign a file into a bundle."""
    return ["sign-blob", *signer, "--yes", "--bundle", bundle, blob]


def verify_blob(blob: str, bundle: str, anchor: Sequence[str]) -> list[str]:
    """Check that the anchor vouches for the file."""
    return ["verify-blob", *anchor, "--bundle", bundle, blob]


def verify_blob_attestation(bundle: str, digest: str, kind: str, anchor: Sequence[str]) -> list[str]:
    """Check that the anchor vouches for a statement of this kind on the image of this digest."""
    about = ("--digest", digest.removeprefix("sha256:"), "--digestAlg", "sha256")
    return ["verify-blob-attestation", *anchor, "--bundle", bundle, *about, "--type", kind]


def download_bundles(reference: str) -> list[str]:
    """Print every bundle that is attached to the image, one a line; nothing where there is none."""
    return ["download", "attestation", reference]


def keyless(*, private: bool) -> Sequence[str]:
    """Flags that sign with the identity in the environment, at a private Sigstore or the public one."""
    return ("--signing-config", SIGNING_CONFIG, "--trusted-root", TRUSTED_ROOT) if private else ()


def key_file(public_key: str) -> str:
    """Where a public key is: each in a file of its own, so that one container may ask by several."""
    return f"/sigstore/{hashlib.sha256(public_key.encode()).hexdigest()}.pub"


def anchor_flags(policy: VerificationPolicy, *, private: bool) -> Sequence[str]:
    """Flags that verify against whom the policy trusts, at a private Sigstore or the public one.

    With a key or a private Sigstore's trusted root nothing is asked of the network.
    """
    if policy.public_key is not None:
        return ("--key", key_file(policy.public_key), "--trusted-root", TRUSTED_ROOT, WITHOUT_LOG)
    return (
        *_one("--certificate-identity", policy.identity, policy.identity_regexp),
        *_one("--certificate-oidc-issuer", policy.issuer, policy.issuer_regexp),
        *(("--trusted-root", TRUSTED_ROOT) if private else ()),
    )


def signing_refusal(what: str, stderr: str) -> SupplyChainError:
    """The error for a failed signing: of key, identity or Sigstore, or something else.

    Where nothing answers, that is an outage: a Sigstore's addresses are not typed, but read from its config.
    """
    return (
        signing_error(what, stderr)
        or known_refusal(what, stderr, known=True)
        or SigningFailed(what, why=last_words(stderr))
    )


def verification_refusal(
    what: str, stderr: str, bundle: bytes = b"", *, host: str = "", known: bool = False
) -> SupplyChainError:
    """The error for a failed verification: what does not hold, or a registry's refusal.

    Args:
        what: What failed.
        stderr: What cosign said.
        bundle: The bundle that was verified, where it was one.
        host: The registry's, where it was an image in one.
        known: Whether that registry has answered before in this run.
    """
    return (
        verification_error(what, stderr, bundle)
        or known_refusal(what, stderr, host=host, known=known)
        or VerificationFailed(what, why=last_words(stderr))
    )


def _one(flag: str, exact: str | None, regexp: str | None) -> tuple[str, str]:
    """A flag with an exact value, or its twin with a regular expression."""
    return (flag, exact) if exact is not None else (f"{flag}-regexp", regexp or "")
