"""The recipes: what each stand-in image is made of, read from recipes.toml and checked."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from standins.errors import RecipeError

RECIPES = Path(__file__).with_name("recipes.toml")

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoModuleSource(_Frozen):
    """A program built from a released Go module."""

    kind: Literal["gomodule"]
    module: str
    version: Annotated[str, Field(pattern=r"^v\d+\.\d+\.\d+$")]
    h1: Annotated[str, Field(pattern=r"^h1:[0-9A-Za-z+/]{43}=$")]
    """The module's hash as go.sum and the public checksum database write it; its own go.sum pins the rest."""
    package: str
    target: str
    """Where the program lies in the image, without the leading slash."""
    stamps: dict[str, str] = {}
    """String variables set by the linker, so that the program knows its version."""


class WheelSource(_Frozen):
    """A program that ships in a Python wheel."""

    kind: Literal["wheel"]
    project: str
    release: str
    """The wheel's release, which may count on from the program's version."""
    version: str
    sha256: Sha256
    member: str
    """The program's path in the wheel."""
    target: str


class DebianSource(_Frozen):
    """A root filesystem, or a few files, of Debian packages."""

    kind: Literal["debian"]
    variant: Literal["apt", "extract"]
    """mmdebstrap's word: "apt" is a small system, "extract" only unpacks."""
    packages: tuple[str, ...]
    version_of: str
    """The package whose upstream version is the image's."""
    customize: str = ""
    """Shell commands run in the finished root."""
    drop: tuple[str, ...] = ()
    """Patterns (fnmatch, on the path without leading slash) of what stays out of the image."""
    pick: dict[str, str] = {}
    """When given: the only files taken, and their path in the image."""


Source = Annotated[GoModuleSource | WheelSource | DebianSource, Field(discriminator="kind")]


class TextFile(_Frozen):
    """A small file written as it stands in the recipe."""

    path: str
    content: str
    mode: int = 0o644


class Recipe(_Frozen):
    """One stand-in image."""

    title: str
    stand_in_for: str
    """The official image, as a reference with its tag."""
    tag: str
    homepage: str
    licenses: str
    source: Source
    files: tuple[TextFile, ...] = ()
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    env: dict[str, str] = {}
    user: str = ""
    workdir: str = ""
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()


class WheelPin(_Frozen):
    """A wheel of one platform, pinned by its content."""

    project: str
    release: str
    sha256: Sha256


class DebianArchive(_Frozen):
    """The Debian that packages come from, and the keys that vouch for them."""

    suite: str
    keyring: str


class GoTools(_Frozen):
    """The Go that is needed, and where it comes from when the host has none."""

    minimum: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    toolchain: WheelPin


class Recipes(_Frozen):
    """All recipes, in the order of building."""

    epoch: int
    """Unix time in seconds that no file is newer than."""
    repository: str
    """What image references start with; the image's name follows."""
    images: dict[str, Recipe]
    debian: DebianArchive
    go: GoTools

    @model_validator(mode="after")
    def _only_good_trivy(self) -> Self:
        # GHSA-69fq-xp46-6x23: these releases carried malware, wherever they were copied to.
        for name, recipe in self.images.items():
            if name == "trivy" and recipe.tag in {"0.69.4", "0.69.5", "0.69.6"}:
                message = f"Trivy {recipe.tag} is a compromised release (GHSA-69fq-xp46-6x23)"
                raise ValueError(message)
        return self

    def reference(self, name: str) -> str:
        """The image's name and tag in local storage, without a digest."""
        return f"{self.repository}/{name}:{self.images[name].tag}"


def load(path: Path = RECIPES) -> Recipes:
    """Read and check a recipes file.

    Raises:
        RecipeError: it is not readable, not TOML, or breaks a rule.
    """
    try:
        return Recipes.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise RecipeError(f"recipes {path.name}", str(error), "correct the file named here") from error
