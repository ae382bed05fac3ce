"""Writes a bbolt file in one go: everything is known beforehand, so pages are laid out bottom up.

The same tree always gives the same bytes. Only what such a file needs is here: no transactions, no free
pages, no inline buckets. Format: https://github.com/etcd-io/bbolt, internal/common: page.go, meta.go.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Tree: TypeAlias = "Mapping[str, Tree | bytes]"

PAGE_SIZE = 4096
MAX_KEY = 512  # bbolt allows more; this keeps many keys on a branch page, so that a tree always narrows
MAGIC, VERSION = 0xED0CDAED, 2
BRANCH_PAGE, LEAF_PAGE, META_PAGE, FREELIST_PAGE = 0x01, 0x02, 0x04, 0x10
FREELIST_ID, FIRST_ID = 2, 3
BUCKET_FLAG = 0x01

_PAGE = struct.Struct("<QHHI")  # id, flags, count, overflow
_LEAF = struct.Struct("<IIII")  # flags, position of the key seen from here, key size, value size
_BRANCH = struct.Struct("<IIQ")  # position of the key seen from here, key size, page id
_BUCKET = struct.Struct("<QQ")  # root page id, sequence
_META = struct.Struct("<IIII16sQQQ")  # magic, version, page size, flags, root, freelist, page count, txid
_CHECKSUM = struct.Struct("<Q")


@dataclass(frozen=True)
class _Item:
    """One entry of a page: a value or bucket of a leaf, or a child page of a branch."""

    key: bytes
    value: bytes = b""
    flags: int = 0
    child: int = 0

    @property
    def size(self) -> int:
        return _LEAF.size + len(self.key) + len(self.value)


@dataclass
class _Pages:
    """The pages behind the two metas and the freelist, in the order of their ids."""

    data: bytearray = field(default_factory=bytearray)

    @property
    def next_id(self) -> int:
        return FIRST_ID + len(self.data) // PAGE_SIZE

    def bucket(self, tree: Tree) -> bytes:
        """Write a bucket with all below it; return its header."""
        level = self._level(LEAF_PAGE, [self._leaf_item(key.encode(), tree[key]) for key in sorted(tree)])
        while len(level) > 1:
            level = self._level(BRANCH_PAGE, level)
        return _BUCKET.pack(level[0].child, 0)

    def _leaf_item(self, key: bytes, value: "Tree | bytes") -> _Item:
        if not 0 < len(key) <= MAX_KEY:
            raise ValueError(f"a key must have 1 to {MAX_KEY} bytes, this one has {len(key)}: {key[:40]!r}")
        if isinstance(value, bytes):
            return _Item(key, value)
        return _Item(key, self.bucket(value), flags=BUCKET_FLAG)

    def _level(self, flags: int, items: Sequence[_Item]) -> list[_Item]:
        """Write pages that hold the items; return the entries that the level above needs for them."""
        return [
            _Item(group[0].key if group else b"", child=self._add(flags, group)) for group in _grouped(items)
        ]

    def _add(self, flags: int, items: Sequence[_Item]) -> int:
        page_id, body = self.next_id, _body(flags, items)
        self.data += _page(page_id, flags, len(items), body)
        return page_id


def dump(tree: Tree) -> bytes:
    """The whole file: two metas, an empty freelist, the pages of the tree."""
    pages = _Pages()
    root = pages.bucket(tree)
    metas = (_meta(txid, root, pages.next_id) for txid in (0, 1))
    head = [_page(txid, META_PAGE, 0, meta) for txid, meta in enumerate(metas)]
    return b"".join([*head, _page(FREELIST_ID, FREELIST_PAGE, 0, b""), pages.data])


def checksum(data: bytes) -> int:
    """FNV-1a, 64 bits: bbolt refuses a meta page whose checksum is wrong."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def _meta(txid: int, root: bytes, page_count: int) -> bytes:
    meta = _META.pack(MAGIC, VERSION, PAGE_SIZE, 0, root, FREELIST_ID, page_count, txid)
    return meta + _CHECKSUM.pack(checksum(meta))


def _page(page_id: int, flags: int, count: int, body: bytes) -> bytes:
    """A page, followed by the overflow pages that a long body needs."""
    pages = -(-(_PAGE.size + len(body)) // PAGE_SIZE)
    return (_PAGE.pack(page_id, flags, count, pages - 1) + body).ljust(pages * PAGE_SIZE, b"\0")


def _body(flags: int, items: Sequence[_Item]) -> bytes:
    """The fixed-size entries, then keys and values in the same order."""
    entries, data = bytearray(), bytearray()
    for index, item in enumerate(items):
        position = (len(items) - index) * _LEAF.size + len(data)
        if flags == LEAF_PAGE:
            entries += _LEAF.pack(item.flags, position, len(item.key), len(item.value))
        else:
            entries += _BRANCH.pack(position, len(item.key), item.child)
        data += item.key + item.value
    return bytes(entries + data)


def _grouped(items: Iterable[_Item]) -> list[list[_Item]]:
    """Items by page: as many as fit; one longer than a page stands alone; none at all is one page."""
    groups: list[list[_Item]] = [[]]
    room = PAGE_SIZE - _PAGE.size
    for item in items:
        if groups[-1] and item.size > room:
            groups.append([])
            room = PAGE_SIZE - _PAGE.size
        groups[-1].append(item)
        room -= item.size
    return groups
