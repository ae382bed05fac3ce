"""The list of the evidence's files, written and checked; `sha256sum` reads it as well."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.scripts import check_sums
from supply_chain.scripts.check_sums import BUNDLE, SUMS, compared, listed, sums


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of evidence, listed."""
    (tmp_path / "layout" / "blobs").mkdir(parents=True)
    (tmp_path / "layout" / "blobs" / "aa").write_bytes(b"\0blob")
    (tmp_path / "outcome.json").write_text("{}")
    (tmp_path / "with space.txt").write_text("text")
    there = sums(tmp_path)
    (tmp_path / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in there.items()))
    (tmp_path / BUNDLE).write_text("signed")
    return tmp_path


def _check(folder: Path) -> dict[str, list[str]]:
    return compared(sums(folder), listed((folder / SUMS).read_text()))


def test_what_nobody_changed_differs_in_nothing(folder: Path) -> None:
    assert _check(folder) == {"changed": [], "missing": [], "extra": []}


def test_every_file_is_listed_but_the_list_and_its_bundle(folder: Path) -> None:
    assert set(sums(folder)) == {"layout/blobs/aa", "outcome.json", "with space.txt"}


def test_sha256sum_reads_the_list(folder: Path) -> None:
    done = subprocess.run(
        [Path("/usr/bin/sha256sum"), "--check", SUMS], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _grow(folder: Path) -> None:
    (folder / "layout" / "blobs" / "bb").write_bytes(b"")


def _turn_into_a_link(folder: Path) -> None:
    (folder / "outcome.json").rename(folder.parent / "elsewhere.json")
    (folder / "outcome.json").symlink_to(folder.parent / "elsewhere.json")


@pytest.mark.parametrize(
    ("change", "how", "name"),
    [
        (lambda at: (at / "layout/blobs/aa").write_bytes(b"\1blob"), "changed", "layout/blobs/aa"),
        (lambda at: (at / "outcome.json").unlink(), "missing", "outcome.json"),
        (_grow, "extra", "layout/blobs/bb"),
        (_turn_into_a_link, "changed", "outcome.json"),
    ],
)
def test_what_was_changed_is_named(
    folder: Path, change: Callable[[Path], object], how: str, name: str
) -> None:
    change(folder)
    assert _check(folder)[how] == [name]


@pytest.mark.parametrize("text", ["no line\n", f"{'0' * 64}  a\n{'1' * 64}  a\n", f"{'0' * 63}  a\n"])
def test_a_list_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="line that is none, or a path twice"):
        listed(text)


@given(content=st.dictionaries(st.from_regex(r"[a-z0-9. _-]{1,20}", fullmatch=True), st.binary()))
def test_a_list_says_what_was_there(content: dict[str, bytes]) -> None:
    there = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    assert listed("".join(f"{digest}  {name}\n" for name, digest in there.items())) == there


def test_the_command_writes_and_checks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / SUMS).read_text()
    check_sums.write(folder, folder / SUMS)
    assert (folder / SUMS).read_text() == before
    check_sums.check(folder)
    assert capsys.readouterr().out == '{"changed": [], "missing": [], "extra": []}\n'
