"""The items, kept in memory and shared by all threads of the one worker process."""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

CAPACITY = 1_000
"""Items the store takes; anyone may post, so memory needs a bound."""

FIRST_ITEMS = (("bolt M6", 400), ("washer 6 mm", 950), ("bearing 608", 24))
"""Name and quantity of what a fresh store holds."""


class InventoryFullError(Exception):
    """The store holds `capacity` items already."""

    def __init__(self, capacity: int) -> None:
        super().__init__(f"the inventory is full: it takes {capacity} items")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the inventory."""

    id: int
    name: str
    quantity: int


class Inventory:
    """A thread-safe store that numbers its items from 1."""

    def __init__(self, items: Iterable[tuple[str, int]] = FIRST_ITEMS, capacity: int = CAPACITY) -> None:
        self._lock = Lock()
        self._capacity = capacity
        self._items: dict[int, Item] = {}
        for name, quantity in items:
            self.add(name, quantity)

    def add(self, name: str, quantity: int = 0) -> Item:
        """Store a new item and return it with its number.

        Raises:
            InventoryFullError: there is no room.
        """
        with self._lock:
            if len(self._items) >= self._capacity:
                raise InventoryFullError(self._capacity)
            item = Item(len(self._items) + 1, name, quantity)
            self._items[item.id] = item
        return item

    def get(self, item_id: int) -> Item | None:
        """Return the item of that number, or None."""
        with self._lock:
            return self._items.get(item_id)

    def all(self) -> list[Item]:
        """Return every item, by number."""
        with self._lock:
            return list(self._items.values())
