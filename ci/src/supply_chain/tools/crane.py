"""crane's command lines: push a layout by digest, resolve, tag.

Source: https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc/crane.md.
"""

import re

from supply_chain.models.base import SHA256


def push(layout: str, reference: str, *, rehearsal: bool) -> list[str]:
    """Push the layout's image; a `reference` by digest leaves no tag."""
    return [*_transport(rehearsal=rehearsal), "push", layout, reference]


def digest(reference: str, *, rehearsal: bool) -> list[str]:
    """Print the digest the registry serves for `reference`."""
    return [*_transport(rehearsal=rehearsal), "digest", reference]


def pull(reference: str, platform: str, layout: str, *, rehearsal: bool) -> list[str]:
    """Write the image into an OCI layout; of an index the image for `platform`, if one is named."""
    chosen = ["--platform", platform] if platform else []
    return [*_transport(rehearsal=rehearsal), *chosen, "pull", "--format", "oci", reference, layout]


def tags(repository: str, *, rehearsal: bool) -> list[str]:
    """Print every tag of the repository, a line each."""
    return [*_transport(rehearsal=rehearsal), "ls", repository]


def tag(reference: str, name: str, *, rehearsal: bool) -> list[str]:
    """Let the tag `name` name the image `reference`."""
    return [*_transport(rehearsal=rehearsal), "tag", reference, name]


def digest_in(output: str) -> str:
    """The digest crane printed, alone or at the end of a reference; empty when there is none."""
    match = re.search(rf"{SHA256}\Z", output.strip())
    return match[0] if match else ""


def _transport(*, rehearsal: bool) -> list[str]:
    """The throw-away registry of a rehearsal speaks plain http; nothing else may be asked that way."""
    return ["--insecure"] if rehearsal else []
