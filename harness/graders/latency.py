"""The answer came in time."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from guardrails.types import Verdict
from harness.cases import Context
from harness.seams import BaseGrader

__all__ = ["Latency"]


class Latency(BaseGrader):
    """Came within so many seconds. The score falls with the time over them: twice the time is 0.5."""

    name: ClassVar[str] = "latency"
    graded: ClassVar[bool] = True

    max_seconds: float = Field(gt=0)

    def __call__(self, context: Context) -> Verdict:
        seconds = context.trial.seconds
        late = seconds > self.max_seconds
        return Verdict(
            state="fail" if late else "pass",
            score=self.max_seconds / seconds if late else 1.0,
            reason="too_slow" if late else "",
            measures={"seconds": seconds},
        )
