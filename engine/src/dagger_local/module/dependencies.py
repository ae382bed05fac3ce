"""Compares what a module declares that it imports with what is installed; slow to import, hence apart."""

import importlib.metadata

from packaging.requirements import InvalidRequirement, Requirement

from dagger_local.errors import EngineError
from dagger_local.module.source import ModuleSource


def require(source: ModuleSource) -> None:
    """Raises an error that names what the module declares and this Python does not have."""
    lacking = [problem for text in source.requirements if (problem := _lacking(text))]
    if lacking:
        raise EngineError(
            f"the module {source.config.name!r} declares dependencies that the Python which runs "
            f"dagger-local does not have: {', '.join(lacking)}. Install them there, or use Dagger."
        )


def _lacking(text: str) -> str | None:
    try:
        wanted = Requirement(text)
    except InvalidRequirement as error:
        return f"{text!r} ({error})"
    if wanted.marker and not wanted.marker.evaluate():
        return None
    try:
        have = importlib.metadata.version(wanted.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{wanted} (not installed)"
    return None if wanted.specifier.contains(have, prereleases=True) else f"{wanted} (installed: {have})"
