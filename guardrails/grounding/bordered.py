"""Patterns of whole words that are searched for fast.

Where a pattern begins with the border of a word, every place of a text is tried; where it begins with a set of
characters, the places that have one of them are found first. So the first letter of the word stands before the question
whether the word begins there.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["bordered"]

_FORMS = {"i": "iI\u0130\u0131", "k": "kK\u212a", "s": "sS\u017f"}
"""Letters that are alike, whatever their case, to `re.IGNORECASE`; of the others two forms are."""


def bordered(words: Iterable[str], signs: str = "", others: Iterable[str] = ()) -> str:
    r"""What finds the same as `\b(?:one|two)` of the `words`, in any letter case; none may begin with a capital.

    The `others` are patterns of what stands right behind the first letter of some word, or behind one of the `signs`,
    and look back at it.
    """
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(_FORMS.get(word[0], word[0] + word[0].upper()), []).append(word[1:])
    found = "|".join([rf"(?<=[{letter}])(?i:{'|'.join(some)})" for letter, some in rests.items()])
    within = "|".join((rf"(?<=\b.)(?:{found})", *others))
    return rf"[{signs}{''.join(rests)}](?:{within})"
