"""What the tests make stand-ins of, a tiny wheel and recipes that name it, and how they watch processes."""

import hashlib
import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from standins.progress import Progress
from standins.recipes import Recipes, load

PROGRAM = b"#!/bin/sh\necho hello\n"
WHEEL = "hello_bin-1.0-py3-none-any.whl"


@pytest.fixture
def quiet() -> Progress:
    """Progress that nobody reads."""
    return Progress(io.StringIO())


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel with one program, in a folder where pip looks for it, and nowhere else."""
    described = "hello_bin-1.0.dist-info"
    files = {
        "hello_bin-1.0.data/scripts/hello": PROGRAM,
        f"{described}/METADATA": b"Metadata-Version: 2.1\nName: hello-bin\nVersion: 1.0\n",
        f"{described}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{described}/RECORD": b"",
    }
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / WHEEL, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder / WHEEL


@pytest.fixture
def recipes(wheel: Path) -> Recipes:
    """Recipes with one image, made of the wheel; the rest is as in the real file."""
    source = {
        "kind": "wheel",
        "project": "hello-bin",
        "release": "1.0",
        "version": "1.0",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "member": "hello_bin-1.0.data/scripts/hello",
        "target": "usr/local/bin/hello",
    }
    hello = {
        "title": "hello",
        "stand_in_for": "docker.io/library/hello:1.0",
        "tag": "1.0",
        "homepage": "https://example.org/hello",
        "licenses": "MIT",
        "entrypoint": ["hello"],
        "source": source,
    }
    return Recipes.model_validate({**load().model_dump(), "images": {"hello": hello}})


@pytest.fixture
def pid_in() -> Callable[[Path], int]:
    """Wait for a file and read the process id in it."""

    def wait(file: Path) -> int:
        for _ in range(1000):
            if file.exists() and (content := file.read_text().strip()):
                return int(content)
            time.sleep(0.01)
        pytest.fail(f"{file} was not written")

    return wait


@pytest.fixture
def is_gone() -> Callable[[int], bool]:
    """Whether a process ends within ten seconds (one that nobody reaped counts as ended)."""

    def wait(pid: int) -> bool:
        status = Path(f"/proc/{pid}/stat")
        for _ in range(1000):
            if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            time.sleep(0.01)
        return False

    return wait
