"""The linter of workflows, compiled once on each machine with the Go of the stand-ins."""

import hashlib
import tomllib
from pathlib import Path

from standins import gomodule
from standins.cache import Cache, default_folder
from standins.command import Commands
from standins.progress import Progress
from standins.recipes import GoModuleSource, load
from standins.room import room
from standins.workshop import Workshop

_PIN = Path(__file__).with_suffix(".toml")
_NAME = "test-actionlint"


def actionlint() -> Path:
    """The program; quick where it has been compiled before."""
    recipes, pin = load(), _PIN.read_bytes()
    place = default_folder() / f"{_NAME}-{hashlib.sha256(pin).hexdigest()[:12]}"
    if place.exists():
        return place
    cache = Cache(default_folder(), recipes)
    with Progress() as progress, cache.builder(progress) as work, room(cache.folder, work) as quick:
        shop = Workshop(_NAME, work / _NAME, work / "shared", quick, recipes, Commands(), progress)
        shop.folder.mkdir()
        shop.shared.mkdir()
        gomodule.make(GoModuleSource.model_validate(tomllib.loads(pin.decode())), shop)
        (shop.folder / "bin" / "actionlint").replace(place)
    return place
