"""Programs that tests need, compiled once on each machine with the Go of the stand-ins."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from standins.cache import Cache, default_folder
from standins.command import Commands
from standins.progress import Progress
from standins.recipes import load
from standins.room import room
from standins.workshop import Workshop


def compiled(name: str, decided_by: bytes, make: Callable[[Workshop], Path]) -> Path:
    """The program; quick where it has been compiled before.

    Args:
        name: Its name in the cache of stand-ins.
        decided_by: What it is made from: other bytes are another program.
        make: Makes it in a workshop, and says where.
    """
    place = default_folder() / f"{name}-{hashlib.sha256(decided_by).hexdigest()[:12]}"
    if place.exists():
        return place
    recipes = load()
    cache = Cache(default_folder(), recipes)
    with Progress() as progress, cache.builder(progress) as work, room(cache.folder, work) as quick:
        shop = Workshop(name, work / name, work / "shared", quick, recipes, Commands(), progress)
        shop.folder.mkdir()
        shop.shared.mkdir()
        make(shop).replace(place)
    return place
