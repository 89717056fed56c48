"""Policies: what they may say (`model`), how they become able to run (`bind`), what follows (`decide`)."""

from __future__ import annotations

from guardrails.policy.bind import BoundPolicy, BoundRule, bind, load_policy
from guardrails.policy.model import Policy, Rule

__all__ = ["BoundPolicy", "BoundRule", "Policy", "Rule", "bind", "load_policy"]
