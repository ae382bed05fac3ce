"""The command line: which images are used comes first on stdout, and an interrupt leaves nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from standins import cli

ENGINE = Path(cli.__file__).parents[1]


def test_official_images_where_registries_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "all_reachable", lambda: True)
    out = tmp_path / "images.toml"
    assert cli.main(["build", "--cache", str(tmp_path / "cache"), "--images", str(out)]) == 0
    assert capsys.readouterr().out == "official\n"
    assert not out.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing(
    tmp_path: Path, number: signal.Signals, pid_in: Callable[[Path], int], is_gone: Callable[[int], bool]
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("mmdebstrap", "go"):  # slow tools, so that the build is under way when it is interrupted
        (tools / name).write_text(f"#!/bin/sh\necho $$ > {tmp_path}/{name}.pid\nsleep 60\n")
        (tools / name).chmod(0o755)
    heard = ("env", "--default-signal=INT")  # a shell's job in the background ignores it
    argv = [*heard, sys.executable, "-m", "standins", "build", "--force", "--cache", str(tmp_path / "cache")]
    process = subprocess.Popen(
        [*argv, "--images", str(tmp_path / "images.toml")],
        env={**os.environ, "PYTHONPATH": str(ENGINE), "PATH": f"{tools}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    pids = [pid_in(tmp_path / f"{name}.pid") for name in ("mmdebstrap", "go")]
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 130
    assert stdout == "stand-ins\n"
    assert "Interrupted" in stderr
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".lock"]
    assert not (tmp_path / "images.toml").exists()
    assert all(is_gone(pid) for pid in pids)
