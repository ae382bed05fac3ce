"""Puts finished stand-ins into podman's storage, under their name, tag and digest."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from standins.command import Commands
from standins.oci import Layout

_PASSING = "stand-in-being-loaded"


def load(layouts: Iterable[Layout], podman_argv: Sequence[str]) -> list[str]:
    """Load what is not there yet and return its references; `podman_argv` is podman with its global options.

    Raises:
        CommandFailed: podman refused.
    """
    commands = Commands()
    listing = [*podman_argv, "images", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}}@{{.Digest}}"]
    there = set(commands.run(listing).split())
    missing = [layout for layout in layouts if layout.pinned not in there]
    for layout in missing:
        _load(layout, podman_argv, commands)
    return [layout.pinned for layout in missing]


def _load(layout: Layout, podman_argv: Sequence[str], commands: Commands) -> None:
    """Pull a layout and give it its own name.

    Podman 4.3 names what it pulls after its path, and refuses a path that makes no image name: hence a link.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / _PASSING).symlink_to(layout.path.resolve())
        pulled = commands.run([*podman_argv, "pull", "--quiet", f"oci:{_PASSING}"], cwd=Path(folder)).strip()
    commands.run([*podman_argv, "tag", pulled, layout.reference])
    commands.run([*podman_argv, "untag", pulled, f"localhost/{_PASSING}:latest"])
