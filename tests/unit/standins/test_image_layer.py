"""Layers: the same members give the same bytes, and what a tar may not say is not said."""

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

from standins.layer import Member, directory, from_tar, program, text, write_layer

EPOCH = 1_000_000_000


def read(path: Path) -> list[tarfile.TarInfo]:
    with tarfile.open(path, "r:gz") as archive:
        return archive.getmembers()


def test_order_of_members_does_not_matter(tmp_path: Path) -> None:
    members = [text("etc/b", "b"), directory("tmp", 0o1777), text("etc/a", "a")]
    first = write_layer(members, EPOCH, tmp_path / "first")
    second = write_layer(reversed(members), EPOCH, tmp_path / "second")
    assert first == second
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_digests_are_those_of_the_bytes(tmp_path: Path) -> None:
    layer = write_layer([text("a", "content")], EPOCH, tmp_path / "layer")
    packed = (tmp_path / "layer").read_bytes()
    assert layer.size == len(packed)
    assert layer.digest == f"sha256:{hashlib.sha256(packed).hexdigest()}"
    assert layer.diff_id == f"sha256:{hashlib.sha256(gzip.decompress(packed)).hexdigest()}"


def test_gzip_header_carries_no_time_and_no_name(tmp_path: Path) -> None:
    write_layer([text("a", "content")], EPOCH, tmp_path / "layer")
    header = (tmp_path / "layer").read_bytes()[:10]
    assert header[3] == 0
    assert header[4:8] == b"\0\0\0\0"


def test_times_are_clamped_and_filled_in(tmp_path: Path) -> None:
    members = [
        Member("new", tarfile.REGTYPE, 0o644, mtime=EPOCH + 5),
        Member("old", tarfile.REGTYPE, 0o644, mtime=EPOCH - 5),
        text("ours", "x"),
    ]
    write_layer(members, EPOCH, tmp_path / "layer")
    assert {info.name: info.mtime for info in read(tmp_path / "layer")} == {
        "new": EPOCH,
        "old": EPOCH - 5,
        "ours": EPOCH,
    }


def test_missing_parents_are_added_before_their_children(tmp_path: Path) -> None:
    write_layer([text("a/b/c", "x")], EPOCH, tmp_path / "layer")
    infos = read(tmp_path / "layer")
    assert [info.name for info in infos] == ["a", "a/b", "a/b/c"]
    assert [info.isdir() for info in infos] == [True, True, False]


def test_a_hard_link_follows_its_target(tmp_path: Path) -> None:
    members = [Member("a-link", tarfile.LNKTYPE, 0o755, link="z-target"), text("z-target", "x", 0o755)]
    write_layer(members, EPOCH, tmp_path / "layer")
    assert [info.name for info in read(tmp_path / "layer")] == ["z-target", "a-link"]


def test_a_program_is_copied_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    (tmp_path / "program").write_bytes(content)
    write_layer([program("bin/it", tmp_path / "program")], EPOCH, tmp_path / "layer")
    with tarfile.open(tmp_path / "layer") as archive:
        file = archive.extractfile("bin/it")
        assert file is not None
        assert file.read() == content


def test_members_of_a_tar_are_renamed_left_out_and_kept_as_they_are(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "root.tar", "w") as archive:
        _add(archive, "./usr/bin/tool", b"tool", mode=0o4755, uid=7)
        _add(archive, "./etc/hostname", b"secret-host")
        device = tarfile.TarInfo("./dev/null")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
        link = tarfile.TarInfo("./usr/bin/alias")
        link.type, link.linkname = tarfile.SYMTYPE, "tool"
        archive.addfile(link)
    members = from_tar(tmp_path / "root.tar", lambda name: None if name == "etc/hostname" else name)
    write_layer(members, EPOCH, tmp_path / "layer")
    found = {info.name: info for info in read(tmp_path / "layer") if not info.isdir()}
    assert set(found) == {"usr/bin/tool", "usr/bin/alias"}
    assert (found["usr/bin/tool"].mode, found["usr/bin/tool"].uid) == (0o4755, 7)
    assert found["usr/bin/alias"].linkname == "tool"


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644, uid: int = 0) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.uid = len(content), mode, uid
    archive.addfile(info, io.BytesIO(content))
