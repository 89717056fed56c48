"""The linear tagger behind names: what features are worth, and the best sequence of labels for a line.

Weights are whole numbers. Those of one feature for all labels lie side by side in one Python integer, so that what a
token's features are worth is one `sum` in C, whatever the number of labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from struct import Struct

__all__ = ["KINDS", "LABELS", "TABLE_BITS", "Weights", "laid", "unlaid"]

LABELS = ("", "person", "organisation", "location", "address", "title", "date")
"""What a token can be; the first is nothing."""
KINDS = len(LABELS)
TABLE_BITS = 16
_LANE = 32
_MIDDLE = 1 << 24
"""What a lane holds for a worth of 0: far above zero, so that none borrows from the next. Each feature has a worth for
every label, so that these cancel out when labels are compared."""
_LANES = Struct(f"<{KINDS}I")


def laid(worths: Iterable[int], *, relative: bool = False) -> int:
    """The worths of a feature for all labels in one number; with `relative`, what is added to such a number."""
    middle = 0 if relative else _MIDDLE
    return sum((worth + middle) << (_LANE * label) for label, worth in enumerate(worths))


def unlaid(number: int, count: int = 1) -> tuple[int, ...]:
    """The worths in a number that is the sum of `count`."""
    return tuple(lane - count * _MIDDLE for lane in _lanes(number))


def _lanes(number: int) -> tuple[int, ...]:
    return _LANES.unpack(number.to_bytes(_LANES.size, "little"))


class Weights:
    """What features and pairs of labels are worth, in order of `LABELS`.

    A token has at most 127 features, each worth less than 2**23.
    """

    def __init__(self, table: list[int], after: Sequence[Sequence[int]]) -> None:
        self.table = table
        """Numbers made by `laid`, by the place of a feature."""
        self.after = after
        """By the label before; the last row is that of the start."""

    def tagged(self, found: Sequence[Sequence[int]]) -> list[int]:
        """The best sequence of labels for tokens with these features; a token that has none is nothing."""
        worth = self.table.__getitem__
        return self.decided([sum(map(worth, places)) for places in found])

    def decided(self, worths: Sequence[int]) -> list[int]:
        """The best sequence of labels for tokens that are worth this: sums of numbers of the table, or 0."""
        labels: list[int] = []
        for run in self._runs(worths):
            if isinstance(run, int):
                labels += [0] * run
            else:
                labels += self._best(run, starts=not labels, ends=len(labels) + len(run) == len(worths))
        return labels

    def _runs(self, worths: Sequence[int]) -> Iterator[int | list[_Worths]]:
        """What the tokens of a run are worth for each label that they may have; or how many are surely nothing.

        A label is out of the question, whatever stands beside it, where it gains less over nothing by its neighbours
        than it lacks by itself.
        """
        most = self._most_by_neighbours()
        run: list[_Worths] = []
        nothing = 0
        for number in worths:
            if number:
                own = _lanes(number)
                least = own[0]
                kept = [(label, value) for label, value in enumerate(own) if value + most[label] > least]
                if len(kept) > 1:
                    if nothing:
                        yield nothing
                        nothing = 0
                    run.append(kept)
                    continue
            if run:
                yield run
                run = []
            nothing += 1
        if nothing or run:
            yield nothing or run

    def _most_by_neighbours(self) -> list[int]:
        """What each label gains at most, beside nothing, by what stands before and behind it."""
        after = self.after
        gains = [
            max(row[label] - row[0] for row in after)
            + max(0, *(one - other for one, other in zip(after[label], after[0], strict=True)))
            for label in range(1, KINDS)
        ]
        return [1, *gains]  # nothing is always in question

    def _best(self, run: list[_Worths], *, starts: bool, ends: bool) -> list[int]:
        """The best labels of a run that stands between tokens that are nothing, or at an end of the line."""
        after = self.after
        first = after[-1 if starts else 0]
        best = [(label, first[label] + worth) for label, worth in run[0]]
        back: list[dict[int, int]] = []
        for worths in run[1:]:
            came: dict[int, int] = {}
            reached: list[tuple[int, int]] = []
            for label, worth in worths:
                top, came[label] = max((score + after[before][label], -before) for before, score in best)
                reached.append((label, top + worth))
            back.append(came)
            best = reached
        if not ends:
            best = [(label, score + after[label][0]) for label, score in best]
        label = max(best, key=itemgetter(1))[0]
        labels = [label]
        for came in reversed(back):
            labels.append(-came[labels[-1]])
        labels.reverse()
        return labels


_Worths = list[tuple[int, int]]
"""Labels that a token may have, and what it is worth for each."""
