"""A module's functions and flags as a page, in its own words.

`python -m dagger_local.cli.reference` prints that of the module in the folder where it is called.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from dagger_local.cli.catalog import Argument, Catalog, Function
from dagger_local.cli.registered import registered
from dagger_local.module.naming import cli_name
from dagger_local.scopes import core_scope

_HEAD = """# Reference

Every function and flag, in the words of the module itself: `make docs` makes this page of them, and
`dagger call FUNCTION --help` shows the same.

| type | what a flag takes |
|---|---|
| `Directory`, `File` | a path on this machine; on Dagger also an address in a git repository |
| `Container` | the address of an image |
| `Secret` | where it is: `env://NAME`, `file://PATH` or `cmd://COMMAND`; never the secret itself |
| `strings` | a list: commas between its values, or the flag again |
| `switch` | nothing: the flag alone says yes |

What a function returns is asked further in the same call, as in `scan sarif export --path trivy.sarif`. What
Dagger's own types can be asked stands in [its documentation](https://docs.dagger.io/getting-started/types/).
"""


def page(catalog: Catalog) -> str:
    """The page, in Markdown."""
    main = catalog.constructor
    lines = [
        _HEAD,
        "## Before any function",
        "",
        f"{catalog.description(catalog.main)} These flags stand between `call` and the first function.",
        "Those of a function stand behind its name.",
        "",
        *_flags(main),
    ]
    for name in _own_types(catalog):
        lines += ["", *_type(catalog, name)]
    return "\n".join([*lines, ""])


def _own_types(catalog: Catalog) -> Iterator[str]:
    """The module's types, each after the one that leads to it."""
    waiting, seen = [catalog.main], set(core_scope().schema.type_map)
    for name in waiting:
        if name not in seen:
            seen.add(name)
            waiting += [function.returns for function in catalog.functions(name) if function.is_object]
            yield name


def _type(catalog: Catalog, name: str) -> Iterator[str]:
    functions = [function for function in catalog.functions(name) if function.supported]
    yield f"## Functions of `{name}`"
    yield ""
    if name != catalog.main:
        yield catalog.description(name)
        yield ""
    yield "| function | returns | what it does |"
    yield "|---|---|---|"
    for function in functions:
        shown = function.cli_name
        linked = f"[`{shown}`](#{shown})" if function.args else f"`{shown}`"
        yield _row(linked, f"`{_returned(function)}`", function.short)
    for function in functions:
        if function.args:
            yield from ("", f"### `{function.cli_name}`", "", function.description, "", *_flags(function))


def _returned(function: Function) -> str:
    return f"[{function.returns}]" if function.is_list else function.returns


def _flags(function: Function) -> Iterator[str]:
    yield "| flag | type | default | what it is |"
    yield "|---|---|---|---|"
    for argument in function.args:
        kind = argument.flag_type.label or "switch"
        yield _row(
            f"`--{cli_name(argument.name)}`", f"`{kind}`", _default(argument), argument.description.strip()
        )


def _default(argument: Argument) -> str:
    """As help shows it: nothing where a flag left out means nothing."""
    if argument.required:
        return "required"
    return "" if argument.default in argument.flag_type.zero else f"`{argument.default}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def main() -> None:
    """Prints the page of the module in the folder where it is called."""
    with tempfile.TemporaryDirectory() as store:
        print(page(registered(Path.cwd(), Path(store))), end="")


if __name__ == "__main__":
    main()
