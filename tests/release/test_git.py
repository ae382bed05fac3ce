"""Commit, version and changes of a source come from its own git directory."""

import subprocess
from pathlib import Path

import pytest

from .harness import Done, Engine
from .rehearsing import run

USAGE = 2


def git(folder: Path, *args: str) -> str:
    who = ("-c", "user.name=tests", "-c", "user.email=tests@example.org")
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *args], check=True, capture_output=True, text=True  # noqa: S607
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A source with one commit, tagged as a version; what it builds to is next to nothing."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY hello /\n")
    (folder / "hello").write_text("hello\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    git(folder, "tag", "--annotate", "v4.5.6", "--message", "4.5.6")
    git(folder, "tag", "nightly")
    return folder


def of(checkout: Path) -> tuple[str, ...]:
    return ("--source", str(checkout), "--git", str(checkout / ".git"))


def test_a_tagged_commit_gives_version_and_tags(engine: Engine, checkout: Path, tmp_path: Path) -> None:
    rehearsal = run(engine, tmp_path / "dist", *engine.rehearsal, of=of(checkout))
    rehearsal.verdict.expect(0, "# Rehearsal of 4.5.6: passed")
    outcome, commit = rehearsal.evidence.outcome, git(checkout, "rev-parse", "HEAD")
    assert (outcome.revision, outcome.dirty) == (commit, False)
    assert outcome.tags == (f"sha-{commit[:7]}", "latest", "4.5.6")


def test_a_changed_source_is_not_tagged_by_its_commit(engine: Engine, checkout: Path, tmp_path: Path) -> None:
    (checkout / "hello").write_text("changed\n")
    rehearsal = run(engine, tmp_path / "dist", *engine.rehearsal, of=of(checkout))
    rehearsal.verdict.expect(0, "changes that were not committed")
    assert rehearsal.evidence.outcome.dirty
    assert rehearsal.evidence.outcome.tags == ("latest", "4.5.6")


def refused(engine: Engine, checkout: Path, *flags: str) -> Done:
    return engine.call(*of(checkout), "release", *engine.database, *flags)


def test_two_versions_on_one_commit(engine: Engine, checkout: Path) -> None:
    git(checkout, "tag", "4.6.0")
    refused(engine, checkout).expect(USAGE, "BadVersion", "4.5.6, 4.6.0", "--version")


def test_another_commit_than_the_callers(engine: Engine, checkout: Path) -> None:
    refused(engine, checkout, "--revision", "f" * 40).expect(USAGE, "GitInvalid", "is not the commit")


def test_a_directory_that_git_cannot_read(engine: Engine, checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = engine.call("--source", str(checkout), "--git", str(tmp_path / "empty"), "release")
    done.expect(USAGE, "GitInvalid", "--git .git")
