"""The bbolt file: what was written is read back, and bbolt's own checks would pass."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standins import bolt

Read = Callable[[Path], dict[str, Any]]
KEYS = st.text(min_size=1, max_size=60)
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        st.binary(max_size=9000), lambda below: st.dictionaries(KEYS, below, max_size=60), max_leaves=40
    ),
    max_size=60,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES)
def test_what_was_written_is_read_back(tmp_path: Path, read: Read, tree: bolt.Tree) -> None:
    path = tmp_path / "some.db"
    path.write_bytes(bolt.dump(tree))
    assert read(path) == tree


def test_many_keys_need_more_than_one_level_of_branches(tmp_path: Path, read: Read) -> None:
    tree = {f"{number:05}" + "k" * 300: b"v" * 20 for number in range(4000)}
    path = tmp_path / "deep.db"
    path.write_bytes(bolt.dump(tree))
    assert read(path) == tree


def test_order_of_keys_does_not_matter() -> None:
    assert bolt.dump({"a": b"1", "b": {"c": b"2", "d": b"3"}}) == bolt.dump(
        {"b": {"d": b"3", "c": b"2"}, "a": b"1"}
    )


@pytest.mark.parametrize(
    ("data", "value"),
    [(b"", 0xCBF29CE484222325), (b"a", 0xAF63DC4C8601EC8C), (b"foobar", 0x85944171F73967E8)],
)
def test_checksum_is_fnv_1a(data: bytes, value: int) -> None:
    assert bolt.checksum(data) == value  # vectors of draft-eastlake-fnv


@pytest.mark.parametrize("page", [0, 1])
def test_meta_pages_carry_their_checksum(page: int) -> None:
    data = bolt.dump({"bucket": {"key": b"value"}})
    meta = data[page * 4096 + 16 : page * 4096 + 80]
    magic, version, page_size = struct.unpack_from("<III", meta)
    assert (magic, version, page_size) == (0xED0CDAED, 2, 4096)
    assert struct.unpack_from("<Q", meta, 56)[0] == _fnv_1a(meta[:56]) != 0


def test_every_page_knows_its_number_and_the_last_is_the_end() -> None:
    data = bolt.dump({"long": b"x" * 20_000, "bucket": {f"{n}": b"y" * 700 for n in range(50)}})
    page_count = struct.unpack_from("<Q", data, 16 + 40)[0]
    numbers, page = [], 0
    while page < page_count:
        number, _flags, _count, overflow = struct.unpack_from("<QHHI", data, page * 4096)
        numbers.append((number, page))
        page += 1 + overflow
    assert all(number == place for number, place in numbers)
    assert page == page_count == len(data) / 4096


@pytest.mark.parametrize("key", ["", "k" * 513])
def test_unusable_keys_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="a key must have 1 to 512 bytes"):
        bolt.dump({"bucket": {key: b""}})


def _fnv_1a(data: bytes) -> int:
    value = 14695981039346656037
    for byte in data:
        value = (value ^ byte) * 1099511628211 % 2**64
    return value
