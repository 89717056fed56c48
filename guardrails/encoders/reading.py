"""What an encoder says of a text of any length: window by window, no token left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from guardrails.encoders.model import Reads
from guardrails.encoders.options import EncoderOptions
from guardrails.encoders.windows import Row, Tokens, spread
from guardrails.errors import ConfigError, IncompleteScan, Problem

if TYPE_CHECKING:
    from guardrails.encoders.runtime import Numbers

__all__ = [
    "Cost",
    "Entity",
    "Stretch",
    "bounded",
    "classified",
    "entities",
    "entity_kinds",
    "looked_at",
    "room",
    "tagged",
]


class Cost(NamedTuple):
    """What went through the model."""

    windows: int = 0
    tokens: int = 0

    def plus(self, other: Cost) -> Cost:
        """Both."""
        return Cost(self.windows + other.windows, self.tokens + other.tokens)

    @property
    def measures(self) -> dict[str, float]:
        """As a verdict tells it."""
        return {"windows": float(self.windows), "tokens": float(self.tokens)}


class Stretch(NamedTuple):
    """A window of a text, and the probability of each label for it."""

    start: int
    end: int
    probabilities: tuple[float, ...]


class Entity(NamedTuple):
    """A stretch of a text that is of some kind, and how probable that is."""

    start: int
    end: int
    kind: str
    probability: float


def looked_at(options: EncoderOptions, rows: Sequence[Row], reads: Reads) -> tuple[list[Numbers], Cost]:
    """What the encoder says of each row, in their order. Raises `IncompleteScan` where they are too many."""
    bounded(options, len(rows))
    said: list[Numbers | None] = [None] * len(rows)
    for index, numbers in options.encoder.probabilities(rows, reads):
        said[index] = numbers
    return [numbers for numbers in said if numbers is not None], _cost(rows)


def _cost(rows: Sequence[Row]) -> Cost:
    return Cost(len(rows), sum(len(row.ids) for row in rows))


def bounded(options: EncoderOptions, windows: int) -> None:
    """Raises `IncompleteScan` where that many windows are too many."""
    if windows > options.max_windows:
        raise IncompleteScan(
            f"{windows} windows, and max_windows is {options.max_windows}: raise it, or use larger ones"
        )


def room(options: EncoderOptions, taken: int) -> int:
    """Tokens that a window has left when `taken` are gone. Raises `ConfigError` where that is none."""
    left = options.encoder.max_tokens - taken
    if left < 1:
        raise ConfigError(
            Problem(
                f"a window of {options.model} has {options.encoder.max_tokens} tokens, and {taken} of them are taken",
                hint="raise max_tokens, or shorten the text around the context",
            )
        )
    return left


def _rows(options: EncoderOptions, tokens: Tokens) -> tuple[list[tuple[int, int]], list[Row]]:
    around = options.encoder.one
    size = room(options, around.size)
    windows = list(spread(len(tokens.ids), size, options.overlap))
    bounded(options, len(windows))
    return windows, [around.row(tokens.ids[start:end]) for start, end in windows]


def classified(options: EncoderOptions, text: str) -> tuple[list[Stretch], Cost]:
    """What a text classifier says of each window of `text`; nothing where the tokenizer sees nothing in it."""
    tokens = options.encoder.tokens(text)
    if not tokens.ids:
        return [], Cost()
    windows, rows = _rows(options, tokens)
    said, cost = looked_at(options, rows, "texts")
    return [
        Stretch(tokens.spans[start][0], tokens.spans[end - 1][1], tuple(map(float, numbers)))
        for (start, end), numbers in zip(windows, said, strict=True)
    ], cost


def tagged(options: EncoderOptions, text: str) -> tuple[Tokens, Sequence[Sequence[float]], Cost]:
    """What a token classifier says of each token of `text`.

    Where windows overlap, the one counts in which the token lies further from the edge: it knows more of what stands
    around it there.
    """
    tokens = options.encoder.tokens(text)
    if not tokens.ids:
        return tokens, [], Cost()
    import numpy as np

    windows, rows = _rows(options, tokens)
    best = np.zeros((len(tokens.ids), len(options.encoder.labels)), np.float32)
    deepest = np.full(len(tokens.ids), -1)
    for number, numbers in options.encoder.probabilities(rows, "tokens"):
        start, end = windows[number]
        places = np.arange(end - start)
        depths = np.minimum(places, places[::-1])
        better = depths > deepest[start:end]
        best[start:end][better] = numbers[rows[number].first :][: end - start][better]
        deepest[start:end] = np.maximum(deepest[start:end], depths)
    return tokens, cast("Sequence[Sequence[float]]", best), _cost(rows)


def entities(
    text: str, tokens: Tokens, said: Sequence[Sequence[float]], labels: Sequence[str], threshold: float
) -> Iterator[Entity]:
    """The entities in `text`, by labels such as `B-PER`, `I-PER` (BIO), `U-`, `L-` (BILOU), `S-`, `E-`, or bare ones.

    A word is what its first token is, for the others were seldom trained. It is part of an entity where the labels
    other than `O` have at least `threshold` together, and then of the kind that has most of it. Words of one kind
    stand for one entity until one begins anew.
    """
    kinds = [_parted(label) for label in labels]
    start = end = 0
    kind, sure, open_ = "", [0.0], False
    for left, right, numbers in _words(text, tokens, said):
        part, now, probability = _kind(kinds, numbers, threshold)
        goes_on = open_ and now == kind and part not in ("B", "U", "S")
        if kind and not goes_on:
            yield Entity(start, end, kind, sum(sure) / len(sure))
            kind = ""
        if now and goes_on:
            end = right
            sure.append(probability)
        elif now:
            start, end, kind, sure = left, right, now, [probability]
        open_ = bool(now) and part not in ("L", "E", "U", "S")
    if kind:
        yield Entity(start, end, kind, sum(sure) / len(sure))


def entity_kinds(labels: Sequence[str]) -> tuple[str, ...]:
    """The kinds of entities that the labels of a token classifier tell of."""
    return tuple(dict.fromkeys(kind for _, kind in map(_parted, labels) if kind))


def _words(text: str, tokens: Tokens, said: Sequence[Sequence[float]]) -> Iterator[tuple[int, int, Sequence[float]]]:
    """Each word's place, without the space that some tokenizers count to it, and what was said of its first token."""
    at = 0
    while at < len(tokens.ids):
        after = at + 1
        while after < len(tokens.ids) and tokens.words[after] is not None and tokens.words[after] == tokens.words[at]:
            after += 1
        left, right = tokens.spans[at][0], tokens.spans[after - 1][1]
        piece = text[left:right]
        bare = piece.strip()
        if bare:
            left += len(piece) - len(piece.lstrip())
            yield left, left + len(bare), said[at]
        at = after


def _parted(label: str) -> tuple[str, str]:
    """The part of an entity and its kind: `B-PER` is `("B", "PER")`, `PER` is `("", "PER")`, `O` is `("", "")`."""
    if label in ("O", "o", ""):
        return "", ""
    part, dash, kind = label.partition("-")
    return (part, kind) if dash and part in ("B", "I", "L", "U", "S", "E", "M") and kind else ("", label)


def _kind(kinds: Sequence[tuple[str, str]], numbers: Sequence[float], threshold: float) -> tuple[str, str, float]:
    """The part and kind of a word, with the probability that it is of some kind; nothing below the threshold."""
    sums: dict[str, float] = {}
    for (_, kind), number in zip(kinds, numbers, strict=True):
        if kind:
            sums[kind] = sums.get(kind, 0.0) + float(number)
    total = min(1.0, sum(sums.values()))
    if not sums or total < threshold:
        return "", "", 0.0
    best = max(sums, key=sums.__getitem__)
    part = max(
        ((part, float(number)) for (part, kind), number in zip(kinds, numbers, strict=True) if kind == best),
        key=lambda found: found[1],
    )[0]
    return part, best, total
