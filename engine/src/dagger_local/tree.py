"""Files on disk: digests over what a tar would hold, copies that keep modes, owners, links and times."""

import filecmp
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path

Contents = MutableMapping[tuple[int, int, int, int], bytes]
"""Digests of files' content, by device, inode, size and time: of files that stay and are never written to."""


@dataclass(frozen=True)
class Keep:
    """Says what of a tree stays.

    Attributes:
        stays: Whether something does, by its path from the root and whether it is a folder.
        whole: Whether all goes that is in a folder which goes.
    """

    stays: Callable[[str, bool], bool]
    whole: bool = False


def digest(path: Path, *, times: bool = False, known: Contents | None = None) -> str:
    """The sha256 (hex) of a file or tree: names, types, modes, owners, content; file times if asked.

    Args:
        path: The file or tree.
        times: Whether the times of files count.
        known: Content that need not be read; what had to be is added.
    """
    total = hashlib.sha256()
    for name, item in walk(path):
        _add(total, name, item, item.lstat(), times=times, known=known)
    return total.hexdigest()


def _add(
    total: "hashlib._Hash",
    name: str,
    item: Path,
    info: os.stat_result,
    *,
    times: bool = False,
    known: Contents | None = None,
    owner: tuple[int, int] | None = None,
    mode: int | None = None,
) -> None:
    """Adds one file, link or folder to a digest, as it is or with another owner and mode."""
    kind = stat.S_IFMT(info.st_mode)
    bits = stat.S_IMODE(info.st_mode) if mode is None else mode
    when = info.st_mtime_ns if times and stat.S_ISREG(info.st_mode) else 0
    total.update(_head(name, kind | bits, owner or (info.st_uid, info.st_gid), when))
    if stat.S_ISLNK(info.st_mode):
        total.update(os.fsencode(item.readlink()))
    elif stat.S_ISREG(info.st_mode):
        total.update(_content(item, info, {} if known is None else known))
    total.update(b"\n")


def _head(name: str, mode: int, owner: tuple[int, int], when: int) -> bytes:
    """What of a file counts beside its content."""
    head = f"{name}\0{stat.S_IFMT(mode):o}\0{stat.S_IMODE(mode):o}\0{owner[0]}:{owner[1]}\0{when}\0"
    return head.encode("utf-8", "surrogateescape")


def digest_of_file(name: str, content: bytes, mode: int) -> str:
    """The digest that a file of ours with this content has."""
    head = _head(name, stat.S_IFREG | mode, (os.getuid(), os.getgid()), 0)
    return hashlib.sha256(head + hashlib.sha256(content).digest() + b"\n").hexdigest()


def digest_of_copy(path: Path, owner: tuple[int, int], mode: int, keep: Keep | None = None) -> str:
    """The digest that a copy of a folder would have; empty where that is not plain.

    Args:
        path: The folder.
        owner: uid and gid of all in the copy.
        mode: The mode of the copy itself.
        keep: Says which paths beneath the folder are copied.
    """
    total, folders = hashlib.sha256(), {""}
    for name, item in walk(path, keep):
        info = item.lstat()
        if name and name.rpartition("/")[0] not in folders:
            return ""  # a folder that is left out, and yet not all that is in it
        if stat.S_ISDIR(info.st_mode):
            folders.add(name)
        _add(total, name, item, info, owner=owner, mode=None if name else mode)
    return total.hexdigest()


def _content(file: Path, info: os.stat_result, known: Contents) -> bytes:
    """The sha256 of a file's content."""
    key = (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns)
    if key not in known:
        with file.open("rb") as opened:
            known[key] = hashlib.file_digest(opened, "sha256").digest()
    return known[key]


def walk(root: Path, keep: Keep | None = None) -> Iterator[tuple[str, Path]]:
    """The root itself as "" (its name for a file), then all beneath it that stays, sorted, parents first."""
    if not root.is_dir() or root.is_symlink():
        yield root.name, root
        return
    yield "", root
    yield from _beneath(root, "", keep)


def _beneath(folder: Path, prefix: str, keep: Keep | None) -> Iterator[tuple[str, Path]]:
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        name, is_dir = prefix + entry.name, entry.is_dir(follow_symlinks=False)
        stays = keep is None or keep.stays(name, is_dir)
        if stays:
            yield name, Path(entry.path)
        if is_dir and (stays or not keep or not keep.whole):
            yield from _beneath(Path(entry.path), name + "/", keep)


def copy(
    source: Path,
    target: Path,
    *,
    owner: tuple[int, int] | None = None,
    link: bool = False,
    keep: Keep | None = None,
    like: Path | None = None,
) -> None:
    """Copies a file or tree onto a path; folders merge, anything else is replaced.

    Args:
        source: A file or folder.
        target: Where it is to stand.
        owner: uid and gid for all that is copied; else they stay.
        link: Hard-link files instead: for trees that nobody writes to.
        keep: Says which paths beneath a folder are copied.
        like: A tree that nobody writes to: a file that is the same there is linked from it, not copied.
    """
    if not source.is_dir() or source.is_symlink():
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy_one(source, target, owner, link=link)
        return
    folders: dict[str, tuple[Path, Path]] = {}
    for name, item in walk(source, keep):
        goal = target / name if name else target
        if item.is_dir() and not item.is_symlink():
            make_folder(item, goal, owner)
            folders[name] = (item, goal)
            continue
        if name.rpartition("/")[0] not in folders:  # it is left out, and yet not all that is in it
            goal.parent.mkdir(parents=True, exist_ok=True)
        if like and _same(item, like / name, owner):
            _copy_one(like / name, goal, None, link=True)
        else:
            _copy_one(item, goal, owner, link=link)
    for item, goal in reversed(folders.values()):
        info = item.stat()
        os.utime(goal, ns=(info.st_atime_ns, info.st_mtime_ns))


def _same(file: Path, other: Path, owner: tuple[int, int] | None) -> bool:
    """Whether a file is what a copy of another one with this owner would be, but for its time."""
    try:
        one, two = file.lstat(), other.lstat()
    except OSError:
        return False
    if not stat.S_ISREG(one.st_mode) or (one.st_mode, one.st_size) != (two.st_mode, two.st_size):
        return False
    if (two.st_uid, two.st_gid) != (owner or (one.st_uid, one.st_gid)):
        return False
    return filecmp.cmp(file, other, shallow=False)


def make_folder(source: Path, target: Path, owner: tuple[int, int] | None = None) -> None:
    """Makes a folder with another one's owner and mode; what is there and no folder is replaced."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        target.unlink()
    target.mkdir(parents=True, exist_ok=True)
    info = source.stat()
    os.chown(target, *(owner or (info.st_uid, info.st_gid)))
    target.chmod(stat.S_IMODE(info.st_mode))


def _copy_one(source: Path, target: Path, owner: tuple[int, int] | None, *, link: bool) -> None:
    info = source.lstat()
    remove(target)
    if link and owner is None:
        os.link(source, target, follow_symlinks=False)
        return
    if stat.S_ISLNK(info.st_mode):
        target.symlink_to(source.readlink())
    elif stat.S_ISREG(info.st_mode):
        shutil.copyfile(source, target)
    else:
        os.mknod(target, info.st_mode, info.st_rdev)
    os.chown(target, *(owner or (info.st_uid, info.st_gid)), follow_symlinks=False)
    if not stat.S_ISLNK(info.st_mode):
        target.chmod(stat.S_IMODE(info.st_mode))
    os.utime(target, ns=(info.st_atime_ns, info.st_mtime_ns), follow_symlinks=False)


def remove(path: Path) -> None:
    """Removes a file, link or whole folder, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def inside(root: Path, path: str) -> Path:
    """A path of a container as a path of the host: links are followed within the root, never out of it."""
    done = root
    todo = [part for part in path.split("/") if part not in ("", ".")]
    links = 0
    while todo:
        part = todo.pop(0)
        if part == "..":
            done = done.parent if done != root else root
            continue
        step = done / part
        if step.is_symlink() and links < 40:  # noqa: PLR2004 - the kernel's own limit
            links += 1
            goal = os.fspath(step.readlink())
            todo = [p for p in goal.split("/") if p not in ("", ".")] + todo
            done = root if goal.startswith("/") else done
        else:
            done = step
    return done


def matcher(pattern: str) -> re.Pattern[str]:
    """A glob as a regular expression over whole paths: `**` spans folders, `*` and `?` do not."""
    out, i = "", 0
    pattern = pattern.removeprefix("./").removeprefix("/")
    while i < len(pattern):
        if pattern.startswith("**/", i):
            out, i = out + "(?:.*/)?", i + 3
        elif pattern.startswith("**", i):
            out, i = out + ".*", i + 2
        elif pattern[i] == "[" and "]" in pattern[i + 1 :]:
            end = pattern.index("]", i + 1)
            out, i = out + "[" + pattern[i + 1 : end].replace("!", "^", 1) + "]", end + 1
        else:
            out, i = out + {"*": "[^/]*", "?": "[^/]"}.get(pattern[i], re.escape(pattern[i])), i + 1
    return re.compile(out + r"\Z", re.DOTALL)
