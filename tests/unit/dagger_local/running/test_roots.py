"""Root filesystems as the kernel shows them; like the engine itself, these tests need root."""

import os
import stat
from pathlib import Path

import anyio
import pytest

from dagger_local import mounts
from dagger_local.errors import EngineError
from dagger_local.flushing import overlay_options
from dagger_local.running import roots
from dagger_local.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def image(store: Store) -> Path:
    """An image of two layers, as Podman's storage keeps it; the folder of the upper one."""
    storage = store.root / "containers" / "overlay"
    (storage / "l").mkdir(parents=True)
    for name, short, content in (("lower", "AAA", "beneath"), ("top", "BBB", "above")):
        folder = storage / name
        (folder / "diff").mkdir(parents=True)
        (folder / "link").write_text(short)
        (storage / "l" / short).symlink_to(f"../{name}/diff")
        (folder / "diff" / "file").write_text(content)
        (folder / "diff" / content).touch()
    (storage / "top" / "lower").write_text("l/AAA")
    (storage / "top" / "diff").chmod(0o751)
    return storage / "top"


def seen(store: Store, image: Path | None, *layers: Path) -> dict[str, str]:
    """Each file and what it holds."""

    async def look() -> dict[str, str]:
        async with roots.mounted(store, image, layers) as root:
            return {file.name: file.read_text() for file in root.path.iterdir()}

    return anyio.run(look)


def test_upper_layers_hide_lower_ones(store: Store, image: Path) -> None:
    assert seen(store, image) == {"file": "above", "above": "", "beneath": ""}


def test_the_last_commands_layer_is_uppermost(store: Store, image: Path, tmp_path: Path) -> None:
    layers = []
    for number in range(2):
        layers.append(tmp_path / "store" / "layers" / str(number))
        layers[-1].mkdir()
        (layers[-1] / "file").write_text(str(number))
    assert seen(store, image, *layers)["file"] == "1"
    assert seen(store, None, layers[0]) == {"file": "0"}


def test_an_empty_image_is_empty(store: Store) -> None:
    assert seen(store, None) == {}


def test_what_is_written_can_be_taken_or_is_gone(store: Store, image: Path, tmp_path: Path) -> None:
    async def write() -> None:
        async with roots.mounted(store, image, ()) as root:
            assert root.untouched
            assert root.path.stat().st_mode & 0o7777 == 0o751
            (root.path / "new").write_text("new")
            assert not root.untouched
            root.upper.rename(tmp_path / "store" / "taken")

    anyio.run(write)
    assert [file.name for file in (tmp_path / "store" / "taken").iterdir()] == ["new"]
    assert "new" not in seen(store, image)
    store.close()
    assert list((store.root / "tmp").iterdir()) == []


def test_a_layer_that_is_gone_is_an_error(store: Store, image: Path) -> None:
    (image / "link").write_text("CCC")
    with pytest.raises(EngineError, match="is gone from the store"):
        seen(store, image)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/file", "top/diff/file"),
        ("/beneath", "lower/diff/beneath"),
        ("/folder/kept", "lower/diff/folder/kept"),
        ("/folder/removed", None),
        ("/folder", None),
        ("/opaque/old", None),
        ("/link/kept", None),
        ("/linked", None),
        ("/none", None),
        ("/file/beneath", None),
    ],
)
def test_a_file_of_an_image_is_found_where_it_lies(image: Path, path: str, found: str | None) -> None:
    upper, lower = image / "diff", image.parent / "lower" / "diff"
    for folder in (upper / "folder", lower / "folder", upper / "opaque", lower / "opaque", lower / "link"):
        folder.mkdir()
    for file in ("folder/kept", "folder/removed", "opaque/old", "link/kept", "linked"):
        (lower / file).touch()
    os.mknod(upper / "folder" / "removed", stat.S_IFCHR, os.makedev(0, 0))
    os.setxattr(upper / "opaque", "trusted.overlay.opaque", b"y")
    (upper / "link").symlink_to("folder")
    (upper / "linked").symlink_to("file")
    assert roots.file_in(image, path) == (image.parent / found if found else None)


def test_what_a_killed_session_has_mounted_is_released(store: Store, image: Path) -> None:
    async def leave() -> Path:
        mount = roots.mounted(store, image, ())
        root = await mount.__aenter__()
        return root.path

    root = anyio.run(leave)
    assert root.is_mount()
    mounts.release(store.root)
    assert not root.is_mount()


def test_unmounting_waits_for_no_disk_and_what_was_written_is_flushed_by_the_end(
    store: Store, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(store.flushing, "soon", lambda: told.append("soon"))

    async def options() -> str:
        async with roots.mounted(store, image, ()) as root:
            lines = Path("/proc/self/mountinfo").read_text().splitlines()
            assert not told
            return next(line.split()[-1] for line in lines if line.split()[4] == str(root.path))

    assert set(overlay_options()) <= set(anyio.run(options).replace("fsync=", "").split(","))
    assert told == ["soon"]
