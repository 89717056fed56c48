"""Names, organisations, titles, places and addresses, told by the words around them.

A linear tagger: each token gets one of `LABELS`, from the weights of its features and of the label before it, and the
best sequence of a line is found by dynamic programming. Features are hashed, so that no word stands in the weights,
which lie in `names.json` with their sources. Trained by `benchmarks/pii/train.py`. Time is linear in the text.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from operator import add
from typing import Any, NamedTuple

from guardrails.pii.find import Found
from guardrails.pii.lexicon import lexicons
from guardrails.text import lexicon

__all__ = ["LABELS", "TABLE_BITS", "Token", "Weights", "features", "loaded", "names", "tagged", "tokens"]

LABELS = ("", "person", "organisation", "location", "address", "title", "date")
"""What a token can be; the first is nothing."""
TABLE_BITS = 16
_MASK = (1 << TABLE_BITS) - 1
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\w\s]|_|\n[\s]*")
_LONGEST_LINE = 400
"""Tokens that are labelled together: the text is cut behind a line or a sentence before it, or else here."""


class Token(NamedTuple):
    """A word, a number, a sign or the end of a line."""

    start: int
    end: int
    text: str


class Weights(NamedTuple):
    """What features and pairs of labels are worth, in order of `LABELS`."""

    table: Sequence[Sequence[float]]
    after: Sequence[Sequence[float]]
    """By the label before; the last row is that of the start."""


def names(text: str, wanted: frozenset[str], weights: Weights | None = None) -> Iterator[Found]:
    """The stretches of `text` that the tagger takes for one of the `wanted` entities."""
    weights = weights or _weights()
    for line in _lines(list(tokens(text))):
        if _is_foreign(line):
            continue
        labels = tagged(features(line), weights)
        for start, end, label in _stretches(line, labels):
            if label in wanted:
                yield Found(start, end, label)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text`."""
    for match in _TOKEN.finditer(text):
        yield Token(match.start(), match.end(), match[0])


def _lines(found: list[Token]) -> Iterator[list[Token]]:
    start = 0
    for index, token in enumerate(found):
        size = index - start + 1
        if size >= _LONGEST_LINE or (size >= _LONGEST_LINE // 4 and (token.text in ".!?" or "\n\n" in token.text)):
            yield found[start : index + 1]
            start = index + 1
    if start < len(found):
        yield found[start:]


def _is_foreign(line: Sequence[Token]) -> bool:
    """Whether a line is in a language that the tagger knows nothing of, so that it would only guess.

    It is where most letters are not Latin, or where it has several small words of other languages and fewer of English.
    """
    letters = [token.text for token in line if token.text[0].isalpha()]
    latin = sum(word[0] < _BEYOND_LATIN for word in letters)
    if letters and latin * 2 < len(letters):
        return True
    small = [word.casefold() for word in letters]
    other = [word for word in small if word in _ELSEWHERE]
    lists = lexicons()
    return len(set(other)) >= _LEAST_WORDS and len(other) > sum("c" in lists.get(word, "") for word in small)


_BEYOND_LATIN = "\u0370"
_LEAST_WORDS = 3
_ELSEWHERE = lexicon(
    "der das und ist ich nicht ein eine mit von zu den dem auf für im auch wie wird bei mein meine"
    " ihr sie wir kann heiße"
    " je suis est le la les des et une dans pour que qui pas sur avec mon ma vous nous être numéro au du"
    " el los las del y es un una con por mi su está soy que para como número llámame al tengo en lo se"
    " il di che è per non sono della mio mia gli nel alla chiamo"
    " os da em um uma com não meu minha eu ou ao são você"
    " het een ik van op met voor mijn niet zijn wordt naar"
    " jag är och att det som på av för med inte min mitt jeg er og til ikke mit ved hej bor"
    " mä ja ei se että minun on olen asun jestem się na z do nie w jest mój moje numer to mam přes"
    " je že můj moje na bydlím"
    " ben bir ve bu için benim de mi nu este și sunt meu telefonul egy az nem vagyok hogy és"
    " saya dan yang ini itu dengan untuk tidak nomor nama tôi là của và không có tên số điện thoại"
)
"""Small words of languages written in Latin letters; those that are common in English too do not count."""


def _stretches(line: list[Token], labels: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    index = 0
    while index < len(line):
        label, start = labels[index], index
        while index < len(line) and labels[index] == label:
            index += 1
        if label:
            inner = [token for token in line[start:index] if token.text[0].isalnum() or token.text in ")."]
            if any(token.text[0].isalnum() for token in inner):
                while not inner[0].text[0].isalnum():
                    del inner[0]
                while not inner[-1].text[0].isalnum() and not _closes(inner):
                    inner.pop()
                yield inner[0].start, inner[-1].end, LABELS[label]


def _closes(inner: Sequence[Token]) -> bool:
    """Whether the sign at the end belongs to the name: a bracket, or the point of `Ltd.`"""
    return inner[-1].text == ")" or (len(inner) > 1 and "o" in lexicons().get(inner[-2].text.casefold(), ""))


def features(line: Sequence[Token]) -> list[list[int]]:
    """The features of each token of a line, as places in the table."""
    lists = lexicons()
    cased = _casing(line)
    words = ["<", "<", *(_word(token.text) for token in line), ">", ">"]
    shapes = ["", "", *(_shape(token.text) for token in line), "", ""]
    listed = [lists.get(word, "") for word in words]
    around = zip(*_around(words[2:-2], listed[2:-2]), strict=True)
    found = []
    for at, (number, street_left, street_right, code, breaks, ends, content) in enumerate(around, 2):
        before2, before, word, after, after2 = words[at - 2 : at + 3]
        shape, list_before, own, list_after = shapes[at], listed[at - 1], listed[at], listed[at + 1]
        near = min(number, 5)
        spelt = (
            "w",
            f"s{shape}",
            f"c{cased}|{shape}",
            f"ci{cased}|{word}",
            f"cl{cased}|{own}|{shape}",
            f"1{word[:3]}",
            f"2{word[-3:]}",
            f"3{word[-2:]}",
            f"i{word}",
            f"b{before}",
            f"a{after}",
            f"B{before2}",
            f"A{after2}",
            f"l{own}|{shape}",
            f"lb{list_before}|{shapes[at - 1]}",
            f"la{list_after}|{shapes[at + 1]}",
            f"p{before}|{shape}",
            f"q{after}|{shape}",
            f"r{before2}|{before}",
            f"t{after}|{after2}",
            f"u{before}|{word}",
            f"v{word}|{after}",
            f"x{shapes[at - 1]}|{shape}|{shapes[at + 1]}",
            f"y{list_before}|{own}|{list_after}|{shape}",
            f"z{before2}|{before}|{shape}",
            f"L{listed[at - 2]}|{listed[at + 2]}|{shape}",
            f"N{near}|{shape}",
            f"R{street_right}|{near}|{shape}",
            f"S{street_left}|{shape}",
            f"C{code}|{street_left}|{shape}",
            f"E{breaks}|{ends}|{shape}",
            f"K{content}|{shape}",
        )
        found.append([zlib.crc32(feature.encode()) & _MASK for feature in spelt])
    return found


def _casing(line: Sequence[Token]) -> str:
    """Whether names can be told by their capitals in this line: `lower`, `upper`, or `mixed` where they can."""
    words = [token.text for token in line if token.text[0].isalpha()]
    capitals = sum(word[0].isupper() for word in words)
    return "lower" if not capitals else "upper" if capitals > 0.8 * len(words) and len(words) > 3 else "mixed"


_WIDE = 6
"""Tokens on each side in which a number, the word for a street or the end of a line is noticed."""
_NONE = 9


def _around(words: list[str], listed: list[str]) -> tuple[list[int] | list[str], ...]:
    """What stands in the wider neighbourhood of each token: how far off, or `_NONE`.

    To the left a number and the word for a street, to the right such a word and a number of five digits; the ends of
    the line; and the nearest word to the left that is no small one such as "of".
    """
    number = [word[-1:] == "#" for word in words]
    street = ["r" in found for found in listed]
    code = [word == "5#" for word in words]
    ends = [word == "\n" for word in words]
    content = [
        next((words[i] for i in range(at - 1, max(-1, at - 1 - _WIDE), -1) if "c" not in listed[i]), "")
        for at in range(len(words))
    ]
    return (
        _since(number), _since(street), _since(street[::-1])[::-1], _since(code[::-1])[::-1], _since(ends),
        _since(ends[::-1])[::-1], content,
    )  # fmt: skip


def _since(marked: list[bool]) -> list[int]:
    """For each place, how many lie between it and the last marked one before it."""
    out = []
    last = -_NONE
    for at, mark in enumerate(marked):
        distance = at - last - 1
        out.append(distance if distance < _WIDE else _NONE)
        if mark:
            last = at
    return out


def _word(text: str) -> str:
    return "\n" if text[0] == "\n" else f"{len(text)}#" if text.isdigit() else text.casefold()[:24]


def _shape(text: str) -> str:
    if text.isdigit():
        return f"d{min(len(text), 6)}"
    if not text[0].isalpha():
        return text[0]
    if text.isupper():
        return "X" if len(text) == 1 else "XX"
    return "Xx" if text[0].isupper() else "x"


def tagged(found: Sequence[Sequence[int]], weights: Weights) -> list[int]:
    """The best sequence of labels for tokens with these features."""
    columns = list(zip(*weights.after[:-1], strict=True))  # what each label gains from the one before it
    best = list(weights.after[-1])
    back: list[list[int]] = []
    for position, places in enumerate(found):
        own = [sum(column) for column in zip(*[weights.table[place] for place in places], strict=True)]
        if position:
            came: list[int] = []
            scores: list[float] = []
            for column, gain in zip(columns, own, strict=True):
                reached = list(map(add, best, column))
                top = max(reached)
                came.append(reached.index(top))
                scores.append(top + gain)
            back.append(came)
            best = scores
        else:
            best = list(map(add, best, own))
    labels = [best.index(max(best))] if found else []
    for came in reversed(back):
        labels.append(came[labels[-1]])
    labels.reverse()
    return labels


@lru_cache(maxsize=1)
def _weights() -> Weights:
    return loaded(json.loads(resources.files("guardrails.pii").joinpath("names.json").read_text("utf-8")))


def loaded(data: Mapping[str, Any]) -> Weights:
    """The weights as the file keeps them: `table` is base85 of deflated signed bytes, worth `scale` each."""
    raw = memoryview(zlib.decompress(base64.b85decode(data["table"]))).cast("b")
    size, scale = len(LABELS), float(data["scale"])
    table = [tuple(value * scale for value in raw[at : at + size]) for at in range(0, len(raw), size)]
    return Weights(table, data["after"])
