"""Variables of .env files: names, quoting and expansion are Dagger's."""

import pytest

from dagger_local.errors import EngineError
from dagger_local.module.dotenv import EnvFile

ENVIRON = {"HOST": "from the host", "EMPTY": ""}


def value(text: str) -> str:
    return EnvFile.parse(f"OWN=mine\nA={text}").values(ENVIRON)["A"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain words, = and # too", "plain words, = and # too"),
        ("", ""),
        ("'single $OWN'", "single $OWN"),
        ('"double ${OWN}"', "double mine"),
        (r'"a \"quote\" and a \$"', 'a "quote" and a $'),
        (r"a\ b", "a b"),
        ("$OWN/${HOST}", "mine/from the host"),
        ('"x" # a comment', "x"),
        ("$5 and $ alone", "$5 and $ alone"),
        ('\'{"a": 1, "b": 2}\'', '{"a": 1, "b": 2}'),
    ],
)
def test_a_value(written: str, read: str) -> None:
    assert value(written) == read


@pytest.mark.parametrize(
    "written", ["$(id)", "`id`", '"${OWN:-x}"', "~/x", "{a,b}", "'open", '"$(id)"', "'a'; b"]
)
def test_what_needs_a_shell_is_refused(written: str) -> None:
    with pytest.raises(EngineError, match=r"^A: .* is not in the local engine; use Dagger \(https\S+\)$"):
        value(written)


@pytest.mark.parametrize(("written", "name"), [("$NONE", "NONE"), ("$EMPTY", "EMPTY")])
def test_a_variable_that_is_not_set_is_an_error(written: str, name: str) -> None:
    with pytest.raises(EngineError, match=f"^A: {name}: unbound variable$"):
        value(written)


def test_a_variable_that_refers_to_itself_is_an_error() -> None:
    with pytest.raises(EngineError, match="refers to itself"):
        EnvFile.parse("A=$B\nB=$A").values({})


def test_comments_and_exports() -> None:
    assert EnvFile.parse("# A=1\n\nexport B=2\r\n").values({}) == {"# A": "", "B": "2"}


def test_a_namespace_is_found_in_any_spelling_and_keeps_the_rest_to_refer_to() -> None:
    written = EnvFile.parse("MY_APP_A=$OTHER\nmyApp_b=2\nmy_app_C=3\nMYAPPLE_D=4\nOTHER=x")
    assert written.namespace("my-app").values({}) == {"A": "x", "b": "2", "C": "3"}


def test_of_two_files_the_second_wins() -> None:
    joined = EnvFile.parse("A=1\nB=1").joined(EnvFile.parse("B=2"))
    assert joined.values({}) == {"A": "1", "B": "2"}
