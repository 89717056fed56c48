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


_PASSED = Judgement("pass")


def trial_state(
    status: Status, error: str | None, verdicts: Iterable[tuple[str, Finding]], deciding: Collection[str]
) -> Judgement:
    """The state of a trial from its `status` and one verdict of each grader; only those in `deciding` have a say.

    One that failed outweighs one that could not tell: a broken judge hides no failure. A trial that nothing judged
    is undecided, never a pass.
    """
    if status != "ok":
        return Judgement(status, "", error or "")
    undecided: Judgement | None = None
    passed = False
    heard = []
    for key, verdict in verdicts:
        if key not in deciding:
            continue
        heard.append(key)
        state = verdict.state
        if state == "pass":
            passed = True
        elif state == "fail":
            return Judgement("fail", key, verdict.reason)
        elif state == "error":
            undecided = Judgement("undecided", key, verdict.error or "error")
        elif state == "undecided":
            undecided = undecided or Judgement("undecided", key, verdict.reason)
    if len(heard) < len(deciding):
        return undecided or Judgement("undecided", min(set(deciding).difference(heard)), "not graded")
    if undecided:
        return undecided
    return _PASSED if passed else Judgement("undecided", "", "nothing graded")
