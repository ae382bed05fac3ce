"""Dagger's API as the SDK's generated client knows it, and what a module uses of it; both by reading code."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Field:
    """A field of a type.

    Attributes:
        type: The type's name.
        name: The API's name.
        method: The client's.
        args: The API's names by the client's.
    """

    type: str
    name: str
    method: str
    args: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Use:
    """A method called, or a name of the SDK mentioned, in a module's code."""

    where: str
    name: str
    keywords: frozenset[str] = frozenset()


@cache
def _generated() -> ast.Module:
    spec = importlib.util.find_spec("dagger.client.gen")
    assert spec is not None
    assert spec.origin is not None
    return ast.parse(Path(spec.origin).read_text())


@cache
def client_fields() -> frozenset[Field]:
    """Every field that the client can ask for."""
    classes = [node for node in _generated().body if isinstance(node, ast.ClassDef)]
    return frozenset(field for node in classes for field in _fields_of(node))


@cache
def client_names() -> dict[str, frozenset[str]]:
    """Classes of the client, and the names that enums and inputs have in them."""
    found = {}
    for node in _generated().body:
        if isinstance(node, ast.ClassDef):
            plain = {
                t.id
                for n in node.body
                if isinstance(n, ast.Assign)
                for t in n.targets
                if isinstance(t, ast.Name)
            }
            typed = {
                n.target.id
                for n in node.body
                if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
            }
            found[node.name] = frozenset(plain | typed)
    return found


def _fields_of(node: ast.ClassDef) -> Iterator[Field]:
    owner = "Query" if node.name == "Client" else node.name
    for method in node.body:
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            asked = [call for call in _calls(method) if _called(call) in ("_select", "execute_sync")]
            args = [call for call in _calls(method) if _called(call) == "Arg"]
            if asked:
                name = next(a.value for a in asked[0].args if isinstance(a, ast.Constant))
                yield Field(owner, str(name), method.name, tuple(map(_argument, args)))


def _argument(call: ast.Call) -> tuple[str, str]:
    name, value = call.args[0], call.args[1]
    parameters = [n.id for n in ast.walk(value) if isinstance(n, ast.Name)]
    assert isinstance(name, ast.Constant)
    return parameters[0], str(name.value)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (child for child in ast.walk(node) if isinstance(child, ast.Call))


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


_ORDINARY = {name for kind in (dict, list, str, bytes, set, Path, re.Pattern, re.Match) for name in dir(kind)}


def uses(folder: Path) -> Iterator[Use]:
    """What the code in a folder calls and names, as far as it could be the SDK's.

    Only files that import the SDK count, and no method whose name the code itself or a common type of Python
    has too: what hides behind such a name is found when it runs, by the check in dagger_local.module.entry.
    """
    trees = {path: ast.parse(path.read_text()) for path in sorted(folder.rglob("*.py"))}
    ordinary = _ORDINARY.union(*map(_defined, trees.values()))
    for path, tree in trees.items():
        imported = _imported(tree)
        if "dagger" in imported or "dag" in imported:
            yield from (
                use for use in _uses_in(tree, path.name, imported - {"dag"}) if use.name not in ordinary
            )


def _uses_in(tree: ast.Module, file: str, others: set[str]) -> Iterator[Use]:
    for node in ast.walk(tree):
        where = f"{file}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id in others):
                yield Use(where, node.func.attr, frozenset(k.arg for k in node.keywords if k.arg))
        elif (
            isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "dagger"
        ):
            yield Use(where, f"dagger.{node.attr}")


def _defined(tree: ast.Module) -> set[str]:
    functions = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return functions | {
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def _imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return names
