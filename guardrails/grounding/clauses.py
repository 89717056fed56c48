"""Clauses of a claim beside the clauses of its evidence: whether what is said together here is said together there.

A sentence may have nothing but words of the documents and still be wrong: the red one costs what the blue one does.
Then some word stands in the evidence, but in another clause than what stands beside it in the claim.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from guardrails.grounding.keys import Key, clauses
from guardrails.grounding.passage import Passage, Window
from guardrails.grounding.senses import senses

__all__ = ["Bound", "bound"]

_BEGINNING = 5
"""Letters that a key has in common with one that stands for it."""


_NONE: frozenset[str] = frozenset()


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
    passages = window.passages if second is None else [*window.passages, second]
    masks = _masks(frozenset(weights), window, passages)
    if _common(masks.values()):
        return _TOGETHER
    astray = rivals = near = apart = low = 0
    gap = total = 0.0
    for length in _lengths(text, len(found)):
        said = [key for key, _, _, _ in found[low : low + length] if key[0] != "!"]
        low += length
        weighed = [weights[key] for key in said]
        total += sum(weighed)
        where = [masks[key] for key in said]
        beside, parted = _neighbours(where)
        near += beside
        apart += parted
        if not parted and _common(where):
            continue
        best = _most(weighed, where)
        gone = [weight for weight, mask in zip(weighed, where, strict=True) if mask and not mask & best]
        gap += sum(gone)
        astray += len(gone)
        if gone and _says_more(best, passages, weights):
            rivals += len(gone)
    return Bound(astray, rivals, gap / total if total else 0.0, apart / near if near else 0.0)


def _common(masks: Iterable[int]) -> int:
    """The clauses that have all that is known."""
    common = -1
    for mask in masks:
        if mask:
            common &= mask
    return common


def _neighbours(where: Iterable[int]) -> tuple[int, int]:
    """How many keys stand in the evidence as the one before them does, or that before it; how many share no clause."""
    near = apart = last = before = 0
    for mask in where:
        if mask:
            if last:
                near += 1
                if not mask & last:
                    apart += 1
            if before:
                near += 1
                if not mask & before:
                    apart += 1
        last, before = mask, last
    return near, apart


_TOGETHER = Bound(0, 0, 0.0, 0.0)


def _most(weighed: Sequence[float], where: Sequence[int]) -> int:
    """The bit of the clause that has most of what is said; of several the first."""
    scores: dict[int, float] = {}
    for weight, mask in zip(weighed, where, strict=True):
        left = mask
        while left:
            bit = left & -left
            scores[bit] = scores.get(bit, 0.0) + weight
            left ^= bit
    most = max(scores.values())
    return min([bit for bit, score in scores.items() if score == most])


def _lengths(text: str, count: int) -> list[int]:
    """How many keys each clause of the claim has; of a text that cannot be cut so, all of them."""
    lengths = [len(clause) for clause in clauses(text)]
    return lengths if sum(lengths) == count else [count]


def _says_more(bit: int, passages: Iterable[Passage], said: Collection[str]) -> bool:
    """Whether the clause of that bit has something that is not `said`."""
    for passage in passages:
        homes, count = passage.homes
        if bit >> count:
            bit >>= count
            continue
        return any(mask & bit and key not in said and key[0] != "!" for key, mask in homes.items())
    return False


def _masks(said: frozenset[str], window: Window, passages: Iterable[Passage]) -> dict[str, int]:
    """Which clauses of the passages, the window's first, have each key: a bit for each, the lowest for the first.

    For what stands in none, those of the window that have another key of its sense, or else of its beginning.
    """
    found: dict[str, int] = {}
    before = 0
    for passage in passages:
        homes, count = passage.homes
        for key in said & homes.keys():
            found[key] = found.get(key, 0) | homes[key] << before
        before += count
    for key in said.difference(found):
        mask = before = 0
        others = _standing(key, window)
        for passage in window.passages if others else ():
            homes, count = passage.homes
            for other in others:
                if other in homes:
                    mask |= homes[other] << before
            before += count
        found[key] = mask
    return found


def _standing(key: str, window: Window) -> Collection[str]:
    """The keys of the window that stand for one that it has not: of the same sense, or else of the same beginning."""
    others, known = senses().same.get(key, _NONE), window.known
    if not others.isdisjoint(known):
        return others & known
    return window.beginning(key[:_BEGINNING]) if len(key) >= _BEGINNING and not key[0].isdigit() else ()
