"""Asks an engine all that the selected tests need, a few commands at a time, each in a folder of its own."""

import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import anyio
import pytest

from contract.recorded import (
    HERE,
    RECORDED_ON,
    SECRET,
    Answer,
    Case,
    assumed,
    engine,
    in_recorded_form,
    is_live,
    real,
    recorded,
)
from contract.repository import repository
from dagger_local.loading import load
from standins.cache import Cache, default_folder
from standins.reach import all_reachable
from standins.recipes import load as load_recipes

ROOT = HERE.parents[1]
AT_A_TIME = 3
SECONDS = 180
NEEDED_BY = {"consumer": ("module", "more")}
"""Modules beside the one that is called, by its folder."""
PASSED_ON = ("PATH", "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "XDG_RUNTIME_DIR")


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
    """The reference of an image with sh and python3, usable in the store.

    `CONTRACT_IMAGE` names one in a registry, `CONTRACT_LAYOUT` a folder with an OCI layout; else the stand-in
    is used, or the official image where registries answer.
    """
    if given := os.environ.get("CONTRACT_IMAGE"):
        return given
    if layout := os.environ.get("CONTRACT_LAYOUT"):
        return anyio.run(load, {"localhost/contract/python:given": Path(layout)}, store)[0]
    recipes = load_recipes()
    stand_in = Cache(default_folder(), recipes).find("python")
    if stand_in:
        name = stand_in.pinned.partition("@")[0]
        return anyio.run(load, {name: stand_in.path}, store)[0]
    if not all_reachable():
        pytest.exit("the contract needs an image with sh and python3: run `python -m standins prepare`", 2)
    images = tomllib.loads((ROOT / "ci/src/supply_chain/images.toml").read_text())["images"]
    return str(images["python"]["reference"])


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
        yield {name: pool.submit(_ask, case, folder / name, store, image) for name, case in wanted.items()}
        pool.shutdown(cancel_futures=True)


def _is_wanted(name: str, items: list[pytest.Item]) -> bool:
    for item in items:
        for marker in item.iter_markers("asks"):
            if name in marker.args:
                return True
    return False


def _ask(case: Case, folder: Path, store: Path, image: str) -> Answer:
    places = _places(case, folder, image)
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    env |= {"TOKEN_FOR_TEST": SECRET, "IMAGE_FOR_TEST": image, "DAGGER_LOCAL_STORE": str(store)}
    done = subprocess.run(
        [*engine(), "--progress=plain", *real(case.argv, places)],
        cwd=folder / case.folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    stdout = in_recorded_form(done.stdout, places)
    stderr = in_recorded_form(done.stderr, places)
    errors = [line for line in stderr.splitlines() if line.startswith("Error:")]
    return Answer(done.returncode, stdout, errors, stderr, Path(places["OUT"]))


def _places(case: Case, folder: Path, image: str) -> dict[str, str]:
    """What a case's placeholders stand for; makes the folders."""
    module, out = folder / case.module, folder / "out"
    for name in {case.module, *NEEDED_BY.get(case.module, ())}:
        shutil.copytree(HERE / name, folder / name)
    if case.module in NEEDED_BY:
        (folder / ".git").mkdir()  # a dependency must be in the repository of the module
    if case.module == "api":
        repository(module / "repo")
    out.mkdir()
    (module / "token.txt").write_text(SECRET)
    if case.case.startswith("check-") and case.case.endswith("-defaults"):
        code = module / "ci/src/contract/__init__.py"
        argument = 'image: Annotated[str, Doc("an image that has sh and python3")]'
        text = code.read_text()
        assert argument in text
        code.write_text(text.replace(argument, f"{argument} = {image!r}"))
    return {"SECRET": SECRET, "IMAGE": image, "OUT": str(out), "MODULE": str(module)}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how far the contract was tested."""
    counts = dict.fromkeys(("recorded", "assumed", "deferred"), 0)
    for report in terminalreporter.getreports("passed"):
        for kind, value in report.user_properties:
            if kind == "contract":
                counts[str(value)] += 1
    live = counts["recorded"] if is_live() else 0
    terminalreporter.write_line(
        f"contract: {counts['recorded']} recorded, {counts['assumed']} assumed, {live} live "
        f"(recorded on {RECORDED_ON}), {counts['deferred']} deferred"
    )
