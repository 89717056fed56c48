"""The time that one call may take, shared by everything that happens inside it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from guardrails.errors import DeadlineExceeded

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Deadline"]


class Deadline:
    """A moment on a monotonic clock, or none at all. Immutable; the clock is injected, so that tests need not wait."""

    __slots__ = ("_at", "_clock")

    def __init__(self, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = None if seconds is None else clock() + seconds

    @property
    def left(self) -> float | None:
        """Seconds left, never negative; None where there is no deadline."""
        return None if self._at is None else max(0.0, self._at - self._clock())

    def cap(self, seconds: float | None) -> float | None:
        """The shorter of `seconds` and what is left; None where neither limits."""
        left = self.left
        if left is None or seconds is None:
            return left if seconds is None else seconds
        return min(left, seconds)

    def check(self) -> None:
        """Raises `DeadlineExceeded` where nothing is left."""
        if self.left == 0.0:
            raise DeadlineExceeded("the call's deadline has passed")
