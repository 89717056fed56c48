"""Whether a name was used twice, of as many as one likes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice, pairwise

from harness.spill import Sorted

__all__ = ["MOST", "Names"]

MOST = 1_000
"""Doubles that are told apart from the rest; a suite that has more has other faults than these."""


class Names:
    """Names, of which only a hash is kept: it says for sure that all differ, and else which may not.

    Takes 8 bytes a name, nearly all of them in a temporary file.
    """

    def __init__(self, run: int = 1 << 16) -> None:
        self._hashes = Sorted[int]("q", run)

    def add(self, name: str) -> None:
        """Raises `StoreError` where there is no room for temporary files."""
        self._hashes.add(hash(name))

    def doubtful(self) -> Callable[[str], bool] | None:
        """Whether a name may be among those that were added twice; None where there are none.

        Two different names are taken for one where their hashes are the same, of 64 bits: whoever reports it looks at
        the names themselves. Of more than `MOST` doubles it knows so many.
        """
        doubles = (one for one, other in pairwise(self._hashes) if one == other)
        twice = set(islice(doubles, MOST))
        return (lambda name: hash(name) in twice) if twice else None
