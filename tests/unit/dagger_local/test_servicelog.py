"""What a service prints is passed on line by line, once."""

from pathlib import Path

from dagger_local.servicelog import ServiceLog, last_lines


def test_whole_lines_are_shown_once(tmp_path: Path) -> None:
    shown: list[str] = []
    log = ServiceLog(tmp_path / "log", shown.append)
    log.pass_on()
    with (tmp_path / "log").open("w") as written:
        written.write("one\nhalf, ")
        written.flush()
        log.pass_on()
        assert shown == ["one"]
        written.write("and half\n\n")
        written.flush()
        log.pass_on()
        log.pass_on()
    assert shown == ["one", "half, and half", ""]


def test_a_last_line_that_did_not_end_is_shown_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ndying wo")
    shown: list[str] = []
    log = ServiceLog(tmp_path / "log", shown.append)
    log.pass_on()
    assert shown == ["one"]
    log.finish()
    log.finish()
    assert shown == last_lines(tmp_path / "log") == ["one", "dying wo"]


def test_of_no_log_there_are_no_last_lines(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "log") == []
