"""A module's compiled code: kept, and never that of another source."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dagger_local.module.waiting import ENTRY

PROGRAM = """
import sys
import bytecode
bytecode.keep(sys.argv[1], sys.argv[2])
import mine, mine.inner, json
print(mine.VALUE, mine.inner.VALUE, type(mine.__loader__).__name__, type(json.__loader__).__name__)
"""


def imported(sources: Path, kept: Path) -> str:
    """What a fresh process finds in the package `mine`."""
    env = {**os.environ, "PYTHONPATH": f"{sources}:{ENTRY.parent}", "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [sys.executable, "-P", "-c", PROGRAM, str(sources), str(kept)]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    package = tmp_path / "src" / "mine"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("VALUE = 1\n")
    (package / "inner.py").write_text("VALUE = 2\n")
    (tmp_path / "kept").mkdir()
    return tmp_path / "src"


def test_code_is_kept_outside_of_the_sources(sources: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert imported(sources, kept) == "1 2 KeptCode SourceFileLoader"
    made = {path.name: path.stat().st_ino for path in kept.iterdir()}
    assert len(made) == 2
    assert imported(sources, kept) == "1 2 KeptCode SourceFileLoader"
    assert {path.name: path.stat().st_ino for path in kept.iterdir()} == made
    assert sorted(path.name for path in (sources / "mine").iterdir()) == ["__init__.py", "inner.py"]


def test_another_source_of_the_same_size_and_time_is_compiled(sources: Path, tmp_path: Path) -> None:
    file = sources / "mine" / "__init__.py"
    before = file.stat()
    assert imported(sources, tmp_path / "kept").startswith("1 2 ")
    file.write_text("VALUE = 7\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert imported(sources, tmp_path / "kept").startswith("7 2 ")


@pytest.mark.parametrize("left", [0, 20, 40])
def test_half_of_what_was_kept_is_as_good_as_nothing(sources: Path, tmp_path: Path, left: int) -> None:
    imported(sources, tmp_path / "kept")
    for file in (tmp_path / "kept").iterdir():
        file.write_bytes(file.read_bytes()[:left])
    assert imported(sources, tmp_path / "kept").startswith("1 2 ")


def test_where_nothing_can_be_kept_modules_are_imported_all_the_same(sources: Path, tmp_path: Path) -> None:
    assert imported(sources, tmp_path / "nowhere") == "1 2 KeptCode SourceFileLoader"
