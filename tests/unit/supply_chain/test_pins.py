"""What counts as pinned: images of a Dockerfile, actions of a workflow."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import PinsFailed
from supply_chain.images import Images
from supply_chain.models.dockerfile_images import images
from supply_chain.models.pins import ACTION, IMAGE, Use, checked, uses

REPOSITORY = Path(__file__).parents[3]
PINNED = f"python:3.13@sha256:{'a' * 64}"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def unpinned(dockerfile: str, build_args: dict[str, str], workflows: dict[str, str]) -> list[Use]:
    return [use for use in uses(dockerfile, build_args, workflows) if use.wanted]


def named(dockerfile: str, **build_args: str) -> list[tuple[int, str]]:
    """Line and text of every image that is not pinned."""
    return [(use.line, use.what) for use in unpinned(dockerfile, build_args, {})]


def acted(workflow: str) -> list[tuple[int, str]]:
    return [(use.line, use.what) for use in unpinned("", {}, {"ci.yml": workflow})]


@pytest.mark.parametrize(
    "dockerfile",
    [
        f"FROM {PINNED}\n",
        f"from --platform=linux/amd64 {PINNED} as base\nFROM BASE\nFROM scratch\n",
        f"ARG BASE={PINNED}\nFROM ${{BASE}}\n",
        f'ARG BASE="{PINNED}"\nFROM $BASE AS one\nCOPY --from=one --chown=1:1 a b\nCOPY --from=0 a b\n',
        f"ARG NAME=python:3.13 DIGEST=sha256:{'a' * 64}\nFROM $NAME@$DIGEST\n",
        f"FROM ${{BASE:-{PINNED}}}\n",
        f"FROM {PINNED} AS one\nRUN --mount=type=cache,target=/x --mount=type=bind,from=one,target=/y make\n",
        f"# syntax={PINNED}\nFROM scratch\n",
        "FROM scratch\nRUN echo --mount=from=nothing COPY --from=nothing\n",
        "FROM scratch\nRUN <<EOF\nFROM nothing\nEOF\n",
    ],
)
def test_what_is_pinned_or_its_own_is_no_problem(dockerfile: str) -> None:
    assert named(dockerfile) == []


@pytest.mark.parametrize(
    ("dockerfile", "line", "what"),
    [
        ("FROM python:3.13\n", 1, "python:3.13"),
        ("\n# a comment\nFROM \\\n  python\n", 3, "python"),
        (f"FROM {PINNED[:-1]}\n", 1, PINNED[:-1]),
        ("FROM one\nFROM scratch AS one\n", 1, "one"),
        ("FROM scratch AS one\nFROM 0\n", 2, "0"),
        ("FROM python AS two words\n", 1, "python AS two words"),
        ("ARG BASE=python:3.13\nFROM $BASE\n", 2, "$BASE, which is python:3.13"),
        ("FROM scratch\nCOPY --link --from=busybox a b\n", 2, "busybox"),
        ("FROM scratch\nCOPY --from=1 a b\n", 2, "1"),
        ("FROM scratch\nONBUILD copy --from=busybox a b\n", 2, "busybox"),
        ("FROM scratch\nRUN --mount=type=bind,from=busybox,target=/x make\n", 2, "busybox"),
        ('FROM scratch\nRUN --mount="from=busybox",target=/x make\n', 2, "busybox"),
        ("# syntax = docker/dockerfile:1\nFROM scratch\n", 1, "docker/dockerfile:1"),
        ("# escape=`\n# SYNTAX=docker/dockerfile:1\nFROM scratch\n", 2, "docker/dockerfile:1"),
        ("FROM scratch\nRUN echo $((1<<a))\nCOPY --from=busybox a b\n", 3, "busybox"),
        ("FROM scratch\nRUN echo 'a <<b'\nCOPY --from=busybox a b\n", 3, "busybox"),
        ("FROM scratch\nRUN echo \\\\\nCOPY --from=busybox a b\n", 3, "busybox"),
        ("FROM busybox \\", 1, "busybox"),
    ],
)
def test_what_is_not_pinned_is_named_with_its_line(dockerfile: str, line: int, what: str) -> None:
    assert named(dockerfile) == [(line, what)]


def test_build_arguments_stand_above_defaults() -> None:
    assert named("ARG BASE=python\nFROM $BASE\n", BASE=PINNED) == []
    assert named(f"ARG BASE={PINNED}\nFROM $BASE\n", BASE="python") == [(2, "$BASE, which is python")]


def test_a_build_argument_that_no_arg_declares_has_no_value() -> None:
    assert named("FROM $BASE\n", BASE=PINNED) == [(1, "$BASE")]


@pytest.mark.parametrize("declared", ["", "ARG BASE\n", "ARG BASE=\n", "ARG OTHER\nARG BASE=$OTHER\n"])
def test_a_variable_without_a_value_is_a_problem_that_says_so(declared: str) -> None:
    (problem,) = unpinned(f"{declared}FROM ${{BASE}}@sha256:{'a' * 64}\n", {}, {})
    assert problem.wanted == f"{IMAGE}; BASE has no value here"


@pytest.mark.parametrize(
    ("default", "image"),
    [
        ("${A:-b}", "b"),
        ("${B:-b}", "x"),
        ("${B:+c}", "c"),
        ("${A:+c}d", "d"),
        (r"\$B", "$B"),
        ("${B-c}", "x"),
    ],
)
def test_variables_are_replaced_as_docker_does(default: str, image: str) -> None:
    (use,) = images(f"ARG B=x\nFROM {default}\n", {})
    assert use.image == image


def test_a_stage_knows_only_the_variables_it_declares() -> None:
    dockerfile = f"ARG TOOL={PINNED}\nFROM scratch\nCOPY --from=$TOOL a b\nARG TOOL\nCOPY --from=$TOOL a b\n"
    assert named(dockerfile) == [(3, "$TOOL")]


@pytest.mark.parametrize(
    "line",
    [
        f"- uses: actions/checkout@{COMMIT} # v4",
        f"- uses: 'actions/checkout@{COMMIT}'",
        "- uses: ./.github/actions/ours",
        f"- uses: docker://alpine@sha256:{'a' * 64}",
        f"uses: acme/ci/.github/workflows/build.yml@{COMMIT.upper()}",
        f"- {{name: x, uses: actions/checkout@{COMMIT}}}",
        "# uses: actions/checkout@v4",
        "run: echo # uses: actions/checkout@v4",
        "run: |\n    uses: actions/checkout@v4\n\n    uses: actions/checkout@v4",
        "- run: >-2 # folded\n    uses: actions/checkout@v4",
        "name: it uses actions/checkout@v4",
    ],
)
def test_pinned_and_local_actions_are_no_problem(line: str) -> None:
    assert acted(line) == []


@pytest.mark.parametrize(
    ("workflow", "line", "what"),
    [
        ("- uses: actions/checkout@v4", 1, "actions/checkout@v4"),
        ('x:\n  - name: a\n    "uses" : "actions/checkout@main" # c', 3, "actions/checkout@main"),
        (f"- uses: actions/checkout@{COMMIT[:-1]}", 1, f"actions/checkout@{COMMIT[:-1]}"),
        ("- uses: actions/checkout", 1, "actions/checkout"),
        ("uses: acme/ci/.github/workflows/build.yml@v1", 1, "acme/ci/.github/workflows/build.yml@v1"),
        ("- uses: docker://alpine:3", 1, "docker://alpine:3"),
        ("- {uses: actions/checkout@v4, name: x}", 1, "actions/checkout@v4"),
        ('- {"uses":"actions/checkout@v4"}', 1, "actions/checkout@v4"),
        ("- run: |\n    make\n  uses: actions/checkout@v4", 3, "actions/checkout@v4"),
        ("- uses: # later\n    actions/checkout@v4", 1, "uses: without a value on its line"),
    ],
)
def test_other_actions_are_named_with_their_line(workflow: str, line: int, what: str) -> None:
    assert acted(workflow) == [(line, what)]


def test_the_error_lists_file_line_what_stands_there_and_what_is_wanted() -> None:
    found = uses("FROM python\n", {}, {".github/workflows/ci.yml": "- uses: a/b@v1"}, "build/Dockerfile")
    with pytest.raises(PinsFailed, match="2 of 2 uses") as caught:
        checked(found)
    assert caught.value.why.splitlines() == [
        f"build/Dockerfile:1: python: wanted {IMAGE}",
        f".github/workflows/ci.yml:1: a/b@v1: wanted {ACTION}",
    ]


def test_what_is_pinned_is_counted() -> None:
    found = uses(f"FROM {PINNED}\n", {}, {"ci.yml": f"- uses: a/b@{COMMIT}"})
    assert checked(found) == "2 uses of images and actions, all by digest or commit"


def test_our_own_dockerfile_is_pinned() -> None:
    text = (REPOSITORY / "Dockerfile").read_text()
    assert [use.image for use in images(text, {})] == [Images.pinned().python.reference]
    assert named(text) == []


WORDS = st.text("abc:/.$-", min_size=1, max_size=8)
LINES = st.text("FROM ARG=$${}<'\"\\#\nabc", max_size=60)


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_any_text_is_read_to_its_end(text: str) -> None:
    assert all(0 < use.line <= text.count("\n") + 1 for use in images(text, {"A": "b"}))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(WORDS, st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_how_lines_are_broken_and_commented_changes_nothing(stages: list[tuple[str, bool, bool]]) -> None:
    plain, broken = "", ""
    for number, (image, is_broken, is_commented) in enumerate(stages):
        gap = " \\\n" if is_broken else " "
        comment = "# FROM nothing\n" if is_commented else ""
        plain += f"FROM {image} AS s{number}\n"
        broken += f"FROM{gap}{comment if is_broken else ''}{image}{gap}AS s{number}\n{comment}\n"
    assert [use[1:] for use in images(plain, {})] == [use[1:] for use in images(broken, {})]
