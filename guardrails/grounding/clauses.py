"""Clauses of a claim beside the clauses of its evidence: whether what is said together here is said together there.

A sentence may have nothing but words of the documents and still be wrong: the red one costs what the blue one does.
Then some word stands in the evidence, but in another clause than what stands beside it in the claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from guardrails.grounding.keys import Key, clauses
from guardrails.grounding.passage import Passage, Window
from guardrails.grounding.senses import senses

__all__ = ["Bound", "bound"]

_BEGINNING = 5
"""Letters that a key has in common with one that stands for it."""


class Bound(NamedTuple):
    """How the keys of a claim hang together in its evidence.

    Each clause of the claim is put beside the one clause of the evidence that has most of it.
    """

    astray: int
    """How many keys stand in the evidence, but not in the clause that theirs is put beside."""
    rivals: int
    """How many of those have a clause that says something else there, which the claim does not."""
    gap: float
    """The share of the claim that has gone astray, rare keys counting most."""
    apart: float
    """The share of its neighbours in the evidence that share no clause there."""


def bound(
    found: Sequence[Key], text: str, weights: Mapping[str, float], window: Window, second: Passage | None
) -> Bound:
    """How `found`, the keys of `text`, hang together in the window and in the passage that has most of the rest."""
    told = window.told
    more = second.clauses if second is not None else ()
    masks = _masks(weights, window, more, 1 << len(told))
    astray = rivals = near = apart = low = 0
    gap = total = 0.0
    for length in _lengths(text, len(found)):
        said = [key.key for key in found[low : low + length] if key.key[0] != "!"]
        low += length
        scores: dict[int, float] = {}
        last = before = 0
        for key in said:
            weight = weights[key]
            total += weight
            mask = left = masks[key]
            while left:
                bit = left & -left
                scores[bit] = scores.get(bit, 0.0) + weight
                left ^= bit
            if mask:
                near += (last > 0) + (before > 0)
                apart += (last > 0 and not mask & last) + (before > 0 and not mask & before)
            last, before = mask, last
        if not scores:
            continue
        most = max(scores.values())
        best = min([bit for bit, score in scores.items() if score == most])
        gone = [key for key in said if masks[key] and not masks[key] & best]
        if gone:
            gap += sum([weights[key] for key in gone])
            astray += len(gone)
            number = best.bit_length() - 1
            there = told[number] if number < len(told) else more[number - len(told)]
            if any(key not in weights and key[0] != "!" for key in there):
                rivals += len(gone)
    return Bound(astray, rivals, gap / total if total else 0.0, apart / near if near else 0.0)


def _lengths(text: str, count: int) -> list[int]:
    """How many keys each clause of the claim has; of a text that cannot be cut so, all of them."""
    lengths = [len(clause) for clause in clauses(text)]
    return lengths if sum(lengths) == count else [count]


def _masks(said: Iterable[str], window: Window, more: Sequence[frozenset[str]], first: int) -> dict[str, int]:
    """The clauses, a bit for each, that have each key, or else one of the same sense or beginning.

    The bits of `more` begin at `first`.
    """
    homes, same = window.homes, senses().same
    found = {}
    for key in said:
        mask = homes.get(key, 0)
        bit = first
        for clause in more:
            if key in clause:
                mask |= bit
            bit += bit
        if not mask:
            for other in same.get(key, ()):
                mask |= homes.get(other, 0)
            if not mask and len(key) >= _BEGINNING and not key[0].isdigit():
                for other in window.beginning(key[:_BEGINNING]):
                    mask |= homes.get(other, 0)
        found[key] = mask
    return found
