"""Repositories are read by this machine's git and are trusted in nothing."""

import shutil
from pathlib import Path

import anyio
import pytest

from contract.repository import repository
from dagger_local import gitrepo
from dagger_local.errors import EngineError, HostUnusable


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    repository(tmp_path / "repo")
    return tmp_path / "repo"


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    (tmp_path / "drafts").mkdir()
    return tmp_path / "drafts"


def read(folder: Path, drafts: Path) -> gitrepo.Refs:
    return anyio.run(gitrepo.refs, folder, folder, drafts)


def test_names_and_commits(repo: Path, drafts: Path) -> None:
    refs = read(repo, drafts)
    name, newest = refs.find("HEAD")
    assert name == "refs/heads/main"
    assert refs.find("v1.1.0") == ("refs/tags/v1.1.0", newest)  # of an annotated tag, its commit
    assert refs.find("topic") == ("refs/heads/topic", refs.find("v1.0.0")[1])
    assert refs.find(newest) == (newest, newest)
    assert refs.tags([]) == ["v1.0.0", "v1.1.0"]
    assert refs.tags(["v1.1*", "none"]) == ["v1.1.0"]
    assert refs.tags(["tags/v1.0.0"]) == ["v1.0.0"]
    assert refs.tags(["1.0.0"]) == []


def test_a_branch_is_preferred_to_a_tag_and_a_whole_name_to_both() -> None:
    refs = gitrepo.Refs((("refs/heads/x", "1" * 40), ("refs/tags/x", "2" * 40)), "")
    assert refs.find("x") == ("refs/heads/x", "1" * 40)
    assert refs.find("refs/tags/x") == ("refs/tags/x", "2" * 40)
    assert refs.find("tags/x") == ("refs/tags/x", "2" * 40)
    with pytest.raises(EngineError, match=r'^repository does not contain ref "y"$'):
        refs.find("y")


@pytest.mark.parametrize(
    ("change", "clean"),
    [
        (lambda repo: (repo / "a.txt").touch(), True),
        (lambda repo: (repo / "new").write_text("x"), False),
        (lambda repo: (repo / "a.log").write_text("x"), True),
        (lambda repo: (repo / "a.txt").unlink(), False),
        (lambda repo: (repo / "a.txt").chmod(0o755), False),
        (lambda repo: (repo / ".git" / "index").unlink(), True),
    ],
)
def test_what_is_uncommitted(repo: Path, drafts: Path, change: object, clean: bool) -> None:
    assert callable(change)
    change(repo)
    assert anyio.run(gitrepo.is_clean, repo, repo, drafts) is clean


def test_a_git_folder_alone_has_nothing_uncommitted(repo: Path, drafts: Path) -> None:
    assert anyio.run(gitrepo.is_clean, repo / ".git", repo / ".git", drafts)


def test_a_folder_in_a_work_tree_is_enough_but_not_above_the_top(repo: Path, drafts: Path) -> None:
    (repo / "new.txt").write_text("x")
    assert anyio.run(gitrepo.is_clean, repo / "sub", repo, drafts)
    with pytest.raises(EngineError, match=r"not a git repository"):
        read(repo / "sub", drafts)


def test_what_is_no_repository_is_an_error(tmp_path: Path, drafts: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(EngineError, match=r"^git error: not a git repository$"):
        read(tmp_path / "plain", drafts)


def test_a_repository_cannot_have_programs_run(repo: Path, drafts: Path, tmp_path: Path) -> None:
    spoor = tmp_path / "spoor"
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch {spoor}\ncat\n")
    program.chmod(0o755)
    with (repo / ".git" / "config").open("a") as config:
        config.write(
            f'[core]\n\tfsmonitor = {program}\n\tpager = {program}\n[filter "evil"]\n\tclean = {program}\n'
        )
    (repo / ".git" / "info").mkdir(exist_ok=True)
    (repo / ".git" / "info" / "attributes").write_text("* filter=evil\n")
    (repo / ".gitattributes").write_text("* filter=evil\n")
    (repo / "a.txt").write_text("changed\n")
    for hook in ("post-index-change", "post-checkout"):
        shutil.copy(program, repo / ".git" / "hooks" / hook)
    assert not anyio.run(gitrepo.is_clean, repo, repo, drafts)
    assert not spoor.exists()


def test_objects_from_elsewhere_are_not_read(repo: Path, drafts: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.move(repo / ".git" / "objects", other)
    (repo / ".git" / "objects" / "info").mkdir(parents=True)
    (repo / ".git" / "objects" / "info" / "alternates").write_text(f"{other}\n")
    with pytest.raises(EngineError, match=r"git read-tree: "):
        anyio.run(gitrepo.is_clean, repo, repo, drafts)


def test_without_git_there_is_advice(repo: Path, drafts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(HostUnusable, match=r"git is not installed.*apt-get install git"):
        read(repo, drafts)
