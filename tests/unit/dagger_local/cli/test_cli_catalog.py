"""Functions, flags and help follow from the schema."""

import pytest
from graphql import build_schema

from dagger_local.cli import check, functions
from dagger_local.cli.catalog import Catalog, Function
from dagger_local.cli.help import Page, flag_usages
from dagger_local.errors import EngineError

SDL = """
directive @expectedType(name: String!) on ARGUMENT_DEFINITION | FIELD_DEFINITION
directive @ignorePatterns(patterns: [String!]!) on ARGUMENT_DEFINITION
directive @check on FIELD_DEFINITION
scalar Void
enum Level { LOW HIGH }
input Strange { x: Int }
type Directory { id: ID! sync: ID! @expectedType(name: "Directory") entries: [String!]! }
type Main {
  id: ID!
  "Makes text.\\nMore about it."
  makeText(
    "What to say."
    text: String!
    often: Int = 3
    loud: Boolean = false
    level: Level = LOW
    levels: [Level!]
    source: ID! @expectedType(name: "Directory") @ignorePatterns(patterns: ["*.log"])
    names: [String!] = ["a", "b"]
  ): String!
  tree: Directory!
  strange(x: Strange!): String!
  strangeIfAtAll(x: Strange): String!
  passes: Void @check
  deepCheck: Void @check
}
type Query { main(image: String!): Main! }
"""


@pytest.fixture
def catalog() -> Catalog:
    return Catalog(build_schema(SDL), "main")


def named(catalog: Catalog, name: str, owner: str = "Main") -> Function:
    return next(function for function in catalog.functions(owner) if function.name == name)


def test_arguments_become_flags(catalog: Catalog) -> None:
    function = named(catalog, "makeText")
    shown = flag_usages([arg.flag() for arg in function.args], 79)
    margin = " " * 28
    assert [line.rstrip() for line in shown.splitlines()] == [
        "      --source Directory    [required]",
        "      --text string         What to say.",
        f"{margin} [required]",
        "      --level HIGH,LOW       (default LOW)",
        "      --levels []HIGH,LOW    (default [])",
        "      --loud",
        "      --names strings        (default [a,b])",
        "      --often int            (default 3)",
    ]


def test_ignore_patterns_reach_the_flag(catalog: Catalog) -> None:
    source = next(arg for arg in named(catalog, "makeText").args if arg.name == "source")
    assert source.object_name == "Directory"
    assert source.ignore == ("*.log",)
    assert source.graphql_type == "ID!"


def test_a_function_that_needs_what_no_flag_can_give_is_not_supported(catalog: Catalog) -> None:
    assert not named(catalog, "strange").supported
    assert named(catalog, "strangeIfAtAll").supported
    assert named(catalog, "strangeIfAtAll").args == ()


def test_sync_returns_the_object(catalog: Catalog) -> None:
    assert named(catalog, "sync", "Directory").returns == "Directory"
    assert named(catalog, "sync", "Directory").is_object


def test_functions_are_listed(catalog: Catalog) -> None:
    assert functions.listing(catalog, []) == (
        "Name                Description\n"
        "deep-check          -\n"
        "make-text           Makes text.\n"
        "passes              -\n"
        "strange-if-at-all   -\n"
        "tree                -\n"
        "\nSkipped 2 function(s) with unsupported types: strange, with\n"
    )
    assert "entries" in functions.listing(catalog, ["tree"])


def test_a_listing_goes_only_where_functions_lead(catalog: Catalog) -> None:
    with pytest.raises(EngineError, match=r'^no function "nope" in type "Query"$'):
        functions.listing(catalog, ["nope"])
    with pytest.raises(EngineError, match="with no further functions available"):
        functions.listing(catalog, ["make-text"])
    with pytest.raises(EngineError, match=r'^function "strange" in type "Query" is not supported$'):
        functions.listing(catalog, ["strange"])


def test_checks_are_found_by_name_and_pattern(catalog: Catalog) -> None:
    assert list(check.chosen(catalog, [])) == ["main:deep-check", "main:passes"]
    assert list(check.chosen(catalog, ["passes"])) == ["main:passes"]
    assert list(check.chosen(catalog, ["main"])) == ["main:deep-check", "main:passes"]
    assert list(check.chosen(catalog, ["*-check"])) == ["main:deep-check"]


def test_a_check_that_is_not_there_is_an_error(catalog: Catalog) -> None:
    with pytest.raises(EngineError, match='no check fits "passed"; there are: main:deep-check, main:passes'):
        check.chosen(catalog, ["passed"])


def test_a_page_of_help(catalog: Catalog) -> None:
    function = named(catalog, "tree")
    page = Page("dagger call tree", "A tree.", " <function>", catalog.functions(function.returns), ())
    assert page.text() == (
        "A tree.\n\n"
        "USAGE\n  dagger call tree <function>\n\n"
        "FUNCTIONS\n  entries       -\n  sync          -\n\n"
        'Use "dagger call tree [command] --help" for more information about a command.\n'
    )
