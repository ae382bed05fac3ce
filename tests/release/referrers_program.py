"""The registry with the referrers API, as a program of this machine."""

from pathlib import Path

from go_programs import compiled
from standins import gomodule
from standins.recipes import GoModuleSource
from standins.workshop import Workshop

_SOURCE = Path(__file__).parent / "registries" / "referrers"
_NAME = "test-registry-referrers"


def referrers_program() -> Path:
    """The program; quick where it has been compiled before."""
    return compiled(_NAME, b"".join(file.read_bytes() for file in sorted(_SOURCE.iterdir())), _made)


def _made(shop: Workshop) -> Path:
    source = shop.recipes.images["crane"].source
    assert isinstance(source, GoModuleSource)
    compiler = gomodule._Builder(gomodule._go(shop), source, shop)
    made = shop.folder / _NAME
    compiler._run("build", "-mod=readonly", "-trimpath", "-o", str(made), ".", cwd=_SOURCE)
    return made
