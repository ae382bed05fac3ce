"""Command lines that are parsed as `dagger call` does, and not run."""

from dataclasses import dataclass
from typing import cast

import anyio

from dagger_local.cli.call import Call
from dagger_local.cli.catalog import Catalog, Function
from dagger_local.cli.options import Options
from dagger_local.session import Session

_NO_SESSION = cast("Session", None)


@dataclass
class Parsed(Call):
    """A command line that is parsed as `dagger call` does, and not run."""

    async def _select(self, function: Function) -> None:
        """Values are not looked up."""

    async def _finish(self) -> str:
        return ""


def parse(catalog: Catalog, words: list[str]) -> None:
    """UsageError unless every function and flag is there, and all that are required are given."""
    anyio.run(Parsed(_NO_SESSION, catalog, Options()).run, words)
