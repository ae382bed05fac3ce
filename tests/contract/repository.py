"""A small git repository, the same to the last commit wherever it is made."""

import subprocess
from pathlib import Path

_WHO = ("-c", "user.name=Some Body", "-c", "user.email=some@example.org", "-c", "init.defaultBranch=main")
_WHEN = "2026-01-01T00:00:00Z"


def repository(folder: Path) -> None:
    """Two commits on `main`, the first on `topic` too; a plain tag on that, an annotated on the second."""
    (folder / "sub").mkdir(parents=True)
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "sub" / "b.txt").write_text("b\n")
    _git(folder, "init", "--quiet")
    for text, tag in (("one\n", ("v1.0.0",)), ("two\n", ("-a", "-m", "the second", "v1.1.0"))):
        (folder / "a.txt").write_text(text)
        _git(folder, "add", ".")
        _git(folder, "commit", "--quiet", "--message", text.strip())
        _git(folder, "tag", *tag)
    _git(folder, "branch", "topic", "v1.0.0")


def _git(folder: Path, *args: str) -> None:
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nowhere", "GIT_CONFIG_NOSYSTEM": "1"}
    dates = {"GIT_AUTHOR_DATE": _WHEN, "GIT_COMMITTER_DATE": _WHEN}
    subprocess.run(["git", *_WHO, *args], cwd=folder, env=env | dates, check=True)  # noqa: S607
