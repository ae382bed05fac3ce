"""Modules are found and read as Dagger does; what the local engine cannot run is refused by name."""

import json
from pathlib import Path

import pytest

from dagger_local.errors import EngineError, NotServed
from dagger_local.module.dependencies import require
from dagger_local.module.source import find_module

CONFIG = {"name": "my-mod", "engineVersion": "v0.21.8", "sdk": {"source": "python"}, "source": "ci"}


def write(folder: Path, **changes: object) -> Path:
    (folder / "ci" / "src" / "my_mod").mkdir(parents=True)
    (folder / "dagger.json").write_text(json.dumps(CONFIG | changes))
    return folder


def test_a_module_is_found_from_within(tmp_path: Path) -> None:
    write(tmp_path)
    found = find_module(tmp_path / "ci" / "src")
    assert found.root == tmp_path
    assert found.main_object == "MyMod"
    assert found.entry_point == "my_mod:MyMod"
    assert found.import_root == tmp_path / "ci" / "src"


def test_a_module_is_found_by_path(tmp_path: Path) -> None:
    write(tmp_path / "there")
    assert find_module(tmp_path, "there").root == tmp_path / "there"


def test_the_entry_point_is_what_pyproject_says(tmp_path: Path) -> None:
    write(tmp_path)
    entry = '[project.entry-points."dagger.mod"]\nmain_object = "my_mod.main:MyMod"\n'
    (tmp_path / "ci" / "pyproject.toml").write_text(entry)
    assert find_module(tmp_path).entry_point == "my_mod.main:MyMod"


def test_no_module_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"no dagger\.json in .* or above it"):
        find_module(tmp_path)
    with pytest.raises(EngineError, match="module 'nowhere' not found"):
        find_module(tmp_path, "nowhere")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"sdk": {"source": "go"}}, "a module with the SDK 'go'"),
        ({"sdk": None}, "a module with the SDK 'none'"),
        ({"dependencies": ["github.com/somebody/x@v1"]}, "a dependency by git reference"),
    ],
)
def test_what_is_not_served_is_refused(tmp_path: Path, changes: dict[str, object], what: str) -> None:
    write(tmp_path, **changes)
    with pytest.raises(NotServed, match=what):
        find_module(tmp_path)


def depending(folder: Path, name: str, *dependencies: object) -> None:
    folder.mkdir(parents=True)
    (folder / "dagger.json").write_text(
        json.dumps({"name": name, "sdk": {"source": "python"}, "dependencies": list(dependencies)})
    )


def test_dependencies_are_found_by_path(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    depending(tmp_path / "top", "top", {"name": "mine", "source": "../a"}, "../b")
    depending(tmp_path / "a", "a", {"source": "../b"})
    depending(tmp_path / "b", "b")
    a, b = find_module(tmp_path / "top").dependencies
    assert (a.name, a.config.name, a.root) == ("mine", "a", tmp_path / "a")
    assert (b.name, b.root) == ("b", tmp_path / "b")
    assert [one.name for one in a.dependencies] == ["b"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("..", r'local module dep source path "\.\." escapes context'),
        ("/b", 'local module dep source path "/b" is absolute'),
        ("./none", r'module \'top\' depends on "\./none": there is no dagger\.json in '),
        (".", 'module "top" has a circular dependency on itself through dependency "me"'),
    ],
)
def test_a_dependency_that_cannot_be_is_an_error(tmp_path: Path, source: str, why: str) -> None:
    depending(tmp_path / "top", "top", {"name": "me", "source": source})
    with pytest.raises(EngineError, match=why):
        find_module(tmp_path / "top")


def test_a_git_reference_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotServed, match="by git reference"):
        find_module(tmp_path, "github.com/somebody/something@v1")


def test_a_newer_module_is_refused_as_dagger_does(tmp_path: Path) -> None:
    write(tmp_path, engineVersion="v0.22.0")
    with pytest.raises(EngineError, match=r"^module requires dagger v0\.22\.0, but you have v0\.21\.8$"):
        find_module(tmp_path)


def test_a_broken_configuration_is_named(tmp_path: Path) -> None:
    (tmp_path / "dagger.json").write_text('{"name": 3}')
    with pytest.raises(EngineError, match=r"dagger\.json cannot be read: name: "):
        find_module(tmp_path)


def test_default_paths_begin_at_the_repository_or_the_module(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "module")
    (tmp_path / ".git").mkdir()
    found = find_module(tmp_path / "deep" / "module")
    assert found.default_path("/") == tmp_path
    assert found.default_path("/app") == tmp_path / "app"
    assert found.default_path("tree") == tmp_path / "deep" / "module" / "tree"
    assert found.default_path("..") == tmp_path / "deep"
    with pytest.raises(EngineError, match="leads out of the module's context"):
        found.default_path("../../..")


def test_without_a_repository_paths_stay_in_the_module(tmp_path: Path) -> None:
    write(tmp_path)
    assert find_module(tmp_path).default_path("/app") == tmp_path / "app"


def test_lacking_dependencies_are_named(tmp_path: Path) -> None:
    write(tmp_path)
    wanted = ["pydantic>=2", "no-such-package-here>=1", "anyio<1", 'nothing-needed ; python_version < "3"']
    (tmp_path / "ci" / "pyproject.toml").write_text(f"[project]\ndependencies = {json.dumps(wanted)}\n")
    with pytest.raises(EngineError) as caught:
        require(find_module(tmp_path))
    assert "no-such-package-here>=1 (not installed), anyio<1 (installed: " in caught.value.message
    assert "pydantic" not in caught.value.message
    assert "nothing-needed" not in caught.value.message


def test_the_digest_follows_the_code(tmp_path: Path) -> None:
    write(tmp_path)
    before = find_module(tmp_path).digest()
    assert before == find_module(tmp_path).digest()
    (tmp_path / "ci" / "src" / "my_mod" / "__init__.py").write_text("x = 1\n")
    assert before != find_module(tmp_path).digest()
