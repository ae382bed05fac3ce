"""What is a Trivy database and what is not."""

import json
import struct
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import DatabaseInvalid, DatabaseStale, SampleRefused
from supply_chain.models.database import (
    LIMIT_HOURS,
    Database,
    Metadata,
    check_age,
    check_files,
    check_header,
    without_download_time,
)
from supply_chain.vulnerability_db import check_sample

METADATA = (
    '{"Version": 2, "NextUpdate": "2026-11-24T00:00:00Z", "UpdatedAt": "2026-11-23T00:00:00.123456789Z",'
    ' "DownloadedAt": "2026-11-23T09:00:00Z"}'
)
# A bbolt meta page: page header (16 bytes), magic, version.
HEADER = bytes(16) + struct.pack("<II", 0xED0CDAED, 2) + bytes(56)


def database(*, sample: bool) -> Database:
    updated_at = Metadata.parse(METADATA).updated_at
    return Database(source="given", digest=f"sha256:{'0' * 64}", updated_at=updated_at, sample=sample)


def test_accepts_a_database() -> None:
    check_files(["db/metadata.json", "db/trivy.db"])
    check_header(HEADER)
    assert Metadata.parse(METADATA).updated_at.isoformat() == "2026-11-23T00:00:00.123456+00:00"


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        ([], "db/trivy.db and no db/metadata.json"),
        (["db/trivy.db"], "db/metadata.json"),
        (["db/metadata.json"], "db/trivy.db"),
        (["trivy.db", "metadata.json"], "db/trivy.db and no db/metadata.json"),
    ],
)
def test_names_the_missing_files(found: list[str], missing: str) -> None:
    with pytest.raises(DatabaseInvalid, match=f"has no {missing}"):
        check_files(found)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"", "is empty"),
        (HEADER[:20], "cut short"),
        (bytes(80), "not a bbolt file"),
        (b"SQLite format 3\0" * 5, "not a bbolt file"),
        (HEADER[:20] + bytes(60), "not a bbolt file"),
    ],
)
def test_refuses_a_file_that_is_no_database(header: bytes, reason: str) -> None:
    with pytest.raises(DatabaseInvalid, match=reason):
        check_header(header)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_a_database_or_refused_by_name(header: bytes) -> None:
    with pytest.raises(DatabaseInvalid):
        check_header(header)


@pytest.mark.parametrize(
    "document", ["", "{}", METADATA.replace("2,", "1,", 1), '{"Version": 2, "UpdatedAt": "never"}']
)
def test_refuses_other_metadata(document: str) -> None:
    with pytest.raises(DatabaseInvalid, match="not Trivy's, version 2"):
        Metadata.parse(document)


def test_equal_databases_are_equal_however_often_they_are_fetched() -> None:
    later = METADATA.replace("T09:00:00Z", "T10:00:00Z")
    assert without_download_time(METADATA) == without_download_time(later)
    assert json.loads(without_download_time(METADATA))["Version"] == 2


def test_a_sample_serves_a_rehearsal_that_asks_for_it() -> None:
    check_sample(database(sample=True), rehearsal=True, allowed=True)
    check_sample(database(sample=False), rehearsal=False, allowed=False)


@pytest.mark.parametrize(("rehearsal", "allowed"), [(True, False), (False, False), (False, True)])
def test_a_sample_is_refused_everywhere_else(rehearsal: bool, allowed: bool) -> None:
    with pytest.raises(SampleRefused):
        check_sample(database(sample=True), rehearsal=rehearsal, allowed=allowed)


@pytest.mark.parametrize("hours", [-24, 0, 6, LIMIT_HOURS])
def test_a_database_may_be_a_week_old(hours: float) -> None:
    real = database(sample=False)
    check_age(real, real.updated_at + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("age", "limit", "told"),
    [
        (timedelta(hours=LIMIT_HOURS, minutes=1), LIMIT_HOURS, "168.1 hours old, and 168 are allowed"),
        (timedelta(days=30), LIMIT_HOURS, "720 hours old, and 168 are allowed"),
        (timedelta(hours=13), 12, "13 hours old, and 12 are allowed"),
        (timedelta(seconds=1), 0, "0.1 hours old, and 0 are"),
        (timedelta(days=-1, seconds=-1), LIMIT_HOURS, "from the future: 2026-11-23 00:00 UTC"),
    ],
)
def test_an_older_one_or_one_from_the_future_is_refused(age: timedelta, limit: float, told: str) -> None:
    real = database(sample=False)
    with pytest.raises(DatabaseStale, match=told) as raised:
        check_age(real, real.updated_at + age, limit)
    assert raised.value.exit_code == 12


def test_a_sample_has_no_age() -> None:
    sample = database(sample=True)
    check_age(sample, sample.updated_at + timedelta(days=1000))
