"""`check`: runs the functions that the module marks as checks, side by side."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import anyio

from dagger_local.cli.catalog import Catalog, Function
from dagger_local.cli.layout import table
from dagger_local.cli.query import Selection
from dagger_local.errors import EngineError
from dagger_local.module.naming import cli_name

if TYPE_CHECKING:
    from dagger_local.session import Session


def chosen(catalog: Catalog, patterns: Sequence[str]) -> dict[str, Function]:
    """Checks by name, those that a pattern fits; all where there is no pattern.

    Raises:
        EngineError: A pattern fits none: a check that is misspelt must not pass.
    """
    module = cli_name(catalog.constructor.name)
    checks = {f"{module}:{f.cli_name}": f for f in catalog.functions(catalog.main) if f.check}
    for pattern in patterns:
        if not any(_fits(name, pattern) for name in checks):
            raise EngineError(f'no check fits "{pattern}"; there are: {", ".join(checks) or "none"}')
    return {name: f for name, f in checks.items() if not patterns or any(_fits(name, p) for p in patterns)}


def _fits(name: str, pattern: str) -> bool:
    within = name.partition(":")[2]
    return any(fnmatchcase(whole, pattern) for whole in (name, within, name.partition(":")[0]))


def listing(checks: dict[str, Function]) -> str:
    """A line for each check."""
    return table([("Name", "Description"), *((name, f.short) for name, f in checks.items())])


async def run(session: "Session", catalog: Catalog, checks: dict[str, Function], *, fail_fast: bool) -> None:
    """Runs checks to their end, each whatever the others come to unless that is asked for.

    Raises:
        EngineError: At least one failed; a line for each.
    """
    for argument in catalog.constructor.args:
        if argument.required:
            raise EngineError(f'missing required argument: "{argument.name}"')
    failures: dict[str, str] = {}

    async def one(name: str, function: Function) -> None:
        try:
            await _run_one(session, catalog, function)
        except EngineError as error:
            failures[name] = error.message
            if fail_fast:
                group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for name, function in checks.items():
            group.start_soon(one, name, function)
    if failures:
        raise EngineError("\n".join(failures[name] for name in checks if name in failures))


async def _run_one(session: "Session", catalog: Catalog, function: Function) -> None:
    selection = Selection()
    selection.select(catalog.constructor.name)
    selection.select(function.name)
    if function.is_object:
        known = {following.name for following in catalog.functions(function.returns)}
        selection.select("sync" if "sync" in known else "id")
    await selection.run(session)
