"""Git repositories that lie in a directory, read by the git of this machine."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from pathlib import Path

import anyio

from dagger_local import tree
from dagger_local.errors import EngineError
from dagger_local.evaluate import Evaluator
from dagger_local.resolve import leaf, step
from dagger_local.states import ChangesetState, DirectoryState, GitRefState, GitState
from dagger_local.values import digest_of

# The repository's own settings must run nothing, and this machine's must not matter.
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "safe.directory=*",
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


@step("Directory", "asGit")
async def as_git(_ev: Evaluator, parent: DirectoryState) -> GitState:
    """The directory as a repository; nothing is looked at yet."""
    return GitState(parent.path, parent.digest)


@step("GitRepository", "head")
async def head(_ev: Evaluator, parent: GitState) -> GitRefState:
    """What is checked out."""
    found = await _git(parent.path, "symbolic-ref", "--quiet", "HEAD", otherwise="HEAD")
    return GitRefState(await _commit(parent, "HEAD"), found)


@step("GitRepository", "tag")
async def tag(_ev: Evaluator, parent: GitState, name: str) -> GitRefState:
    """A tag, annotated or not."""
    full = f"refs/tags/{name.removeprefix('refs/tags/')}"
    return GitRefState(await _commit(parent, full), full)


@leaf("GitRepository", "tags")
async def tags(_ev: Evaluator, parent: GitState, patterns: list[str] | None = None) -> list[str]:
    """Names of the tags that match a pattern; all where there is none."""
    said = await _git(parent.path, "for-each-ref", "--format=%(refname)", "refs/tags")
    names = [name.removeprefix("refs/tags/") for name in said.splitlines()]
    wanted = [pattern.removeprefix("refs/tags/") for pattern in patterns or ["*"]]
    return sorted(name for name in names if any(fnmatchcase(name, pattern) for pattern in wanted))


@step("GitRepository", "uncommitted")
async def uncommitted(ev: Evaluator, parent: GitState) -> ChangesetState:
    """What differs from what is checked out; files that the repository ignores do not count."""
    async with _apart(ev, parent) as copy:
        said = await _git(copy, "status", "--porcelain", "--untracked-files=all")
    return ChangesetState(digest_of("changes", parent.digest), not said)


@leaf("Changeset", "isEmpty")
async def is_empty(_ev: Evaluator, parent: ChangesetState) -> bool:
    """Whether nothing differs."""
    return parent.is_empty


@leaf("GitRef", "commit")
async def commit(_ev: Evaluator, parent: GitRefState) -> str:
    """The commit's id."""
    return parent.commit


@leaf("GitRef", "ref")
async def ref(_ev: Evaluator, parent: GitRefState) -> str:
    """The full name."""
    return parent.ref


@asynccontextmanager
async def _apart(ev: Evaluator, repository: GitState) -> AsyncIterator[Path]:
    """A copy that git may write to; the files are links, which git does not write through."""
    draft = ev.session.store.temporary()
    try:
        tree.copy(repository.path, draft / "checkout", link=True)
        yield draft / "checkout"
    finally:
        tree.remove(draft)


async def _commit(repository: GitState, name: str) -> str:
    return await _git(repository.path, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")


async def _git(folder: Path, *args: str, otherwise: str | None = None) -> str:
    """What git answers; `otherwise` where it has no answer."""
    program = shutil.which("git")
    if program is None:
        raise EngineError("git is not installed on this machine; the local engine reads repositories with it")
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    argv = [program, *settings, "-C", str(folder), *args]
    done = await anyio.run_process(
        argv, check=False, env={"PATH": os.environ.get("PATH", os.defpath), **_ENVIRONMENT}
    )
    if done.returncode and otherwise is not None:
        return otherwise
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"{args[-1]} is not found"
        raise EngineError(f"git {args[0]}: {said.removeprefix('fatal: ')}")
    return done.stdout.decode(errors="replace").strip()
