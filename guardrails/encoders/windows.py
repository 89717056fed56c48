"""Cutting a long text into windows of tokens without losing one of them. Plain numbers, no model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

__all__ = ["Row", "Template", "Tokens", "spread", "template"]


class Tokens(NamedTuple):
    """A text as the model counts it. The three have one length; `spans` are code points of the text."""

    ids: Sequence[int]
    spans: Sequence[tuple[int, int]]
    words: Sequence[int | None]
    """Which word each is a part of, as the tokenizer sees words; None for no word."""

    def cut(self, start: int, end: int) -> Tokens:
        """The tokens from `start` to before `end`."""
        return Tokens(self.ids[start:end], self.spans[start:end], self.words[start:end])


class Row(NamedTuple):
    """One input of the model, special tokens included."""

    ids: list[int]
    types: list[int]
    first: int
    """Where the tokens of the first text begin."""
    second: int
    """Where those of the second one begin; the length of the row where there is none."""


class Template(NamedTuple):
    """The special tokens that the model wants around one text or two, as (id, type)."""

    before: tuple[tuple[int, int], ...]
    between: tuple[tuple[int, int], ...]
    after: tuple[tuple[int, int], ...]
    types: tuple[int, int]
    """Of the tokens of the two texts themselves."""

    @property
    def size(self) -> int:
        """Tokens that it takes from every window."""
        return len(self.before) + len(self.between) + len(self.after)

    def row(self, first: Sequence[int], second: Sequence[int] = ()) -> Row:
        """The input of one text, or of two."""
        parts = [
            *self.before,
            *((token, self.types[0]) for token in first),
            *self.between,
            *((token, self.types[1]) for token in second),
            *self.after,
        ]
        start = len(self.before)
        middle = start + len(first) + len(self.between) if second else len(parts)
        return Row([token for token, _ in parts], [kind for _, kind in parts], start, middle)


def template(ids: Sequence[int], types: Sequence[int], special: Sequence[int], first: int, second: int) -> Template:
    """The template, learnt from one encoded example whose texts have `first` and `second` tokens.

    `second` is 0 for one text. Raises `ValueError` where the example is put together in another way.
    """
    own = [index for index, mark in enumerate(special) if not mark]
    if len(own) != first + second or not first:
        raise ValueError("the tokenizer changes its texts when it puts them together")
    start, end = own[0], own[first - 1] + 1
    begin, stop = (own[first], own[-1] + 1) if second else (end, end)
    if end - start != first or stop - begin != second:
        raise ValueError("the tokenizer puts special tokens inside of a text")
    both = list(zip(ids, types, strict=True))
    return Template(
        tuple(both[:start]),
        tuple(both[end:begin]),
        tuple(both[stop:]),
        (types[start], types[begin] if second else types[start]),
    )


def spread(length: int, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Windows of at most `size` that cover `length` tokens, in order; neighbours share `overlap`, the last ones more.

    One empty window where there is nothing. `size` must be above 0; of `overlap` at most half of it is used.
    """
    step = size - min(overlap, size // 2)
    start = 0
    while start + size < length:
        yield start, start + size
        start += step
    yield max(0, length - size), length
