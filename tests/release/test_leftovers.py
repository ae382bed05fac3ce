"""Nothing outlives a run, however it ends, and the next run is right."""

import time
from pathlib import Path

import pytest

from .canary import files_since
from .harness import Engine
from .rehearsing import Rehearsal
from .releasing import Caller
from .traces import Traces

pytestmark = pytest.mark.alone

INTERRUPTED = 130
# By then the throw-away registry is up and a container runs.
IN_THE_MIDDLE = "crane"


def _candidate(engine: Engine, out: Path, *flags: str) -> tuple[str, ...]:
    ran = ("call", *engine.module_flags, "candidate", *engine.rehearsal, *flags)
    return (*ran, "export", "--path", str(out))


def test_a_run_leaves_nothing(rehearsal: Rehearsal, traces: Traces) -> None:  # noqa: ARG001 - it has run
    traces.assert_none()


def test_ctrl_c_leaves_nothing(engine: Engine, rehearsal: Rehearsal, traces: Traces, tmp_path: Path) -> None:  # noqa: ARG001 - what is interrupted is a warm run
    running = engine.begin(*_candidate(engine, tmp_path / "dist"))
    running.wait_until_it_says(IN_THE_MIDDLE)
    running.interrupt()
    running.wait().expect(INTERRUPTED)
    traces.assert_none()
    assert not (tmp_path / "dist").exists()


def test_the_run_after_a_kill_cleans_up_and_is_right(
    caller: Caller, engine: Engine, rehearsal: Rehearsal, traces: Traces, tmp_path: Path
) -> None:
    """Killed while a secret is in use. Also a second run with nothing changed: the image is the same one."""
    began = time.time()
    killed = engine.begin(*_candidate(engine, tmp_path / "dist", *caller.key_flags), env=caller.secrets)
    killed.wait_until_it_says("Signing artifact")
    killed.kill()
    assert killed.wait().exit_code < 0
    assert caller.needles.in_files(files_since(engine.store, began)) == [], "not even until the next run"
    digest = rehearsal.evidence.image_digest()
    engine.call("release", *engine.rehearsal).expect(0, "# Rehearsal of 0.0.0-dev: passed", digest)
    traces.assert_none()
    assert caller.needles.in_files(files_since(engine.store, began)) == []
