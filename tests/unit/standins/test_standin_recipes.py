"""The recipes of the repository hold to their rules; broken ones are refused by name."""

import re
import tomllib
from pathlib import Path

import pytest

from standins.errors import RecipeError
from standins.recipes import RECIPES, GoModuleSource, WheelSource, load

ROOT = Path(__file__).parents[3]


def changed(tmp_path: Path, old: str, new: str) -> Path:
    content = RECIPES.read_text("utf-8")
    assert old in content
    target = tmp_path / "recipes.toml"
    target.write_text(content.replace(old, new), "utf-8")
    return target


def test_the_images_are_there_slowest_first() -> None:
    first = ["cosign", "python", "registry", "trivy", "crane"]
    assert list(load().images) == [*first, "fulcio", "timestamp", "rekor", "ctlog"]


def test_every_program_that_is_downloaded_is_pinned_by_its_tag_and_hash() -> None:
    sources = [recipe.source for recipe in load().images.values()]
    for source in sources:
        if isinstance(source, GoModuleSource):
            assert re.fullmatch(r"h1:.{43}=", source.h1)
        if isinstance(source, WheelSource):
            assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)
            assert source.release.startswith(source.version)


def test_tags_agree_with_what_is_built() -> None:
    for recipe in load().images.values():
        if isinstance(recipe.source, GoModuleSource | WheelSource):
            assert recipe.tag == recipe.source.version
            assert recipe.stand_in_for.endswith(f":{recipe.tag}")


def test_each_stands_in_for_an_image_that_the_module_uses() -> None:
    used = tomllib.loads((ROOT / "ci/src/supply_chain/images.toml").read_text("utf-8"))["images"]
    official = {name: image["reference"].partition("@")[0] for name, image in used.items()}
    stand_ins = {name: recipe.stand_in_for for name, recipe in load().images.items()}
    repositories = {name: reference.rpartition(":")[0] for name, reference in official.items()}
    assert {name: reference.rpartition(":")[0] for name, reference in stand_ins.items()} == repositories


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('kind = "wheel"', 'kind = "whell"', "whell"),
        ('tag = "0.74.0"', 'tag = "0.69.4"', "GHSA-69fq-xp46-6x23"),
        ('member = "trivy', 'menber = "trivy', "menber"),
        ("h1:001JQRI", "001JQRI", "h1"),
        ("epoch = ", "epoch == ", "Invalid"),
    ],
)
def test_a_broken_recipe_is_refused_by_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    with pytest.raises(RecipeError, match=named):
        load(changed(tmp_path, old, new))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"recipes none\.toml"):
        load(tmp_path / "none.toml")
