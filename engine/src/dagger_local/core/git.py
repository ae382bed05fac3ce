"""Git repositories in directories: commits, names, and whether something is uncommitted."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from dagger_local import gitrepo, tree
from dagger_local.evaluate import Evaluator
from dagger_local.resolve import leaf, step
from dagger_local.states import ChangesState, DirectoryState, GitRefState, GitState

Result = TypeVar("Result")


async def _asked(
    ev: Evaluator, directory: DirectoryState, question: Callable[[Path, Path, Path], Awaitable[Result]]
) -> Result:
    drafts = ev.session.store.temporary()
    try:
        return await question(directory.path, ev.session.store.top_of(directory.path), drafts)
    finally:
        tree.remove(drafts)


@step("Directory", "asGit")
async def as_git(ev: Evaluator, parent: DirectoryState) -> GitState:
    """The directory as a repository."""
    return GitState(parent, await _asked(ev, parent, gitrepo.refs))


@step("GitRepository", "head")
async def head(_ev: Evaluator, parent: GitState) -> GitRefState:
    """What HEAD stands for."""
    return GitRefState(*parent.refs.find("HEAD"))


@step("GitRepository", "ref")
async def ref(_ev: Evaluator, parent: GitState, name: str) -> GitRefState:
    """What a name stands for."""
    return GitRefState(*parent.refs.find(name))


@step("GitRepository", "tag")
async def tag(_ev: Evaluator, parent: GitState, name: str) -> GitRefState:
    """What a tag stands for."""
    return GitRefState(*parent.refs.find("refs/tags/" + name.removeprefix("refs/tags/")))


@leaf("GitRepository", "tags")
async def tags(_ev: Evaluator, parent: GitState, patterns: list[str] | None = None) -> list[str]:
    """Names of tags."""
    return parent.refs.tags(patterns or ())


@step("GitRepository", "uncommitted")
async def uncommitted(ev: Evaluator, parent: GitState) -> ChangesState:
    """What differs from HEAD."""
    return ChangesState(parent.directory, await _asked(ev, parent.directory, gitrepo.is_clean))


@leaf("Changeset", "isEmpty")
async def is_empty(_ev: Evaluator, parent: ChangesState) -> bool:
    """Whether nothing differs."""
    return parent.empty


@leaf("GitRef", "commit")
async def commit(_ev: Evaluator, parent: GitRefState) -> str:
    """The commit."""
    return parent.commit


@leaf("GitRef", "ref")
async def ref_name(_ev: Evaluator, parent: GitRefState) -> str:
    """The whole name."""
    return parent.name
