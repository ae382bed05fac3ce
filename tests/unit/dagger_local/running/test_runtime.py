"""A container that could not be started is told from a command that failed."""

import json
from pathlib import Path

from dagger_local.running.runtime import Runtime


def test_only_the_runtimes_own_errors_count(tmp_path: Path) -> None:
    runtime = Runtime("runc", tmp_path)
    assert runtime.error(tmp_path) is None
    lines = [{"level": "warning", "msg": "signals"}, {"level": "error", "msg": "no such root"}]
    (tmp_path / "log").write_text(json.dumps(lines[0]) + "\n")
    assert runtime.error(tmp_path) is None
    (tmp_path / "log").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert runtime.error(tmp_path) == "no such root"
