"""Personal data in one reading of a text: what patterns and checksums find, and what the tagger does."""

from __future__ import annotations

from guardrails.pii.catalogue import TAGGED
from guardrails.pii.find import Found, apart, find
from guardrails.pii.names import Weights, names

__all__ = ["located"]


def located(
    text: str,
    wanted: frozenset[str],
    *,
    regions: tuple[str, ...] = ("US",),
    countries: frozenset[str] = frozenset(),
    weights: Weights | None = None,
) -> list[Found]:
    """The stretches of `text`, which must be `scannable`, that are one of the `wanted` entities: in order, apart.

    The tagger runs only where something is wanted that only it finds; `weights` are its own where they are left out.
    """
    found = list(find(text, wanted, regions, countries))
    if not wanted.isdisjoint(TAGGED):
        sure = [item for item in found if item.entity in TAGGED]  # somebody has said so: "my name is …"
        found += [
            item
            for item in names(text, wanted, weights)
            if not any(item.start < other.end and other.start < item.end for other in sure)
        ]
    return apart(found)
