"""Small things that the guard's tests build upon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guardrails.policy.model import Policy
from guardrails.types import Exchange, Verdict


def policy(*rules: dict[str, Any], **more: Any) -> Policy:
    """A policy whose models are `first`, `stronger` and `cheaper`, unless told otherwise."""
    fields: dict[str, Any] = {
        "name": "test",
        "models": {"first": "first", "stronger": ["stronger"], "cheaper": ["cheaper"]},
        "retry": {"tries": 1},
        "prices": {name: {"input": 1, "output": 2} for name in ("first", "stronger", "cheaper")},
        **more,
    }
    return Policy.model_validate({**fields, "rules": list(rules)})


def rule(
    id: str,
    surface: str = "output",
    check: str = "wordlist",
    action: Any = "block",
    *,
    options: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A rule that fails on the word `bad`, unless told otherwise."""
    if check == "wordlist":
        options = options or {"words": ["bad"]}
    return {"id": id, "surface": surface, "check": check, "action": action, "with": options or {}, **more}


def always(state: str, **more: Any) -> Callable[[Exchange], Verdict]:
    """A check with one verdict for everything."""
    return lambda exchange: Verdict.model_validate({"state": state, **more})
