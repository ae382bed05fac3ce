"""Values and states: equal descriptions have equal keys, and nothing that matters is left out of a key."""

from dataclasses import replace
from pathlib import Path

import pytest

from dagger_local.errors import EngineError, ExecFailed
from dagger_local.states import ContainerState, ImageConfig, Mount, Write
from dagger_local.values import Value

BASE = ContainerState(base="b", image="i", config=ImageConfig(env=(("A", "1"),)))


def test_equal_descriptions_have_equal_keys() -> None:
    one, two = (
        Value("File", "Directory.file", {"path": "a"}, {"parent": Value("Directory", "x")}) for _ in "ab"
    )
    assert one.key == two.key
    assert one.key != Value("File", "Directory.file", {"path": "b"}, {"parent": Value("Directory", "x")}).key


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, base="c"),
        replace(BASE, config=BASE.config.with_env("A", "2")),
        replace(BASE, config=replace(BASE.config, user="5")),
        replace(BASE, secret_env=(("T", "key"),)),
        replace(BASE, bindings=(("web", "key"),)),
        BASE.with_mount(Mount("/m", "directory", "k", Path("/x"))),
        BASE.with_write(Write("/f", Path("/x"), "d", is_dir=False)),
    ],
)
def test_whatever_a_command_can_see_is_in_the_key(other: ContainerState) -> None:
    assert other.key != BASE.key


def test_where_the_store_keeps_an_image_is_not_in_the_key() -> None:
    assert replace(BASE, image="other", last_exec=None).key == BASE.key


def test_a_mount_replaces_the_one_at_its_path() -> None:
    state = BASE.with_mount(Mount("/m", "temp", "1")).with_mount(Mount("/m", "temp", "2"))
    assert [m.key for m in state.mounts] == ["2"]
    assert state.without_mount("/m").mounts == ()


def test_a_failed_command_ends_the_cli_with_its_own_code_and_all_else_with_one() -> None:
    assert ExecFailed(["x"], 7, "", "").exit_code == 7
    assert EngineError("no").exit_code == 1
