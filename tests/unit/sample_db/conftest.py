"""The real sample, made once; copies of its files that a test may spoil; a reader that is not ours."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from boltdb import BoltDB

from standins.sample_advisories import FOLDER, AdvisorySet, load
from standins.sample_db import make


@pytest.fixture(scope="session")
def sample() -> AdvisorySet:
    return load()


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Trivy cache folder with the sample."""
    target = tmp_path_factory.mktemp("sample") / "cache"
    make(target)
    return target


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The advisory files, to be spoiled."""
    return Path(shutil.copytree(FOLDER, tmp_path / "advisories"))


@pytest.fixture(scope="session")
def read() -> Callable[[Path], dict[str, Any]]:
    """Read a bbolt file, buckets as dicts, with the boltdb package: it shares no code with our writer."""

    def content(path: Path) -> dict[str, Any]:
        database = BoltDB(str(path), readonly=True)  # closes itself when collected; a second close fails
        with database.view() as transaction:
            return _bucket(transaction.bucket())

    return content


def _bucket(bucket: Any) -> dict[str, Any]:
    pairs = ((key.decode(), key, value) for key, value in bucket)
    return {name: _bucket(bucket.bucket(key)) if value is None else value for name, key, value in pairs}
