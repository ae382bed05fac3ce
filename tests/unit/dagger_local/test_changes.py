"""Changes of directories: a chain of them makes one tree, the same as one after the other would."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import anyio
import pytest

from dagger_local import tree
from dagger_local.evaluate import Evaluator
from dagger_local.session import CORE
from dagger_local.states import DirectoryState
from dagger_local.store import Store
from dagger_local.values import Value

if TYPE_CHECKING:
    from dagger_local.session import Session

assert CORE  # importing it registers the steps
EMPTY = Value("Directory", "Query.directory")


def step(parent: Value, name: str, inputs: Mapping[str, Any] | None = None, **args: Any) -> Value:
    return Value("Directory", f"Directory.{name}", args, {"parent": parent, **(inputs or {})})


def evaluator(root: Path) -> Evaluator:
    return Evaluator(cast("Session", SimpleNamespace(store=Store(root))))


def states(evaluator: Evaluator, *values: Value) -> list[DirectoryState]:
    async def main() -> list[DirectoryState]:
        return [cast("DirectoryState", await evaluator.state(value)) for value in values]

    return anyio.run(main)


def chain() -> list[Value]:
    """Each after the one before."""
    first = step(EMPTY, "withNewFile", path="a/b", contents="1")
    second = step(first, "withNewDirectory", path="c", permissions=0o700)
    third = step(second, "withDirectory", {"source": first}, path="d")
    fourth = step(third, "withoutFile", path="a/*")
    return [first, second, third, fourth, step(fourth, "withNewFile", path="a/e", contents="2")]


def test_a_chain_comes_to_what_its_steps_come_to(tmp_path: Path) -> None:
    [whole] = states(evaluator(tmp_path / "one"), chain()[-1])
    *_, last = states(evaluator(tmp_path / "two"), *chain())
    assert whole.digest == last.digest
    assert [name for name, _ in tree.walk(whole.path)] == ["", "a", "a/e", "c", "d", "d/a", "d/a/b"]


def test_what_is_between_is_made_when_it_is_asked_for(tmp_path: Path) -> None:
    whole = evaluator(tmp_path / "store")
    states(whole, chain()[-1])
    trees = set((tmp_path / "store" / "trees").iterdir())
    [second] = states(whole, chain()[1])
    assert second.path not in trees
    assert [name for name, _ in tree.walk(second.path)] == ["", "a", "a/b", "c"]


@pytest.mark.parametrize(("size", "copies"), [(1 << 20, 1), (100, 2)])
def test_a_large_file_is_not_put_into_the_same_tree_again_in_another_session(
    size: int, copies: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, copy = list[Path](), tree.copy

    def copied(source: Path, target: Path, **how: Any) -> None:
        made.append(target)
        copy(source, target, **how)

    large = Value("File", "Query.file", {"name": "f", "contents": "x" * size})
    found = set[str]()
    monkeypatch.setattr(tree, "copy", copied)
    for _ in range(2):
        with_it = step(EMPTY, "withFile", {"source": large}, path="g")
        found |= {state.digest for state in states(evaluator(tmp_path / "store"), with_it)}
    assert len(found) == 1
    assert len(made) == 2 * copies  # the tree, and the file


def test_a_time_is_given_to_all_that_is_in_a_tree(tmp_path: Path) -> None:
    [plain, timed] = states(
        evaluator(tmp_path / "store"), chain()[0], step(chain()[0], "withTimestamps", timestamp=86400)
    )
    assert {item.stat().st_mtime for _, item in tree.walk(timed.path)} == {86400}
    assert (plain.path / "a" / "b").stat().st_mtime == 0
