"""Another team's service goes through from its own folder, by a module that depends on ours by path."""

import shutil
from pathlib import Path

from .harness import REPOSITORY, Done, Engine
from .rehearsing import Evidence

QUOTES = REPOSITORY / "examples" / "quotes"
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
