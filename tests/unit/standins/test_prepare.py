"""What a rehearsal is told to use: nothing where registries answer, else what was made here."""

import shlex
from pathlib import Path

import pytest

from standins import prepare
from standins.cache import Cache
from standins.recipes import load


def flags(folder: Path) -> dict[str, list[str]]:
    """The variables of flags.sh, as a shell would split them."""
    lines = (line.split("=", 1) for line in (folder / "flags.sh").read_text().splitlines())
    return {name: shlex.split(shlex.split(value)[0]) for name, value in lines}


def test_nothing_where_registries_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "all_reachable", lambda: True)
    said = prepare.prepare(tmp_path, Cache(tmp_path / "cache", load()), force=False)
    assert flags(tmp_path) == {"MODULE_FLAGS": [], "RELEASE_FLAGS": [], "CHECK_FLAGS": []}
    assert "official images" in said


def test_stand_ins_and_samples_where_none_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> None:
        """The engine's storage is not part of this test."""

    monkeypatch.setattr(prepare, "all_reachable", lambda: False)
    monkeypatch.setattr(prepare, "build", lambda *_: {})
    monkeypatch.setattr(prepare, "load_into_engine", nothing)
    said = prepare.prepare(tmp_path, Cache(tmp_path / "cache", load()), force=False)
    assert flags(tmp_path) == {
        "MODULE_FLAGS": ["--images", str(tmp_path / "images.toml")],
        "RELEASE_FLAGS": ["--db", str(tmp_path / "trivy"), "--allow-sample-db"],
        "CHECK_FLAGS": ["--advisories", str(tmp_path / "advisories")],
    }
    assert (tmp_path / "advisories" / "SAMPLE.json").exists()
    assert (tmp_path / "trivy" / "SAMPLE.json").exists()
    assert "sample advisories" in said
