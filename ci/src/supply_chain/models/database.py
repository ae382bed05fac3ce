"""Trivy's vulnerability database: whether a directory is one, and how old.

A database is a bbolt file (https://github.com/etcd-io/bbolt/blob/main/internal/common/meta.go) and a
metadata.json; a sample, made for rehearsals, says so in a SAMPLE.json beside them.
"""

import json
import struct
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from supply_chain.errors import DatabaseInvalid
from supply_chain.models.base import Digest, Model, OwnModel, first_problem

DATABASE = "db/trivy.db"
METADATA = "db/metadata.json"
SAMPLE = "SAMPLE.json"

HEADER_SIZE = 80
"""Bytes of the first page that hold bbolt's page header and meta record."""

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


def without_download_time(document: bytes | str) -> str:
    """The metadata with DownloadedAt set to UpdatedAt: a database is one content however often fetched."""
    metadata: dict[str, Any] = json.loads(document)
    metadata["DownloadedAt"] = metadata["UpdatedAt"]
    return json.dumps(metadata)
