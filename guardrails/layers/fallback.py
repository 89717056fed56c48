"""Other models where the first one failed: the cheaper ones in order, at last the embedded one."""

from __future__ import annotations

from dataclasses import dataclass

from guardrails.errors import AttemptsExceeded, ContentFiltered, DeadlineExceeded, ModelError, NotAsked
from guardrails.seams import Handler
from guardrails.types import Call, Reply

__all__ = ["Fallback"]


@dataclass(frozen=True)
class Fallback:
    """A `Layer`. It serves failure only: a policy's decision goes through it, and so does a terminal error.

    A request for another answer (escalate, reask) does not fall back either: its rule has a next action of its own.
    """

    cheaper: tuple[str, ...] = ()
    last_resort: str | None = None

    async def __call__(self, call: Call, proceed: Handler) -> Reply:
        try:
            return await proceed(call)
        except (ModelError, DeadlineExceeded, NotAsked) as error:
            if call.reason != "first" or isinstance(error, ContentFiltered):
                raise
            failure: ModelError | DeadlineExceeded | NotAsked = error
        for name in self.cheaper:
            if _ends_it(failure) or call.ledger.deadline.left == 0.0:
                break
            try:
                return await proceed(call.model_copy(update={"model": name, "reason": "fallback"}))
            except (ModelError, DeadlineExceeded, NotAsked) as error:
                failure = error
        if self.last_resort is None or isinstance(failure, ContentFiltered):
            raise failure
        return await proceed(call.model_copy(update={"model": self.last_resort, "reason": "last_resort"}))


def _ends_it(failure: ModelError | DeadlineExceeded | NotAsked) -> bool:
    """Whether no other model may be asked after `failure`, or none can be."""
    return isinstance(failure, (DeadlineExceeded, AttemptsExceeded)) or getattr(failure, "terminal", False)
