"""The extension points: one method with one argument each, so any callable will do.

A check that carries options derives from `BaseCheck`; a function of an `Exchange` is a check as well.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias, runtime_checkable

from guardrails.digest import digest
from guardrails.types import Call, Document, Exchange, FailureRecord, Record, Reply, Surface, Verdict, Written

__all__ = [
    "BaseCheck",
    "ByOptions",
    "Check",
    "Claims",
    "Embedder",
    "Entry",
    "Handler",
    "Layer",
    "Model",
    "Sink",
    "Specimen",
    "Spending",
    "Standing",
    "Store",
    "Sum",
]

Check: TypeAlias = Callable[[Exchange], "Verdict | bool | Awaitable[Verdict | bool]"]
"""Looks at an exchange and returns a verdict (or True for pass, False for fail). It may be async."""

Model: TypeAlias = Callable[[Call], "Awaitable[Reply] | Reply | str"]
"""Answers a call. Raises a `ModelError` where it cannot; any other exception is a fault of the adapter."""

Handler: TypeAlias = Callable[[Call], Awaitable[Reply]]
"""What a layer proceeds to."""

Layer: TypeAlias = Callable[[Call, Handler], Awaitable[Reply]]
"""`async def layer(call, proceed) -> Reply`: does something before, around or instead of `await proceed(call)`."""

Embedder: TypeAlias = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Texts in, one vector each out."""

Sink: TypeAlias = Callable[[FailureRecord], "Awaitable[None] | None"]
"""Told of failures; what it raises is logged and never reaches the caller."""


class Entry(Record):
    """A row of a store. `expires` is in seconds since the epoch, None for never."""

    key: str
    value: str
    expires: float | None = None


class Store(Protocol):
    """Keeps entries. Every method may raise `StoreError`; an expired entry is a missing one."""

    async def get(self, key: str) -> Entry | None:
        """The entry under `key`, or None."""

    async def put(self, entry: Entry) -> None:
        """Keeps `entry` in place of any earlier one with its key."""

    async def delete(self, key: str) -> None:
        """Forgets `key`; no error where there is none."""


@runtime_checkable
class Claims(Protocol):
    """What a store shared by processes offers besides: of several that want a key's answer, one makes it."""

    async def claim(self, key: str, holder: str, seconds: float) -> bool:
        """Whether `holder` has `key` now, for so long. A holder may claim again, which prolongs it.

        Raises `StoreError`.
        """

    async def unclaim(self, key: str, holder: str) -> None:
        """Lets go of `key` where `holder` has it. Raises `StoreError`."""


class Sum(NamedTuple):
    """A sum of money that one budget is asked for. Amounts are in billionths of a US dollar."""

    key: str
    """Names the budget, whose it is, and the window."""
    amount: int
    limit: int
    """What may be spent in all."""
    expires: float
    """When the window ends, in seconds since the epoch: the key is forgotten then."""


class Standing(NamedTuple):
    """What came of a reservation."""

    refused: int | None
    """The index of the first sum that its budget does not leave, and then nothing was reserved; else None."""
    spent: tuple[int, ...]
    """What is spent of each, in order: with the sum where all were reserved, else without."""


class Spending(Protocol):
    """Keeps what was spent, for one process or for several. Every method may raise `StoreError`.

    Of calls at the same time no two may both get the last that is left: `reserve` is atomic over all its sums.
    """

    async def reserve(self, sums: Sequence[Sum]) -> Standing:
        """Counts all the sums as spent, or none of them where one goes beyond its limit."""

    async def settle(self, sums: Sequence[Sum]) -> None:
        """Adds each amount, which is negative where less was spent than reserved; never below 0.

        A window that has ended is passed over; `limit` does not matter here.
        """

    async def spent(self, key: str) -> int:
        """What is spent of a key, 0 where nothing is."""


class Specimen(Written):
    """A text that a check fails, so that a rule can be tested without waiting for somebody to break it."""

    text: str
    violation: str = ""
    """The stretch of `text` that nobody may be shown; all of it where this is left out."""
    documents: tuple[Document, ...] = ()
    """What has to be given along with it."""
    judge: str | None = None
    """What a model would answer about it, for a check that asks one."""


class ByOptions:
    """A trait of a check that its options decide: on the class False, on a check what `decides` says of it."""

    def __init__(self, decides: Callable[[Any], bool]) -> None:
        self._decides = decides

    def __get__(self, check: Any, owner: type | None = None) -> bool:
        return check is not None and self._decides(check)


class BaseCheck(Written):
    """Base of the checks that can be named in a policy: the fields are the options, the docstring is the help.

    The first line of a subclass's docstring is the sentence that a pass asserts ("Carries no injected instruction").
    """

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    """Raised whenever the same input may get another verdict: kept verdicts of other versions are not reused."""
    surfaces: ClassVar[frozenset[Surface]] = frozenset({"input", "context", "output", "tool_result", "memory"})
    """Where it makes sense; a rule elsewhere is an error when the policy is loaded."""
    graded: ClassVar[bool] = False
    """Its score is more than 0 or 1, so that a rule may set `below`."""
    operating_point: ClassVar[str] = ""
    """Where the line is drawn, in words, where no option named `threshold` says so."""
    fixes: ClassVar[bool] = False
    """Its failures carry edits, so that `redact` may follow."""
    slow: ClassVar[bool] = False
    """It runs in a worker thread, under the rule's timeout, instead of inline."""
    asks: ClassVar[bool] = False
    """It needs `exchange.ask`."""
    needs_documents: ClassVar[bool] = False
    """Without documents it has nothing to say."""
    line: ClassVar[frozenset[str]] = frozenset({"threshold", "band"})
    """Options that say where the line is drawn and what follows there, and have no part in the score. A calibration
    holds whatever they are, and sets those named `threshold` and `band`."""

    def __call__(self, exchange: Exchange) -> Verdict | bool | Awaitable[Verdict | bool]:
        raise NotImplementedError

    @classmethod
    def prepare(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:  # noqa: ARG003
        """The options as the constructor takes them, of those that a person wrote in a file that lies in `folder`.

        A check that names a file puts its content in its place here, so that the digest of a policy covers it.
        Raises `ConfigError` where the file cannot be used.
        """
        return dict(options)

    def specimen(self) -> Specimen | None:
        """A text that fails this very check, with its options; None where none is known. It is not a real person's.

        `harness policy selftest` plants it on every way through the pipeline.
        """
        return None

    def scoring(self) -> dict[str, Any]:
        """The options that have a part in the score, as JSON."""
        return {name: value for name, value in self.model_dump(mode="json").items() if name not in self.line}

    @property
    def restores(self) -> bool:
        """Whether the values it redacts are put back into the answer that is delivered to the same caller."""
        return False

    @property
    def needs_seconds(self) -> float:
        """With no more time than this a part of it never runs; a rule that never leaves it more is a load error."""
        return 0.0

    @property
    def score_ref(self) -> str:
        """The same as `ref` for the score alone: of two checks with one score_ref only the line may differ."""
        return f"{self.name}@{self.version}+{digest(self.scoring())[:12]}"

    @property
    def ref(self) -> str:
        """`name@version+options`: two checks with one ref give one verdict on one exchange."""
        return f"{self.name}@{self.version}+{digest(self.model_dump(mode='json'))[:12]}"
