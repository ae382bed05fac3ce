"""Outputs of real tools, and models made from them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from supply_chain.models.trivy_report import Report

DIGEST = "sha256:64c4001c525cfe52e9b113852b0ebfa75f3871905ca7c1680556b38c327e2fee"


@pytest.fixture(scope="session")
def said() -> Callable[[str], str]:
    """Text of a fixture file."""
    return lambda name: (Path(__file__).parent / "fixtures" / name).read_text()


@pytest.fixture(scope="session")
def report(said: Callable[[str], str]) -> Report:
    """A scan of an image with fixable and unfixable findings."""
    return Report.parse(said("trivy.json"))


@pytest.fixture(scope="session")
def digest() -> str:
    """Digest of the image the fixtures are about."""
    return DIGEST


@pytest.fixture(scope="session")
def image() -> str:
    """Reference of the image the fixtures are about."""
    return f"127.0.0.1:5077/fixture@{DIGEST}"
