"""What tests of more than one part share."""

from pathlib import Path

import pytest

from dagger_local.cli.catalog import Catalog
from dagger_local.cli.registered import registered

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The module's functions and flags; nothing is run but their registration."""
    return registered(REPOSITORY, tmp_path_factory.mktemp("store"))
