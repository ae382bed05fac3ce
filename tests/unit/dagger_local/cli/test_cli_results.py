"""Results are printed as Dagger prints them."""

from pathlib import Path

import anyio
import pytest

from dagger_local.cli.catalog import Function
from dagger_local.cli.query import Selection
from dagger_local.cli.results import plain, printed, save


def function(returns: str, *, is_object: bool = False) -> Function:
    return Function("f", "", (), returns, is_object=is_object, is_list=False, supported=True, check=False)


@pytest.mark.parametrize(
    ("response", "text"),
    [
        ("as it is", "as it is"),
        (42, "42"),
        (1.5, "1.5"),
        (True, "true"),
        (None, "<nil>"),
        (["b", "a"], "b\na\n"),
        ([{"name": "a"}, {"name": "b"}], "a\nb\n"),
        ([], ""),
    ],
)
def test_plain_results(response: object, text: str) -> None:
    assert plain(response) == text
    assert printed(function("String"), response, as_json=False) == text


def test_json_is_indented_and_keeps_its_letters() -> None:
    assert printed(function("String"), ["é", "<b>"], as_json=True) == '[\n    "é",\n    "<b>"\n]\n'


def test_objects_are_printed_as_ids() -> None:
    thing = function("Thing", is_object=True)
    assert printed(thing, "Thing@xxh3:1", as_json=True) == "Thing@xxh3:1\n"
    assert printed(thing, [{"id": "Thing@xxh3:1"}, {"id": "Thing@xxh3:2"}], as_json=False) == (
        "- Thing@xxh3:1\n- Thing@xxh3:2\n"
    )


def test_nothing_is_printed_for_nothing() -> None:
    assert printed(function("Void"), None, as_json=True) == ""


def test_results_are_saved_with_their_folders(tmp_path: Path) -> None:
    save(tmp_path / "a" / "b.txt", "text")
    assert (tmp_path / "a" / "b.txt").read_text() == "text"


async def _answer(selection: Selection, data: object) -> tuple[object, str]:
    asked: list[str] = []

    class Session:
        async def execute(self, query: str, variables: object) -> object:
            asked.append(f"{query} {variables}")
            return type("Result", (), {"errors": None, "data": data})()

    return await selection.run(Session()), asked[0]  # type: ignore[arg-type] # as much of one as is needed


def test_a_chain_is_one_query() -> None:
    selection = Selection()
    selection.select("main", {"image": ("String!", 'a"b')})
    selection.select("things", {"often": ("Int", 2)})
    selection.select("name")
    answer, asked = anyio.run(_answer, selection, {"main": {"things": [{"name": "x"}]}})
    assert answer == [{"name": "x"}]
    assert asked == (
        "query($v0: String!, $v1: Int) { main(image: $v0) { things(often: $v1) { name }}} "
        "{'v0': 'a\"b', 'v1': 2}"
    )
