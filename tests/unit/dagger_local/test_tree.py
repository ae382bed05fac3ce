"""Trees: equal content is equal, whatever order or time it was made at; copies keep what matters."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagger_local import overlay, tree
from dagger_local.patterns import keeper

NAMES = st.text("abcé.", min_size=1, max_size=4).filter(lambda name: name not in {".", ".."})


def make(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


@given(st.dictionaries(NAMES, st.binary(max_size=8), max_size=5))
def test_the_digest_depends_on_content_alone(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    first = make(tmp_path_factory.mktemp("a"), files)
    second = make(tmp_path_factory.mktemp("b"), dict(reversed(files.items())))
    assert tree.digest(first) == tree.digest(second)
    (second / "one-more").write_bytes(b"")
    assert tree.digest(first) != tree.digest(second)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "f").write_text("other"),
        lambda root: (root / "f").chmod(0o600),
        lambda root: os.chown(root / "f", 5, 6),
        lambda root: (root / "l").symlink_to("f"),
        lambda root: (root / "d").mkdir(),
        lambda root: (root / "f").rename(root / "g"),
    ],
    ids=["content", "mode", "owner", "link", "empty folder", "name"],
)
def test_every_change_that_a_tar_shows_changes_the_digest(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    make(tmp_path, {"f": b"x"})
    before = tree.digest(tmp_path)
    change(tmp_path)
    assert tree.digest(tmp_path) != before


def test_times_count_only_when_asked(tmp_path: Path) -> None:
    make(tmp_path, {"f": b"x"})
    plain, timed = tree.digest(tmp_path), tree.digest(tmp_path, times=True)
    os.utime(tmp_path / "f", (1, 1))
    assert tree.digest(tmp_path) == plain
    assert tree.digest(tmp_path, times=True) != timed


def test_a_copy_keeps_modes_owners_links_and_times(tmp_path: Path) -> None:
    source = make(tmp_path / "s", {"sub/f": b"x"})
    (source / "sub/f").chmod(0o640)
    os.chown(source / "sub/f", 5, 6)
    (source / "sub/l").symlink_to("nowhere")
    os.utime(source / "sub/f", (7, 7))
    tree.copy(source, tmp_path / "t")
    assert tree.digest(tmp_path / "t", times=True) == tree.digest(source, times=True)


def test_a_linked_copy_shares_files_and_a_given_owner_does_not_reach_the_original(tmp_path: Path) -> None:
    source = make(tmp_path / "s", {"f": b"x"})
    tree.copy(source, tmp_path / "linked", link=True)
    tree.copy(source, tmp_path / "owned", link=True, owner=(5, 6))
    assert (tmp_path / "linked/f").samefile(source / "f")
    assert (source / "f").stat().st_uid == os.getuid()
    assert (tmp_path / "owned/f").stat().st_uid == 5


def test_copies_merge_folders_and_replace_files(tmp_path: Path) -> None:
    target = make(tmp_path / "t", {"d/old": b"1", "f": b"1"})
    tree.copy(make(tmp_path / "s", {"d/new": b"2", "f": b"2"}), target)
    assert {p.name for p in (target / "d").iterdir()} == {"old", "new"}
    assert (target / "f").read_bytes() == b"2"


@pytest.mark.parametrize("path", ["/../../etc/passwd", "out/etc/passwd", "abs/passwd", "loop/x"])
def test_no_path_of_a_container_leads_out_of_it(tmp_path: Path, path: str) -> None:
    (tmp_path / "out").symlink_to("../../..")
    (tmp_path / "abs").symlink_to("/etc")
    (tmp_path / "loop").symlink_to("loop")
    assert tree.inside(tmp_path, path).is_relative_to(tmp_path)


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("*.txt", "a.txt", "sub/a.txt"),
        ("**/*.txt", "sub/deep/a.txt", "a.md"),
        ("s?b/[ab].txt", "sub/a.txt", "sub/c.txt"),
        ("a+b", "a+b", "aab"),
    ],
)
def test_globs(pattern: str, matching: str, other: str) -> None:
    assert tree.matcher(pattern).match(matching)
    assert not tree.matcher(pattern).match(other)


def test_an_overlay_is_read_with_its_deletions(tmp_path: Path) -> None:
    lower = make(tmp_path / "lower", {"gone": b"1", "kept": b"1", "d/hidden": b"1"})
    upper = make(tmp_path / "upper", {"new": b"2", "d/seen": b"2"})
    os.mknod(upper / "gone", 0o020000, 0)
    os.setxattr(upper / "d", "trusted.overlay.opaque", b"y")
    overlay.merge(lower, upper, tmp_path / "merged")
    assert [name for name, _ in tree.walk(tmp_path / "merged")] == ["", "d", "d/seen", "kept", "new"]
    assert (lower / "gone").exists()


@pytest.mark.parametrize("exclude", [(), ("sub",), ("*.log",), ("sub/*", "!sub/a"), ("sub", "!sub/a")])
def test_the_digest_of_a_copy_is_known_before_it_is_made(tmp_path: Path, exclude: tuple[str, ...]) -> None:
    source = tmp_path / "source"
    (source / "sub" / "deep").mkdir(parents=True)
    source.chmod(0o700)
    for name, mode in (("b", 0o4755), ("a.log", 0o600), ("sub/a", 0o644), ("sub/deep/c.log", 0o444)):
        (source / name).write_text(name)
        (source / name).chmod(mode)
    os.chown(source / "b", 5, 6)
    (source / "link").symlink_to("nowhere")
    keep = keeper(exclude)
    tree.copy(source, tmp_path / "copy", owner=(0, 0), keep=keep)
    (tmp_path / "copy").chmod(0o755)
    foretold = tree.digest_of_copy(source, (0, 0), 0o755, keep)
    assert foretold == ("" if exclude == ("sub", "!sub/a") else tree.digest(tmp_path / "copy"))


def test_a_copy_links_what_is_the_same_in_another_tree(tmp_path: Path) -> None:
    source = make(
        tmp_path / "source", {"same": b"1", "sub/other": b"2", "new": b"3", "mode": b"4", "x/y": b"5"}
    )
    before = make(tmp_path / "before", {"same": b"1", "sub/other": b"9", "mode": b"4", "x": b"a file"})
    (before / "mode").chmod(0o600)
    tree.copy(source, tmp_path / "copy", owner=(os.getuid(), os.getgid()), like=before)
    assert tree.digest(tmp_path / "copy") == tree.digest(source)
    linked = [
        name for name, item in tree.walk(tmp_path / "copy") if item.is_file() and item.stat().st_nlink > 1
    ]
    assert linked == ["same"]
    tree.copy(source, tmp_path / "theirs", owner=(5, 6), like=before)
    assert (tmp_path / "theirs" / "same").stat().st_nlink == 1


@pytest.mark.parametrize("again", [[], ["!skip/not"]])
def test_a_walk_looks_into_what_goes_only_where_something_in_it_may_stay(
    again: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "t", {"a": b"", "skip/b": b"", "skip/not": b"", "skip/deep/c": b""})
    seen, scandir = list[str](), os.scandir

    def looked(folder: Path) -> object:
        seen.append(Path(folder).name)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", looked)
    found = [name for name, _ in tree.walk(tmp_path / "t", keeper(["skip", *again]))]
    assert found == (["", "a", "skip/not"] if again else ["", "a"])
    assert seen == (["t", "skip", "deep"] if again else ["t"])
