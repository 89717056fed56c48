"""Thresholds that were set on a team's own good traffic, in a file that the policy names.

The file holds what the thresholds were found for: every rule of the stack with its check, version and options. Where
one of them is another one today the bound no longer holds, and loading the policy says so.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

from pydantic import ConfigDict, Field, ValidationError

from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem
from guardrails.policy.model import Rule
from guardrails.types import Record
from guardrails.yamlfile import read_text

__all__ = ["AGAIN", "Calibrated", "Calibration", "fingerprints", "read_calibration", "thresholds"]

AGAIN = "calibrate again: harness calibrate policy POLICY GOOD.jsonl"


class Calibrated(Protocol):
    """A rule with its check made."""

    @property
    def rule(self) -> Rule: ...
    @property
    def ref(self) -> str: ...


class Calibration(Record):
    """What `harness calibrate policy` writes."""

    model_config = ConfigDict(populate_by_name=True)

    schema_name: Literal["guardrails.calibration/1"] = Field(default="guardrails.calibration/1", alias="schema")
    policy: str
    """The policy's name."""
    stack: Mapping[str, str]
    """Every rule by its id: a digest of its check, version, options and what follows when it fails."""
    thresholds: Mapping[str, float]
    """Rule id to the score below which it fails, in place of its own `below`."""
    false_blocks: float
    """The share of good traffic that may be blocked."""
    confidence: float
    """With this chance over the choice of the rows the whole stack keeps to that share."""
    bound: float
    """What the rows say about the share with that confidence: at most this."""
    rows: int
    """Rows that the bound rests on."""
    blocked: int
    """How many of them the stack blocks."""
    shaping_rows: int = 0
    """Rows that only said how the thresholds of several rules move together."""
    rows_digest: str = ""
    """Over all rows, in their order."""
    left_out: tuple[str, ...] = ()
    """Rules that the bound does not cover, for their checks ask a model."""


def fingerprints(rules: Sequence[Calibrated], calibrated: Collection[str]) -> dict[str, str]:
    """The stack as a calibration knows it: by rule id, a digest of all that decides what it blocks.

    `calibrated` are the rules whose threshold the calibration sets, so that what they say of `below` is no matter.
    """
    return {bound.rule.id: _fingerprint(bound, fixed=bound.rule.id not in calibrated) for bound in rules}


def _fingerprint(bound: Calibrated, *, fixed: bool) -> str:
    rule = bound.rule
    below = rule.below if fixed else None
    return digest([bound.ref, rule.surface, rule.action, rule.mode, rule.on_error, rule.on_undecided, below])[:16]


def read_calibration(path: Path) -> Calibration:
    """The calibration in a file. Raises `ConfigError`."""
    text = read_text(path)
    try:
        return Calibration.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        raise ConfigError(Problem(f"is not JSON: {error.msg}", str(path), error.lineno, error.colno, AGAIN)) from None
    except (ValidationError, RecursionError):
        raise ConfigError(Problem("is no calibration of this version", str(path), hint=AGAIN)) from None


def thresholds(path: Path, rules: Sequence[Calibrated]) -> Mapping[str, float]:
    """The thresholds in the file, which must have been found for exactly these rules. Raises `ConfigError`."""
    found = read_calibration(path)
    now = fingerprints(rules, found.thresholds)
    stale = [f"rule {rule!r} is new" for rule in now if rule not in found.stack]
    stale += [f"rule {rule!r} is gone" for rule in found.stack if rule not in now]
    stale += [
        f"rule {rule!r} has another check, version, options, threshold or action now"
        for rule in now
        if rule in found.stack and found.stack[rule] != now[rule]
    ]
    if stale:
        raise ConfigError([Problem(f"the calibration is stale: {reason}", str(path), hint=AGAIN) for reason in stale])
    return found.thresholds
