"""The images the module runs, pinned by digest in images.toml; a file of the same format overrides them."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated, Any, Self

from pydantic import StringConstraints, ValidationError

from supply_chain.errors import ImagesInvalid
from supply_chain.models.base import SHA256, OwnModel, first_problem

_REGISTRY = {"registry"}
_SIGSTORE = {"fulcio", "rekor", "timestamp", "ctlog"}


class Image(OwnModel):
    """One image, by digest."""

    reference: Annotated[str, StringConstraints(pattern=rf"^[^@\s]+@{SHA256}$")]
    """Where it is; a tag beside the digest is for people."""
    version: Annotated[str, StringConstraints(min_length=1)]
    """Version of the tool in it."""
    stand_in_for: str | None = None
    """The image it stands in for, on machines that cannot reach that one."""


class Images(OwnModel):
    """Every image the module runs."""

    python: Image
    """Toolbox, and base image of builds."""
    trivy: Image
    """Scanner."""
    cosign: Image
    """Signs, attests, verifies."""
    crane: Image
    """Pushes and tags."""
    registry: Image
    """Throw-away registry of rehearsals."""
    fulcio: Image
    """Certificate authority of the Sigstore that rehearsals sign against."""
    rekor: Image
    """Its transparency log."""
    timestamp: Image
    """Its timestamp authority."""
    ctlog: Image
    """Its certificate transparency log."""

    @classmethod
    def pinned(cls) -> Self:
        """The pins of images.toml."""
        return cls._of(_tables((files("supply_chain") / "images.toml").read_text()))

    def overridden(self, document: str) -> Self:
        """These images, replaced by those the TOML `document` names; ImagesInvalid says what is wrong."""
        return self._of(self.model_dump() | _tables(document))

    def used(self, *, rehearsal: bool, throw_away_signer: bool) -> dict[str, Image]:
        """The images that a run uses, by name: a real registry and a real Sigstore need none of ours."""
        unused = set() if throw_away_signer else _SIGSTORE
        unused = unused if rehearsal else unused | _REGISTRY
        return {name: image for name, image in self if name not in unused}

    @classmethod
    def _of(cls, tables: dict[str, Any]) -> Self:
        unknown = sorted(tables.keys() - cls.model_fields)
        if unknown:
            raise ImagesInvalid(
                f"no image is called {unknown[0]!r}", why=f"known: {', '.join(cls.model_fields)}"
            )
        try:
            return cls.model_validate(tables)
        except ValidationError as error:
            raise ImagesInvalid("an image is not usable", why=f"images.{first_problem(error)}") from None


def _tables(document: str) -> dict[str, Any]:
    """The tables under [images]."""
    try:
        content = tomllib.loads(document)
    except tomllib.TOMLDecodeError as error:
        raise ImagesInvalid("the images file is not TOML", why=str(error)) from None
    images = content.pop("images", None)
    if not isinstance(images, dict) or content:
        raise ImagesInvalid("the images file holds something else than [images.NAME] tables")
    return images


def stand_ins(images: Mapping[str, Image]) -> list[str]:
    """Names of the images that only stand in for others."""
    return [name for name, image in images.items() if image.stand_in_for]
