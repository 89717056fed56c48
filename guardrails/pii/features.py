"""What the tagger sees of a token: its letters, its form, the lists it is in, and the same of its neighbours.

Features are hashed to places in a table, so that no word stands in the weights. What depends on one word alone is
hashed once for it; a feature of two words is the exclusive or of a half that each gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from typing import NamedTuple

from guardrails.pii.lexicon import lexicons, phrases

__all__ = ["Features", "Token", "Usage", "listed", "tokens"]

_TOKEN = re.compile(r"[^\W\d_]+(?:['’](?![sS]\b)[^\W\d_]+)*|['’][sS]\b|\d+|[^\w\s]|_|\n[\s]*")
_LONGEST_WORD = 24


class Token(NamedTuple):
    """A word, a number, a sign or the end of a line."""

    start: int
    end: int
    text: str


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text`; the `'s` of a genitive is one of its own."""
    for match in _TOKEN.finditer(text):
        yield Token(match.start(), match.end(), match[0])


class Usage:
    """How a word is written in running text: mostly small, mostly with a capital, or both; by its hash, two bits each.

    A collision makes a rare word look like a common one, and nothing worse.
    """

    BITS = 18
    UNKNOWN, SMALL, BOTH, CAPITAL = range(4)

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def __getitem__(self, place: int) -> int:
        place &= (1 << self.BITS) - 1
        return self._packed[place >> 2] >> 2 * (place & 3) & 3

    @staticmethod
    def place(word: str) -> int:
        """Where a folded word stands."""
        return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=4).digest(), "little")


_HALVES = Struct("<32H")


def _halves(string: str) -> tuple[int, ...]:
    return _HALVES.unpack(blake2b(string.encode("utf-8", "replace"), digest_size=64).digest())


@lru_cache(maxsize=4096)
def _code(string: str) -> tuple[int, ...]:
    """The halves of a string of which there are few: a form, a list."""
    return _halves(string)


class _Seen:
    """What is known of a token by itself."""

    __slots__ = (
        "after", "after2", "before", "before2", "code", "content", "ends", "form", "listed", "number", "own",
        "plain", "street", "usage", "word", "worth",
    )  # fmt: skip
    word: tuple[int, ...]
    form: tuple[int, ...]
    listed: tuple[int, ...]
    usage: tuple[int, ...]
    own: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    before2: tuple[int, ...]
    after2: tuple[int, ...]
    plain: bool
    """A common word or sign, which is a part of a name only beside others."""
    number: bool
    street: bool
    code: bool
    ends: bool
    content: bool

    def __init__(self, text: str, casing: str, usage: Usage) -> None:
        word = _word(text)
        shape = _shape(text)
        lists = lexicons().get(word, "")
        known = usage[Usage.place(word)] if word[0].isalpha() else Usage.UNKNOWN
        self.word = own = _halves(word)
        self.form = form = _code(f"s{shape}")
        self.listed = listed = _code(f"l{lists}|{shape}")
        self.usage = used = _code(f"k{known}|{shape}|{casing}")
        cased = _code(casing)
        self.own = (
            _NOTHING, form[0], form[1] ^ cased[1], own[1] ^ cased[2], listed[0] ^ cased[3], listed[1], own[0],
            _code(f"1{word[:3]}")[0], _code(f"2{word[-3:]}")[0], _code(f"3{word[-2:]}")[0], used[0],
            used[1] ^ listed[2], _code(f"4{word[-4:]}")[0] ^ form[2],
        )  # fmt: skip
        self.before = (own[2], listed[3], used[2])
        self.after = (own[3], listed[4], used[3])
        self.before2 = (own[4], used[4])
        self.after2 = (own[5], used[5])
        self.plain = text in _SIGNS or (
            known == Usage.SMALL and (text.islower() or lists == "c") and _TELLING.isdisjoint(lists)
        )
        self.number = text.isdigit()
        self.street = "r" in lists
        self.code = word == "5#"
        self.ends = word == "\n"
        self.content = "c" not in lists
        self.worth: tuple[int, int, int, int, int] | None = None

    def worths(self, table: Sequence[int]) -> tuple[int, int, int, int, int]:
        """What the token is worth at each place beside itself: before and after, two before and after, and here."""
        if self.worth is None:
            b2, b, own, a, a2 = (
                sum(map(table.__getitem__, places))
                for places in (self.before2, self.before, self.own, self.after, self.after2)
            )
            self.worth = b2, b, own, a, a2
        return self.worth


_SIGNS = frozenset([*",.;:!?()'\"-–—…“”‘’", "'s", "’s", "\n", "\n\n"])
_TELLING = frozenset("fspjtrn")
"""Lists of words that may be names in small letters: all but those of organisations, dates and common words."""
_NOTHING = _code("")[0]
_EDGE = "\x02"
_WIDE = 6
"""Tokens on each side in which a number, the word for a street or the end of a line is noticed."""
_NONE = 9
_REACH = 2
"""Tokens beside a plain word among which one has to be that is not plain."""
_MOST_REMEMBERED = 1 << 14


class Features:
    """Makes features. Remembers what it knows of common words, and of no others: those are names of somebody."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage
        self._edge = _Seen(_EDGE, "", usage)
        self._common: dict[tuple[str, str], _Seen] = {}

    def of(self, line: Sequence[Token]) -> list[list[int]]:
        """The features of each token of a line, as places in the table; none for a plain word among its like."""
        return [
            [*own.own, *before.before, *after.after, *before2.before2, *after2.after2, *pairs] if pairs else []
            for (before2, before, own, after, after2), pairs in self._around(line)
        ]

    def worths(self, line: Sequence[Token], table: Sequence[int]) -> list[int]:
        """What `of` is worth for each token, or 0 where that has none. The `table` is the same at every call."""
        worth = table.__getitem__
        return [
            b2.worths(table)[0] + b.worths(table)[1] + own.worths(table)[2] + a.worths(table)[3] + a2.worths(table)[4]
            + sum(map(worth, pairs))
            if pairs
            else 0
            for (b2, b, own, a, a2), pairs in self._around(line)
        ]  # fmt: skip

    def _around(self, line: Sequence[Token]) -> Iterator[tuple[Sequence[_Seen], Sequence[int]]]:
        """Each token with two on each side, and the places of the features that it has by them, if it has any."""
        casing = _casing(line)
        seen = self._seen(line, casing)
        edge = self._edge
        around = [edge, edge, *seen, edge, edge]
        wide = list(zip(*_neighbourhood(seen), strict=True))
        in_list = listed(line)
        plain = [one.plain for one in around]
        for at in range(len(line)):
            five = around[at : at + 5]
            if plain[at + 2] and all(plain[max(2, at + 2 - _REACH) : at + 3 + _REACH]):
                yield five, ()
                continue
            before2, before, own, after, after2 = five
            near, street_left, street_right, code, breaks, ends, content = wide[at]
            form, word, lists, used = own.form, own.word, own.listed, own.usage
            word1, form1, lists1, used1 = before.word, before.form, before.listed, before.usage
            word2, form2, lists2, used2 = after.word, after.form, after.listed, after.usage
            word3 = before2.word
            yield five, (
                word1[6] ^ form[3], word2[7] ^ form[4], word3[8] ^ word1[9], word2[10] ^ after2.word[11],
                word1[12] ^ word[13], word[14] ^ word2[15], form1[5] ^ form[6] ^ form2[7],
                lists1[5] ^ lists[6] ^ lists2[7], word3[16] ^ word1[17] ^ form[8],
                before2.listed[8] ^ after2.listed[9] ^ form[9],
                used1[6] ^ used[7] ^ used2[8],
                _NEAR[near] ^ form[10], _NEAR[near] ^ _RIGHT[street_right] ^ form[11], _LEFT[street_left] ^ form[12],
                _CODE[code] ^ _LEFT[street_left] ^ form[13], _BREAKS[breaks] ^ _ENDS[ends] ^ form[14],
                content[18] ^ form[15], _LISTED[in_list[at]] ^ form[16] if at in in_list else _NOTHING,
            )  # fmt: skip

    def _seen(self, line: Sequence[Token], casing: str) -> list[_Seen]:
        own: dict[str, _Seen] = {}
        out = []
        for token in line:
            text = token.text
            one = own.get(text) or self._common.get((text, casing))
            if one is None:
                one = own[text] = _Seen(text, casing, self._usage)
                if one.plain and len(self._common) < _MOST_REMEMBERED:
                    self._common[text, casing] = one
            out.append(one)
        return out


def _table(name: str, size: int = _NONE + 1) -> list[int]:
    return [_halves(f"{name}{value}")[0] for value in range(size)]


_NEAR, _RIGHT, _LEFT, _CODE, _BREAKS, _ENDS = map(_table, ("near", "right", "left", "code", "breaks", "ends"))
_NEAR[6:] = [_NEAR[5]] * (_NONE - 5)
_LISTED = {name: _halves(f"phrase {name}")[0] for name in ("B", "I")}


def listed(line: Sequence[Token]) -> dict[int, str]:
    """The tokens that are part of a listed name of several words: `B` its first, `I` the others."""
    known = phrases()
    found: dict[int, str] = {}
    for at, token in enumerate(line):
        if (rest := known.get(token.text.casefold())) is not None:
            for phrase in rest:
                if [other.text.casefold() for other in line[at + 1 : at + 1 + len(phrase)]] == phrase:
                    found.setdefault(at, "B")
                    for inner in range(at + 1, at + 1 + len(phrase)):
                        found[inner] = "I"
                    break
    return found


def _casing(line: Sequence[Token]) -> str:
    """Whether names can be told by their capitals in this line: `lower`, `upper`, or `mixed` where they can."""
    words = [token.text for token in line if token.text[0].isalpha()]
    capitals = sum(word[0].isupper() for word in words)
    return "lower" if not capitals else "upper" if capitals > 0.8 * len(words) and len(words) > 3 else "mixed"


_Wide = tuple[list[int], list[int], list[int], list[int], list[int], list[int], list[tuple[int, ...]]]


def _neighbourhood(seen: Sequence[_Seen]) -> _Wide:
    """What stands in the wider neighbourhood of each token: how far off, or `_NONE`.

    To the left a number and the word for a street, to the right such a word and a number of five digits; the ends of
    the line; and the nearest word to the left that is no small one such as "of".
    """
    street = [one.street for one in seen]
    ends = [one.ends for one in seen]
    return (
        _since([one.number for one in seen]), _since(street), _until(street), _until([one.code for one in seen]),
        _since(ends), _until(ends), _content(seen),
    )  # fmt: skip


def _content(seen: Sequence[_Seen]) -> list[tuple[int, ...]]:
    nothing = _halves("")
    out, last, far = [], nothing, _NONE
    for one in seen:
        out.append(last if far < _WIDE else nothing)
        far += 1
        if one.content:
            last, far = one.word, 0
    return out


def _since(marked: Sequence[bool]) -> list[int]:
    """For each place, how many lie between it and the last marked one before it."""
    if True not in marked:
        return [_NONE] * len(marked)
    out = []
    far = _NONE
    for mark in marked:
        out.append(far if far < _WIDE else _NONE)
        far = 0 if mark else far + 1
    return out


def _until(marked: Sequence[bool]) -> list[int]:
    return _since(marked[::-1])[::-1]


def _word(text: str) -> str:
    return "\n" if text[0] == "\n" else f"{len(text)}#" if text.isdigit() else text.casefold()[:_LONGEST_WORD]


def _shape(text: str) -> str:
    if text.isdigit():
        return f"d{min(len(text), 6)}"
    if not text[0].isalpha():
        return text[0]
    if text.isupper():
        return "X" if len(text) == 1 else "XX"
    return "Xx" if text[0].isupper() else "x"
