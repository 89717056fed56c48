"""Budgets of money: what a request may cost at most is reserved before it is made, and settled after.

The most that a request can cost follows from its size: no tokenizer in use makes more tokens of a text than the text
has bytes in UTF-8 (byte-level BPE and SentencePiece with byte fallback both start from bytes), and an answer has at
most `max_tokens`. So the estimate is on the high side, some four times for English prose, and never too low; what is
reserved in excess is free again as soon as the answer is there. Each request reserves for itself: retries, fallbacks,
escalations and the questions of checks are spent from the same budgets, and an answer from the cache costs nothing.

A request that brought no answer is settled by what is known of its bill: what was never sent, or was refused before
anything was done, is free; what the provider counted all the same is paid; and where nobody knows, because it broke off
(a timeout, a reset, a 5xx, a cancelled caller), the whole reservation stays spent, unless the policy says otherwise.

Amounts are whole billionths of a dollar, rounded up, so that sums are exact.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from guardrails.digest import canonical_json, digest
from guardrails.errors import (
    BudgetExceeded,
    BudgetUnknown,
    DeadlineExceeded,
    ModelError,
    NotAsked,
    UnpricedModel,
)
from guardrails.models.prices import Prices
from guardrails.policy.decide import Stop
from guardrails.policy.model import BudgetSettings
from guardrails.seams import Handler, Spending, Sum
from guardrails.types import BudgetHealth, Call, Reply, Usage

__all__ = ["BILLION", "MAX_OUTPUT", "Budget", "Budgets", "Window", "input_bound", "most", "window_at"]

_LOG = logging.getLogger("guardrails.budget")

BILLION = 1_000_000_000

MAX_OUTPUT = 1024
"""Tokens that an answer may have where a policy has budgets and neither it nor the call says `max_tokens`. It is sent
to the model: without it nobody could say what a request may cost."""

_PER_MESSAGE = 16
"""Tokens that providers put around a message, at most: role, name, beginning and end."""

_TAG = 16
"""Bytes that a placeholder grows by on its way to the model, at most."""

_OF_ALL = ("all", "day")
"""Whose budget is one for all calls, and so has a key also before the first of them."""

_SEEN = 10_000
"""Users, tenants or features of one budget that `health` looks at."""


class Window(NamedTuple):
    """A stretch of time that a budget holds for. It begins and ends at seconds since the epoch."""

    name: str
    begins: float
    ends: float


def window_at(kind: str, timezone: str, now: float) -> Window:
    """The hour, day or month that `now`, in seconds since the epoch, lies in, by the clocks of `timezone`."""
    second = math.floor(now)  # a float of the last microsecond would be rounded into the next hour
    moment = datetime.fromtimestamp(second, ZoneInfo(timezone))
    if kind == "hour":  # of the same length on every day, also where clocks are changed
        begins = second - moment.minute * 60 - moment.second
        return Window(datetime.fromtimestamp(begins, UTC).strftime("%Y-%m-%dT%H%MZ"), begins, begins + 3600)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if kind == "day":
        following = midnight + timedelta(days=1)
        return Window(midnight.strftime("%Y-%m-%d"), midnight.timestamp(), following.timestamp())
    first = midnight.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Window(first.strftime("%Y-%m"), first.timestamp(), following.timestamp())


def input_bound(call: Call) -> int:
    """Tokens that the call's input can have at most."""
    parameters = call.parameters
    size = 0
    for message in call.messages:
        size += _PER_MESSAGE + len(message.content.encode("utf-8", "surrogatepass"))
        for tool in message.tool_calls:
            size += _PER_MESSAGE + len(f"{tool.name}{tool.arguments}".encode("utf-8", "surrogatepass"))
        if call.ledger.placeholders:
            size += _TAG * message.content.count("[")
    if parameters.tools or parameters.response_format:
        size += len(canonical_json([parameters.tools, parameters.response_format]))
    return size


def most(call: Call, prices: Prices) -> int | None:
    """What the call's request can cost at most, in billionths of a dollar; None where its model has no known price."""
    read, written = input_bound(call), call.parameters.max_tokens or MAX_OUTPUT
    plain = Usage(input_tokens=read, output_tokens=written)
    # a provider may bill its input as written to its cache and its output as reasoning, at prices of their own
    dearest = plain.model_copy(update={"cache_write_tokens": read, "reasoning_tokens": written})
    costs = [prices.cost(call.model, usage) for usage in (plain, dearest)]
    known = [cost for cost in costs if cost is not None]
    return billionths(max(known)) if known else None


def billionths(dollars: float) -> int:
    """Dollars as whole billionths, rounded up. What is beneath the precision of a float is no amount."""
    return math.ceil(round(dollars * BILLION, 3))


class Budgets:
    """The budgets of one guard. Safe between threads and event loops.

    `cheaper` names the models that are still asked when a budget is nearly spent. `unknown_bills` says what becomes of
    the reservation of a request of which nobody knows what was billed. `clock` gives seconds since the epoch.
    """

    def __init__(
        self,
        settings: Sequence[BudgetSettings],
        spending: Spending,
        prices: Prices,
        *,
        policy: str = "",
        cheaper: Sequence[str] = (),
        unknown_bills: Literal["spent", "released"] = "spent",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = tuple(settings)
        self._per_call = min((billionths(one.limit) for one in settings if one.per == "call"), default=None)
        self._kept = tuple(one for one in settings if one.per != "call")
        self._spending = spending
        self.prices = prices
        self.unknown_bills = unknown_bills
        self._policy = policy
        self._cheaper = frozenset(cheaper)
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], Window] = {}
        self._seen: dict[BudgetSettings, tuple[str, dict[str, int]]] = {}
        self._settling: set[asyncio.Task[None]] = set()
        self.errors = 0
        """How often the store failed."""

    @property
    def layer(self) -> Budget:
        """The layer that keeps them."""
        return Budget(self)

    async def reserve(self, call: Call, amount: int) -> tuple[Sum, ...]:
        """Counts `amount` as spent by `call`. Raises `BudgetExceeded` or `BudgetUnknown`."""
        ledger = call.ledger
        with self._lock:  # a check may ask from a thread of its own
            if self._per_call is not None and ledger.spent + amount > self._per_call:
                raise BudgetExceeded("the budget of the call does not leave the request", model=call.model)
            ledger.spent += amount
        try:
            return await self._reserve(call, amount)
        except BaseException:
            self._of_call(call, -amount)
            raise

    async def _reserve(self, call: Call, amount: int) -> tuple[Sum, ...]:
        if not self._kept:
            return ()
        sums = tuple(self._sum(one, call, amount) for one in self._kept)
        try:
            standing = await self._spending.reserve(sums)
        except Exception as error:
            self._failed(error)
            raise BudgetUnknown("the store of the budgets cannot be read", model=call.model) from error
        self._note(self._kept, sums, standing.spent)
        if standing.refused is not None:
            budget = self._kept[standing.refused]
            raise BudgetExceeded(f"the budget per {budget.per} does not leave the request", model=call.model)
        return sums

    async def settle(self, call: Call, sums: Sequence[Sum], reserved: int, amount: int) -> None:
        """Counts `amount` in place of what was reserved; to the end, also where the caller is cancelled meanwhile."""
        change = amount - reserved
        if change == 0:
            return
        self._of_call(call, change)
        if sums:
            task = asyncio.ensure_future(self._settle([one._replace(amount=change) for one in sums]))
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)
            await asyncio.shield(task)

    async def _settle(self, sums: Sequence[Sum]) -> None:
        try:
            await self._spending.settle(sums)
        except Exception as error:  # noqa: BLE001 - the reservation stands: too much is counted and never too little
            self._failed(error)
            return
        with self._lock:
            for budget, one in zip(self._kept, sums, strict=True):
                seen = self._seen[budget][1]
                if one.key in seen:
                    seen[one.key] = max(0, seen[one.key] + one.amount)

    def health(self) -> tuple[BudgetHealth, ...]:
        """Each budget at this moment where it is kept in memory, else as this process last saw it."""
        now = self._clock()
        spent_now: Callable[[str], int] | None = getattr(self._spending, "spent_now", None)
        with self._lock:
            rows = []
            for one in self.settings:
                window = self._window_of(one, now)
                seen = self._seen_in(one, window)
                rows.append((one, window, max(seen.values(), default=None), len(seen)))
        found = []
        for one, window, most_spent, count in rows:
            spent = most_spent
            if window is None:
                spent = 0
            elif spent_now is not None:
                spent = spent_now(self._key(one, None, window)) if one.per in _OF_ALL else most_spent or 0
            found.append(
                BudgetHealth(
                    per=one.per,
                    window=None if window is None else one.window or "day",
                    limit=one.limit,
                    left=None if spent is None else max(0.0, one.limit - spent / BILLION),
                    resets_in=None if window is None else max(0.0, window.ends - now),
                    seen=count,
                )
            )
        return tuple(found)

    async def look(self) -> None:
        """Asks the store about every budget that this process knows a key of, so that `health` shows what is true now.

        A store that fails is counted, and what was seen last is left as it is.
        """
        now = self._clock()
        with self._lock:
            windows = [(one, self._window_of(one, now)) for one in self.settings]
            keys = [(one, window, tuple(self._seen_in(one, window))) for one, window in windows if window is not None]
        try:
            for one, window, seen in keys:
                for key in seen or ((self._key(one, None, window),) if one.per in _OF_ALL else ()):
                    self._note([one], [Sum(key, 0, 0, 0.0)], [await self._spending.spent(key)])
        except Exception as error:  # noqa: BLE001 - whatever somebody else's store raises
            self._failed(error)

    def _window_of(self, budget: BudgetSettings, now: float) -> Window | None:
        return None if budget.per == "call" else self._window(budget, now)

    def _seen_in(self, budget: BudgetSettings, window: Window | None) -> Mapping[str, int]:
        """What was last seen to be spent of each key of a budget in a window."""
        name, seen = self._seen.get(budget, ("", {}))
        return seen if window is not None and name == window.name else {}

    def _key(self, budget: BudgetSettings, whose: str | None, window: Window) -> str:
        # a digest: who a user is does not belong into a store of sums
        name = digest([self._policy, budget.per, budget.window or "day", budget.timezone, whose])[:32]
        return f"guardrails:spent:{name}:{window.name}"

    def _sum(self, budget: BudgetSettings, call: Call, amount: int) -> Sum:
        whose = getattr(call, budget.per) if budget.per in ("user", "tenant", "feature") else None
        with self._lock:
            window = self._window(budget, self._clock())
        limit = billionths(budget.limit)
        if self._cheaper and call.model not in self._cheaper and call.reason != "judge":
            limit = int(limit * budget.cheaper_from)
        return Sum(self._key(budget, whose, window), amount, limit, window.ends)

    def _window(self, budget: BudgetSettings, now: float) -> Window:
        key = (budget.window or "day", budget.timezone)
        window = self._windows.get(key)
        if window is None or not window.begins <= now < window.ends:
            window = self._windows[key] = window_at(*key, now)
        return window

    def _note(self, budgets: Sequence[BudgetSettings], sums: Sequence[Sum], spent: Sequence[int]) -> None:
        with self._lock:
            for budget, one, total in zip(budgets, sums, spent, strict=True):
                window = one.key.rpartition(":")[2]
                name, seen = self._seen.get(budget, ("", {}))
                if name != window:
                    self._seen[budget] = window, (seen := {})
                if one.key in seen or len(seen) < _SEEN:
                    seen[one.key] = total

    def _of_call(self, call: Call, change: int) -> None:
        with self._lock:
            call.ledger.spent += change

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self.errors += 1
        _LOG.warning("the store of the budgets fails: %s", type(error).__name__)


@dataclass(frozen=True)
class Budget:
    """A `Layer` around each request."""

    budgets: Budgets

    async def __call__(self, call: Call, proceed: Handler) -> Reply:
        if call.reason == "last_resort":
            return await proceed(call)
        budgets = self.budgets
        reserved = most(call, budgets.prices)
        if reserved is None:
            raise UnpricedModel(f"nobody knows what {call.model} costs", model=call.model)
        sums = await budgets.reserve(call, reserved)
        # of a request that is cancelled, or raises what no adapter raises, nobody knows what was billed
        amount = unknown = reserved if budgets.unknown_bills == "spent" else 0
        try:
            reply = await proceed(call)
            amount = reserved if reply.cost is None else billionths(reply.cost)
        except (NotAsked, DeadlineExceeded, Stop):
            amount = 0  # no request was made
            raise
        except ModelError as error:
            amount = unknown if error.cost is None else billionths(error.cost)
            raise
        finally:
            await budgets.settle(call, sums, reserved, amount)
        return reply
