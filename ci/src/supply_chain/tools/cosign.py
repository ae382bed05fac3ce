"""cosign's command lines (3.1.3): sign and attest by referrer bundles, verify, save for offline use.

A key needs no Sigstore service. Left alone, cosign would still ask the public ones for their trust root, so
it is handed configurations without any service: what `cosign signing-config create` and `cosign trusted-root
create` print when given none. Secrets reach it through its environment only. Source:
https://github.com/sigstore/cosign/tree/main/doc.
"""

from collections.abc import Sequence

from supply_chain.errors import KeyRefused, SigningFailed, SupplyChainError, VerificationFailed
from supply_chain.tools.output import last_words
from supply_chain.tools.registry_words import known_refusal

KEY_VARIABLE = "COSIGN_PRIVATE_KEY"
PASSWORD_VARIABLE = "COSIGN_PASSWORD"  # noqa: S105 - the variable's name

SIGNING_CONFIG = "/sigstore/signing_config.json"
TRUSTED_ROOT = "/sigstore/trusted_root.json"
PUBLIC_KEY = "/sigstore/cosign.pub"
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

AGAINST_KEY = ("--key", PUBLIC_KEY, "--trusted-root", TRUSTED_ROOT, "--insecure-ignore-tlog=true")
"""Flags that verify against a public key; a signature made without a log has no entry to look for."""

_INTO_FILE = ("--output-file", ANSWER)
_SAVING = "30m"  # the whole image comes back: cosign's own 3 minutes are for signatures
_BAD_KEYS = ("decryption failed", "invalid pem block", "unsupported pem type", "unmarshal", "reading key")


def public_key() -> list[str]:
    """Print the public key of the private one in the environment."""
    return ["public-key", "--key", f"env://{KEY_VARIABLE}"]


def sign(reference: str, signer: Sequence[str], *, rehearsal: bool) -> list[str]:
    """Sign the image and store the bundle beside it."""
    return ["sign", *signer, "--yes", *_transport(rehearsal=rehearsal), reference]


def attest(reference: str, kind: str, predicate: str, signer: Sequence[str], *, rehearsal: bool) -> list[str]:
    """Attest the predicate file, of one of cosign's kinds or a type URI, on the image."""
    what = ("--type", kind, "--predicate", predicate)
    return ["attest", *signer, *what, "--yes", *_transport(rehearsal=rehearsal), reference]


def verify(reference: str, anchor: Sequence[str], *, rehearsal: bool) -> list[str]:
    """Write all statements the anchor vouches for, as a JSON list: of any type, not only signatures."""
    return ["verify", *anchor, "--output", "json", *_INTO_FILE, *_transport(rehearsal=rehearsal), reference]


def verify_attestation(reference: str, kind: str, anchor: Sequence[str], *, rehearsal: bool) -> list[str]:
    """Write the envelopes of this kind that the anchor vouches for, one JSON document a line."""
    return [
        "verify-attestation",
        *anchor,
        "--type",
        kind,
        *_INTO_FILE,
        *_transport(rehearsal=rehearsal),
        reference,
    ]


def save(reference: str, layout: str, *, rehearsal: bool) -> list[str]:
    """Write the image and all its bundles into an OCI layout, which `cosign verify --local-image` reads."""
    return ["save", "--dir", layout, "--timeout", _SAVING, *_transport(rehearsal=rehearsal), reference]


def signing_refusal(what: str, stderr: str) -> SupplyChainError:
    """The error for a failed signing command: an unusable key, a registry's refusal, or something else."""
    if any(sign in stderr for sign in _BAD_KEYS):
        return KeyRefused(what, why=last_words(stderr))
    return known_refusal(what, stderr) or SigningFailed(what, why=last_words(stderr))


def verification_refusal(what: str, stderr: str) -> SupplyChainError:
    """The error for a failed verification: a registry's refusal, or an image that does not hold."""
    return known_refusal(what, stderr) or VerificationFailed(what, why=last_words(stderr))


def _transport(*, rehearsal: bool) -> list[str]:
    """The throw-away registry of a rehearsal speaks plain http; nothing else may be asked that way."""
    return ["--allow-http-registry"] if rehearsal else []
