"""Whether a name was used twice, of a million and more, in eight bytes each."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable

__all__ = ["Names"]

_PARTS = 256
"""The names are told apart by their hashes, in so many parts that comparing one takes next to no room."""


class Names:
    """Names, of which only a hash is kept: it says for sure that all differ, and else which may not.

    Takes 8 bytes a name, and up to an eighth more while it grows.
    """

    def __init__(self) -> None:
        self._parts = [array("q") for _ in range(_PARTS)]

    def add(self, name: str) -> None:
        found = hash(name)
        self._parts[found & (_PARTS - 1)].append(found)

    def doubtful(self) -> Callable[[str], bool] | None:
        """Whether a name may be among those that were added twice; None where there are none.

        Two different names are taken for one where their hashes are the same, of 64 bits: whoever reports it looks at
        the names themselves.
        """
        twice: set[int] = set()
        for part in self._parts:
            if len(set(part)) != len(part):
                twice |= {found for found, times in Counter(part).items() if times > 1}
        return (lambda name: hash(name) in twice) if twice else None
