"""Every recorded command is asked again; what is printed, the exit code and the errors must be Dagger's."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future

import pytest

from contract.recorded import Answer, agrees, assumed, deferred, is_live, recorded

pytestmark = pytest.mark.contract
Answers = Mapping[str, "Future[Answer]"]


def _asking(*names: str) -> list[object]:
    return [pytest.param(name, marks=pytest.mark.asks(name), id=name) for name in names]


@pytest.mark.parametrize("name", _asking(*recorded()))
def test_a_recorded_command_is_answered_as_dagger_answered_it(
    name: str, answers: Answers, record_property: Callable[[str, object], None]
) -> None:
    answer = answers[name].result()
    if name in deferred() and not is_live():
        record_property("contract", "deferred")
        assert answer.exit == 1
        assert "is not in the local engine" in answer.stderr
        return
    record_property("contract", "recorded")
    case = recorded()[name]
    _compare(answer, case.exit, case.errors, case.stdout)


@pytest.mark.parametrize("name", _asking(*assumed()))
def test_an_assumed_command_is_answered_as_documented(
    name: str, answers: Answers, record_property: Callable[[str, object], None]
) -> None:
    record_property("contract", "assumed")
    case = assumed()[name]
    assert case.documentation.startswith("https://")
    _compare(answers[name].result(), case.exit, case.errors, case.stdout)


def _compare(answer: Answer, code: int, errors: list[str], stdout: str) -> None:
    assert answer.errors == errors, answer.stderr
    assert agrees(stdout, answer.stdout), f"{answer.stdout!r} is not {stdout!r}"
    assert answer.exit == code, answer.stderr


@pytest.mark.asks("fresh-1", "fresh-2")
def test_a_function_that_is_never_cached_answers_anew(answers: Answers) -> None:
    assert answers["fresh-1"].result().exit == 0
    # The recorded form of both is `<random>`; what they really printed must differ.
    assert answers["fresh-1"].result().stdout != answers["fresh-2"].result().stdout


@pytest.mark.asks(
    "file-export", "file-o", "dir-export", "assumed-output-of-a-directory", "assumed-output-of-text"
)
def test_what_is_saved_is_there(answers: Answers) -> None:
    assert (answers["file-export"].result().out / "f.txt").read_text() == "content\n"
    assert (answers["file-o"].result().out / "g.txt").read_text() == "content\n"
    assert (answers["assumed-output-of-text"].result().out / "text.txt").read_text() == "hello world"
    for name, folder in (("dir-export", "d"), ("assumed-output-of-a-directory", "tree")):
        saved = answers[name].result().out / folder
        files = {
            str(path.relative_to(saved)): path.read_text() for path in saved.rglob("*") if path.is_file()
        }
        assert files == {"f.txt": "content\n", "g/h.txt": "deep\n"}


def test_every_deferred_case_is_a_recorded_one() -> None:
    assert set(deferred()) <= set(recorded())
