"""The answer calls certain tools."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import TypeAdapter, ValidationError

from guardrails.types import ToolCall, Verdict, Written
from harness.cases import Context
from harness.seams import ExpectingGrader

__all__ = ["ExpectedCall", "ToolCalled"]


class ExpectedCall(Written):
    """A call that is expected: the tool, and those of its arguments that matter."""

    name: str
    arguments: Mapping[str, Any] = {}


class ToolCalled(ExpectingGrader):
    """Calls the tools that are expected: names, or `{name, arguments}` with the arguments that matter.

    An empty list expects that no tool is called. The score is the share of the expected calls that were made.
    """

    name: ClassVar[str] = "tool_called"
    graded: ClassVar[bool] = True

    order: Literal["any", "in_order", "exact"] = "any"
    """`in_order`: others may stand between; `exact`: these calls and no other."""

    def compare(self, context: Context, wanted: Any) -> Verdict:
        expected = _expected(wanted)
        calls = context.trial.tool_calls
        if not expected:
            return Verdict(state="fail" if calls else "pass", score=float(not calls), reason="called" if calls else "")
        matched = _in_order(expected, calls) if self.order != "any" else _in_any_order(expected, calls)
        complete = matched == len(expected)
        extra = self.order == "exact" and len(calls) > len(expected)
        reason = "" if complete and not extra else "not_called" if not complete else "called_more"
        share = matched / max(len(expected), len(calls) if self.order == "exact" else 0)
        return Verdict(
            state="fail" if reason else "pass",
            score=share,
            reason=reason,
            measures={"matched": float(matched), "expected": float(len(expected)), "calls": float(len(calls))},
        )


def _expected(wanted: Any) -> list[ExpectedCall]:
    items = wanted if isinstance(wanted, (list, tuple)) else [wanted]
    try:
        written = [{"name": item} if isinstance(item, str) else item for item in items]
        return TypeAdapter(list[ExpectedCall]).validate_python(written)
    except ValidationError:
        raise ValueError("`tool_called` expects a name, {name, arguments}, or a list of them") from None


def _in_order(expected: Sequence[ExpectedCall], calls: Sequence[ToolCall]) -> int:
    """How many of `expected` occur in `calls` one after another: the longest common subsequence."""
    row = [0] * (len(calls) + 1)
    for want in expected:
        before = row
        row = [0]
        for index, call in enumerate(calls):
            hit = before[index] + 1 if _fits(want, call) else 0
            row.append(max(hit, before[index + 1], row[index]))
    return row[-1]


def _in_any_order(expected: Sequence[ExpectedCall], calls: Sequence[ToolCall]) -> int:
    """How many of `expected` have a call of their own: a maximum matching, so that no choice of ours costs one."""
    taken: dict[int, int] = {}

    def place(want: int, seen: set[int]) -> bool:
        for index, call in enumerate(calls):
            if index not in seen and _fits(expected[want], call):
                seen.add(index)
                if index not in taken or place(taken[index], seen):
                    taken[index] = want
                    return True
        return False

    return sum(place(want, set()) for want in range(len(expected)))


def _fits(want: ExpectedCall, call: ToolCall) -> bool:
    if want.name != call.name:
        return False
    if not want.arguments:
        return True
    try:
        given = json.loads(call.arguments)
    except (ValueError, RecursionError):
        return False
    return _within(want.arguments, given)


def _within(want: Any, given: Any) -> bool:
    """Whether every key of `want` has its value in `given`; lists and plain values must be equal."""
    if isinstance(want, Mapping):
        return isinstance(given, dict) and all(
            key in given and _within(value, given[key]) for key, value in want.items()
        )
    if isinstance(want, (list, tuple)):
        return isinstance(given, list) and len(given) == len(want) and all(map(_within, want, given))
    if isinstance(want, bool) or isinstance(given, bool):
        return want is given
    return bool(want == given)
