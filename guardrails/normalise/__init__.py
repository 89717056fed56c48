"""One pass over a text before any check looks at it: all the ways to read it, each with the way back.

`normalised(text)` gives `Views`. Each view is made when it is first asked for and then kept, so that the checks of a
call share them: an `Exchange` holds the views of its text. Everything here takes time linear in the text and accepts
any `str`. What is decoded is decoded again, down to `MOST_LAYERS` layers; a text that goes deeper raises
`IncompleteScan`, which makes the check an error and never a pass.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from guardrails.errors import IncompleteScan
from guardrails.lazy import lazy
from guardrails.normalise.clean import cleaned, folded, skeleton
from guardrails.normalise.decode import CODES, decoded
from guardrails.normalise.jsontext import unescaped
from guardrails.normalise.markup import unwrapped
from guardrails.normalise.view import Joined, Maker, Origins, View
from guardrails.patterns import PatternSet, scannable

__all__ = ["MOST_LAYERS", "Maker", "Origins", "View", "Views", "normalised"]

MOST_LAYERS = 8
"""How many encodings may lie inside one another: each makes a text shorter, save rot13, which undoes itself."""


def normalised(text: str) -> Views:
    """The ways to read `text`."""
    return Views(text)


class Views:
    """The ways to read one text.

    `plain` has case and white space as they came; `folded` is made for comparing words. `readings` and
    `folded_readings` are all that a check has to look at so that no disguise of those known here gets past it.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def __reduce__(self) -> tuple[type[Views], tuple[str]]:
        return Views, (self.source,)

    @lazy
    def plain(self) -> View:
        """Unicode form NFKC, nothing invisible, look-alike letters as Latin; case and white space as they came.

        The escapes of a text that is JSON are read.
        """
        return cleaned(unescaped(View(self.source)))

    @lazy
    def folded(self) -> View:
        """`plain` with case folded and single spaces."""
        return folded(self.plain)

    @property
    def text(self) -> str:
        """The text of `folded`."""
        return self.folded.text

    @lazy
    def unwrapped(self) -> View | None:
        """`plain` without HTML and Markdown; None where it has none."""
        if "markup" not in self._present:
            return None
        made = unwrapped(self.plain)
        return None if made.text == self.plain.text else cleaned(made)

    @lazy
    def decoded(self) -> View | None:
        """What its encoded runs say, and those inside of them, a line each; None where it has none."""
        found: dict[str, View] = {}
        _unfold(self.plain, self._present, found)
        for reading in (self.unwrapped, self._with_hidden):
            if reading is not None:
                _unfold(reading, _gates().present(reading.text), found)
        return Joined(list(found.values())) if len(found) > 1 else next(iter(found.values()), None)

    @lazy
    def skeleton(self) -> View | None:
        """`folded` without accents and with the digits in words as letters; None where that is the same."""
        return _skeleton(self.folded, leet="leet" in self._present)

    @lazy
    def readings(self) -> tuple[View, ...]:
        """`plain`, and what lies under markup and encodings, in their own case."""
        return tuple(view for view in (self.plain, self.unwrapped, self.decoded) if view is not None)

    @lazy
    def folded_readings(self) -> tuple[View, ...]:
        """All readings, folded; disguised words undone in further ones."""
        more = [folded(view) for view in self.readings[1:]]
        bare = [self.skeleton, *(_skeleton(view, leet=True) for view in more)]
        return (self.folded, *more, *(view for view in bare if view is not None))

    @lazy
    def _present(self) -> frozenset[str]:
        return frozenset(_gates().present(self.plain.text))

    @property
    def _with_hidden(self) -> View | None:
        """The text as it came, where it holds something that `plain` no longer shows."""
        return View(scannable(self.source)) if _HIDERS.search(View(self.source).odd) else None


_HIDERS = re.compile("[\u202e\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""The override of the direction, and the variation selectors, behind which bytes are hidden."""


@lru_cache(maxsize=1)
def _gates() -> PatternSet:
    """What tells in one cheap pass which of the dear ones a text needs."""
    return PatternSet(
        CODES
        | {
            "markup": r"<[a-z/!]|-->|&#?[a-z0-9]{1,31};|\]\(|[*`~]|(?:^|[^\pL\pN])_|_(?:[^\pL\pN]|$)|\\[!-/:-@\[-`{-~]",
            "leet": r"[a-z][0134578@$!|]+[a-z]|(?:^|[^\pL\pN])[0134578@$|][a-z]{2}",
        },
        ignore_case=True,
    )


def _skeleton(view: View, *, leet: bool) -> View | None:
    return skeleton(view, leet=leet) if leet or not view.text.isascii() else None


def _unfold(view: View, present: Collection[str], found: dict[str, View]) -> None:
    """Adds to `found` what the encoded runs of `view` say, and those inside of them, layer by layer."""
    layers = 0
    while (made := decoded(view, [name for name in CODES if name in present])) is not None:
        if layers == MOST_LAYERS:
            raise IncompleteScan(f"more than {MOST_LAYERS} encodings lie inside one another")
        view, layers = cleaned(made), layers + 1
        if view.text in found:  # rot13 undoes itself
            return
        found[view.text] = view
        present = _gates().present(view.text)
