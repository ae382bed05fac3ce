"""The packages of an SPDX document, with their licences, as a page lists them.

Format: https://spdx.github.io/spdx-spec/v2.3/. An expression such as `MIT AND (Apache-2.0 OR LicenseRef-1)`
names licences; what LicenseRef-1 stands for is said at the end of the document.
"""

import functools
import re
from typing import Self

from pydantic import Field, ValidationError

from supply_chain.errors import SbomInvalid
from supply_chain.models.base import Model, first_problem
from supply_chain.models.purl import PackageUrl

UNKNOWN = ""
"""Licence of a package that says nothing of it."""

_NOTHING_SAID = {"", "NOASSERTION", "NONE"}
_OPERATORS = re.compile(r"\s+(?:AND|OR)\s+|[()]")


class _ExternalRef(Model):
    kind: str = Field(default="", alias="referenceType")
    locator: str = Field(default="", alias="referenceLocator")


class _License(Model):
    id: str = Field(alias="licenseId")
    name: str = ""


class Package(Model):
    """One package of the document."""

    name: str
    version: str = Field(default="", alias="versionInfo")
    purpose: str = Field(default="", alias="primaryPackagePurpose")
    declared: str = Field(default="", alias="licenseDeclared")
    concluded: str = Field(default="", alias="licenseConcluded")
    refs: tuple[_ExternalRef, ...] = Field(default=(), alias="externalRefs")

    @property
    def kind(self) -> str:
        """Its ecosystem, as its package URL has it, or what it is for."""
        for ref in self.refs:
            if ref.kind == "purl":
                try:
                    return PackageUrl.parse(ref.locator).type
                except ValueError:
                    break
        return self.purpose.lower().replace("-", " ") or "unknown"

    @property
    def expression(self) -> str:
        """What is said of its licence; empty where nothing is."""
        return next((said for said in (self.declared, self.concluded) if said not in _NOTHING_SAID), UNKNOWN)


class Sbom(Model):
    """An SPDX 2 document: what is in an image."""

    name: str
    packages: tuple[Package, ...] = ()
    extracted: tuple[_License, ...] = Field(default=(), alias="hasExtractedLicensingInfos")

    @classmethod
    def parse(cls, document: str) -> Self:
        """The SBOM in `document`; SbomInvalid when it is none."""
        try:
            return cls.model_validate_json(document)
        except ValidationError as error:
            raise SbomInvalid("the SBOM cannot be read", why=first_problem(error)) from None

    @property
    def contents(self) -> tuple[Package, ...]:
        """Its packages but for the image itself."""
        return tuple(package for package in self.packages if package.name != self.name)

    def licenses(self, package: Package) -> tuple[str, ...]:
        """Names of the licences that a package mentions, each once, in its own order."""
        named = (part.strip() for part in _OPERATORS.split(package.expression))
        return tuple(dict.fromkeys(self._names.get(one, one) for one in named if one not in _NOTHING_SAID))

    @functools.cached_property
    def _names(self) -> dict[str, str]:
        return {one.id: one.name for one in self.extracted if one.name}
