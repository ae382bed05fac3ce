"""Verification from the registry, as a stranger does it: cosign checks the cryptography, models judge."""

from collections.abc import Sequence

from supply_chain.faults import tool_failing_as
from supply_chain.models.reference import Reference
from supply_chain.models.spdx import PREDICATE_TYPE
from supply_chain.models.verification import Verification, attestations, check_predicate, count_signatures
from supply_chain.registry import Registry
from supply_chain.signer import Anchor
from supply_chain.toolbox import side_by_side
from supply_chain.tools import cosign

_SBOM = "spdxjson"


async def verified(registry: Registry, anchor: Anchor, image: str, sbom: str = "") -> Verification:
    """What `anchor` vouches for on the image, given by digest; an error unless it is a signature and an SBOM.

    With `sbom` given, the attested document must be that one.
    """
    digest = Reference.parse(image).digest or ""
    signed = cosign.verify(image, anchor.flags, rehearsal=registry.rehearsal)
    attested = cosign.verify_attestation(image, _SBOM, anchor.flags, rehearsal=registry.rehearsal)
    said, said_of_sbom = await side_by_side(
        lambda: _ask(registry, anchor, image, signed), lambda: _ask(registry, anchor, image, attested)
    )
    signatures = count_signatures(said, digest)
    statements = attestations(said_of_sbom, digest, PREDICATE_TYPE)
    if sbom:
        check_predicate(statements, sbom)
    kinds = tuple(statement.predicate_type for statement in statements)
    return Verification(image=image, signer=anchor.name, signatures=signatures, attestations=kinds)


async def resolved(registry: Registry, reference: Reference) -> str:
    """The image by digest; a tag is looked up once, so that all that follows speaks of one image."""
    digest = reference.digest or await registry.digest(str(reference))
    return reference.repository.at(digest)


async def _ask(registry: Registry, anchor: Anchor, image: str, command: Sequence[str]) -> str:
    """What cosign vouches for."""
    client = anchor.equip(registry.client(registry.images.cosign))
    with tool_failing_as(lambda words: cosign.verification_refusal(f"{image} cannot be verified", words)):
        return await client.with_exec(list(command), use_entrypoint=True).file(cosign.ANSWER).contents()
