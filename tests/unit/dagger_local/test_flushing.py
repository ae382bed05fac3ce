"""What is written reaches the disk beside other work, and by the end; old kernels are not asked too much."""

import subprocess
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from dagger_local.errors import EngineError
from dagger_local.flushing import Flushing, overlay_options


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Folders that were flushed, in the order in which that was done."""
    done: list[str] = []

    async def run(command: list[str], *, check: bool) -> subprocess.CompletedProcess[bytes]:
        assert not check
        await anyio.lowlevel.checkpoint()
        done.append(command[-1])
        code = int("full" in command[-1])
        return subprocess.CompletedProcess(command, code, b"", b"sync: no space left" if code else b"")

    monkeypatch.setattr(anyio, "run_process", run)
    return done


def test_nothing_is_flushed_where_nothing_was_written(flushed: list[str]) -> None:
    anyio.run(Flushing(Path("/store")).finish)
    assert flushed == []


def test_what_was_written_is_flushed_beside_other_work_and_not_again(flushed: list[str]) -> None:
    async def main() -> None:
        flushing = Flushing(Path("/store"))
        async with anyio.create_task_group() as group:
            group.start_soon(flushing.run)
            for count in (1, 2):
                flushing.soon()
                await anyio.wait_all_tasks_blocked()
                assert len(flushed) == count
            group.cancel_scope.cancel()
        await flushing.finish()

    anyio.run(main)
    assert flushed == ["/store", "/store"]


def test_what_is_interrupted_is_made_up_for_at_the_end(flushed: list[str]) -> None:
    async def main() -> None:
        flushing = Flushing(Path("/store"))
        flushing.soon()
        with anyio.CancelScope() as scope:
            scope.cancel()
            await flushing.finish()
        assert flushed == []
        await flushing.finish()

    anyio.run(main)
    assert flushed == ["/store"]


def test_a_disk_that_does_not_take_it_is_an_error_at_the_end(flushed: list[str]) -> None:
    async def main() -> None:
        flushing = Flushing(Path("/full"))
        async with anyio.create_task_group() as group:
            group.start_soon(flushing.run)
            flushing.soon()
            await anyio.wait_all_tasks_blocked()
            assert flushed == ["/full"]
            group.cancel_scope.cancel()
        with pytest.raises(EngineError, match=r"could not be written to disk: sync: no space left"):
            await flushing.finish()

    anyio.run(main)


def test_the_real_program_takes_a_folder(tmp_path: Path) -> None:
    flushing = Flushing(tmp_path)
    flushing.soon()
    anyio.run(flushing.finish)


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("5.10.0-30-amd64", ("volatile",)),
        ("6.1.0-13-amd64", ("volatile",)),
        ("6.18-rc1", ("volatile",)),
        ("5.4.0-150-generic", ()),
        ("4.18.0-553.el8.x86_64", ()),
    ],
)
def test_only_a_kernel_that_knows_it_is_told_not_to_wait(release: str, told: tuple[str, ...]) -> None:
    assert overlay_options(release) == told
