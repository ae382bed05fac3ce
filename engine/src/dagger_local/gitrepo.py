"""Git repositories that come as directories, read by this machine's git and trusted in nothing.

What a repository says in its configuration, its hooks and its links to elsewhere could run programs here or
read files: git gets a copy without all that, and no configuration of its user.
"""

import fnmatch
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from dagger_local import tree
from dagger_local.errors import EngineError, HostUnusable

_PARTS = ("HEAD", "packed-refs", "shallow", "index", "refs", "objects", "info")
_LEFT_OUT = {"objects/info/alternates", "objects/info/http-alternates", "info/attributes"}
_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True)
class Refs:
    """All names of a repository.

    Attributes:
        commits: What each name stands for, an annotated tag's commit as `NAME^{}` behind the tag.
        head: The branch that HEAD is, if it is one.
    """

    commits: tuple[tuple[str, str], ...]
    head: str

    def tags(self, patterns: Sequence[str]) -> list[str]:
        """Short names of tags; patterns fit the end of the whole name, as those of `git ls-remote` do."""
        names = [name for name, _ in self.commits if not name.endswith("^{}")]
        chosen = [
            name
            for name in names
            if not patterns or any(fnmatch.fnmatchcase(f"/{name}", f"*/{pattern}") for pattern in patterns)
        ]
        return [name.removeprefix("refs/tags/") for name in chosen if name.startswith("refs/tags/")]

    def find(self, wanted: str) -> tuple[str, str]:
        """The whole name and the commit of a name, which is preferably a branch's; a commit is its own name.

        Raises:
            EngineError: There is no such name.
        """
        if _SHA.fullmatch(wanted):
            return wanted, wanted
        known = dict(self.commits)
        branch = "refs/heads/" + wanted.removeprefix("refs/heads/")
        tag = "refs/tags/" + wanted.removeprefix("refs/tags/")
        for name in (wanted, "refs/" + wanted.removeprefix("refs/"), branch, tag):
            if name in known:
                commit = known.get(f"{name}^{{}}", known[name])
                return (self.head if name == "HEAD" and self.head else name), commit
        raise EngineError(f'repository does not contain ref "{wanted}"')


async def refs(directory: Path, top: Path, drafts: Path) -> Refs:
    """Reads the names of a repository.

    Args:
        directory: In a work tree, or a .git folder.
        top: The folder above which there is nothing to look for.
        drafts: An empty folder of the store.
    """
    private = _private(_git_folder(directory, top), drafts)
    shown = await _git(private, "show-ref", "--head", "--dereference", allowed=(0, 1))
    lines = [line.split(" ", 1) for line in shown.splitlines()]
    head = await _git(private, "symbolic-ref", "--quiet", "HEAD", allowed=(0, 1))
    return Refs(tuple((name, commit) for commit, name in lines), head.strip())


async def is_clean(directory: Path, top: Path, drafts: Path) -> bool:
    """Whether a work tree is what its HEAD says, but for what is ignored; a .git folder alone always is."""
    folder = _git_folder(directory, top)
    if folder.name != ".git" or folder == directory:
        return True
    private = _private(folder, drafts)
    await _git(private, "read-tree", "HEAD")
    status = (f"--work-tree={folder.parent}", "status", "--porcelain", "--", ".")
    return not await _git(private, *status, cwd=directory)


def _git_folder(directory: Path, top: Path) -> Path:
    """The .git folder of a work tree that a directory lies in, or is; else the directory itself.

    Raises:
        EngineError: It is no repository; the message is Dagger's.
    """
    above = [folder for folder in directory.parents if folder.is_relative_to(top)]
    for folder in (directory, *above):
        if _is_git(folder / ".git"):
            return folder / ".git"
    if _is_git(directory):
        return directory
    raise EngineError("git error: not a git repository")


def _is_git(folder: Path) -> bool:
    return all((folder / part).exists() for part in ("HEAD", "objects", "refs")) and not folder.is_symlink()


def _private(source: Path, drafts: Path) -> Path:
    """A copy of a .git folder that says nothing but commits and names."""
    target = drafts / "git"
    target.mkdir()
    for part in _PARTS:
        if (source / part).is_file() and not (source / part).is_symlink():
            shutil.copyfile(source / part, target / part)
        elif (source / part).is_dir():
            _copy(source, target, part)
    (target / "config").write_text(_CONFIG)
    return target


def _copy(source: Path, target: Path, part: str) -> None:
    for name, item in tree.walk(source / part):
        goal = target / part / name
        if item.is_symlink() or f"{part}/{name}" in _LEFT_OUT:
            continue
        if item.is_dir():
            goal.mkdir(parents=True, exist_ok=True)
        else:
            os.link(item, goal)


async def _git(git_dir: Path, *args: str, allowed: Sequence[int] = (0,), cwd: Path | None = None) -> str:
    program = shutil.which("git")
    if program is None:
        raise HostUnusable(
            "git is not installed, and the local engine reads repositories with it. "
            "Install it (Debian, Ubuntu: apt-get install git; Fedora: dnf install git), or use Dagger."
        )
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(git_dir),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
    }
    fixed = ["-c", "safe.directory=*", "-c", f"core.hooksPath={os.devnull}", f"--git-dir={git_dir}"]
    done = await anyio.run_process([program, *fixed, *args], env=env, cwd=cwd or git_dir, check=False)
    if done.returncode not in allowed:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise EngineError(f"git {args[0]}: {said[-1] if said else f'exit code {done.returncode}'}")
    return done.stdout.decode(errors="surrogateescape")
