"""The command that makes the sample: what it writes, replaces and refuses."""

import json
from pathlib import Path

import pytest

from standins.sample_db import main, make
from standins.sample_folder import TargetError


def test_a_trivy_cache_folder_that_says_what_it_is(cache: Path) -> None:
    assert {str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file()} == {
        "SAMPLE.json",
        "db/metadata.json",
        "db/trivy.db",
    }
    marker = json.loads((cache / "SAMPLE.json").read_bytes())
    assert marker["sample"] is True
    assert marker["advisories"] >= 40
    assert f"a sample of {marker['advisories']} public advisories" in marker["note"]
    assert marker["date"] in (cache / "db" / "metadata.json").read_text(encoding="utf-8")


def test_the_same_files_every_time(cache: Path, tmp_path: Path) -> None:
    make(tmp_path / "again")
    for name in ("SAMPLE.json", "db/metadata.json", "db/trivy.db"):
        assert (tmp_path / "again" / name).read_bytes() == (cache / name).read_bytes()


def test_an_earlier_sample_is_replaced(tmp_path: Path, folder: Path) -> None:
    target = tmp_path / "cache"
    make(target, folder)
    (folder / "pip.toml").unlink()
    (target / "fanal").mkdir()
    make(target, folder)
    assert json.loads((target / "SAMPLE.json").read_bytes())["advisories"] < 40
    assert not (target / "fanal").exists()


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    make(tmp_path / "empty")
    assert (tmp_path / "empty" / "db" / "trivy.db").is_file()


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "trivy.db").write_bytes(b"a real one")
    with pytest.raises(TargetError, match="not a sample made by this command; choose a new or empty folder"):
        make(tmp_path)
    assert (tmp_path / "db" / "trivy.db").read_bytes() == b"a real one"


def test_broken_advisories_leave_nothing_behind(tmp_path: Path, folder: Path) -> None:
    broken = folder / "debian.toml"
    broken.write_text(broken.read_text(encoding="utf-8").replace("CVE-", "CEV-"), encoding="utf-8")
    with pytest.raises(Exception, match=r"debian\.toml: entry 1 \(CEV-"):
        make(tmp_path / "out" / "cache", folder)
    assert not (tmp_path / "out").exists()


def test_a_failing_write_leaves_the_earlier_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "cache"
    make(target)
    before = (target / "db" / "trivy.db").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("standins.trivy_db.write", full)
    with pytest.raises(TargetError, match=r"cannot write .*No space left.*choose a folder"):
        make(target)
    assert (target / "db" / "trivy.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "cache")]) == 0
    assert "not a vulnerability database; only for rehearsals" in capsys.readouterr().out
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main([str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err.startswith(f"error: {tmp_path / 'file'} is not a sample made")
