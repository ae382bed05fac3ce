"""What this repository says of its own service: its stages, its checks, a smoke request for every address."""

import re
from pathlib import Path

import pytest

from supply_chain.models.dockerfile import check_target
from supply_chain.models.settings import Settings

REPOSITORY = Path(__file__).parents[3]
ROUTE = re.compile(r'@routes\.(?P<method>get|post)\("(?P<path>[^"]+)"\)')
LEAST_COVERAGE = 90


@pytest.fixture(scope="module")
def settings() -> Settings:
    parsed = Settings.parse((REPOSITORY / "pyproject.toml").read_text(), "pyproject.toml")
    assert parsed
    return parsed


def test_its_targets_are_stages_of_the_dockerfile(settings: Settings) -> None:
    text = (REPOSITORY / "Dockerfile").read_text()
    check_target(text, settings.target)
    check_target(text, settings.test_target)


def test_the_dockerfile_runs_no_check_itself() -> None:
    text = (REPOSITORY / "Dockerfile").read_text()
    assert not re.search(r"^RUN (?:ruff|mypy|pytest)", text, re.MULTILINE)


def test_every_check_is_configured_and_tests_must_cover(settings: Settings) -> None:
    assert settings.checks.lint
    assert settings.checks.types
    assert f"--cov-fail-under={LEAST_COVERAGE}" in settings.checks.test[0]


def test_its_lock_files_are_there(settings: Settings) -> None:
    assert settings.audit
    assert all((REPOSITORY / path).is_file() for path in settings.audit)


def test_every_address_of_the_service_is_asked(settings: Settings) -> None:
    """With success; and the service also has to refuse."""
    routes = list(ROUTE.finditer((REPOSITORY / "app" / "web.py").read_text()))
    asked = {(r.method, r.path.partition("?")[0]) for r in settings.smoke if r.status in {200, 201}}
    for route in routes:
        path = re.compile(re.sub(r"<int:\w+>", r"\\d+", route["path"]))
        assert any(m == route["method"].upper() and path.fullmatch(p) for m, p in asked), route[0]
    assert len(routes) > 7
    assert {400, 404} <= {request.status for request in settings.smoke}


def test_every_answer_is_looked_into(settings: Settings) -> None:
    assert all(request.json_has for request in settings.smoke)
