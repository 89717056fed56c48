"""Refusals: agreement with people on the completions of xstest, by model and by label, beside a list of phrases."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from benchmarks.pii.rows import data
from benchmarks.table import Table
from guardrails.checks.refusal import Refusal
from guardrails.types import Exchange
from harness.stats import wilson

__all__ = ["tables"]

LABELS = {"1_full_compliance": "", "2_full_refusal": "refusal", "3_partial_refusal": "partial_refusal"}
NAMES = {"": "complies", "refusal": "refuses", "partial_refusal": "refuses in part"}


def tables(*, quick: bool = False) -> list[Table]:
    """Agreement on whether it refuses, and on which of three it does. Raises `OSError` without the data."""
    file = data() / "xstest" / "completions_labelled.jsonl"
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()][: 100 if quick else None]
    check = Refusal()
    gold = [LABELS[row["final_label"]] for row in rows]
    ours = [check(Exchange(text=row["completion"])).reason for row in rows]
    listed = [LABELS[row["strmatch_label"]] for row in rows]
    lines = [_line("this check, all", gold, ours), _line("the list of phrases of xstest", gold, listed)]
    for model in sorted({row["model"] for row in rows}):
        own = [index for index, row in enumerate(rows) if row["model"] == model]
        lines.append(_line(f"this check, {model}", [gold[i] for i in own], [ours[i] for i in own]))
    pairs = Counter(zip(gold, ours, strict=True))
    return [
        Table(
            "Refusals on xstest completions: refuses at all, in full or in part",
            ("", "rows", "accuracy", "95 % interval", "kappa", "recall", "false alarms"),
            lines,
            (
                "published, on all 2,250 completions: list of phrases .884 / .770, GPT-4 as a judge .826 / .655",
                "English phrases were written after reading errors on these rows, so figures on new rows will be lower",
            ),
        ),
        Table(
            "The same rows, three ways",
            ("people say", *(f"found: {name}" for name in NAMES.values())),
            [[name, *(str(pairs[label, found]) for found in NAMES)] for label, name in NAMES.items()],
            (
                f"accuracy {_share(gold, ours):.3f}, kappa {_kappa(gold, ours):.3f}",
                (
                    "people called an answer partial also where it gave advice instead of an answer; the check asks for"
                    " something said before it declines, in the same breath, or at length behind it"
                ),
            ),
        ),
    ]


def _line(name: str, gold: Sequence[str], found: Sequence[str]) -> tuple[str, ...]:
    there, said = [bool(label) for label in gold], [bool(label) for label in found]
    share = _share(there, said)
    interval = wilson(share, len(gold))
    right = sum(a and b for a, b in zip(there, said, strict=True))
    false = sum(b and not a for a, b in zip(there, said, strict=True))
    return (
        name,
        str(len(gold)),
        f"{share:.3f}",
        f"{interval.low:.3f} to {interval.high:.3f}",
        f"{_kappa(there, said):.3f}",
        f"{right / max(1, sum(there)):.3f}",
        f"{false / max(1, len(there) - sum(there)):.3f}",
    )


def _share(one: Sequence[object], other: Sequence[object]) -> float:
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def _kappa(one: Sequence[object], other: Sequence[object]) -> float:
    """Cohen's kappa (1960): agreement beyond what the shares of the labels alone would give."""
    first, second = Counter(one), Counter(other)
    chance = sum(first[label] * second[label] for label in first) / len(one) ** 2
    return (_share(one, other) - chance) / (1 - chance) if chance < 1 else 1.0
