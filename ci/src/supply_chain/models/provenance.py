"""SLSA provenance, version 1: how an image came to be. Facts in, a predicate out, and back.

Names and meaning: https://slsa.dev/spec/v1.2/build-provenance. Fields that are not known are other people's
and are not looked at, but for our own parameters (`build_type.py`).
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

from pydantic import AwareDatetime, ConfigDict, Field, ValidationError, field_serializer
from pydantic.alias_generators import to_camel

from supply_chain.errors import ProvenanceInvalid
from supply_chain.images import Image
from supply_chain.models.base import Digest, Model, first_problem
from supply_chain.models.build_type import BUILD_TYPE, ExternalParameters, InternalParameters
from supply_chain.models.database import DATABASE, Database
from supply_chain.models.dockerfile_images import ImageUse
from supply_chain.models.place import Place
from supply_chain.models.reference import is_whole
from supply_chain.models.statement import Statement, attestation_statement

PROVENANCE_TYPE = "https://slsa.dev/provenance/v1"
"""The predicate type of a provenance."""

SOURCE = "source"
"""Name of the dependency that is the source."""
BASE_IMAGE = "base-image"
"""Name of the dependencies that a Dockerfile takes from outside."""
TOOL = "tool/"
"""What names of tool images begin with."""
VULNERABILITY_DB = "vulnerability-db"
"""Name of the dependency that is the vulnerability database."""
GIVEN_IMAGE = "image"
"""Name of the dependency that is the image, where one was given."""

_MEDIA_TYPES = {".spdx.json": "application/spdx+json", ".sarif": "application/sarif+json"}
_JSON = "application/json"


class _Slsa(Model):
    """Written in camel case, without what is empty."""

    model_config = ConfigDict(alias_generator=to_camel)


class ResourceDescriptor(_Slsa):
    """A thing: https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md."""

    name: str = ""
    """What it was to the run."""
    uri: str = ""
    """Where it is."""
    digest: dict[str, str] = Field(default_factory=dict)
    """Its digests in hexadecimal, by algorithm."""
    media_type: str = ""
    """What kind of file it is."""
    annotations: dict[str, Any] = Field(default_factory=dict)
    """What else there is to say."""


class BuildDefinition(_Slsa):
    """What was to be done, with what."""

    build_type: str = Field(min_length=1)
    """URI of how parameters are to be read."""
    external_parameters: dict[str, Any]
    """What the caller decided."""
    internal_parameters: dict[str, Any] = Field(default_factory=dict)
    """What the run says of itself."""
    resolved_dependencies: tuple[ResourceDescriptor, ...] = ()
    """Everything that was used, in no order."""


class Builder(_Slsa):
    """Who did it."""

    id: str = Field(min_length=1)
    """URI of all that must be trusted for this to be true."""
    version: dict[str, str] = Field(default_factory=dict)
    """Versions of the tools, by name."""


class BuildMetadata(_Slsa):
    """This one run."""

    invocation_id: str = ""
    """URI of the run."""
    started_on: AwareDatetime | None = None
    """When it began."""
    finished_on: AwareDatetime | None = None
    """When the image was there and pushed."""

    @field_serializer("started_on", "finished_on")
    def _in_seconds(self, time: datetime | None) -> str | None:
        return _timestamp(time) if time else None


class RunDetails(_Slsa):
    """How it went."""

    builder: Builder
    """Who did it."""
    metadata: BuildMetadata = BuildMetadata()
    """This one run."""
    byproducts: tuple[ResourceDescriptor, ...] = ()
    """What was made beside the image."""


class Provenance(_Slsa):
    """How an image came to be."""

    build_definition: BuildDefinition
    """What was to be done, with what."""
    run_details: RunDetails
    """How it went."""

    @classmethod
    def parse(cls, predicate: Mapping[str, Any]) -> Self:
        """The provenance, of whatever build type; ProvenanceInvalid names the field that is wrong."""
        try:
            return cls.model_validate(predicate, by_name=False)
        except ValidationError as error:
            raise ProvenanceInvalid("the predicate is no SLSA provenance", why=first_problem(error)) from None

    @property
    def external(self) -> ExternalParameters:
        """What the caller decided, for our build type; ProvenanceInvalid where it is none of ours."""
        return ExternalParameters.parse(self.build_definition.external_parameters)

    @property
    def internal(self) -> InternalParameters:
        """What the run says of itself, for our build type; ProvenanceInvalid where it is none of ours."""
        return InternalParameters.parse(self.build_definition.internal_parameters)

    @property
    def commit(self) -> str:
        """The commit of the source; empty where it is not known, ProvenanceInvalid where two are named."""
        sources = [one for one in self.build_definition.resolved_dependencies if one.name == SOURCE]
        if len(sources) > 1:
            raise ProvenanceInvalid("the provenance has more than one source", why=f"{len(sources)} of them")
        return sources[0].digest.get("gitCommit", "") if sources else ""

    def as_json(self) -> dict[str, Any]:
        """The predicate, without what is empty; parameters stay, which may be empty by somebody's choice."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)


def provenance_statement(repository: str, digest: Digest, provenance: Provenance) -> Statement:
    """That the image of this digest came to be so."""
    return attestation_statement(repository, digest, PROVENANCE_TYPE, provenance.as_json())


def build_definition(
    external: ExternalParameters, internal: InternalParameters, dependencies: Iterable[ResourceDescriptor]
) -> BuildDefinition:
    """A build of our type."""
    return BuildDefinition(
        build_type=BUILD_TYPE,
        external_parameters=external.as_json(),
        internal_parameters=internal.as_json(),
        resolved_dependencies=tuple(dependencies),
    )


def source(place: Place, revision: str, *, dirty: bool | None) -> tuple[ResourceDescriptor, ...]:
    """The source; none where nothing is known of it.

    Args:
        place: Where the run took place; its commit, if it has one, is the source's.
        revision: The commit as the caller or git says; one that is cut short is no digest.
        dirty: Whether the source held changes that were not committed.
    """
    commit = place.commit or revision
    if not commit:
        return ()
    return (
        ResourceDescriptor(
            name=SOURCE,
            uri=f"git+{place.repository}@{place.ref}" if place.repository else "",
            digest={"gitCommit": commit} if is_whole(commit) else {},
            annotations={"dirty": True} if dirty else {},
        ),
    )


def image(name: str, reference: str, annotations: Mapping[str, Any] | None = None) -> ResourceDescriptor:
    """An image by its reference, whose digest it has if it is pinned."""
    place, _, digest = reference.partition("@sha256:")
    return ResourceDescriptor(
        name=name,
        uri=f"oci://{place}",
        digest={"sha256": digest} if digest else {},
        annotations=dict(annotations or {}),
    )


def given_image(origin: str, digest: Digest) -> ResourceDescriptor:
    """The image that was given: by its place, or by the digest that a file or container came to."""
    if "@" in origin:
        return image(GIVEN_IMAGE, origin)
    return ResourceDescriptor(name=GIVEN_IMAGE, digest={"sha256": digest.removeprefix("sha256:")})


def base_images(uses: Iterable[ImageUse]) -> tuple[ResourceDescriptor, ...]:
    """Images that a Dockerfile takes from outside, each once; as written where a variable has no value."""
    found = dict.fromkeys((use.image, use.written if use.unknown else "") for use in uses)
    return tuple(
        ResourceDescriptor(name=BASE_IMAGE, annotations={"written": written})
        if written
        else image(BASE_IMAGE, reference)
        for reference, written in found
    )


def tools(images: Iterable[tuple[str, Image]]) -> tuple[ResourceDescriptor, ...]:
    """Tool images by name; one that only stands in says for which."""
    return tuple(
        image(TOOL + name, one.reference, {"standsInFor": one.stand_in_for} if one.stand_in_for else None)
        for name, one in images
    )


def vulnerability_db(database: Database) -> ResourceDescriptor:
    """The vulnerability database: the digest is that of its file, not of the image it comes in."""
    said = database.model_dump(mode="json", include={"source", "sample"})
    return ResourceDescriptor(
        name=VULNERABILITY_DB,
        digest={"sha256": database.digest.removeprefix("sha256:")},
        annotations=said | {"file": DATABASE, "updatedAt": _timestamp(database.updated_at)},
    )


def byproduct(name: str, content: bytes) -> ResourceDescriptor:
    """A file of the evidence, by the digest of its bytes."""
    kinds = (kind for ending, kind in _MEDIA_TYPES.items() if name.endswith(ending))
    return ResourceDescriptor(
        name=name, digest={"sha256": hashlib.sha256(content).hexdigest()}, media_type=next(kinds, _JSON)
    )


def _timestamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
