"""The cache: keys follow the recipe, entries are whole or absent, nothing of a broken build stays."""

import os
import threading
from pathlib import Path

import pytest

from standins import cache as cache_module
from standins.cache import Cache, key
from standins.layer import text
from standins.oci import ImageConfig, write_layout
from standins.progress import Progress
from standins.recipes import Recipes, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the cache is."""
    return tmp_path / "cache"


@pytest.fixture
def cache(folder: Path, recipes: Recipes) -> Cache:
    """An empty cache, not made yet."""
    return Cache(folder, recipes)


def put(cache: Cache, work: Path) -> None:
    write_layout(work / "image", "localhost/test/hello:1.0", [text("a", "b")], ImageConfig({"a": "b"}), 1)
    cache.put("hello", work / "image")


def test_key_changes_with_the_recipe_and_with_nothing_else() -> None:
    recipes = load()
    data = recipes.model_dump()
    data["images"]["trivy"]["source"]["sha256"] = "0" * 64
    other = Recipes.model_validate(data)
    assert key(recipes, "trivy") != key(other, "trivy")
    assert [key(recipes, name) for name in ("python", "crane")] == [
        key(other, name) for name in ("python", "crane")
    ]


def test_key_follows_what_several_images_share() -> None:
    recipes = load()
    other = recipes.model_copy(update={"debian": recipes.debian.model_copy(update={"suite": "forky"})})
    assert key(recipes, "python") != key(other, "python")
    assert key(recipes, "trivy") == key(other, "trivy")


def test_key_follows_the_code_of_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipes = load()
    before = {name: key(recipes, name) for name in recipes.images}
    for file in cache_module._CODE.glob("*.py"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "debian.py").write_bytes(b"# another way\n")
    monkeypatch.setattr(cache_module, "_CODE", tmp_path)
    changed = {name for name in recipes.images if key(recipes, name) != before[name]}
    assert changed == {"python", "registry"}


def test_what_was_put_is_found(folder: Path, cache: Cache, quiet: Progress) -> None:
    assert cache.find("hello") is None
    with cache.builder(quiet) as work:
        put(cache, work)
    assert cache.find("hello") is not None
    assert sorted(path.name[:6] for path in folder.iterdir()) == [".lock", "hello-"]


def test_an_interrupted_builder_leaves_nothing(folder: Path, cache: Cache, quiet: Progress) -> None:
    def interrupted() -> None:
        with cache.builder(quiet) as work:
            (work / "half").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.name for path in folder.iterdir()] == [".lock"]


def test_what_a_killed_builder_left_is_removed(folder: Path, cache: Cache, quiet: Progress) -> None:
    (folder / ".building-dead" / "deep").mkdir(parents=True)
    with cache.builder(quiet):
        assert not (folder / ".building-dead").exists()


def test_a_second_builder_waits_for_the_first(cache: Cache, quiet: Progress) -> None:
    order: list[str] = []
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with cache.builder(quiet):
            inside.set()
            leave.wait(5)
            order.append("first")

    def second() -> None:
        with cache.builder(quiet):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert inside.wait(5)
    threads[1].start()
    leave.set()
    for thread in threads:
        thread.join(5)
    assert order == ["first", "second"]


def test_a_damaged_entry_is_replaced(folder: Path, cache: Cache, quiet: Progress) -> None:
    with cache.builder(quiet) as work:
        put(cache, work)
    (entry,) = folder.glob("hello-*")
    (entry / "layout" / "index.json").write_text("{}")
    assert cache.find("hello") is None
    with cache.builder(quiet) as work:
        put(cache, work)
    assert cache.find("hello") is not None


def test_the_two_newest_of_a_name_are_kept(folder: Path, cache: Cache, quiet: Progress) -> None:
    newest, older, other = "hello-aaaaaaaaaaaa", "hello-bbbbbbbbbbbb", "hello-world-cccccccccccc"
    for age, name in enumerate([newest, older, other]):
        (folder / name).mkdir(parents=True)
        os.utime(folder / name, (1_000_000_000 - age, 1_000_000_000 - age))
    with cache.builder(quiet) as work:
        put(cache, work)
    left = {path.name for path in folder.iterdir()}
    assert older not in left
    assert {newest, other} < left
