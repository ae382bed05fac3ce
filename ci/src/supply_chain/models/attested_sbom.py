"""An attested SBOM, as far as a verifier must trust it: SPDX, not empty, and of this image.

Rules:
1. it is an SPDX 2 document in JSON with at least one package: https://spdx.github.io/spdx-spec/v2.3/.
2. it describes exactly one package (a relationship DESCRIBES of the document, or documentDescribes), which
   is the image: that package carries the image's digest in its name (Trivy), its version (Syft), a checksum
   or its `pkg:oci` package URL, and no other digest of an image in any of these.
3. it lists more than the image itself, unless the policy allows an empty one. An image of one static program
   has nothing that a scanner sees, but whoever expects packages must not take silence for an answer.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, ValidationError

from supply_chain.errors import SbomInvalid
from supply_chain.models.base import Model, first_problem
from supply_chain.models.purl import PackageUrl

_DOCUMENT = "SPDXRef-DOCUMENT"
_ALGORITHM = "SHA256"


class _ExternalRef(Model):
    kind: str = Field(alias="referenceType")
    locator: str = Field(alias="referenceLocator")


class _Checksum(Model):
    algorithm: str
    value: str = Field(alias="checksumValue")


class _Package(Model):
    id: str = Field(alias="SPDXID")
    name: str
    version: str = Field(default="", alias="versionInfo")
    refs: tuple[_ExternalRef, ...] = Field(default=(), alias="externalRefs")
    checksums: tuple[_Checksum, ...] = ()

    @property
    def digests(self) -> set[str]:
        """Digests of an image that it carries."""
        return set(filter(None, self._digests()))

    def _digests(self) -> Iterator[str]:
        yield from (
            text for text in (self.name.rpartition("@")[2], self.version) if text.startswith("sha256:")
        )
        yield from (f"sha256:{one.value}" for one in self.checksums if one.algorithm == _ALGORITHM)
        for ref in self.refs:
            if ref.kind == "purl" and ref.locator.startswith("pkg:oci/"):
                yield PackageUrl.parse(ref.locator).version


class _Relationship(Model):
    of: str = Field(alias="spdxElementId")
    to: str = Field(alias="relatedSpdxElement")
    kind: str = Field(alias="relationshipType")


class AttestedSbom(Model):
    """An SPDX 2 document, as it was attested."""

    version: Annotated[str, StringConstraints(pattern=r"^SPDX-2\.\d+$")] = Field(alias="spdxVersion")
    packages: tuple[_Package, ...] = Field(min_length=1)
    relationships: tuple[_Relationship, ...] = ()
    described: tuple[str, ...] = Field(default=(), alias="documentDescribes")

    @classmethod
    def parse(cls, predicate: dict[str, Any]) -> Self:
        """The SBOM in a predicate; SbomInvalid when it is none (rule 1)."""
        try:
            return cls.model_validate(predicate, by_name=False)
        except ValidationError as error:
            raise SbomInvalid("the SBOM is not an SPDX 2 document", why=first_problem(error)) from None

    def check(self, digest: str, *, may_be_empty: bool) -> int:
        """How many packages are in the image; SbomInvalid unless it is one of this image (rules 2 and 3)."""
        image = self._image()
        try:
            found = image.digests
        except ValueError as error:
            raise SbomInvalid("the SBOM names its image by no package URL", why=str(error)) from None
        if found != {digest}:
            why = f"{', '.join(sorted(found)) or image.name}, not {digest}"
            raise SbomInvalid("the SBOM is of another image", why=why)
        if len(self.packages) == 1 and not may_be_empty:
            raise SbomInvalid(
                "the SBOM lists nothing but the image itself",
                advice="where the image holds a single static program, allow-empty-sbom lets it pass",
            )
        return len(self.packages) - 1

    def _image(self) -> _Package:
        """The one package that the document describes."""
        described = {
            *self.described,
            *(one.to for one in self.relationships if (one.of, one.kind) == (_DOCUMENT, "DESCRIBES")),
        }
        found = [package for package in self.packages if package.id in described]
        if len(found) != 1 or len(described) != 1:
            raise SbomInvalid(
                "the SBOM does not say which package is the image", why=f"it describes {described}"
            )
        return found[0]
