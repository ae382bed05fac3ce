"""Stages of Dockerfiles, in every form Docker takes them."""

import pytest

from supply_chain.errors import UnknownTarget
from supply_chain.models.dockerfile import check_target, stages

STAGED = """# syntax=docker/dockerfile:1
ARG PYTHON_IMAGE=python:3.13
FROM ${PYTHON_IMAGE} AS base
RUN echo FROM nowhere AS fake

from --platform=$BUILDPLATFORM golang \\
    # a comment within
    as Build
COPY --from=base / /
FROM scratch
FROM base AS runtime
"""


def test_names_stages_in_order_and_unnamed_ones_by_number() -> None:
    assert stages(STAGED) == ["base", "build", "2", "runtime"]


@pytest.mark.parametrize("target", ["base", "BUILD", "runtime", "2", "0", "3", ""])
def test_accepts_what_docker_build_accepts(target: str) -> None:
    check_target(STAGED, target)


@pytest.mark.parametrize("target", ["fake", "4", "-1", "nowhere", "run time"])
def test_refuses_others_and_names_the_stages(target: str) -> None:
    with pytest.raises(UnknownTarget, match="its stages: base, build, 2, runtime"):
        check_target(STAGED, target)


def test_a_file_without_stages_has_no_target() -> None:
    with pytest.raises(UnknownTarget, match="its stages: none"):
        check_target("# nothing\n", "runtime")


@pytest.mark.parametrize("opening", ["<<EOF", "<<-EOF", '<<"EOF"', "<<'EOF'"])
def test_heredocs_hold_no_stages(opening: str) -> None:
    text = f"FROM a AS one\nRUN {opening}\nFROM b AS fake\nEOF\nFROM c AS two\n"
    assert stages(text) == ["one", "two"]


def test_two_heredocs_of_one_instruction_are_skipped_in_turn() -> None:
    text = "FROM a AS one\nCOPY <<A <<B /\nFROM x AS fake\nA\nFROM y AS fake2\nB\nFROM c AS two\n"
    assert stages(text) == ["one", "two"]


def test_an_unfinished_heredoc_ends_the_file() -> None:
    assert stages("FROM a AS one\nRUN <<EOF\nFROM b AS fake\n") == ["one"]


@pytest.mark.parametrize("head", ["# escape=`\n", "# syntax=docker/dockerfile:1\n# escape = `\n"])
def test_the_escape_directive_changes_the_continuation(head: str) -> None:
    assert stages(f"{head}FROM a `\nAS one\nFROM b AS dir\\\n") == ["one", "dir\\"]


def test_a_directive_after_an_instruction_is_a_comment() -> None:
    assert stages("FROM a AS one\n# escape=`\nFROM b \\\nAS two\n") == ["one", "two"]


def test_windows_line_ends_do_no_harm() -> None:
    assert stages("FROM a AS one\r\nFROM b \\\r\n AS two\r\n") == ["one", "two"]
