"""A Sigstore bundle: what was signed, by whom, and the proof of when. Read here; believed once cosign agrees.

Format: version 0.3 of https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto in
protobuf's JSON. Read more narrowly than protobuf allows, just as cosign writes it (camelCase names, standard
base64, no unknown key where it could change what is read), so that cosign reads nothing else in it.
"""

import base64
import binascii
import functools
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from supply_chain.errors import BundleInvalid
from supply_chain.models.base import OwnModel, first_problem
from supply_chain.models.statement import parsed_json

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
"""Media type of the only version that is read."""
IN_TOTO = "application/vnd.in-toto+json"
"""Payload type of an envelope that holds an in-toto statement."""
_END_OF_TIME = 2**33  # the year 2242, for what is no time at all


def _decoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("it is not base64")  # noqa: TRY004 - pydantic makes a complaint of this one only
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"it is not base64: {error}") from None


_Bytes = Annotated[bytes, BeforeValidator(_decoded)]


class _Wire(BaseModel):
    """Part of a bundle as it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class _Grown(_Wire):
    """Part of a bundle of which only some is looked at; cosign judges the rest."""

    model_config = ConfigDict(extra="ignore")


class _Signature(_Wire):
    sig: _Bytes
    keyid: str = ""


class _Envelope(_Wire):
    """https://github.com/secure-systems-lab/dsse; exactly one signature, as a bundle must have."""

    payload: _Bytes
    payload_type: str
    signatures: tuple[_Signature]


class _MessageDigest(_Wire):
    algorithm: str
    digest: _Bytes


class _Message(_Wire):
    message_digest: _MessageDigest
    signature: _Bytes


class _Certificate(_Wire):
    raw_bytes: _Bytes


class _PublicKey(_Wire):
    hint: str = ""


class _Promise(_Grown):
    signed_entry_timestamp: _Bytes


class _Checkpoint(_Grown):
    envelope: str = Field(min_length=1)


class _Proof(_Grown):
    checkpoint: _Checkpoint


class _LogEntry(_Grown):
    integrated_time: int = Field(default=0, ge=0, le=_END_OF_TIME)
    inclusion_promise: _Promise | None = None
    inclusion_proof: _Proof | None = None


class _Timestamp(_Grown):
    signed_timestamp: _Bytes


class _Timestamps(_Grown):
    rfc3161_timestamps: tuple[_Timestamp, ...] = ()


class _Material(_Wire):
    certificate: _Certificate | None = None
    public_key: _PublicKey | None = None
    tlog_entries: tuple[_LogEntry, ...] = ()
    timestamp_verification_data: _Timestamps = _Timestamps()


class _Document(_Wire):
    media_type: Literal["application/vnd.dev.sigstore.bundle.v0.3+json"]
    verification_material: _Material
    dsse_envelope: _Envelope | None = None
    message_signature: _Message | None = None


class Bundle(OwnModel):
    """One signature with all that is needed to check it."""

    payload: bytes = b""
    """What was signed; empty where it is a blob of which only the digest is here."""
    payload_type: str = ""
    """What the payload is; empty for a blob."""
    message_digest: str = ""
    """Digest of the signed blob, `sha256:…`; empty for a payload."""
    certificate: bytes = b""
    """The signer's certificate, DER; empty where a key signed."""
    key_hint: str = ""
    """Which key signed, in its own words; proves nothing."""
    log_entries: int
    """Entries of a transparency log that come with a proof or promise of inclusion."""
    log_times: tuple[int, ...] = ()
    """When a log took them in, in seconds since 1970; Rekor v2 does not say."""
    timestamps: int
    """RFC 3161 timestamps of the signature."""

    @classmethod
    def parse(cls, document: bytes) -> Self:
        """The bundle in `document`; BundleInvalid when it is none, or one of two meanings."""
        try:
            read = _Document.model_validate(parsed_json(document))
        except ValidationError as error:
            raise BundleInvalid("a Sigstore bundle cannot be read", why=first_problem(error)) from None
        except ValueError as error:
            raise BundleInvalid("a Sigstore bundle is not JSON", why=str(error)) from None
        if (read.dsse_envelope is None) == (read.message_signature is None):
            raise BundleInvalid("a Sigstore bundle holds neither a statement nor a blob's signature, or both")
        material = read.verification_material
        if (material.certificate is None) == (material.public_key is None):
            raise BundleInvalid("a Sigstore bundle names neither a certificate nor a key, or both")
        return cls(**_content(read), **_material(material))

    @property
    def has_proof_of_time(self) -> bool:
        """Whether a log or a timestamp authority saw the signature."""
        return bool(self.log_entries or self.timestamps)


@functools.lru_cache(maxsize=16)  # each is asked several times, and some are megabytes
def predicate_type(document: bytes) -> str:
    """What a bundle's statement states; empty where it holds none that can be read."""
    try:
        return str(parsed_json(Bundle.parse(document).payload)["predicateType"])
    except (BundleInvalid, ValueError, KeyError, TypeError):
        return ""


def content(document: str) -> Any:
    """All that a bundle says, whatever tool has written it; None for what cannot be read.

    Protobuf's JSON varies in its spaces, from one writing to the next.
    """
    try:
        return parsed_json(document)
    except ValueError:
        return None


def lines(output: str) -> tuple[str, ...]:
    """The bundles that `cosign download attestation` printed, one a line; what else ends lines is in them."""
    return tuple(line for line in output.split("\n") if line.strip())


def _content(read: _Document) -> dict[str, str | bytes]:
    """What was signed."""
    if read.dsse_envelope:
        return {"payload": read.dsse_envelope.payload, "payload_type": read.dsse_envelope.payload_type}
    assert read.message_signature  # noqa: S101 - one of the two is there
    digest = read.message_signature.message_digest
    if digest.algorithm != "SHA2_256":
        raise BundleInvalid("the signed blob is named by another digest than SHA-256", why=digest.algorithm)
    return {"message_digest": f"sha256:{digest.digest.hex()}"}


def _material(read: _Material) -> dict[str, str | bytes | int | tuple[int, ...]]:
    """Who signed, and the proof of when."""
    proven = [entry for entry in read.tlog_entries if entry.inclusion_proof or entry.inclusion_promise]
    return {
        "certificate": read.certificate.raw_bytes if read.certificate else b"",
        "key_hint": read.public_key.hint if read.public_key else "",
        "log_entries": len(proven),
        "log_times": tuple(entry.integrated_time for entry in proven if entry.integrated_time),
        "timestamps": len(read.timestamp_verification_data.rfc3161_timestamps),
    }
