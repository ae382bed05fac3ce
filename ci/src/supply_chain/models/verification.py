"""Whether what cosign verified proves what a release must prove. Pure: cosign's output in, a judgement out.

Rules, each a reason of its own to refuse:
1. at least one signature: a statement of cosign's signing predicate type. `cosign verify` also accepts any
other statement made with the same key, so that an SBOM attestation alone would pass for a signature.
2. at least one attestation of the wanted predicate type, in an in-toto Statement.
3. every statement counted names the image's digest as its subject, and no other.
4. where the predicate is known, one attestation carries exactly it. cosign has checked the cryptography
before: only what it vouches for is read here.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError

from supply_chain.errors import DigestMismatch, VerificationFailed
from supply_chain.models.base import Model, OwnModel, first_problem

SIGNATURE_TYPE = "https://sigstore.dev/cosign/sign/v1"
"""Predicate type of a signature: https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md."""

_STATEMENT_TYPES = Literal["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"]


class _Image(Model):
    digest: str = Field(alias="docker-manifest-digest")


class _Critical(Model):
    image: _Image
    type: str


class _Claim(Model):
    """One statement that `cosign verify` vouches for."""

    critical: _Critical


class _Envelope(Model):
    """A DSSE envelope: https://github.com/secure-systems-lab/dsse."""

    payload: str
    payload_type: Literal["application/vnd.in-toto+json"] = Field(alias="payloadType")


class _Subject(Model):
    digest: dict[str, str]


class Statement(Model):
    """An in-toto statement: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md."""

    type: _STATEMENT_TYPES = Field(alias="_type")
    subject: tuple[_Subject, ...] = Field(min_length=1)
    predicate_type: str = Field(alias="predicateType")
    predicate: dict[str, Any]

    @classmethod
    def in_envelope(cls, line: str) -> Self:
        """The statement a DSSE envelope carries."""
        try:
            payload = base64.b64decode(_Envelope.model_validate_json(line).payload, validate=True)
            return cls.model_validate_json(payload)
        except (ValidationError, binascii.Error) as error:
            why = first_problem(error) if isinstance(error, ValidationError) else str(error)
            raise VerificationFailed("an attestation cannot be read", why=why) from None

    @property
    def digests(self) -> list[str]:
        """The subjects' SHA-256 digests; a subject without one has an empty digest, which names no image."""
        return [f"sha256:{subject.digest.get('sha256', '')}" for subject in self.subject]


class Verification(OwnModel):
    """What was proven of one image."""

    image: str
    """The image by digest."""
    signer: str
    """Who vouches for it."""
    signatures: int
    """Signatures of this signer."""
    attestations: tuple[str, ...]
    """Predicate types of this signer's attestations."""


def count_signatures(output: str, digest: str) -> int:
    """Signatures on the image among what `cosign verify` printed (rules 1 and 3)."""
    try:
        claims = TypeAdapter(tuple[_Claim, ...]).validate_json(output)
    except ValidationError as error:
        raise VerificationFailed(
            "cosign's list of signatures cannot be read", why=first_problem(error)
        ) from None
    signatures = [claim.critical for claim in claims if claim.critical.type == SIGNATURE_TYPE]
    _check_subjects("a signature", (signature.image.digest for signature in signatures), digest)
    if not signatures:
        found = ", ".join(sorted({claim.critical.type for claim in claims})) or "nothing"
        raise VerificationFailed("the image carries no signature", why=f"its statements are of type {found}")
    return len(signatures)


def attestations(output: str, digest: str, predicate_type: str) -> list[Statement]:
    """Attestations of this type on the image, in what `cosign verify-attestation` printed (rules 2 and 3)."""
    statements = [Statement.in_envelope(line) for line in output.splitlines() if line.strip()]
    wanted = [statement for statement in statements if statement.predicate_type == predicate_type]
    _check_subjects("an attestation", (found for statement in wanted for found in statement.digests), digest)
    if not wanted:
        raise VerificationFailed(
            "the image carries no such attestation", why=f"none is of type {predicate_type}"
        )
    return wanted


def check_predicate(statements: Iterable[Statement], predicate: bytes | str) -> None:
    """One of the attestations carries exactly this predicate (rule 4)."""
    expected = json.loads(predicate)
    if not any(statement.predicate == expected for statement in statements):
        raise VerificationFailed("no attestation carries the document that was attested")


def _check_subjects(what: str, found: Iterable[str], expected: str) -> None:
    for digest in found:
        if digest != expected:
            raise DigestMismatch(
                f"{what} names another image", why=f"{digest or 'no digest'}, not {expected}"
            )
