"""The parts of a guard that its policy may ask for: stores, the cache, budgets, the hedge. What it does not, is None.

What they are made of is imported here, when it is needed: a policy without budgets never reads their module.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from guardrails.errors import ConfigError, Problem
from guardrails.layers.retry import RetryBudget
from guardrails.models.prices import Prices
from guardrails.policy.bind import BoundPolicy
from guardrails.policy.model import Policy
from guardrails.seams import Spending, Store

if TYPE_CHECKING:
    from guardrails.layers.budget import Budgets
    from guardrails.layers.cache import Keeping
    from guardrails.layers.hedge import Hedge

__all__ = ["budgets_of", "hedge_of", "keeping_of", "spending_of", "store_of"]


def store_of(bound: BoundPolicy) -> Store | None:
    """Where the policy's cache keeps answers. Raises `ConfigError`."""
    settings = bound.policy.cache
    if settings is None:
        return None
    if settings.store is not None:
        from guardrails.stores.redis import RedisStore

        return RedisStore(_address(settings.store))
    if settings.folder is not None:
        from guardrails.stores.disk import DiskStore

        return DiskStore(bound.folder / settings.folder)
    from guardrails.stores.memory import MemoryStore

    return MemoryStore()


def keeping_of(policy: Policy, store: Store | None) -> Keeping | None:
    """The policy's cache, in `store`."""
    settings = policy.cache
    if settings is None or store is None:
        return None
    from guardrails.layers.cache import Keeping

    return Keeping(store, settings)


def spending_of(bound: BoundPolicy) -> Spending | None:
    """Where the policy's budgets keep what was spent. Raises `ConfigError`."""
    if not bound.policy.budgets:
        return None
    place = bound.policy.budget_store
    if place is None:
        from guardrails.stores.memory import MemorySpending

        return MemorySpending()
    place = _address(place)
    if "://" in place:
        from guardrails.stores.redis import RedisSpending

        return RedisSpending(place)
    from guardrails.stores.sqlite import SqliteSpending

    return SqliteSpending(bound.folder / place)


def budgets_of(policy: Policy, spending: Spending | None, prices: Prices) -> Budgets | None:
    """The policy's budgets, kept in `spending`."""
    if not policy.budgets or spending is None:
        return None
    from guardrails.layers.budget import Budgets

    cheaper = policy.models.cheaper if policy.models else ()
    return Budgets(
        policy.budgets,
        spending,
        prices,
        policy=policy.name,
        cheaper=cheaper,
        unknown_bills=policy.unknown_bills,
    )


def hedge_of(policy: Policy, retries: RetryBudget) -> Hedge | None:
    """The layer that asks a second model while the first is slow."""
    if policy.hedge is None or policy.models is None:
        return None
    from guardrails.layers.hedge import Hedge

    return Hedge(policy.hedge, policy.models.cheaper, retries)


def _address(place: str) -> str:
    """`place`, or what the environment variable says that it names. Raises `ConfigError`."""
    if not place.startswith("$"):
        return place
    found = os.environ.get(place[1:])
    if not found:
        name = place[1:]
        raise ConfigError(Problem(f"the environment variable {name} names no store", hint="set it, or write the URL"))
    return found
