"""Who made a signature, and whether the policy trusts him. The rules are those of `verification.py`."""

import hashlib
from datetime import datetime

from supply_chain.errors import (
    CertificateInvalid,
    IdentityMismatch,
    IssuerMismatch,
    LogProofMissing,
    RehearsalRefused,
)
from supply_chain.models.base import OwnModel
from supply_chain.models.bundle import Bundle
from supply_chain.models.certificate import Certificate
from supply_chain.models.place import REHEARSAL_URL
from supply_chain.models.verification_policy import VerificationPolicy


class Signer(OwnModel):
    """Who vouches for a statement. Two are the same when they are equal in what `who` names."""

    name: str
    """The certificate's identity; of a key, `key` and the digest of its PEM text."""
    issuer: str = ""
    """Who vouches for that identity; empty for a key."""
    certificate: Certificate | None = None
    """What else the certificate says; a key has none."""

    @property
    def who(self) -> tuple[str, str, str]:
        """Name, issuer and repository: a reusable workflow has one name for all repositories that call it."""
        return self.name, self.issuer, self.certificate.source_repository if self.certificate else ""

    @property
    def since(self) -> datetime | None:
        """When the certificate was given, minutes before the signature; None for a key."""
        return self.certificate.not_before if self.certificate else None


def trusted_signer(bundle: Bundle, policy: VerificationPolicy) -> Signer:
    """Who made the bundle; raises unless the policy trusts him (rules 2, 3 and 8)."""
    if policy.public_key is not None:
        if bundle.certificate:
            raise IdentityMismatch("signed with a certificate, where the policy trusts a key")
        return Signer(name=key_name(policy.public_key))
    if not bundle.certificate:
        why = f"its hint is {bundle.key_hint!r}" if bundle.key_hint else ""
        raise IdentityMismatch("signed with a key, where the policy trusts an identity", why=why)
    certificate = Certificate.parse(bundle.certificate)
    _check_trust(certificate, policy)
    _check_time(certificate, bundle)
    return Signer(name=certificate.identity, issuer=certificate.issuer, certificate=certificate)


def key_name(pem: str) -> str:
    """How a key is named."""
    return f"key sha256:{hashlib.sha256(pem.encode()).hexdigest()}"


def _check_trust(certificate: Certificate, policy: VerificationPolicy) -> None:
    if not policy.trusts_issuer(certificate.issuer):
        why = f"{certificate.issuer} vouches for {certificate.identity}"
        raise IssuerMismatch("the signer's issuer is not trusted", why=why)
    if not policy.trusts_identity(certificate.identity):
        raise IdentityMismatch("the signer is not trusted", why=f"{certificate.identity} has signed")
    if certificate.identity.startswith(f"{REHEARSAL_URL}/") and not policy.allow_rehearsal:
        raise RehearsalRefused("signed in a rehearsal", why=f"{certificate.identity} has signed")


def _check_time(certificate: Certificate, bundle: Bundle) -> None:
    if certificate.not_after <= certificate.not_before:
        raise CertificateInvalid("a signer's certificate was never valid", why=certificate.identity)
    if not bundle.has_proof_of_time:
        raise LogProofMissing("nobody saw when it was signed", why="neither a log's entry nor a timestamp")
    for seconds in bundle.log_times:
        certificate.check_time(seconds)
