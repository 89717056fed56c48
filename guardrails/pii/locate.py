"""Personal data in one reading of a text: what patterns and checksums find, and what the tagger does."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from guardrails.pii.catalogue import TAGGED
from guardrails.pii.find import Found, Sure, apart, find
from guardrails.pii.names import Tagger, names
from guardrails.text import merged

__all__ = ["beside", "located"]


def located(
    text: str,
    wanted: frozenset[str],
    *,
    regions: tuple[str, ...] = ("US",),
    countries: frozenset[str] = frozenset(),
    tagger: Tagger | None = None,
) -> list[Found]:
    """The stretches of `text`, which must be `scannable`, that are one of the `wanted` entities: in order, apart.

    The tagger runs only where something is wanted that only it finds; `tagger` is our own where it is left out.
    """
    found = list(find(text, wanted, regions, countries))
    if not wanted.isdisjoint(TAGGED):
        # somebody has said so: "my name is …", "Address: …"
        sure = [item for item in found if item.entity in TAGGED or isinstance(item, Sure)]
        named = list(beside(names(text, wanted, tagger), sure))
        streets = [item for item in named if item.entity == "address"]  # it knows the street from the town behind it
        postal = [item for item in found if item.entity == "address" and not isinstance(item, Sure)]
        kept = [item for item in found if item.entity != "address" or isinstance(item, Sure)]
        found = kept + list(beside(postal, streets)) + named
    return apart(found)


def beside(items: Iterable[Found], others: Iterable[Found]) -> Iterator[Found]:
    """The items that share no character with any of the others."""
    taken = merged((other.start, other.end) for other in others)
    starts = [start for start, _ in taken]
    for item in items:
        before = bisect_left(starts, item.end)  # of what begins before the item ends, the last one ends last
        if not before or taken[before - 1][1] <= item.start:
            yield item
