"""What judges workflows."""

from pathlib import Path

import pytest

from unit.workflows.actionlint import actionlint


@pytest.fixture(scope="session")
def linter() -> Path:
    """Actionlint."""
    return actionlint()
