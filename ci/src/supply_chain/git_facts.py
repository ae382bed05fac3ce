"""What git says of the source: the commit, the version tagged there, whether it was changed since."""

import functools
from dataclasses import dataclass

import anyio
import dagger
from dagger import dag

from supply_chain.errors import GitInvalid
from supply_chain.faults import failing_as
from supply_chain.models.version import from_git_tags, is_version
from supply_chain.toolbox import side_by_side

_AT_ONCE = 20


@dataclass(frozen=True)
class Commit:
    """The state of a checkout, as far as it is known."""

    revision: str = ""
    """The commit's id; empty where nobody says."""
    version: str = ""
    """The version that a tag gives the commit; empty where none does."""
    dirty: bool | None = None
    """Whether files differ from the commit, or are new; None where that is not known."""

    @property
    def described(self) -> str:
        """The commit's id, marked where the source is not what was committed."""
        return f"{self.revision}-dirty" if self.revision and self.dirty else self.revision

    def named(self, revision: str) -> "Commit":
        """This commit; GitInvalid where the caller names another one."""
        if revision and not self.revision.startswith(revision):
            raise GitInvalid(
                f"--revision {revision} is not the commit of --git", why=f"that is {self.revision}"
            )
        return self


async def commit_of(git: dagger.Directory, source: dagger.Directory) -> Commit:
    """The commit that the source is at, by its .git directory."""
    checkout = dag.directory().with_directory("/", source).with_directory(".git", git).as_git()
    with failing_as(GitInvalid, "git cannot read the .git directory"):
        revision = await checkout.head().commit()
        tags = await _tags_at(checkout, revision)
        dirty = not await checkout.uncommitted().is_empty()
    version = from_git_tags(tags)
    return Commit(revision=revision, version=version.tag if version else "", dirty=dirty)


async def _tags_at(checkout: dagger.GitRepository, revision: str) -> list[str]:
    """Version tags that name the commit, annotated or not."""
    limit = anyio.CapacityLimiter(_AT_ONCE)

    async def commit(tag: str) -> str:
        async with limit:
            return await checkout.tag(tag).commit()

    tags = sorted(filter(is_version, await checkout.tags()))
    commits = await side_by_side(*(functools.partial(commit, tag) for tag in tags))
    return [tag for tag, found in zip(tags, commits, strict=True) if found == revision]
