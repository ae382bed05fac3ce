"""Asks an engine all that the selected tests need, a few commands at a time, each in a folder of its own."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from contract.asking import ask, image_in
from contract.recorded import Answer, Case, assumed, is_live, recorded

AT_A_TIME = 3


def pytest_configure(config: pytest.Config) -> None:
    """Declares this suite's own marker."""
    config.addinivalue_line("markers", "asks(*cases): the cases whose answers a test looks at")


def cases_by_name() -> dict[str, Case]:
    """Recorded and assumed."""
    return recorded() | assumed()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of its own: an answer must not come from an earlier run."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="session")
def image(store: Path) -> str:
    """The reference of an image with sh and python3, usable in the store."""
    return image_in(store)


@pytest.fixture(scope="session")
def answers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, store: Path, image: str
) -> Iterator[Mapping[str, "Future[Answer]"]]:
    """The answers to come, by case; only cases that a selected test asks for are run."""
    folder = tmp_path_factory.mktemp("contract")
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        wanted = {
            name: case for name, case in cases_by_name().items() if _is_wanted(name, request.session.items)
        }
        yield {name: pool.submit(_answer, case, folder / name, store, image) for name, case in wanted.items()}
        pool.shutdown(cancel_futures=True)


def _is_wanted(name: str, items: list[pytest.Item]) -> bool:
    for item in items:
        for marker in item.iter_markers("asks"):
            if name in marker.args:
                return True
    return False


def _answer(case: Case, folder: Path, store: Path, image: str) -> Answer:
    return ask(case, folder, store, image).answer()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how far the contract was tested."""
    counts = dict.fromkeys(("recorded", "assumed", "deferred"), 0)
    for report in terminalreporter.getreports("passed"):
        for kind, value in report.user_properties:
            if kind == "contract":
                counts[str(value)] += 1
    live = counts["recorded"] if is_live() else 0
    days = sorted({case.recorded for case in recorded().values()})
    terminalreporter.write_line(
        f"contract: {counts['recorded']} recorded, {counts['assumed']} assumed, {live} live "
        f"(recorded on {', '.join(days)}), {counts['deferred']} deferred"
    )
