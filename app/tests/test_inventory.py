"""The store: numbering, its bound, and many threads at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.inventory import Inventory, InventoryFullError


def test_numbers_items_from_one() -> None:
    store = Inventory([("a", 1), ("b", 2)])
    assert [item.id for item in store.all()] == [1, 2]
    assert store.add("c", 3).id == 3


def test_knows_no_item_that_was_not_added() -> None:
    store = Inventory([])
    assert store.get(0) is None
    assert store.get(1) is None


def test_refuses_more_than_its_capacity() -> None:
    store = Inventory([("a", 1)], capacity=2)
    store.add("b")
    with pytest.raises(InventoryFullError, match="takes 2 items"):
        store.add("c")
    assert len(store.all()) == 2


def test_threads_never_share_a_number() -> None:
    store = Inventory([])
    with ThreadPoolExecutor(16) as pool:
        items = list(pool.map(lambda n: store.add(f"item {n}"), range(800)))
    assert sorted(item.id for item in items) == list(range(1, 801))
    assert all(store.get(item.id) is item for item in items)
