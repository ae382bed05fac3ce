"""The one OCI layout of a run: what is scanned is what is pushed."""

from dataclasses import dataclass

import dagger
from dagger import dag

from supply_chain.errors import ImageInvalid, InternalError, PlatformMismatch
from supply_chain.faults import failing_as, tool_failing_as
from supply_chain.images import Image
from supply_chain.models.image_config import ImageConfig, Selected
from supply_chain.models.image_layout import Descriptor, Index, check_digest
from supply_chain.toolbox import script, script_args, tool
from supply_chain.tools.output import last_words

_FROM = "/image"
_LAYOUT = "/layout"
_ARCHIVE = "/archive/image.tar"


@dataclass(frozen=True)
class Layout:
    """An image as an OCI layout directory, every blob what its digest says."""

    directory: dagger.Directory
    digest: str
    config_json: str
    """Its config, as it is in the layout."""
    target: Descriptor
    """Its manifest, as what is attached to it refers to it."""

    @property
    def config(self) -> ImageConfig:
        """The part of the config that a release looks at."""
        return ImageConfig.parse(self.config_json)

    def container(self, python: Image) -> dagger.Container:
        """The image, to be run."""
        command = ["tar", "--create", "--file", _ARCHIVE, "--directory", _LAYOUT, "--sort=name", "."]
        packing = (
            tool(python.reference)
            .with_mounted_directory(_LAYOUT, self.directory)
            .with_directory("/archive", dag.directory())
            .with_exec(command)
        )
        return dag.container().import_(packing.file(_ARCHIVE))


async def built(image: dagger.Container, python: Image, platform: str) -> Layout:
    """The layout of somebody's container."""
    return await from_archive(image.as_tarball(), python, platform)


async def from_archive(archive: dagger.File, python: Image, platform: str) -> Layout:
    """The layout in an OCI archive; ImageInvalid or PlatformMismatch where there is no such image in it."""
    return await _selected(script(python, "select_image").with_mounted_file(_FROM, archive), platform)


async def from_directory(directory: dagger.Directory, python: Image, platform: str) -> Layout:
    """The layout in a directory, with nothing in it but the image."""
    return await _selected(script(python, "select_image").with_mounted_directory(_FROM, directory), platform)


async def _selected(container: dagger.Container, platform: str) -> Layout:
    """One image, out of what is mounted.

    It is unpacked because crane pushes a tar archive through Docker's format, which changes the digest. The
    script fixes times, so that equal content is equal to every later step.
    """
    container = container.with_directory(_LAYOUT, dag.directory())
    selecting = container.with_exec(script_args(_FROM, _LAYOUT, platform))
    with tool_failing_as(lambda words: InternalError("the image could not be read", why=last_words(words))):
        found = Selected.model_validate_json(await selecting.stdout())
    if found.problem:
        kind = PlatformMismatch if found.kind == "platform" else ImageInvalid
        raise kind("the image cannot be used", why=found.problem)
    with failing_as(InternalError, "the image's layout could not be read"):
        directory = await selecting.directory(_LAYOUT).sync()
        index = Index.parse(await directory.file("index.json").contents())
    check_digest("the layout", index.image.digest, found.digest)
    return Layout(directory, found.digest, found.config_json, index.image)
