"""What the example says of itself is what its files hold; a typo there would only show in a whole run."""

import json
import re
from pathlib import Path

import pytest

from supply_chain.images import Images
from supply_chain.models.dockerfile import stages
from supply_chain.models.lock import Lock
from supply_chain.models.settings import Settings

QUOTES = Path(__file__).parents[3] / "examples" / "quotes"


@pytest.fixture(scope="module")
def settings() -> Settings:
    found = Settings.parse((QUOTES / "pyproject.toml").read_text(), "pyproject.toml")
    assert found
    return found


@pytest.fixture(scope="module")
def containerfile(settings: Settings) -> str:
    return (QUOTES / settings.dockerfile).read_text()


def test_both_targets_are_stages(settings: Settings, containerfile: str) -> None:
    assert {settings.target, settings.test_target} <= set(stages(containerfile))


def test_the_port_is_the_one_exposed(settings: Settings, containerfile: str) -> None:
    assert re.findall(r"^EXPOSE (\d+)$", containerfile, re.MULTILINE) == [str(settings.port)]


def test_the_default_base_is_the_pinned_one(containerfile: str) -> None:
    assert f"ARG PYTHON_IMAGE={Images.pinned().python.reference}\n" in containerfile


def test_every_lock_is_audited(settings: Settings) -> None:
    assert {QUOTES / lock for lock in settings.audit or ()} == set(QUOTES.glob("build/*.lock"))


def test_locks_can_be_audited(settings: Settings) -> None:
    app, tools = (Lock.parse(path, (QUOTES / path).read_text()) for path in settings.audit or ())
    assert {"starlette", "uvicorn"} <= app.packages
    assert {"mypy", "pytest", "ruff"} <= tools.packages


def test_the_module_depends_on_ours_by_path() -> None:
    (ours,) = json.loads((QUOTES / "dagger.json").read_bytes())["dependencies"]
    assert json.loads((QUOTES / ours["source"] / "dagger.json").read_bytes())["name"] == ours["name"]
