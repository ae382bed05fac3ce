"""What judges workflows."""

from pathlib import Path

import pytest

from dagger_local.cli.catalog import Catalog
from unit.workflows.actionlint import actionlint
from unit.workflows.catalog import catalog_of
from unit.workflows.files import REPOSITORY


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The module's functions and flags."""
    return catalog_of(REPOSITORY, tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="session")
def linter() -> Path:
    """Actionlint."""
    return actionlint()
