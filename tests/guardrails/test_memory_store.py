"""The memory store: what it forgets."""

from __future__ import annotations

import pytest

from guardrails.errors import UsageError
from guardrails.seams import Entry
from guardrails.stores.memory import MemoryStore


async def test_the_least_recently_used_entry_is_forgotten_first() -> None:
    store = MemoryStore(max_entries=2)
    await store.put(Entry(key="a", value="1"))
    await store.put(Entry(key="b", value="2"))
    await store.get("a")
    await store.put(Entry(key="c", value="3"))
    assert await store.get("b") is None
    assert await store.get("a") is not None
    assert await store.get("c") is not None


async def test_an_expired_entry_takes_no_room_once_it_was_asked_for() -> None:
    store = MemoryStore(clock=lambda: 10.0)
    await store.put(Entry(key="a", value="1", expires=9.0))
    assert len(store) == 1
    assert await store.get("a") is None
    assert len(store) == 0


def test_a_store_of_no_entries_is_refused() -> None:
    with pytest.raises(UsageError, match="max_entries"):
        MemoryStore(max_entries=0)
