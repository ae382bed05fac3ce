"""The script that we are compared with: it does what it says, and a gate that blocks stops it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from bench.script_side import PASSES, SCRIPT, VERIFICATIONS

SHELL = "/bin/sh"
TOOLS = ("podman", "trivy", "crane", "cosign")
# Writes its arguments down, makes the file that --output names, and prints a reference.
STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in *"--exit-code 1"*) exit "$GATE_CODE" ;; esac
while [ $# -gt 1 ]; do
    if [ "$1" = --output ] && [ ! -d "$2" ]; then : > "$2"; fi
    shift
done
echo registry.example/image@sha256:0
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Programs that only say that they were called."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).write_text(STUB)
        (folder / name).chmod(0o755)
    (tmp_path / "work").mkdir()
    return folder


def _run(
    programs: Path, *steps: str, tools: str = "host", gate: int = 0
) -> "subprocess.CompletedProcess[str]":
    here = programs.parent
    names = ("SOURCE", "REPOSITORY", "VERSION", "REVISION", "IDENTITY", "ISSUER", "SIGSTORE", "TRIVY_CACHE")
    images = {f"{name}_IMAGE": f"localhost/{name.lower()}" for name in ("PYTHON", "TRIVY", "CRANE", "COSIGN")}
    env = {
        **{name: name.lower() for name in names}, **images,
        "TOOLS": tools, "WORK": str(here / "work"), "DOCKER_CONFIG": "docker", "SIGSTORE_ID_TOKEN": "secret",
        "CALLS": str(here / "calls"), "GATE_CODE": str(gate),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    return subprocess.run([SHELL, str(SCRIPT), *steps], env=env, capture_output=True, text=True, check=False)


def _calls(programs: Path) -> list[str]:
    return (programs.parent / "calls").read_text().splitlines()


def _steps() -> list[str]:
    named = re.search(r'^STEPS="(.*)"$', SCRIPT.read_text(), re.MULTILINE)
    assert named
    return named[1].split()


def _timed(said: str) -> list[str]:
    return re.findall(r"^step (\w+) \d+\.\d{3}$", said, re.MULTILINE)


def test_a_shell_can_read_it() -> None:
    subprocess.run([SHELL, "-n", str(SCRIPT)], check=True)


def test_every_step_is_timed_in_order(programs: Path) -> None:
    done = _run(programs)
    assert done.returncode == 0, done.stderr
    assert _timed(done.stdout) == _steps()
    assert {*PASSES, *VERIFICATIONS} < set(_steps())


def test_a_gate_that_blocks_stops_it_after_sarif_and_sbom(programs: Path) -> None:
    done = _run(programs, gate=1)
    assert done.returncode == 1
    assert _timed(done.stdout) == ["build", "save", *PASSES]
    assert not [call for call in _calls(programs) if call.startswith(("crane", "cosign"))]
    assert {"trivy.sarif", "sbom.spdx.json"} <= {path.name for path in (programs.parent / "work").iterdir()}


def test_a_tool_that_fails_stops_it(programs: Path) -> None:
    (programs / "crane").write_text("#!/bin/sh\nexit 7\n")
    done = _run(programs)
    assert done.returncode == 7
    assert _timed(done.stdout)[-1] == "sbom"


def test_the_passes_analyse_alike(programs: Path) -> None:
    """Else Trivy's cache of analysed layers would miss, and the script be slower than it must."""
    _run(programs, *PASSES)
    scanners = [re.findall(r"--scanners (\S+)", call) for call in _calls(programs)]
    assert scanners == [["vuln"]] * len(PASSES)


def test_in_containers_the_tools_get_the_same_arguments(programs: Path) -> None:
    """But for `podman run …` before them."""
    _run(programs)
    on_host = _calls(programs)
    (programs.parent / "calls").unlink()
    assert _run(programs, tools="containers").returncode == 0
    for host, container in zip(on_host, _calls(programs), strict=True):
        tool, _, rest = host.partition(" ")
        assert container == host if tool == "podman" else container.endswith(f"localhost/{tool} {rest}")


def test_the_token_is_in_no_command_line(programs: Path) -> None:
    _run(programs, tools="containers")
    assert "secret" not in "\n".join(_calls(programs))
