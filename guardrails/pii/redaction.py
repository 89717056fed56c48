"""Stretches that hold personal data, made a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from guardrails.types import Edit, Span, Verdict

__all__ = ["merged_by_kind", "personal_data"]


def personal_data(text: str, found: Iterable[tuple[int, int, str]], allow: Collection[str] = ()) -> Verdict:
    """Fails where anything was found; each stretch is replaced by its entity in brackets. They must not overlap."""
    kept = [(start, end, entity) for start, end, entity in found if text[start:end] not in allow]
    if not kept:
        return Verdict(state="pass", score=1.0)
    counts = Counter(entity for _, _, entity in kept)
    return Verdict(
        state="fail",
        score=0.0,
        reason="personal_data",
        spans=tuple(Span(start=start, end=end, kind=entity) for start, end, entity in kept),
        fix=tuple(Edit(start=start, end=end, text=f"[{entity.upper()}]") for start, end, entity in kept),
        measures={entity: float(count) for entity, count in sorted(counts.items())},
    )


def merged_by_kind(text: str, found: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The stretches in order, those of one kind with at most a space between made one, the others cut apart."""
    out: list[tuple[int, int, str]] = []
    for left, end, entity in sorted(found):
        taken = out[-1][1] if out else 0
        if end <= taken:
            continue
        start = max(left, taken)
        if out and out[-1][2] == entity and (start <= out[-1][1] or text[out[-1][1] : start] == " "):
            out[-1] = (out[-1][0], end, entity)
        else:
            out.append((start, end, entity))
    return out
