"""Whether what is attached to an image proves what a release must prove. Bundles in, a judgement out.

Stock cosign has checked the cryptography of every bundle before, against the policy's anchors: its
signature, the certificate's chain, the log's proof. What is left is what the signed words say, and cosign
asks less of that than it seems: it takes an SBOM's attestation for a signature, and reads no provenance.

Rules, each with errors of its own:
 1. everything is a Sigstore bundle that is read in one way (BundleInvalid), and holds an in-toto statement
    that is read in one way (StatementInvalid).
 2. every bundle is by a signer whom the policy trusts, identity and issuer exact or by an anchored regular
    expression that matches the whole (IdentityMismatch, IssuerMismatch). A key is trusted where the policy
    has a key, and a certificate where it has none.
 3. a certificate is one of Fulcio's, with one name, and was valid when a log took the signature in
    (CertificateInvalid); a log or a timestamp authority saw the signature (LogProofMissing). A key needs
    neither.
 4. there is a signature: a statement of cosign's signing type (SignatureMissing), an SBOM (SbomMissing) and
    a provenance (ProvenanceMissing), each of exactly its type; other statements count for nothing.
 5. each of these names the image's digest, and nothing else (DigestMismatch); signature and provenance are
    in-toto's v1, an SBOM may be v0.1 (StatementInvalid; `attested.py` says why).
 6. one signer made all three: the same name, issuer and repository (SignersDiffer).
 7. the SBOM is SPDX, of this image, and not empty (SbomInvalid; `attested_sbom.py`).
 8. the provenance is one of a builder and a build that the policy allows (BuilderRefused, BuildTypeRefused),
    has no parameter that nobody knows (ParameterUnknown), and says what its certificate says and the policy
    expects (ProvenanceMismatch; `attested_provenance.py`). A rehearsal is refused unless allowed
    (RehearsalRefused).
 9. where there are several of a kind, each must hold: a trusted signer who says two things is not believed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from supply_chain.errors import ProvenanceMissing, SbomMissing, SignatureMissing, SignersDiffer
from supply_chain.models import attested_provenance
from supply_chain.models.attested import Attested
from supply_chain.models.attested_sbom import AttestedSbom
from supply_chain.models.base import OwnModel
from supply_chain.models.bundle import Bundle
from supply_chain.models.provenance import PROVENANCE_TYPE, Provenance
from supply_chain.models.signers import Signer, trusted_signer
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.statement import SIGNATURE_TYPE
from supply_chain.models.verification_policy import VerificationPolicy

_NEEDED = {SIGNATURE_TYPE: SignatureMissing, SBOM_TYPE: SbomMissing, PROVENANCE_TYPE: ProvenanceMissing}


class Proven(OwnModel):
    """One statement that holds."""

    predicate_type: str
    """What kind of statement it is."""
    signer: str
    """Who made it."""
    logged: bool
    """Whether a transparency log has it."""
    timestamped: bool
    """Whether a timestamp authority saw it."""


class Verification(OwnModel):
    """What was proven of one image. What nobody said is empty."""

    image: str
    """The image by digest."""
    signer: str
    """Who vouches for it."""
    signatures: int
    """Signatures of this signer."""
    attestations: tuple[str, ...]
    """Predicate types of this signer's attestations."""
    issuer: str = ""
    """Who vouches for the signer's name; empty for a key."""
    statements: tuple[Proven, ...] = ()
    """Every statement that counts, and holds."""
    builder: str = ""
    """What built it, as the provenance says."""
    build_type: str = ""
    """What kind of build it was."""
    repository: str = ""
    """URI of the repository that it was built from."""
    ref: str = ""
    """The branch or tag."""
    commit: str = ""
    """The commit."""
    dirty: bool | None = None
    """Whether there were changes that were not committed; None when nobody could know."""
    run: str = ""
    """URI of the run."""
    signed_at: datetime | None = None
    """When the signer's certificate was given, minutes before the signature; None for a key."""
    built_at: datetime | None = None
    """When it was pushed, as the provenance says."""
    packages: int = 0
    """Packages in the image, as the SBOM says."""


class _Statement(OwnModel):
    """A statement of a trusted signer, and the bundle it came in."""

    said: Attested
    signer: Signer
    bundle: Bundle


def judged(digest: str, bundles: Sequence[bytes], policy: VerificationPolicy) -> Verification:
    """What the bundles prove of the image, by the rules above; a named error when that is not enough.

    Args:
        digest: The image's, `sha256:…`.
        bundles: Sigstore bundles in JSON that stock cosign has accepted under the policy's anchors.
        policy: Whom and what to trust.
    """
    statements = [_statement(document, digest, policy) for document in bundles]
    counting = [statement for kind in _NEEDED for statement in _of(statements, kind)]
    _check_all_there(counting)
    signer = _one_signer(counting)
    packages = [
        AttestedSbom.parse(one.said.predicate).check(digest, may_be_empty=policy.allow_empty_sbom)
        for one in _of(counting, SBOM_TYPE)
    ]
    provenances = [(Provenance.parse(one.said.predicate), one) for one in _of(counting, PROVENANCE_TYPE)]
    for provenance, one in provenances:
        attested_provenance.check(provenance, one.signer, policy)
    believed = next(provenance for provenance, one in provenances if one.signer.who == signer.who)
    return _verification(digest, counting, signer, believed).model_copy(update={"packages": min(packages)})


def _statement(document: bytes, digest: str, policy: VerificationPolicy) -> _Statement:
    """Rules 1, 2, 3 and 5."""
    bundle = Bundle.parse(document)
    signer = trusted_signer(bundle, policy)
    said = Attested.of(bundle)
    if said.counts:
        said.check(digest)
    return _Statement(said=said, signer=signer, bundle=bundle)


def _check_all_there(statements: Iterable[_Statement]) -> None:
    """Rule 4."""
    found = {statement.said.predicate_type for statement in statements}
    for kind, missing in _NEEDED.items():
        if kind not in found:
            why = f"its statements are of type {', '.join(sorted(found)) or 'nothing'}"
            raise missing(f"the image carries no statement of type {kind} by a trusted signer", why=why)


def _one_signer(statements: Iterable[_Statement]) -> Signer:
    """Who made all three (rule 6)."""
    made: dict[tuple[str, str, str], set[str]] = {}
    signers: dict[tuple[str, str, str], Signer] = {}
    for statement in statements:
        made.setdefault(statement.signer.who, set()).add(statement.said.predicate_type)
        signers.setdefault(statement.signer.who, statement.signer)
    for who, kinds in made.items():
        if kinds == _NEEDED.keys():
            return signers[who]
    why = "; ".join(
        f"{' '.join(filter(None, who))} made {', '.join(sorted(kinds))}" for who, kinds in made.items()
    )
    raise SignersDiffer("no one signer made signature, SBOM and provenance", why=why)


def _of(statements: Iterable[_Statement], kind: str) -> list[_Statement]:
    return [statement for statement in statements if statement.said.predicate_type == kind]


def _verification(
    digest: str, statements: Sequence[_Statement], signer: Signer, provenance: Provenance
) -> Verification:
    own = [statement for statement in statements if statement.signer.who == signer.who]
    external, internal = provenance.external, provenance.internal
    return Verification(
        image=digest,
        signer=signer.name,
        issuer=signer.issuer,
        signatures=len(_of(own, SIGNATURE_TYPE)),
        attestations=tuple(
            one.said.predicate_type for one in own if one.said.predicate_type != SIGNATURE_TYPE
        ),
        statements=tuple(_proven(statement) for statement in statements),
        builder=provenance.run_details.builder.id,
        build_type=provenance.build_definition.build_type,
        repository=external.source.repository,
        ref=external.source.ref,
        commit=provenance.commit,
        dirty=internal.dirty,
        run=provenance.run_details.metadata.invocation_id,
        signed_at=signer.since,
        built_at=provenance.run_details.metadata.finished_on,
    )


def _proven(statement: _Statement) -> Proven:
    return Proven(
        predicate_type=statement.said.predicate_type,
        signer=statement.signer.name,
        logged=bool(statement.bundle.log_entries),
        timestamped=bool(statement.bundle.timestamps),
    )
