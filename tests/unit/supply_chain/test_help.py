"""What `--help` says of the module's flags."""

import inspect
from collections.abc import Iterator
from typing import Annotated, get_args, get_origin, get_type_hints

import pytest
from dagger import Doc

from supply_chain.main import SupplyChain


def described() -> Iterator[tuple[str, str]]:
    """Every flag that has a description, with it."""
    functions = [
        (name, function) for name, function in inspect.getmembers(SupplyChain, inspect.isfunction)
        if not name.startswith("_")
    ]  # fmt: skip
    for name, owner in [("the constructor", SupplyChain), *functions]:
        for argument, hint in get_type_hints(owner, include_extras=True).items():
            if get_origin(hint) is Annotated:
                for doc in get_args(hint)[1:]:
                    if isinstance(doc, Doc):
                        yield f"{name}: {argument}", doc.documentation


FLAGS = dict(described())


def test_flags_are_found() -> None:
    assert {"the constructor: sigstore", "verify: evidence", "with_identity: token"} <= set(FLAGS)


@pytest.mark.parametrize("flag", FLAGS)
def test_no_word_takes_the_place_of_a_flags_type(flag: str) -> None:
    """What stands between back quotes is printed there (https://pkg.go.dev/github.com/spf13/pflag#UnquoteUsage)."""
    assert "`" not in FLAGS[flag]
