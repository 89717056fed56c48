"""What the claims of an answer come to: the figures by which the whole answer is judged."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from operator import itemgetter, mul
from typing import Any, NamedTuple

from guardrails.grounding.features import CLAIM_FEATURES, TERM_FEATURES, Look
from guardrails.grounding.wording import worded

__all__ = ["ANSWER_FEATURES", "Line", "Part", "answer_figures", "part", "scaled", "unread"]

ANSWER_FEATURES = (
    # the doubts about its claims
    "most", "second", "third", "mean", "power_mean", "none", "above_half",
    # about the worst word of each
    "word_most", "word_second", "word_none", "word_mean", "word_known",
    # what the evidence has of them
    "least_match", "second_match", "mean_match", "power_match", "mean_known", "least_known", "least_two", "mean_two",
    "pairs", "pairs_two", "least_pairs", "longest_run", "slots", "negations", "dropped", "records_against",
    "records_for", "records_empty", "hours", "hours_right", "numbers_elsewhere", "names_elsewhere",
    # what stands nowhere
    "unknown", "unknown_share", "unknown_most", "unknown_second", "unknown_share_most", "unknown_share_second",
    "unknown_names", "unknown_numbers", "unknown_run", "unknown_longest", "adverbs",
    # what sort of answer it is
    "claims", "keys", "length", "names", "numbers", "hedged", "fields", "shortest", "first", "last", "worst_at",
)  # fmt: skip

_POWER = 4.0
_HALF = 0.5
_MOST = 40


class Part(NamedTuple):
    """What is known of one claim where the answer is judged."""

    doubt: float
    weight: int
    claim: Sequence[float]
    """The figures that `CLAIM_FEATURES` names."""
    length: int
    """Of its text, up to its last key."""
    names: int
    run: int
    """How many keys that stand nowhere follow one another."""
    longest: float
    """The letters of the longest of them."""
    adverbs: int
    """Keys beyond the window with the ending of an adverb or adjective."""
    contrary: bool = False
    """The evidence says otherwise."""
    worded: Sequence[int] = ()
    """What the wording of the answer is judged by."""


_of_term = itemgetter(*map(TERM_FEATURES.index, ("in_window", "passages", "name", "operator", "length", "adverb")))


def part(look: Look, doubt: float, claim: Sequence[float]) -> Part:
    """What the answer is judged by of the claim `look`; `claim` are all its figures."""
    names = run = most = adverbs = 0
    longest = 0.0
    for window, passages, name, operator, length, adverb in map(_of_term, look.terms):
        names += name > 0
        if not window:
            adverbs += adverb > 0
        if operator:
            continue
        if passages:
            run = 0
            continue
        run += 1
        if run > most:
            most = run
        if length > longest:
            longest = length
    said = worded(look.keys, look.terms)
    return Part(doubt, look.weight, claim, look.keys[-1].end, names, most, longest, adverbs, bool(look.against), said)


def unread(length: int) -> Part:
    """Text that nobody read: a claim of which nothing is known."""
    words = length // 8 + 1
    claim = [0.0] * len(CLAIM_FEATURES)
    for name, value in (("keys", 64.0), ("unknown", 12.0), ("unknown_share", 1.0)):
        claim[CLAIM_FEATURES.index(name)] = value
    for name in ("doubt_most", "doubt_second", "doubt_third", "doubt_mean"):
        claim[CLAIM_FEATURES.index(name)] = 1.0
    return Part(1.0, words, claim, length, 0, words, 12.0, 0)


_PICKED = (
    "keys", "unknown", "unknown_names", "unknown_numbers", "numbers", "numbers_elsewhere", "names_elsewhere", "slots",
    "hedged", "structured", "cover_two", "pairs", "pairs_two", "longest_run", "records_against", "records_for",
    "records_empty", "hours", "hours_right", "negations", "dropped", "blend", "cover_anywhere", "doubt_most",
    "doubt_mean", "doubt_known",
)  # fmt: skip
_pick = itemgetter(*map(CLAIM_FEATURES.index, _PICKED))


def answer_figures(parts: Sequence[Part]) -> list[float]:
    """The figures that `ANSWER_FEATURES` names. `parts` must not be empty."""
    count = len(parts)
    doubts = [each.doubt for each in parts]
    weights = [each.weight for each in parts]
    total = sum(weights)

    def mean(values: Sequence[float]) -> float:
        weighted: float = sum(map(mul, values, weights))
        return weighted / total

    (
        keys, unknown, unknown_names, unknown_numbers, numbers, numbers_elsewhere, names_elsewhere, slots, hedged,
        fields, two, pairs, pairs_two, run, against, agrees, empty, hours, hours_right, negations, dropped, match,
        known, word, word_mean, word_known,
    ) = zip(*[_pick(each.claim) for each in parts], strict=True)  # fmt: skip
    ranked = [*sorted(doubts, reverse=True), 0.0, 0.0]
    words = [*sorted(word, reverse=True), 0.0]
    matches = sorted(match)
    size = max(1.0, sum(keys))
    unknowns = [*sorted(unknown, reverse=True), 0.0]
    shares = [*sorted((some / max(1.0, all_) for some, all_ in zip(unknown, keys, strict=True)), reverse=True), 0.0]
    return [
        *ranked[:3],
        mean(doubts),
        mean([doubt**_POWER for doubt in doubts]) ** (1.0 / _POWER),
        _none(ranked),
        mean([float(doubt > _HALF) for doubt in doubts]),
        *words[:2],
        _none(words),
        max(word_mean),
        max(word_known),
        matches[0],
        matches[1] if count > 1 else matches[0],
        mean(match),
        mean([(1.0 - min(1.0, each)) ** _POWER for each in match]) ** (1.0 / _POWER),
        mean(known),
        min(known),
        min(two),
        mean(two),
        mean(pairs),
        mean(pairs_two),
        min(pairs_two),
        mean(run),
        sum(slots),
        sum(negations),
        sum(dropped) / count,
        sum(against),
        sum(agrees),
        sum(empty),
        sum(hours),
        sum(hours_right),
        sum(numbers_elsewhere),
        sum(names_elsewhere),
        sum(unknown),
        sum(unknown) / size,
        *unknowns[:2],
        *shares[:2],
        sum(unknown_names),
        sum(unknown_numbers),
        max([each.run for each in parts]),
        max([each.longest for each in parts]),
        sum([each.adverbs for each in parts]),
        count,
        size,
        sum([each.length for each in parts]) / count,
        sum([each.names for each in parts]) / size,
        sum(numbers) / size,
        sum(hedged) / count,
        sum(fields) / count,
        min(keys),
        doubts[0],
        doubts[-1],
        doubts.index(ranked[0]) / count,
    ]


def _none(chances: Sequence[float]) -> float:
    """The log of the chance that none holds, were they independent."""
    return sum([_log1p(-chance if chance < _SURE else -_SURE) for chance in sorted(chances, reverse=True)[:_MOST]])


_SURE = 0.99


class Line:
    """A logistic line over figures: of each the `mean` and `spread` on a scale of logs, and the `worth`."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        mean, spread, worth = (array("d", data[name]) for name in ("mean", "spread", "worth"))
        far = (max(-_FAR, min(_FAR, -at / by)) for at, by in zip(mean, spread, strict=True))
        nothing = array("d", map(mul, worth, far))
        self._terms = mean, spread, worth, nothing
        self._nothing: float = sum(nothing)
        """What the line comes to where all figures are 0, as many are."""

    def __call__(self, figures: Sequence[float]) -> float:
        """Log-odds, but for an offset."""
        total, log1p, near, far_away = self._nothing, math.log1p, -_FAR, _FAR
        for figure, mean, spread, worth, nothing in zip(figures, *self._terms, strict=True):
            if figure:  # `scaled`, without a call for each
                far = ((log1p(figure) if figure > 0 else -log1p(-figure)) - mean) / spread
                total += worth * (far if near < far < far_away else math.copysign(far_away, far)) - nothing
        return total


_FAR = 3.0
_log1p = math.log1p


def scaled(figure: float) -> float:
    """A figure on a scale of logs, its sign kept."""
    return math.log1p(figure) if figure >= 0 else -math.log1p(-figure)
