"""The one OCI layout of a run: what is scanned is what is pushed."""

from dataclasses import dataclass

import dagger
from dagger import dag

from supply_chain.errors import InternalError
from supply_chain.faults import failing_as
from supply_chain.images import Image
from supply_chain.models.image_layout import Index, check_blob
from supply_chain.toolbox import tool

_ARCHIVE = "/image.tar"
_LAYOUT = "/layout"


@dataclass(frozen=True)
class Layout:
    """An image as an OCI layout directory."""

    directory: dagger.Directory
    digest: str


async def unpacked(image: dagger.Container, python: Image) -> Layout:
    """The image's layout, and the digest its index and its manifest agree on.

    It is unpacked because crane pushes a tar archive through Docker's format, which changes the digest. Times
    are fixed so that equal content is equal to every later step.
    """
    with failing_as(InternalError, "the image could not be written as an OCI layout"):
        directory = await (
            tool(python.reference)
            .with_mounted_file(_ARCHIVE, image.as_tarball())
            .with_directory(_LAYOUT, dag.directory())
            .with_exec(["tar", "--extract", "--file", _ARCHIVE, "--directory", _LAYOUT])
            .directory(_LAYOUT)
            .with_timestamps(0)
            .sync()
        )
        manifest = Index.parse(await directory.file("index.json").contents()).image
        check_blob(manifest.digest, (await directory.file(manifest.path).contents()).encode())
    return Layout(directory=directory, digest=manifest.digest)
