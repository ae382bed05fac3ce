"""crane's command lines: push a layout by digest, resolve, tag.

Source: https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc/crane.md.
"""

import re
from collections.abc import Sequence

from supply_chain.models.base import SHA256
from supply_chain.models.reference import Repository

PROGRAM = "/ko-app/crane"
"""Where the official image keeps it."""


def push(layout: str, reference: str) -> list[str]:
    """Push the layout's image; a `reference` by digest leaves no tag."""
    return ["push", layout, reference]


def digest(reference: str) -> list[str]:
    """Print the digest the registry serves for `reference`."""
    return ["digest", reference]


def manifest(reference: str) -> list[str]:
    """Print the manifest of `reference`, byte for byte."""
    return ["manifest", reference]


def config(reference: str) -> list[str]:
    """Print the config of the image `reference`, byte for byte."""
    return ["config", reference]


def pull(reference: str, platform: str, layout: str) -> list[str]:
    """Write the image into an OCI layout; of an index the image for `platform`, if one is named."""
    chosen = ["--platform", platform] if platform else []
    return [*chosen, "pull", "--format", "oci", reference, layout]


def tags(repository: str) -> list[str]:
    """Print every tag of the repository, a line each."""
    return ["ls", repository]


def tag(reference: str, name: str) -> list[str]:
    """Let the tag `name` name the image `reference`."""
    return ["tag", reference, name]


def tagging(repository: Repository, image: str, names: Sequence[str]) -> list[list[str]]:
    """Two commands of a workbench for each tag: it is moved to the image, and looked up."""
    pairs = (in_workbench(tag(image, name), digest(repository.tagged(name))) for name in names)
    return [command for pair in pairs for command in pair]


def looks(repository: Repository, name: str) -> list[list[str]]:
    """Two commands of a workbench: what the tag `name` names, and every tag of the repository."""
    return in_workbench(digest(repository.tagged(name)), tags(str(repository)))


def descriptions(reference: str) -> list[list[str]]:
    """Two commands of a workbench: the manifest of an image, and its config."""
    return in_workbench(manifest(reference), config(reference))


def in_workbench(*commands: Sequence[str]) -> list[list[str]]:
    """The commands as a workbench runs them."""
    return [[PROGRAM, *command] for command in commands]


def digest_in(output: str) -> str:
    """The digest crane printed, alone or at the end of a reference; empty when there is none."""
    match = re.search(rf"{SHA256}\Z", output.strip())
    return match[0] if match else ""
