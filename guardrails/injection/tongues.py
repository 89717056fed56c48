"""Whether a text is in another language than English.

Of every other language far less was learned, so what an attack in it says weighs less, and so does what is harmless.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["is_foreign"]

_COMMON = (
    "the and you your that this it with from what how are have has please which when would should could they there "
    "about into only any not he she his her their our can does did than them these those been but write tell make "
    "give show explain why who where get just some more need want help"
)
_ENGLISH = frozenset(_COMMON.split())
"""Words that hardly an English sentence is without one of, and few others have."""
_ABROAD = (
    "der das und ist nicht ich ein eine mit auf alle du dich que el los las por para una le les des et est dans il "
    "che di non dei com uma dos een het je niet nie jest w sie se jsi ve bir bu icin yang dan untuk dari ang mga ng "
    "sa ya wa kwa ka ki ko hai aur karo ja ei olet az hogy si nu este och att det som og er til vse kak chto ti tou "
    "kai mou sou va cua khong"
)
_OTHERS = frozenset(_ABROAD.split())
"""Words that many sentences of other languages have one of, also where they are typed without accents."""
_FEWEST = 3
"""Words from which on one can tell."""


def is_foreign(words: Sequence[str]) -> bool:
    """Whether folded words have none of the commonest English ones, and one of another language or of its letters."""
    if len(words) < _FEWEST or not _ENGLISH.isdisjoint(words):
        return False
    return not _OTHERS.isdisjoint(words) or any(not word.isascii() and word[0].isalpha() for word in words)
