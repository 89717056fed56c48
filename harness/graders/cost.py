"""The answer was not too dear."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from guardrails.types import Verdict
from harness.cases import Context
from harness.seams import BaseGrader

__all__ = ["Cost"]


class Cost(BaseGrader):
    """Cost no more than so many US dollars. Undecided where the cost is not known: unpriced is never free."""

    name: ClassVar[str] = "cost"
    graded: ClassVar[bool] = True

    max_dollars: float = Field(gt=0)

    def __call__(self, context: Context) -> Verdict:
        cost = context.trial.cost
        if cost is None:
            return Verdict(state="undecided", reason="cost_unknown")
        dear = cost > self.max_dollars
        return Verdict(
            state="fail" if dear else "pass",
            score=self.max_dollars / cost if dear else 1.0,
            reason="too_dear" if dear else "",
            measures={"dollars": cost},
        )
