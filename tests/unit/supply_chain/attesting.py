"""A certificate authority as Fulcio is one, and bundles that it vouches for: genuine in every byte.

The judgement checks no signature, which is cosign's work; they are made all the same, so that it sees what it
will see. Only the log's entry and the timestamp are no proof of anything.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from supply_chain.models.bundle import IN_TOTO, MEDIA_TYPE
from supply_chain.models.certificate import FULCIO
from supply_chain.models.image_layout import MANIFEST_TYPE
from supply_chain.models.place import Place
from supply_chain.models.provenance import (
    Builder,
    BuildMetadata,
    Provenance,
    RunDetails,
    build_definition,
    provenance_statement,
    source,
)
from supply_chain.models.statement import sbom_statement, signature_statement
from unit.supply_chain.identities import COMMIT
from unit.supply_chain.provenances import PLACE, external, internal

MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "layers": []})
DIGEST = f"sha256:{hashlib.sha256(MANIFEST.encode()).hexdigest()}"
REPOSITORY = "ghcr.io/acme/inventory"
SIGNED_AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
LIFETIME = timedelta(minutes=10)

_NUMBERS = {
    "issuer": 8,
    "build_signer": 9,
    "runner_environment": 11,
    "source_repository": 12,
    "source_digest": 13,
    "source_ref": 14,
    "build_config": 18,
    "run_invocation": 21,
}
_KEY = ec.derive_private_key(4711, ec.SECP256R1())
_NAME = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "a test's authority")])

PUBLIC_KEY = _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
SBOM = {
    "spdxVersion": "SPDX-2.3",
    "SPDXID": "SPDXRef-DOCUMENT",
    "name": f"{REPOSITORY}@{DIGEST}",
    "packages": [
        {
            "SPDXID": "SPDXRef-ContainerImage",
            "name": f"{REPOSITORY}@{DIGEST}",
            "externalRefs": [
                {
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": f"pkg:oci/inventory@{DIGEST}?repository_url=ghcr.io%2Facme",
                }
            ],
        },
        {"SPDXID": "SPDXRef-flask", "name": "flask", "versionInfo": "3.1.3"},
    ],
    "relationships": [
        {
            "spdxElementId": "SPDXRef-DOCUMENT",
            "relatedSpdxElement": "SPDXRef-ContainerImage",
            "relationshipType": "DESCRIBES",
        }
    ],
}


def facts(place: Place = PLACE, **changed: str) -> dict[str, str]:
    """What a certificate says of a run in that place, by field; a changed one that is empty is left out."""
    known = {
        "issuer": place.issuer,
        "build_signer": place.workflow,
        "runner_environment": place.runner,
        "source_repository": place.repository,
        "source_digest": place.commit,
        "source_ref": place.ref,
        "build_config": place.workflow,
        "run_invocation": place.run,
    }
    return {field: value for field, value in (known | changed).items() if value}


def utf8(text: str) -> bytes:
    """A DER-encoded UTF8String."""
    raw = text.encode()
    size = bytes([len(raw)]) if len(raw) < 0x80 else bytes([0x81, len(raw)])
    return b"\x0c" + size + raw


def certificate(
    said: Mapping[str, str] | None = None,
    *,
    names: tuple[x509.GeneralName, ...] = (x509.UniformResourceIdentifier(PLACE.workflow),),
    more: Mapping[int, bytes] | None = None,
    since: datetime = SIGNED_AT,
    lifetime: timedelta = LIFETIME,
) -> bytes:
    """A certificate in DER.

    Args:
        said: Its extensions by field, as `facts` gives them.
        names: Its alternative names.
        more: Extensions of Fulcio's by their last number, raw.
        since: First moment of its validity.
        lifetime: How long that lasts.
    """
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(_NAME)
        .public_key(_KEY.public_key())
        .serial_number(1)
        .not_valid_before(since)
        .not_valid_after(since + lifetime)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=True)
    encoded = {_NUMBERS[field]: utf8(text) for field, text in (facts() if said is None else said).items()}
    for number, value in (encoded | dict(more or {})).items():
        extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{FULCIO}.{number}"), value)
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(_KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def bundle(statement: bytes, der: bytes | None = None, **changed: Any) -> bytes:
    """The statement, signed by the holder of the certificate; the key alone when that is empty.

    Args:
        statement: What is signed.
        der: The signer's certificate; left out, the one of a run in GitHub.
        changed: Parts of the bundle's material to replace.
    """
    signed = certificate() if der is None else der
    pae = f"DSSEv1 {len(IN_TOTO)} {IN_TOTO} {len(statement)} ".encode() + statement
    signature = _KEY.sign(pae, ec.ECDSA(hashes.SHA256()))
    who = {"certificate": {"rawBytes": text(signed)}} if signed else {"publicKey": {"hint": hint()}}
    seen = {"tlogEntries": [log_entry()], "timestampVerificationData": {"rfc3161Timestamps": [TIMESTAMP]}}
    return json.dumps(
        {
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": who | (seen if signed else {}) | changed,
            "dsseEnvelope": {
                "payload": text(statement),
                "payloadType": IN_TOTO,
                "signatures": [{"sig": text(signature)}],
            },
        }
    ).encode()


def log_entry(**changed: Any) -> dict[str, Any]:
    """An entry of Rekor v2's, which says nothing of when."""
    proof = {
        "logIndex": "1",
        "rootHash": "",
        "treeSize": "2",
        "hashes": [],
        "checkpoint": {"envelope": "log"},
    }
    return {"logIndex": "1", "canonicalizedBody": "", "inclusionProof": proof} | changed


def text(raw: bytes) -> str:
    """Base64."""
    return base64.b64encode(raw).decode()


def hint() -> str:
    """The name cosign gives the key."""
    der = _KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return text(hashlib.sha256(der).digest())


TIMESTAMP = {"signedTimestamp": text(b"a TSA's")}


def provenance(place: Place = PLACE, **changed: Any) -> Provenance:
    """Provenance of a run in that place; `changed` are internal parameters."""
    return Provenance(
        build_definition=build_definition(
            external(place), internal(place, **changed), source(place, COMMIT, dirty=False)
        ),
        run_details=RunDetails(
            builder=Builder(id=place.builder_id),
            metadata=BuildMetadata(
                invocation_id=place.run or "urn:uuid:0b1c6e1f-6d3a-4a39-9b69-2f2d0a2c9a11",
                finished_on=SIGNED_AT,
            ),
        ),
    )


def statements(place: Place = PLACE) -> dict[str, dict[str, Any]]:
    """The three statements that a release makes, by what they are."""
    made = {
        "signature": signature_statement(DIGEST),
        "sbom": sbom_statement(REPOSITORY, DIGEST, json.dumps(SBOM).encode()),
        "provenance": provenance_statement(REPOSITORY, DIGEST, provenance(place)),
    }
    return {name: json.loads(statement.to_json()) for name, statement in made.items()}


def bundles(said: Mapping[str, Any], der: bytes | None = None) -> list[bytes]:
    """A bundle for each statement, all by the same signer."""
    return [bundle(json.dumps(statement).encode(), der) for statement in said.values()]
