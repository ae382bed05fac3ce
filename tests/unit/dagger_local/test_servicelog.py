"""What a service prints is passed on line by line, once."""

from pathlib import Path

from dagger_local.servicelog import ServiceLog


def test_whole_lines_are_shown_once(tmp_path: Path) -> None:
    shown: list[str] = []
    log = ServiceLog(tmp_path / "log", shown.append)
    log.pass_on()
    with (tmp_path / "log").open("w") as written:
        written.write("2026-01-01T00:00:00Z stdout F one\n2026-01-01T00:00:00Z stderr P half, ")
        written.flush()
        log.pass_on()
        assert shown == ["one"]
        written.write("\n2026-01-01T00:00:00Z stderr F and half\n2026-01-01T00:00:00Z stdout F \n")
        written.flush()
        log.pass_on()
        log.pass_on()
    assert shown == ["one", "half, and half", ""]
