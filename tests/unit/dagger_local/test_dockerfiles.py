"""Builds with other values of their arguments are other builds."""

import re

from dagger_local.dockerfiles import told_apart

TEXT = "ARG BASE=x\nFROM ${BASE}\nARG VERSION\nENV V=${VERSION}\n"


def test_another_value_is_another_text() -> None:
    first, second = (told_apart(TEXT, {"VERSION": version}) for version in ("1.0", "1.1"))
    assert first != second
    assert first.splitlines()[:3] == second.splitlines()[:3], "what comes before is kept"
    assert told_apart(TEXT, {"VERSION": "1.0"}) == first


def test_another_default_is_another_text() -> None:
    default, other = TEXT, TEXT.replace("VERSION\n", "VERSION=2\n")
    assert told_apart(default, {}).split("ENV")[0] != told_apart(other, {}).split("ENV")[0].replace("=2", "")


def test_nothing_of_the_value_is_to_be_read() -> None:
    assert "s3cret" not in told_apart(TEXT, {"VERSION": "s3cret"})


def test_what_only_looks_like_an_argument_is_left_alone() -> None:
    text = "FROM x\nRUN echo \\\n  ARG NAME\n# ARG NAME\nRUN ARG NAME\n"
    assert told_apart(text, {"NAME": "1"}) == text


def test_the_last_line_need_not_end() -> None:
    assert re.fullmatch(r"FROM x\narg A\nARG value_[0-9a-f]{16}=\n", told_apart("FROM x\narg A", {}))
