"""Sentences with made-up personal data, with which a rule that looks for some can be tested."""

from __future__ import annotations

from collections.abc import Callable

from guardrails.seams import Specimen

__all__ = ["specimen"]

_TEXTS = (
    ("Please write to {} about it.", "pim.selftest@parcel-lockers.com"),
    ("My phone number is {} as ever.", "(212) 555-0123"),
    ("It was paid with the card {} then.", "4111 1111 1111 1111"),
    ("The account is {} from now on.", "DE89 3704 0044 0532 0130 00"),
    ("The server is at {} today.", "91.198.174.192"),
    ("My social security number is {} as stated.", "536-90-4399"),
    ("My name is {} and I am from Bristol.", "Jane Doe"),
    ("It was sent to {} last week.", "12 Selftest Street, Springfield, IL 62704"),
    ("She was born on {} they say.", "12 May 1980"),
    ("Her passport number is {} by the way.", "X1234567"),
    ("Look at {} for it.", "https://www.selftest.example/page"),
    ("The network card has {} as its address.", "00:1b:63:84:45:e6"),
    ("She lives in {} now.", "Paris"),
    ("He works for {} now.", "Selftest Systems Ltd"),
)
"""Made up, or given out by whoever assigns them for examples: a sentence, and what stands in it."""


def specimen(fails: Callable[[str], bool]) -> Specimen | None:
    """The first of the sentences that `fails`, or None."""
    texts = ((text.format(value), value) for text, value in _TEXTS)
    return next((Specimen(text=text, violation=value) for text, value in texts if fails(text)), None)
