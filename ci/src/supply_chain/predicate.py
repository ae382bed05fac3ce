"""A document that is to be attested: what it must be before anything is signed."""

import re
from typing import Any

import dagger

from supply_chain.errors import PredicateInvalid, SbomInvalid, UsageError
from supply_chain.faults import failing_as
from supply_chain.models.attested_sbom import AttestedSbom
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.statement import parsed_json

PREDICATE_TYPES = {
    "cyclonedx": "https://cyclonedx.org/bom",
    "openvex": "https://openvex.dev/ns",
    "slsaprovenance": "https://slsa.dev/provenance/v0.2",
    "slsaprovenance1": "https://slsa.dev/provenance/v1",
    "spdxjson": "https://spdx.dev/Document",
    "vuln": "https://cosign.sigstore.dev/attestation/vuln/v1",
}
"""cosign's names for predicate types that are attested as they are (cmd/cosign/cli/options/predicate.go)."""

_URI = re.compile(r"[a-z][a-z0-9+.-]*:[!-~]+")


def predicate_uri(name: str) -> str:
    """The URI of a predicate type, given by one of cosign's names or itself; UsageError for anything else."""
    if name not in PREDICATE_TYPES and not _URI.fullmatch(name):
        why = f"it is no URI, and the names known are {', '.join(PREDICATE_TYPES)}"
        raise UsageError(f"{name!r} is no predicate type", why=why)
    return PREDICATE_TYPES.get(name, name)


def check_sbom(kind: str, content: dict[str, Any], digest: str) -> None:
    """PredicateInvalid for an SPDX document of another image: attested, it would spoil every verification."""
    if kind == SBOM_TYPE:
        try:
            AttestedSbom.parse(content).check(digest, may_be_empty=True)
        except SbomInvalid as error:
            raise PredicateInvalid(
                "the SBOM cannot be attested on this image", why=error.why or error.what
            ) from None


async def content_of(predicate: dagger.File) -> dict[str, Any]:
    """The predicate; PredicateInvalid unless the file holds a JSON object."""
    with failing_as(PredicateInvalid, "the predicate cannot be read"):
        text = await predicate.contents()
    try:
        content = parsed_json(text)
    except ValueError as error:
        raise PredicateInvalid("the predicate is not JSON", why=str(error)) from None
    if not isinstance(content, dict):
        raise PredicateInvalid("the predicate is not a JSON object", why=f"it is a {type(content).__name__}")
    return content
