"""What became of a trial from outside, whatever the graders make of it: answered, refused, blocked, or nothing."""

from __future__ import annotations

from typing import Literal

from guardrails.types import Exchange
from harness.cases import Trial
from harness.graders.outcome import outcome_state

__all__ = ["Fate", "fate_of"]

Fate = Literal["answered", "refused", "blocked", "none"]
"""An answer was delivered that does not refuse; one that refuses; a rule blocked it; the application gave none."""


def fate_of(trial: Trial) -> Fate | None:
    """What became of it; None where infrastructure took it or it was not run.

    A refusal is what the check `refusal` finds in an answer, with the limits of that check; one that refuses a part of
    what was asked answers.
    """
    if trial.status in ("infra_error", "skipped"):
        return None
    state = "delivered" if trial.outcome is None else outcome_state(trial.outcome)
    if state == "blocked":
        return "blocked"
    if trial.status == "app_error" or state == "failed" or not trial.output.strip():
        return "none"
    from guardrails.checks.refusal import Refusal  # its patterns cost more than most runs need

    found = Refusal()(Exchange(text=trial.output))
    return "refused" if found.state == "fail" and found.reason != "partial_refusal" else "answered"
