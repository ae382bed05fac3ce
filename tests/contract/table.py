"""docs/contract.md: what is held against Dagger, a row a case. `python -m contract.table` prints it."""

import ast
from functools import cache

from contract.recorded import HERE, Case, assumed, deferred, recorded

_LONGEST = 70
_HEAD = """# The contract with Dagger

What Dagger's engine v0.21.8 answered, and dagger-local must answer too: `make contract` asks all of it
again. This page is made of tests/contract by `make docs`; the README there explains the placeholders, and how
cases are added.
"""


def page() -> str:
    """The page, in Markdown."""
    cases = [*recorded().values(), *assumed().values()]
    counted = f"{len(recorded())} recorded, {len(assumed())} assumed, {len(deferred())} not served."
    rows = [
        "| case | command | what it shows | exit | answer | on Dagger | dagger-local |",
        "|---|---|---|---|---|---|---|",
        *map(_row, cases),
    ]
    return "\n".join([_HEAD, counted, "", *rows, ""])


def _row(case: Case) -> str:
    source = f"[documented]({case.documentation})" if case.documentation else case.recorded
    lacking = deferred().get(case.case)
    here = f"not served: {lacking.lacks}" if lacking else "same"
    command = " ".join(case.argv).replace("--image IMAGE ", "")
    cells = (case.case, _code(command), shows(case), str(case.exit), _code(_answer(case)), source, here)
    return f"| {' | '.join(cells)} |"


def _answer(case: Case) -> str:
    return " ⏎ ".join([*case.errors, *case.stdout.strip().splitlines()])


def _code(text: str) -> str:
    """Text as code in a cell, shortened."""
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return f"`{short.replace('`', chr(39)).replace('|', chr(92) + '|')}`" if short else ""


def shows(case: Case) -> str:
    """What the function that is called is there to show, in its own words."""
    described = _functions(case.module)
    return next((described[word] for word in case.argv if word in described), "")


@cache
def _functions(module: str) -> dict[str, str]:
    """First lines of docstrings, by function as the command line names it."""
    found: dict[str, str] = {}
    for file in sorted((HERE / module / "ci" / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (said := ast.get_docstring(node)):
                found.setdefault(node.name.replace("_", "-"), said.splitlines()[0])
    return found


if __name__ == "__main__":
    print(page(), end="")
