"""The programs that run in the toolbox image, run here."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from supply_chain.scripts import probe_database


def test_probing_runs_as_a_program(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    command = [sys.executable, "-I", probe_database.__file__, str(tmp_path / "file"), "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    digest = f"sha256:{hashlib.sha256(b'0123456789').hexdigest()}"
    assert json.loads(done.stdout) == {"header": b"0123".hex(), "digest": digest}


def test_probing_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert probe_database.probe(tmp_path / "file", 80)["header"] == ""
