"""The linter of workflows, as a program of this machine."""

import tomllib
from pathlib import Path

from go_programs import compiled
from standins import gomodule
from standins.recipes import GoModuleSource
from standins.workshop import Workshop

_PIN = Path(__file__).with_suffix(".toml")


def actionlint() -> Path:
    """The program; quick where it has been compiled before."""
    return compiled("test-actionlint", _PIN.read_bytes(), _made)


def _made(shop: Workshop) -> Path:
    gomodule.make(GoModuleSource.model_validate(tomllib.loads(_PIN.read_text())), shop)
    return shop.folder / "bin" / "actionlint"
