"""Made texts with the way back: where each stretch of them stood in the text they were made of."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

__all__ = ["Joined", "Maker", "Origins", "View"]


class Origins:
    """Where the stretches of a made text came from, in the order in which they stand in it.

    A stretch was kept as it is (`exact`: character by character) or made as a whole of a whole.
    """

    __slots__ = ("_at", "_exact", "_left", "_right")

    def __init__(self) -> None:
        self._at, self._left, self._right, self._exact = array("q"), array("q"), array("q"), array("b")

    def add(self, at: int, left: int, right: int, *, exact: bool) -> None:
        """The stretch of the made text that begins at `at` came from `[left, right)`."""
        self._at.append(at)
        self._left.append(left)
        self._right.append(right)
        self._exact.append(exact)

    def of(self, start: int, end: int) -> tuple[int, int]:
        """Where `[start, end)` of the made text came from."""
        first, last = self._place(start), self._place(end - 1)
        return min(first[0], last[0]), max(first[1], last[1])  # a text that was written backwards has the last first

    def _place(self, index: int) -> tuple[int, int]:
        piece = bisect_right(self._at, index) - 1
        left = self._left[piece]
        if not self._exact[piece]:
            return left, self._right[piece]
        left += index - self._at[piece]
        return left, left + 1


_PLAIN = bytes((*range(0x09, 0x0E), *range(0x20, 0x7F)))


class View:
    """One reading of a text, and the way back: `original(start, end)` is the stretch of the text it came from.

    `text` holds no lone surrogate, so that every library can read it. A view may be a view of another one.
    """

    __slots__ = ("_odd", "_origins", "_parent", "text")

    def __init__(
        self, text: str, origins: Origins | Callable[[], Origins] | None = None, parent: View | None = None
    ) -> None:
        self.text = text
        self._origins = origins
        """None: character by character. A callable is asked when a place is wanted for the first time."""
        self._parent = parent
        self._odd: str | None = None

    @property
    def odd(self) -> str:
        """Those characters of `text` that are neither printable ASCII nor its white space, in order."""
        if self._odd is None:  # what is left of its bytes, in a tenth of the time that a pattern takes
            raw = self.text.encode("utf-8", "surrogatepass")
            self._odd = raw.translate(None, _PLAIN).decode("utf-8", "surrogatepass")
        return self._odd

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text that `text[start:end]`, which must not be empty, was read from."""
        if self._origins is not None:
            if callable(self._origins):
                self._origins = self._origins()
            start, end = self._origins.of(start, end)
        return (start, end) if self._parent is None else self._parent.original(start, end)

    def same_length(self, text: str) -> View:
        """`text`, which was made of this view character by character."""
        return View(text, None, self)


class Joined(View):
    """Several views of one text as one, a line each."""

    __slots__ = ("_at", "_views")

    def __init__(self, views: Sequence[View]) -> None:
        super().__init__("\n".join(view.text for view in views))
        self._views = views
        self._at = list(accumulate((len(view.text) + 1 for view in views[:-1]), initial=0))

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text; of one that reaches over several views, from the first to the last."""
        found = []
        for index in range(bisect_right(self._at, start) - 1, bisect_right(self._at, end - 1)):
            view, at = self._views[index], self._at[index]
            left, right = max(0, start - at), min(len(view.text), end - at)
            found.append(view.original(min(left, len(view.text) - 1), max(right, 1)))
        return min(left for left, _ in found), max(right for _, right in found)


class Maker:
    """Builds a view of `parent` from left to right."""

    __slots__ = ("_length", "_origins", "_out", "_parent")

    def __init__(self, parent: View) -> None:
        self._parent = parent
        self._out: list[str] = []
        self._length = 0
        self._origins = Origins()

    def __len__(self) -> int:
        return self._length

    def keep(self, start: int, end: int) -> None:
        """Goes on with `parent.text[start:end]` as it stands."""
        if start < end:
            self._add(self._parent.text[start:end], start, end, exact=True)

    def put(self, text: str, start: int, end: int, *, exact: bool = False) -> None:
        """Goes on with `text`, made of `[start, end)` as a whole, or character by character where it is `exact`."""
        if text:
            self._add(text, start, end, exact=exact)

    def _add(self, text: str, start: int, end: int, *, exact: bool) -> None:
        self._origins.add(self._length, start, end, exact=exact)
        self._out.append(text)
        self._length += len(text)

    def view(self) -> View:
        """What was built."""
        return View("".join(self._out), self._origins, self._parent)
