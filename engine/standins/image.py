"""From a recipe to an image layout: content by the recipe's kind, labels that say it is a stand-in."""

from pathlib import Path

from standins import debian, gomodule, wheel
from standins.layer import text
from standins.oci import ImageConfig, write_layout
from standins.recipes import DebianSource, GoModuleSource, Recipe, WheelSource
from standins.workshop import Made, Workshop

VERSION = "org.opencontainers.image.version"
STAND_IN = "io.supply-chain.stand-in"
STAND_IN_FOR = "io.supply-chain.stand-in-for"


def make(workshop: Workshop, target: Path) -> None:
    """Make the image that the workshop is for, as a layout in a new folder."""
    recipe = workshop.recipes.images[workshop.name]
    made = _content(recipe, workshop)
    written = [text(file.path, file.content, file.mode) for file in recipe.files]
    reference, epoch = workshop.recipes.reference(workshop.name), workshop.recipes.epoch
    write_layout(target, reference, [*made.members, *written], _config(recipe, made), epoch)


def _content(recipe: Recipe, workshop: Workshop) -> Made:
    match recipe.source:
        case DebianSource():
            return debian.make(recipe.source, workshop)
        case GoModuleSource():
            return gomodule.make(recipe.source, workshop)
        case WheelSource():
            return wheel.make(recipe.source, workshop)


def _config(recipe: Recipe, made: Made) -> ImageConfig:
    return ImageConfig(
        labels=_labels(recipe, made),
        entrypoint=recipe.entrypoint,
        cmd=recipe.cmd,
        env=recipe.env,
        user=recipe.user,
        workdir=recipe.workdir,
        ports=recipe.ports,
        volumes=recipe.volumes,
    )


def _labels(recipe: Recipe, made: Made) -> dict[str, str]:
    return {
        "org.opencontainers.image.title": f"{recipe.title} (stand-in)",
        "org.opencontainers.image.description": f"Stands in for {recipe.stand_in_for}; not that image",
        "org.opencontainers.image.source": recipe.homepage,
        "org.opencontainers.image.licenses": recipe.licenses,
        VERSION: made.version,
        STAND_IN: "true",
        STAND_IN_FOR: recipe.stand_in_for,
        **made.labels,
    }
