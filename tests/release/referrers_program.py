"""The registry with the referrers API, compiled once on each machine with the Go of the stand-ins."""

import hashlib
from pathlib import Path

from standins import gomodule
from standins.cache import Cache, default_folder
from standins.command import Commands
from standins.progress import Progress
from standins.recipes import GoModuleSource, load
from standins.room import room
from standins.workshop import Workshop

_SOURCE = Path(__file__).parent / "registries" / "referrers"
_NAME = "test-registry-referrers"


def referrers_program() -> Path:
    """The program; quick where it has been compiled before."""
    recipes = load()
    digest = hashlib.sha256()
    for file in sorted(_SOURCE.iterdir()):
        digest.update(file.read_bytes())
    place = default_folder() / f"{_NAME}-{digest.hexdigest()[:12]}"
    if place.exists():
        return place
    cache = Cache(default_folder(), recipes)
    with Progress() as progress, cache.builder(progress) as work, room(cache.folder, work) as quick:
        shop = Workshop(_NAME, work / _NAME, work / "shared", quick, recipes, Commands(), progress)
        shop.folder.mkdir()
        shop.shared.mkdir()
        source = recipes.images["crane"].source
        assert isinstance(source, GoModuleSource)
        compiler = gomodule._Builder(gomodule._go(shop), source, shop)
        made = shop.folder / _NAME
        compiler._run("build", "-mod=readonly", "-trimpath", "-o", str(made), ".", cwd=_SOURCE)
        made.replace(place)
    return place
