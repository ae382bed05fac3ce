"""What an image is judged by, as the caller and the source put it."""

import hashlib
from dataclasses import dataclass

import dagger

from supply_chain.errors import ExceptionsInvalid
from supply_chain.faults import failing_as
from supply_chain.models.exceptions import Exceptions
from supply_chain.models.policy import Policy, severities_of
from supply_chain.project import Project


@dataclass(frozen=True)
class Rules:
    """Severities by name, and a file of exceptions; nothing of it has been looked at yet."""

    severities: tuple[str, ...] = ()
    block_unfixed: bool = False
    exceptions: dagger.File | None = None

    async def policy(self, otherwise: dagger.File | None = None) -> Policy:
        """The policy, with these exceptions or the others; what cannot be one is refused."""
        file = self.exceptions or otherwise
        return Policy(
            severities=severities_of(self.severities) if self.severities else Policy().severities,
            ignore_unfixed=not self.block_unfixed,
            exceptions=Exceptions.parse(await _text(file)) if file else Exceptions(),
        )

    async def exceptions_digest(self, otherwise: dagger.File | None = None) -> str | None:
        """The digest of the file with the exceptions, these or the others; None where there is no file."""
        file = self.exceptions or otherwise
        return f"sha256:{hashlib.sha256((await _text(file)).encode()).hexdigest()}" if file else None


async def own_exceptions(project: Project) -> dagger.File | None:
    """The source's own file of exceptions, if it has one."""
    place = project.settings.exceptions
    if project.source and await project.source.exists(place):
        return project.source.file(place)
    return None


async def _text(file: dagger.File) -> str:
    with failing_as(ExceptionsInvalid, "the file of exceptions cannot be read"):
        return await file.contents()
