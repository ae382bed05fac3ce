"""What stands around a run: turns, repositories put back, commands that are ended with us."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import machine
from bench.__main__ import main
from bench.commands import Ended, run
from bench.module_side import _containers, _covered
from bench.shelf import Shelf
from bench.timing import in_turn

SIDES = ("module", "containers", "host")


def test_each_side_is_first_equally_often() -> None:
    firsts = [in_turn(SIDES, place)[0] for place in range(1, 10)]
    assert {side: firsts.count(side) for side in SIDES} == dict.fromkeys(SIDES, 3)
    assert set(in_turn(SIDES, 2)) == set(SIDES)


def test_a_repository_is_put_back(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "storage", "bench/module", tmp_path / "copies")
    tags = tmp_path / "storage" / "docker/registry/v2/repositories/bench/module/_manifests/tags"
    (tags / "1.0.0").mkdir(parents=True)
    shelf.keep()
    (tags / "1.0.1").mkdir()
    shelf.restore()
    assert [tag.name for tag in tags.iterdir()] == ["1.0.0"]
    shelf.clear()
    shelf.restore()
    assert not tags.exists()


def test_a_command_and_its_children_end_with_us(tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(
                ["sh", "-c", f"sleep 987 & echo $! > {tmp_path}/child; wait"],
                env={},
                cwd=tmp_path,
                end=signal.SIGTERM,
            )
    finally:
        signal.signal(signal.SIGALRM, before)
    child = Path("/proc") / (tmp_path / "child").read_text().strip()
    deadline = time.monotonic() + 5
    while child.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.exists()


def test_what_a_command_said_is_kept_for_an_error(tmp_path: Path) -> None:
    ended = run(["sh", "-c", "echo out; echo wrong >&2; exit 3"], env={}, cwd=tmp_path, end=signal.SIGTERM)
    assert ended.code == 3
    assert "ended with 3" in ended.complaint
    assert "wrong" in ended.complaint


def test_time_that_steps_share_counts_once() -> None:
    assert _covered([(0.0, 2.0), (1.0, 3.0), (5.0, 6.0)]) == pytest.approx(4.0)


def test_containers_are_the_commands_that_ran() -> None:
    said = """\
1   : supply-chain: candidate
2   : crane digest registry.example/x
2   : crane digest registry.example/x DONE [0.5s]
3   : build Dockerfile DONE [3.0s]
4   : write the OCI layout DONE [1.0s]
5   : python3 /run/supply-chain/script.py DONE [0.4s]
5   | 6   : not a step DONE of ours
1   : supply-chain: candidate DONE [9.0s]
"""
    assert _containers(Ended("", 0, "", said)) == 2


def test_a_busy_machine_is_seen() -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as spinning:
        try:
            assert 0 < machine.busy(0.3) <= 1
        finally:
            spinning.kill()


def _peak_mib() -> float:
    with machine.Memory.watched() as memory:
        held = bytearray(256 * 2**20)
        held[::4096] = b"x" * len(held[::4096])
        time.sleep(0.3)
    return memory.peak_mib


def test_memory_in_use_is_seen() -> None:
    """Somebody else may give back as much just then, but not five times in a row."""
    assert any(_peak_mib() > 64 for _ in range(5))


@pytest.mark.parametrize("option", ["--quick", "--only=boot"])
def test_a_missing_tool_is_named(
    option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main([option]) == 2
    assert "podman" in capsys.readouterr().err


def test_missing_stand_ins_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("podman", "openssl", "chroot", "sh", "date", "runc"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["--quick"]) == 2
    said = capsys.readouterr().err
    assert "cosign" in said
    assert "standins build" in said
