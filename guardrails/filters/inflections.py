"""The forms in which a listed word may stand: plural, genitive, the endings of verbs and of weak declension."""

from __future__ import annotations

__all__ = ["inflected"]

_LEAST = 4
"""Letters of a word that is inflected: shorter ones turn into other words."""
_PLAIN = ("s", "es", "ed", "d", "ing", "er", "ers", "e", "n", "en", "em", "ens", "ern", "ly")
_VOWELS = frozenset("aeiou")


def inflected(word: str) -> frozenset[str]:
    """`word`, which is case-folded, with the endings of English, German and the Romance plural; itself included.

    Made by rule and not by dictionary: some forms are no words, which does no harm in a list of what to look for.
    """
    if len(word) < _LEAST or not word.isalpha():
        return frozenset({word})
    forms = {word, *(word + ending for ending in _PLAIN)}
    stem, last = word[:-1], word[-1]
    if last == "y":
        forms |= {stem + ending for ending in ("ies", "ied", "ier", "iest", "ily")}
    elif last == "e":
        forms |= {stem + ending for ending in ("ing", "ed", "er", "es", "n", "en")}
        if stem[-1] == "f":
            forms.add(stem[:-1] + "ves")
    elif last == "f":
        forms.add(stem + "ves")
    elif last not in _VOWELS and word[-2] in _VOWELS and word[-3] not in _VOWELS:
        forms |= {word + last + ending for ending in ("ing", "ed", "er", "ers")}
    return frozenset(forms)
