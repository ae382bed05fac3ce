"""`functions`: lists what can be called, after the functions given as arguments."""

from collections.abc import Sequence

from dagger_local.cli.catalog import Catalog, Function
from dagger_local.cli.layout import table
from dagger_local.errors import EngineError


def listing(catalog: Catalog, chain: Sequence[str]) -> str:
    """A line for each function of what the chain returns.

    Raises:
        EngineError: A name in the chain is no function, or nothing can follow it.
    """
    type_name, shown = catalog.main, "Query"
    for name in chain:
        function = _named(catalog, type_name, shown, name)
        if not function.is_object:
            raise EngineError(
                f'function "{name}" returns type "{function.returns}" with no further functions available'
            )
        type_name = shown = function.returns
    functions = catalog.functions(type_name)
    rows = [("Name", "Description"), *((f.cli_name, f.short) for f in functions if f.supported)]
    skipped = [f.cli_name for f in functions if not f.supported]
    if type_name == catalog.main and not chain and catalog.constructor.args:
        skipped.append("with")  # how Dagger makes the constructor's flags part of its Query
    text = table(rows)
    if skipped:
        text += f"\nSkipped {len(skipped)} function(s) with unsupported types: {', '.join(skipped)}\n"
    return text


def _named(catalog: Catalog, type_name: str, shown: str, name: str) -> Function:
    for function in catalog.functions(type_name):
        if name in (function.name, function.cli_name):
            if not function.supported:
                raise EngineError(f'function "{name}" in type "{shown}" is not supported')
            return function
    raise EngineError(f'no function "{name}" in type "{shown}"')
