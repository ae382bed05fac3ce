"""Another team's service goes through by a module that depends on ours; a module of strangers runs too."""

import shutil
from pathlib import Path

from .harness import REPOSITORY, Done, Engine
from .rehearsing import Evidence

QUOTES = REPOSITORY / "examples" / "quotes"
LINES = REPOSITORY / "examples" / "lines"
SMOKE_FAILED = 25


def _call(engine: Engine, *args: str, folder: Path = QUOTES) -> Done:
    return engine.begin("call", *engine.module_flags, *args, folder=folder).wait()


def test_checks(engine: Engine) -> None:
    done = _call(engine, "checks", *engine.audit).expect(0)
    assert done.stdout.count("| passed |") == 6


def test_gate(engine: Engine) -> None:
    _call(engine, "gate", *engine.database).expect(0, "packages were looked at")


def test_rehearsal(engine: Engine, tmp_path: Path) -> None:
    out = tmp_path / "dist"
    _call(engine, "rehearse", *engine.rehearsal, "export", "--path", str(out)).expect(0)
    outcome = Evidence(out).outcome
    assert outcome.passed
    assert outcome.mode == "rehearsal"
    assert {"starlette", "uvicorn"} <= _packages(Evidence(out)), "their packages, not ours"
    _call(engine, "verdict", "--evidence", str(out)).expect(0, "# Rehearsal of 0.0.0-dev: passed")


def test_our_errors_reach_their_shell(engine: Engine, tmp_path: Path) -> None:
    """With their own exit code, through two modules. The SDK logs a traceback of what a module passes on."""
    done = _call(engine, "--source", str(_broken(tmp_path)), "smoke")
    assert done.exit_code == SMOKE_FAILED, done.said
    assert "Error: SmokeFailed" in done.stderr
    assert "what to do" in done.stderr


def test_a_module_that_is_not_ours(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    (tmp_path / "below" / "b.txt").write_text("three\n")
    (tmp_path / "c.md").write_text("another\n")
    argv = ("--image", engine.python_image, "count", "--source", str(tmp_path))
    for suffix, lines in (((), "3"), (("--suffix", ".md"), "1")):
        done = engine.begin("call", *argv, *suffix, folder=LINES).wait()
        assert done.expect(0).stdout.strip() == lines
    engine.begin("functions", folder=LINES).wait().expect(0, "count", "How many lines")


def _broken(folder: Path) -> Path:
    """Their service, which promises what it does not keep."""
    for name in ("build", "src", "tests"):
        shutil.copytree(QUOTES / name, folder / name)
    settings = (QUOTES / "pyproject.toml").read_text()
    broken = settings.replace('health-path = "/ready"', 'health-path = "/gone"\nstart-seconds = 2')
    (folder / "pyproject.toml").write_text(broken)
    return folder


def _packages(evidence: Evidence) -> set[str]:
    return {package["name"] for package in evidence.json("sbom.spdx.json")["packages"]}
