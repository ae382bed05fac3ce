"""Trivy's vulnerability database: whether a directory is one, and how old.

A database is a bbolt file (https://github.com/etcd-io/bbolt/blob/main/internal/common/meta.go) and a
metadata.json; a sample, made for rehearsals, says so in a SAMPLE.json beside them.
"""

import json
import math
import struct
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from supply_chain.errors import DatabaseInvalid, DatabaseStale
from supply_chain.models.base import Digest, Model, OwnModel, first_problem

DATABASE = "db/trivy.db"
METADATA = "db/metadata.json"
SAMPLE = "SAMPLE.json"

HEADER_SIZE = 80
"""Bytes of the first page that hold bbolt's page header and meta record."""

LIMIT_HOURS = 7 * 24
"""How old a database may be. Trivy publishes one every 6 hours: a week leaves room for a long weekend without
network, and is short enough that the advisories of the last patch day are in it."""

_CLOCKS_APART = timedelta(days=1)
_PAGE_HEADER_SIZE = 16
_BBOLT_MAGIC = 0xED0CDAED
_BBOLT_VERSION = 2


class Metadata(Model):
    """metadata.json of a Trivy database."""

    version: Literal[2] = Field(alias="Version")
    updated_at: datetime = Field(alias="UpdatedAt")

    @classmethod
    def parse(cls, document: bytes | str) -> Self:
        """The metadata in `document`; DatabaseInvalid when it is of another version or none."""
        try:
            return cls.model_validate_json(document)
        except ValidationError as error:
            raise DatabaseInvalid(f"{METADATA} is not Trivy's, version 2", why=first_problem(error)) from None


class Database(OwnModel):
    """The database an image was judged with."""

    source: str
    """`given`, or the mirror it came from."""
    digest: Digest
    """Digest of trivy.db."""
    updated_at: datetime
    """When its publisher last updated it."""
    sample: bool
    """Whether it is a sample, which proves nothing about an image."""


def check_files(paths: list[str]) -> None:
    """DatabaseInvalid unless both files of a database are among `paths`."""
    missing = [path for path in (DATABASE, METADATA) if path not in paths]
    if missing:
        raise DatabaseInvalid(f"the directory has no {' and no '.join(missing)}")


def check_header(header: bytes) -> None:
    """DatabaseInvalid unless `header` opens a bbolt file."""
    if not header:
        raise DatabaseInvalid(f"{DATABASE} is empty")
    if len(header) < _PAGE_HEADER_SIZE + 8:
        raise DatabaseInvalid(f"{DATABASE} is cut short", why=f"{len(header)} bytes")
    magic, version = struct.unpack_from("<II", header, _PAGE_HEADER_SIZE)
    if (magic, version) != (_BBOLT_MAGIC, _BBOLT_VERSION):
        raise DatabaseInvalid(
            f"{DATABASE} is not a bbolt file", why="its first page carries another magic number"
        )


def check_age(record: Database, now: datetime, limit_hours: float = LIMIT_HOURS) -> None:
    """DatabaseStale unless the database is at most so old. A sample has no age: its notice says it all."""
    if record.sample:
        return
    age, published = now - record.updated_at, f"{record.updated_at:%Y-%m-%d %H:%M} UTC"
    if age < -_CLOCKS_APART:
        raise DatabaseStale(
            f"the vulnerability database is from the future: {published}",
            advice="set this machine's clock, or hand in another database with --db",
        )
    if age > timedelta(hours=limit_hours):
        hours = math.ceil(age / timedelta(hours=0.1)) / 10
        raise DatabaseStale(
            f"the vulnerability database is {hours:g} hours old, and {limit_hours:g} are allowed",
            why=f"its publisher last updated it at {published}",
        )


def without_download_time(document: bytes | str) -> str:
    """The metadata with DownloadedAt set to UpdatedAt: a database is one content however often fetched."""
    metadata: dict[str, Any] = json.loads(document)
    metadata["DownloadedAt"] = metadata["UpdatedAt"]
    return json.dumps(metadata)
