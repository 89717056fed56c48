"""Guardrail middleware for LLM and RAG applications: a policy around every call of a model.

    from guardrails import Guard

    guard = Guard("policy.yaml")
    outcome = guard.complete("How long is the warranty?", documents=passages)
    print(outcome.text, outcome.receipt.rules)

Names are imported when they are first used, so that `import guardrails` in a command line or a test costs next to
nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guardrails.capture import FailureFolder
    from guardrails.errors import (
        Blocked,
        CallFailed,
        ConfigError,
        GuardrailsError,
        ModelError,
        NotDelivered,
        UsageError,
    )
    from guardrails.guard import Guard
    from guardrails.policy import Policy, Rule, load_policy
    from guardrails.rehearsal import rehearsing
    from guardrails.seams import BaseCheck
    from guardrails.types import Call, Document, Exchange, Message, Outcome, Parameters, Reply, Verdict

__all__ = [
    "BaseCheck",
    "Blocked",
    "Call",
    "CallFailed",
    "ConfigError",
    "Document",
    "Exchange",
    "FailureFolder",
    "Guard",
    "GuardrailsError",
    "Message",
    "ModelError",
    "NotDelivered",
    "Outcome",
    "Parameters",
    "Policy",
    "Reply",
    "Rule",
    "UsageError",
    "Verdict",
    "load_policy",
    "rehearsing",
]

_HOME = {
    "capture": ("FailureFolder",),
    "errors": ("Blocked", "CallFailed", "ConfigError", "GuardrailsError", "ModelError", "NotDelivered", "UsageError"),
    "guard": ("Guard",),
    "policy": ("Policy", "Rule", "load_policy"),
    "rehearsal": ("rehearsing",),
    "seams": ("BaseCheck",),
    "types": ("Call", "Document", "Exchange", "Message", "Outcome", "Parameters", "Reply", "Verdict"),
}

__distribution__ = "guardrail-harness"
"""Tells this package from the two other distributions that also import as `guardrails`."""


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
