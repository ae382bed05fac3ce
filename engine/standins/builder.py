"""Makes the images that the cache lacks, two at a time, and hands back all of them."""

import platform
import shutil
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from standins.cache import Cache
from standins.command import Commands
from standins.errors import Stopped, ToolMissing
from standins.image import VERSION, make
from standins.oci import Layout
from standins.progress import Progress
from standins.recipes import Recipes
from standins.room import room
from standins.workshop import Workshop

_AT_A_TIME = 2


def build(recipes: Recipes, cache: Cache, progress: Progress) -> dict[str, Layout]:
    """All images of the recipes, in their order; those already in the cache cost a look.

    Raises:
        StandInError: one of them could not be made; those finished before are kept.
    """
    if not _missing(recipes, cache):
        return _all(recipes, cache)
    if platform.machine() not in {"x86_64", "AMD64"}:
        advice = "use the official images, or another machine"
        raise ToolMissing("stand-ins", f"they are made for x86_64 only, this is {platform.machine()}", advice)
    commands = Commands()
    with (
        cache.builder(progress) as work,
        room(cache.folder, work) as quick,
        ThreadPoolExecutor(_AT_A_TIME) as pool,
    ):
        try:
            # Looked up again: another builder may have been here.
            shops = [
                Workshop(name, work / name, work / "shared", quick, recipes, commands, progress)
                for name in _missing(recipes, cache)
            ]
            _settle([pool.submit(_make, shop, cache) for shop in shops])
        except BaseException:
            commands.stop()
            pool.shutdown(cancel_futures=True)
            raise
    return _all(recipes, cache)


def _missing(recipes: Recipes, cache: Cache) -> list[str]:
    return [name for name in recipes.images if cache.find(name) is None]


def _all(recipes: Recipes, cache: Cache) -> dict[str, Layout]:
    found = {name: cache.find(name) for name in recipes.images}
    return {name: layout for name, layout in found.items() if layout}


def _settle(pending: Sequence[Future[None]]) -> None:
    """Wait for all, or raise the first real error."""
    done, _ = wait(pending, return_when=FIRST_EXCEPTION)
    errors = [error for future in done if (error := future.exception())]
    for error in sorted(errors, key=lambda error: isinstance(error, Stopped)):
        raise error


def _make(workshop: Workshop, cache: Cache) -> None:
    workshop.folder.mkdir()
    workshop.shared.mkdir(exist_ok=True)
    make(workshop, workshop.folder / "image")
    layout = cache.put(workshop.name, workshop.folder / "image")
    shutil.rmtree(workshop.folder, ignore_errors=True)
    workshop.progress.done(workshop.name, f"{layout.labels[VERSION]} made, {layout.size / (1 << 20):.0f} MiB")
