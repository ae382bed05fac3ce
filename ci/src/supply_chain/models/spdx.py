"""An SPDX document as far as a release must trust it: it parses, describes the image, and leaves nothing out.

Rules: the document and one of its packages carry the image's reference as name: that package is the image
itself, and is there although nothing may be in it. And every package of the report is listed.

Format: https://spdx.github.io/spdx-spec/v2.3/.
"""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, ValidationError

from supply_chain.errors import ScannerFailed
from supply_chain.models.base import Model, first_problem

PREDICATE_TYPE = "https://spdx.dev/Document"
"""The predicate type under which an SPDX document is attested: https://in-toto.io/attestation/spdx."""

_NAMED_IN_TEXT = 10


class Package(Model):
    """One package of the document."""

    name: str


class Document(Model):
    """An SPDX 2 document in JSON."""

    version: Annotated[str, StringConstraints(pattern=r"^SPDX-2\.\d+$")] = Field(alias="spdxVersion")
    name: str
    packages: tuple[Package, ...] = Field(min_length=1)

    @classmethod
    def parse(cls, document: bytes | str) -> Self:
        """The SBOM in `document`; ScannerFailed when it is none."""
        try:
            return cls.model_validate_json(document)
        except ValidationError as error:
            raise ScannerFailed("the SBOM is not an SPDX 2 document", why=first_problem(error)) from None

    def check(self, reference: str, names: frozenset[str]) -> None:
        """ScannerFailed unless it describes this image and lists all packages of the report."""
        if self.name != reference:
            raise ScannerFailed("the SBOM describes another image", why=f"{self.name}, not {reference}")
        listed = {package.name for package in self.packages}
        if reference not in listed:
            raise ScannerFailed("the SBOM lists no package that is the image itself", why=reference)
        missing = sorted(names - listed)
        if missing:
            raise ScannerFailed(
                "the SBOM is incomplete", why=f"without {', '.join(missing[:_NAMED_IN_TEXT])}"
            )
