"""The published schema of outcome.json: `python -m supply_chain.schema` prints docs/outcome.schema.json."""

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pydantic import BaseModel

from supply_chain.models.base import OwnModel
from supply_chain.models.outcome import Outcome

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def outcome_schema() -> dict[str, Any]:
    """The JSON schema of the documents that runs write; their fields are described in the models."""
    _describe(OwnModel)
    Outcome.model_rebuild(force=True)
    version = Outcome.model_fields["schema_version"].default
    head = {
        "$schema": DIALECT,
        "$id": f"urn:supply-chain:outcome:{version}",
        "title": "outcome.json: what a run of supply-chain came to",
    }
    return head | {
        key: value
        for key, value in Outcome.model_json_schema(mode="serialization").items()
        if key not in head
    }


def _describe(model: type[BaseModel]) -> None:
    """Gives fields the docstrings beneath them; only here, since reading sources would slow down each run."""
    for heir in model.__subclasses__():
        for name, text in _docstrings(heir):
            heir.model_fields[name].description = text
        heir.model_rebuild(force=True)
        _describe(heir)


def _docstrings(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """The names of fields that a class declares itself and describes, and what it says of them."""
    [tree] = ast.parse(dedent(inspect.getsource(model))).body
    for field, text in pairwise(tree.body if isinstance(tree, ast.ClassDef) else ()):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(said))),
            ) if name in model.model_fields:
                yield name, inspect.cleandoc(said)


def document() -> str:
    """The schema as the file that is published."""
    return json.dumps(outcome_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(document(), end="")
