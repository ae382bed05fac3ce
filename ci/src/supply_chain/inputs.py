"""Somebody's image, however it is given: a container, an OCI archive, a reference, or a source to build."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

import dagger

from supply_chain.errors import InputAmbiguous, TagMoved
from supply_chain.layout import Layout, built, from_archive, from_directory
from supply_chain.models.reference import Reference
from supply_chain.project import Project
from supply_chain.registry import Registry, reached

SOURCE: Literal["source"] = "source"


@dataclass(frozen=True)
class Given:
    """The image as the caller names it; nothing of it has been looked at yet."""

    image: dagger.Container | None = None
    tarball: dagger.File | None = None
    reference: str = ""

    @classmethod
    def of(cls, image: dagger.Container | None, tarball: dagger.File | None, reference: str) -> Self:
        """The image by no more than one of the three; an error otherwise, or for a reference that is none."""
        named = {"--image": image, "--tarball": tarball, "--reference": reference}
        given = [flag for flag, value in named.items() if value]
        if len(given) > 1:
            raise InputAmbiguous(f"{' and '.join(given)} were given")
        if reference:
            Reference.parse(reference)
        return cls(image, tarball, reference)

    @property
    def is_source(self) -> bool:
        """Whether it is to be built."""
        return self.kind == SOURCE

    @property
    def kind(self) -> Literal["source", "container", "tarball", "reference"]:
        """How it is given."""
        if self.image:
            return "container"
        if self.tarball:
            return "tarball"
        return "reference" if self.reference else SOURCE


@dataclass(frozen=True)
class Subject:
    """The image that everything is about."""

    layout: Layout
    container: dagger.Container
    """The same image, to be run."""
    origin: str
    """`source`, `container`, `tarball`, or the reference by digest."""

    @property
    def built_here(self) -> bool:
        """Whether it was built from a source in this run."""
        return self.origin == SOURCE

    @property
    def name(self) -> tuple[str, bool]:
        """What reports call it, and whether that is its place in a registry."""
        placed = self.origin.endswith(f"@{self.layout.digest}")
        return (self.origin, True) if placed else (f"image@{self.layout.digest}", False)


async def subject_of(given: Given, project: Project, build_args: Mapping[str, str] | None = None) -> Subject:
    """The image that was given, or the one that the source builds to."""
    python, platform = project.images.python, project.settings.platform
    if given.tarball:
        layout = await from_archive(given.tarball, python, platform)
        return Subject(layout, layout.container(python), "tarball")
    if given.reference:
        return await _pulled(Reference.parse(given.reference), project)
    if given.image:
        return Subject(await built(given.image, python, platform), given.image, "container")
    image = await project.build(await project.recipe(), build_args)
    return Subject(await built(image, python, platform), image, SOURCE)


async def check_unmoved(given: Given, subject: Subject, project: Project) -> None:
    """TagMoved where the tag that named the image names another one by now."""
    reference = Reference.parse(given.reference) if given.reference else None
    if reference is None or reference.digest:
        return
    now = await (await _registry(project)).digest(str(reference))
    if subject.origin != reference.repository.at(now):
        raise TagMoved(f"{reference} has moved", why=f"first it named {subject.origin}, now {now}")


async def _pulled(reference: Reference, project: Project) -> Subject:
    """An image out of its registry, byte for byte; a tag is looked up once."""
    python, platform = project.images.python, project.settings.platform
    registry = await _registry(project)
    digest = reference.digest or await registry.digest(str(reference))
    origin = reference.repository.at(digest)
    layout = await from_directory(await registry.pull(origin, platform), python, platform)
    return Subject(layout, layout.container(python), origin)


async def _registry(project: Project) -> Registry:
    return await reached(project.images, project.logins, project.patience)
