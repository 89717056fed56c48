"""From what the target did and what the graders found to the state of a trial."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple, Protocol

from guardrails.types import State
from harness.cases import TrialState

__all__ = ["COUNTED", "Finding", "Judgement", "Status", "trial_state"]

COUNTED: frozenset[TrialState] = frozenset({"pass", "fail", "app_error"})
"""The states that count in a rate, an `app_error` as a fail."""

Status = Literal["ok", "app_error", "infra_error", "skipped"]


class Finding(Protocol):
    """What of a verdict decides about a trial."""

    @property
    def state(self) -> State: ...
    @property
    def reason(self) -> str: ...
    @property
    def error(self) -> str | None: ...


class Judgement(NamedTuple):
    """The state of a trial, and what decided it: the grader's id (empty where it was the target) and the reason."""

    state: TrialState
    by: str = ""
    reason: str = ""


def trial_state(
    status: Status, error: str | None, verdicts: Iterable[tuple[str, Finding]], deciding: Collection[str]
) -> Judgement:
    """The state of a trial from its `status` and the verdict of each grader; only those in `deciding` have a say.

    One that failed outweighs one that could not tell: a broken judge hides no failure. A trial that nothing judged
    is undecided, never a pass.
    """
    if status != "ok":
        return Judgement(status, "", error or "")
    undecided: Judgement | None = None
    passed = False
    missing = set(deciding)
    for key, verdict in verdicts:
        if key not in missing:
            continue
        missing.discard(key)
        if verdict.state == "fail":
            return Judgement("fail", key, verdict.reason)
        if verdict.state == "error":
            undecided = Judgement("undecided", key, verdict.error or "error")
        elif verdict.state == "undecided":
            undecided = undecided or Judgement("undecided", key, verdict.reason)
        elif verdict.state == "pass":
            passed = True
    if missing:
        return undecided or Judgement("undecided", min(missing), "not graded")
    if undecided:
        return undecided
    return Judgement("pass") if passed else Judgement("undecided", "", "nothing graded")
