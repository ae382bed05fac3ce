"""An OCI image layout's index: which image it holds.

Format: https://github.com/opencontainers/image-spec/blob/main/image-layout.md.
"""

import hashlib
import json
from typing import Self

from pydantic import Field, ValidationError

from supply_chain.errors import DigestMismatch, InternalError
from supply_chain.models.base import Digest, Model, first_problem

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
"""Media type of an image's manifest."""

_INDEX_TYPES = {
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
}


class Descriptor(Model):
    """Points at a blob by digest."""

    media_type: str = Field(alias="mediaType")
    digest: Digest
    size: int
    """Bytes of the blob."""

    @classmethod
    def of(cls, manifest: str) -> Self:
        """What points at a manifest, given byte for byte."""
        raw = manifest.encode()
        media_type = json.loads(manifest).get("mediaType", MANIFEST_TYPE)
        digest = f"sha256:{hashlib.sha256(raw).hexdigest()}"
        return cls(media_type=media_type, digest=digest, size=len(raw))

    @property
    def is_index(self) -> bool:
        """Whether it points at an index, of images for several platforms."""
        return self.media_type in _INDEX_TYPES


class Index(Model):
    """index.json of a layout."""

    manifests: tuple[Descriptor, ...] = Field(min_length=1)

    @classmethod
    def parse(cls, document: bytes | str) -> Self:
        """The index in `document`."""
        try:
            return cls.model_validate_json(document)
        except ValidationError as error:
            raise InternalError(
                "the image's layout has no readable index.json", why=first_problem(error)
            ) from None

    @property
    def image(self) -> Descriptor:
        """The one image of a layout that a build made."""
        if len(self.manifests) != 1:
            raise InternalError(f"the layout holds {len(self.manifests)} images, not one")
        return self.manifests[0]


def check_digest(place: str, found: str, expected: str) -> None:
    """DigestMismatch unless the digest found at `place` is the expected one."""
    if found != expected:
        raise DigestMismatch(f"{place} is not the image that was built", why=f"{found}, not {expected}")
