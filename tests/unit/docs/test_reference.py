"""docs/reference.md says what the module says."""

from dagger_local.cli.catalog import Catalog
from dagger_local.cli.reference import page
from unit.docs.pages import DOCS

PAGE = DOCS / "reference.md"


def test_the_published_reference_is_that_of_the_module(catalog: Catalog) -> None:
    assert PAGE.read_text() == page(catalog), "run `make docs`"


def test_every_function_and_flag_is_there(catalog: Catalog) -> None:
    told = page(catalog)
    for owner in (catalog.main, "SupplyChainScan"):
        for function in catalog.functions(owner):
            assert f"`{function.cli_name}`" in told
            assert all(f"| `--{argument.flag().name}` |" in told for argument in function.args)
    assert all(f"| `--{argument.flag().name}` |" in told for argument in catalog.constructor.args)


def test_what_is_required_and_what_is_left_out_is_told(catalog: Catalog) -> None:
    told = page(catalog)
    assert "| `--evidence` | `Directory` | required | What candidate returned |" in told
    assert "| `--patience` | `int` | `600` | Seconds to wait" in told
    assert "| `--own` | `switch` |  | Where no source is given" in told
