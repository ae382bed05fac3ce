"""Every recorded command is asked again; what is printed, the exit code and the errors must be Dagger's."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future

import pytest

from contract import record
from contract.recorded import HERE, Answer, agrees, assumed, deferred, is_live, recorded
from contract.table import page, shows

PAGE = HERE.parents[1] / "docs" / "contract.md"
pytestmark = pytest.mark.contract
Answers = Mapping[str, "Future[Answer]"]


def _asking(*names: str) -> list[object]:
    return [pytest.param(name, marks=pytest.mark.asks(name), id=name) for name in names]


@pytest.mark.parametrize("name", _asking(*recorded(), *assumed()))
def test_a_command_is_answered_as_dagger_answered_it(
    name: str, answers: Answers, record_property: Callable[[str, object], None]
) -> None:
    answer = answers[name].result()
    if name in deferred() and not is_live():
        record_property("contract", "deferred")
        assert answer.exit == 1
        assert "is not in the local engine" in answer.stderr
        return
    record_property("contract", "assumed" if name in assumed() else "recorded")
    case = (recorded() | assumed())[name]
    assert answer.errors == case.errors, answer.stderr
    assert agrees(case.stdout, answer.stdout), f"{answer.stdout!r} is not {case.stdout!r}"
    assert answer.exit == case.exit, answer.stderr


@pytest.mark.asks("fresh-1", "fresh-2")
def test_a_function_that_is_never_cached_answers_anew(answers: Answers) -> None:
    assert answers["fresh-1"].result().exit == 0
    # The recorded form of both is `<random>`; what they really printed must differ.
    assert answers["fresh-1"].result().stdout != answers["fresh-2"].result().stdout


@pytest.mark.asks("file-export", "file-o", "dir-export", "output-of-a-directory", "output-of-text")
def test_what_is_saved_is_there(answers: Answers) -> None:
    assert (answers["file-export"].result().out / "f.txt").read_text() == "content\n"
    assert (answers["file-o"].result().out / "g.txt").read_text() == "content\n"
    assert (answers["output-of-text"].result().out / "text.txt").read_text() == "hello world"
    for name, folder in (("dir-export", "d"), ("output-of-a-directory", "tree")):
        saved = answers[name].result().out / folder
        files = {
            str(path.relative_to(saved)): path.read_text() for path in saved.rglob("*") if path.is_file()
        }
        assert files == {"f.txt": "content\n", "g/h.txt": "deep\n"}


def test_the_page_in_docs_is_of_these_cases() -> None:
    assert PAGE.read_text() == page(), "run `make docs`"


def test_every_case_says_what_it_shows() -> None:
    said = {name: shows(case) for name, case in recorded().items() if case.argv[0] == "call"}
    lacking = {name for name, text in said.items() if not text}
    # These call no function of a module, or one that does not exist.
    assert lacking == {"unknown-function", "no-function", "call-help"}


def test_what_dagger_local_answers_is_not_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CONTRACT_ENGINE", raising=False)
    before = record.ADDED.read_bytes()
    assert record.main(["new", "--", "call", "text"]) == 2
    assert "CONTRACT_ENGINE" in capsys.readouterr().err
    assert record.ADDED.read_bytes() == before


def test_a_recording_is_a_case_that_is_answered_the_same_again(image: str) -> None:
    """The recorder against the engine that is there."""
    case = recorded()["text-default"]
    asked = case.model_copy(update={"exit": 70, "stdout": "", "errors": [""]})
    given = record.answered(asked, image)
    assert (given.exit, given.stdout, given.errors) == (case.exit, case.stdout, case.errors)


def test_every_deferred_case_is_a_recorded_one() -> None:
    assert set(deferred()) <= set(recorded())


def test_every_assumed_case_says_where_it_is_documented() -> None:
    assert all(case.documentation.startswith("https://") for case in assumed().values())
