"""Loading: only what is missing is pulled, under its own name. Podman is a recorder here."""

import sys
from pathlib import Path

from standins.oci import Layout
from standins.podman import load

RECORDER = """
import os, pathlib, sys
here = pathlib.Path(sys.argv[1])
with (here / "calls").open("a") as calls:
    print(*sys.argv[2:], file=calls)
if "images" in sys.argv:
    print((here / "there").read_text())
if "pull" in sys.argv:
    print("0123abcd")
    (here / "pulled").write_text(os.readlink(sys.argv[-1].removeprefix("oci:")))
"""


def layout(tmp_path: Path, name: str) -> Layout:
    return Layout(tmp_path / name, f"localhost/test/{name}:1.0", f"sha256:{'a' * 64}", {}, 1)


def test_only_what_is_missing_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "recorder.py").write_text(RECORDER)
    crane, trivy = layout(tmp_path, "crane"), layout(tmp_path, "trivy")
    (tmp_path / "there").write_text(f"{crane.pinned}\n<none>:<none>@sha256:{'b' * 64}\n")
    loaded = load(
        [crane, trivy], [sys.executable, str(tmp_path / "recorder.py"), str(tmp_path), "--root", "r"]
    )
    assert loaded == [trivy.pinned]
    assert (tmp_path / "pulled").read_text() == str(trivy.path)
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [call.split()[:3] for call in calls] == [
        ["--root", "r", "images"],
        ["--root", "r", "pull"],
        ["--root", "r", "tag"],
        ["--root", "r", "untag"],
    ]
    assert calls[2].endswith(f"0123abcd {trivy.reference}")
