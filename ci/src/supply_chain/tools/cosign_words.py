"""What cosign 3.1.3 says when it refuses, and which error that is.

Sources: https://github.com/sigstore/sigstore-go/tree/main/pkg/verify, which does the work of a verification,
and https://github.com/sigstore/cosign/tree/main/cmd/cosign/cli. The first pattern that is found decides. Of
a bundle that another Sigstore's log has, cosign says the same as of one without a log: that no entry could
be verified. Only the bundle tells the two apart.
"""

import re

from supply_chain.errors import (
    BundleInvalid,
    CertificateInvalid,
    DigestMismatch,
    IdentityMismatch,
    IdentityRefused,
    IssuerMismatch,
    KeyRefused,
    LogProofMissing,
    ProvenanceMissing,
    SbomMissing,
    SignatureInvalid,
    SignatureMissing,
    SupplyChainError,
    TrustedRootInvalid,
)
from supply_chain.models.bundle import Bundle
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.statement import SIGNATURE_TYPE
from supply_chain.tools.output import last_words

_NO_ROOT = r"loading trusted root: "
_NOT = r"predicate type(?:: |, expected )"
_NO_LOG = r"not enough verified log entries"

_VERIFICATIONS: tuple[tuple[type[SupplyChainError], str], ...] = (
    (TrustedRootInvalid, _NO_ROOT),
    (IdentityMismatch, r"expected SAN value|expected key signature, not certificate"),
    (IssuerMismatch, r"expected issuer value"),
    (
        CertificateInvalid,
        r"leaf certificate verification failed|signed certificate timestamp|malformed certificate",
    ),
    (
        CertificateInvalid,
        r"outside certificate validity|unable to verify signed timestamps: (?!%!w)",
    ),
    (DigestMismatch, r"artifact digests? do(?:es)? not match (?:any )?digests? in statement"),
    (SignatureInvalid, r"could not verify (?:envelope|message)|calculated root"),
    (SignatureInvalid, r"artifact (?:digest )?does not match|payload hash \S+ does not match"),
    (LogProofMissing, rf"{_NO_LOG}|must (?:contain|have) an inclusion proof"),
    (LogProofMissing, r"threshold not met for verified|no valid observer timestamps|must provide timestamp"),
    (BundleInvalid, r"only supported with --new-bundle-format|does not contain a (?:raw )?DSSE envelope"),
    (SbomMissing, rf"{_NOT}(?:spdxjson|{SBOM_TYPE})\b"),
    (
        ProvenanceMissing,
        rf"{_NOT}(?:slsaprovenance1|{PROVENANCE_TYPE})\b",
    ),
    (
        SignatureMissing,
        rf"no signatures found|no matching attestations: *$|{_NOT}{SIGNATURE_TYPE}\b",
    ),
)
_SIGNINGS: tuple[tuple[type[SupplyChainError], str], ...] = (
    (TrustedRootInvalid, rf"{_NO_ROOT}|error reading signing config|error signing bundle: failed to verify"),
    (TrustedRootInvalid, r"no \S+ URLs provided in signing config"),
    (KeyRefused, r"decryption failed|invalid pem block|unsupported pem type|unmarshal|reading key"),
    (IdentityRefused, r"Fulcio returned 4(?!08|29)\d\d|subject from identity token|selecting OIDC issuer"),
)


def verification_error(what: str, words: str, bundle: bytes = b"") -> SupplyChainError | None:
    """The error for a failed verification; None where the words are not known.

    Args:
        what: What failed.
        words: What cosign printed.
        bundle: The bundle that was verified, if it was one.
    """
    kind = _kind(words, _VERIFICATIONS)
    if kind is LogProofMissing and re.search(_NO_LOG, words) and bundle and Bundle.parse(bundle).log_entries:
        return CertificateInvalid(what, why="the log that has it is none of the trusted root's")
    return kind(what, why=last_words(words)) if kind else None


def signing_error(what: str, words: str) -> SupplyChainError | None:
    """The error for a failed signing: of the caller's key, identity or Sigstore; None where it is another."""
    kind = _kind(words, _SIGNINGS)
    return kind(what, why=last_words(words)) if kind else None


def _kind(words: str, known: tuple[tuple[type[SupplyChainError], str], ...]) -> type[SupplyChainError] | None:
    return next((kind for kind, pattern in known if re.search(pattern, words, re.MULTILINE)), None)
