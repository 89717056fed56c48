"""Unicode form, invisible characters, look-alike letters, case and white space."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from guardrails.normalise.confusables import CONFUSABLES
from guardrails.normalise.view import Maker, Origins, View

__all__ = ["cleaned", "folded", "skeleton"]

_TAGS = "\U000e0020-\U000e007e"
_INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Controls but white space, zero-width characters, bidi marks and overrides, fillers, variation selectors, tags."""
_SURROGATES = "\ud800-\udfff"

_ODD = re.compile(r"[^\x09-\x0d\x20-\x7e]+")
_HIDDEN = re.compile(f"[{_INVISIBLE}{_SURROGATES}]")
_HIDDEN_BUT_TAGS = re.compile(f"(?![{_TAGS}])[{_INVISIBLE}]")
_SUBDIVISION_FLAG = re.compile("(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f")
_CHUNK = 512
"""Sorting a run of combining marks takes time square to its length, so that stretches of this many are looked at."""
_MOST_MARKS = 8
"""Combining marks on one character that are kept; no script needs more than four."""
_WORD = re.compile(r"[^\W\d_]+")
_OTHERS = "".join(CONFUSABLES)
_CONFUSABLE = re.compile(f"[{_OTHERS}]")
# a pattern that begins with a set is searched for many times faster than one that looks behind first
_MIXED = re.compile(f"[{_OTHERS}](?:(?=[A-Za-z])|(?<=[A-Za-z].))")
_ALIKE = re.compile(rf"[{_OTHERS}](?<!\w.)[{_OTHERS}]*(?!\w)")
_TO_LATIN = {ord(other): latin for other, latin in CONFUSABLES.items()}


def cleaned(view: View) -> View:
    """`view` in Unicode form NFKC, without invisible characters, and with letters that only look Latin made Latin.

    Case and white space stay. The characters of Unicode's tag block, which hide ASCII text, become that text. Letters
    are made Latin in a word that has Latin ones beside them, or that consists of look-alikes only.
    """
    odd = view.odd
    if not odd:
        return view
    made = view if _is_clean(odd) or (_HIDDEN.search(odd) is None and _is_composed(view.text)) else _composed(view)
    if made is view and _CONFUSABLE.search(odd) is None:
        return view
    latin = _latin(made.text)
    return made if latin == made.text else made.same_length(latin)


def _is_clean(odd: str) -> bool:
    """Whether characters that are not plain ASCII are in their form wherever they stand: most are quotes and dashes."""
    kinds = set(odd)
    return len(kinds) < _CHUNK and not any(
        _goes_on(kind) or _HIDDEN.match(kind) or not unicodedata.is_normalized("NFKC", kind) for kind in kinds
    )


def _composed(view: View) -> View:
    text = view.text
    maker = Maker(view)
    at = 0
    for match in _ODD.finditer(text):
        start, end = match.span()
        if start > at:  # the character before may carry the marks that stand first in the run
            maker.keep(at, start - 1)
            start -= 1
        _compose(maker, text, start, end)
        at = end
    maker.keep(at, len(text))
    return maker.view()


def _compose(maker: Maker, text: str, start: int, end: int) -> None:
    """Adds a run of characters that are not plain ASCII, its first one perhaps excepted."""
    while start < end:
        stop = _stretch(text, start, end)
        chunk = text[start:stop]
        if _HIDDEN.search(chunk) is None and unicodedata.is_normalized("NFKC", chunk):
            maker.keep(start, stop)
        elif (form := _one_to_one(chunk)) is not None:
            maker.put(form, start, stop, exact=True)
        else:
            _compose_by_character(maker, text, start, stop)
        start = stop


def _is_composed(text: str) -> bool:
    start = 0
    while start < len(text):
        stop = _stretch(text, start, len(text))
        if not unicodedata.is_normalized("NFKC", text[start:stop]):
            return False
        start = stop
    return True


def _stretch(text: str, start: int, end: int) -> int:
    """Where a stretch that begins at `start` ends, so that no character is parted from its marks."""
    stop = min(end, start + _CHUNK)
    while stop < end and stop - start < 2 * _CHUNK and _goes_on(text[stop]):
        stop += 1
    return stop


def _one_to_one(chunk: str) -> str | None:
    """The form of a stretch in which each character becomes one other, or None where it is not so simple."""
    table: dict[str, str | int | None] = {}
    for character in set(chunk):
        form = unicodedata.normalize("NFKC", character)
        if len(form) != 1 or _HIDDEN.match(character) or _goes_on(character) or _HIDDEN.match(form):
            return None
        if form != character:
            table[character] = form
    return chunk.translate(str.maketrans(table))


def _compose_by_character(maker: Maker, text: str, start: int, end: int) -> None:
    flags = {i for m in _SUBDIVISION_FLAG.finditer(text, start, end) for i in range(*m.span())}
    run = _Run(maker, start)
    index = start
    while index < end:
        character = text[index]
        left = index
        index += 1
        if left in flags or _HIDDEN_BUT_TAGS.match(character):
            continue
        if "\U000e0020" <= character <= "\U000e007e":
            character = chr(ord(character) - 0xE0000)
        elif "\ud800" <= character <= "\udfff":
            character = "\ufffd"
        marks, right = 0, index
        while index < end and (_goes_on(text[index]) or _HIDDEN_BUT_TAGS.match(text[index])):
            if marks < _MOST_MARKS and index not in flags and not _HIDDEN.match(text[index]):
                character += text[index]
                marks += 1
                right = index + 1
            index += 1
        form = character if character.isascii() else unicodedata.normalize("NFKC", character)
        run.add(_HIDDEN.sub("", form) if _HIDDEN.search(form) else form, left, right)
    run.flush()


class _Run:
    """Adds characters to a view, those that follow one another one to one as one stretch."""

    __slots__ = ("_from", "_made", "_maker", "_to")

    def __init__(self, maker: Maker, start: int) -> None:
        self._maker = maker
        self._made: list[str] = []
        self._from = self._to = start

    def add(self, form: str, left: int, right: int) -> None:
        one = len(form) == right - left == 1
        if self._made and not (one and left == self._to):
            self.flush()
        if not one:
            self._maker.put(form, left, right)
            return
        if not self._made:
            self._from = left
        self._made.append(form)
        self._to = right

    def flush(self) -> None:
        self._maker.put("".join(self._made), self._from, self._to, exact=True)
        self._made = []


def _goes_on(character: str) -> bool:
    """Whether the character may be joined with the one before: a mark, or the middle or end of a Korean syllable."""
    if character < "\u0300":
        return False
    return unicodedata.category(character)[0] == "M" or "\u1161" <= character <= "\u11ff"


def _latin(text: str) -> str:
    def word(match: re.Match[str]) -> str:
        found = match[0]
        # a letter with a mark behind it is another letter
        return found if _goes_on(text[match.end() : match.end() + 1] or " ") else found.translate(_TO_LATIN)

    def mixed(match: re.Match[str]) -> str:
        return word(match) if any("A" <= c <= "z" for c in match[0]) else match[0]

    made = _ALIKE.sub(word, text)
    return _WORD.sub(mixed, made) if _MIXED.search(made) else made


def folded(view: View) -> View:
    """`view`, which is `cleaned`, with its case folded, and one space for each run of white space and none around."""
    view = view.same_length(view.text.lower()) if view.text.isascii() else _case_folded(view)
    spaced = " ".join(view.text.split())
    return view.same_length(spaced) if len(spaced) == len(view.text) else View(spaced, lambda: _spaces(view), view)


def _case_folded(view: View) -> View:
    """Folds case, and once more behind another cleaning: a few Greek letters are look-alikes only then."""
    if view.odd.casefold() == view.odd:  # only plain letters change
        return view.same_length(view.text.encode().lower().decode())
    once = _lowered(view)
    again = cleaned(once)
    return once if again is once else _lowered(again)


def _lowered(view: View) -> View:
    lower = view.text.casefold()
    if lower == view.text:
        return view
    return view.same_length(lower) if len(lower) == len(view.text) else _spelt_out(view)


def _spelt_out(view: View) -> View:
    """Case folded where a letter becomes two."""
    maker = Maker(view)
    at = 0
    for index, character in enumerate(view.text):
        if len(form := character.casefold()) > 1 or form != character:
            maker.keep(at, index)
            maker.put(form, index, index + 1)
            at = index + 1
    maker.keep(at, len(view.text))
    return maker.view()


_IRREGULAR = re.compile(r"\s{2,}|\A\s")


def _spaces(view: View) -> Origins:
    origins = Origins()
    made = at = 0
    for match in _IRREGULAR.finditer(view.text):
        start, end = match.span()
        if start > at:
            origins.add(made, at, start, exact=True)
            made += start - at
        if start:
            origins.add(made, start, end, exact=False)
            made += 1
        at = end
    origins.add(made, at, len(view.text), exact=True)
    return origins


# --- disguised words -----------------------------------------------------------------------------------------------

_SIGNS = "0134578@$!|\u20ac\u00a3"
_LEET = str.maketrans(_SIGNS, "oieastbasiiel")
_TOUCHED = re.compile(
    rf"[{_SIGNS}](?:(?<=[a-z].)[{_SIGNS}]*(?P<within>[a-z])|(?<![\w{_SIGNS}].)(?<=[0134578@$|])[a-z]{{2}})"
)
"""Signs within a word, and at its beginning."""
_MARKS = re.compile("[\u0300-\u036f]+")
_LONGEST_WORD = 40
_MOST_KINDS = 50
"""Accented letters that are replaced one after the other."""


def skeleton(view: View, *, leet: bool) -> View | None:
    """`view`, which is `folded`, without accents and with the digits and signs in words as letters; None if the same.

    A 1 is an l where an l is likely between its neighbours, and an i elsewhere. With `leet` False no word has digits
    or signs in it.
    """
    text = view.text
    made = _without_accents(text, view.odd)
    if leet:
        made = _unleet(made)
    if made.isascii() or _MARKS.search(view.odd) is None:
        return None if made == text else view.same_length(made)
    maker = Maker(view.same_length(made))
    at = 0
    for match in _MARKS.finditer(made):
        maker.keep(at, match.start())
        at = match.end()
    maker.keep(at, len(made))
    return maker.view()


def _without_accents(text: str, odd: str) -> str:
    table = _unaccented()
    accented = [kind for kind in set(odd) if ord(kind) in table]
    if len(accented) > _MOST_KINDS:
        return text.translate(table)
    for kind in accented:  # each takes a hundredth of the time of looking up every letter
        text = text.replace(kind, table[ord(kind)])
    return text


def _unleet(text: str) -> str:
    out: list[str] = []
    at = done = 0
    for match in _TOUCHED.finditer(text):
        first = match.start() - (match["within"] is not None)  # with the letter before
        if first < done:
            continue
        left, right = first, match.end()
        done = right
        if left < at:
            continue
        while left > at and first - left < _LONGEST_WORD and _of_word(text[left - 1]):
            left -= 1
        while right < len(text) and right - match.end() < _LONGEST_WORD and _of_word(text[right]):
            right += 1
        out += (text[at:left], _letters(text[left:right]))
        at = right
    if not out:
        return text
    out.append(text[at:])
    return "".join(out)


def _of_word(character: str) -> bool:
    return character.isalnum() or character in _SIGNS


def _letters(word: str) -> str:
    body = word.rstrip("!|")  # an exclamation mark at the end is one
    letters = [*body.translate(_LEET)]
    for index, character in enumerate(body):
        if character == "1" and _is_l(letters, body, index):
            letters[index] = "l"
    return "".join(letters) + word[len(body) :]


def _is_l(letters: list[str], body: str, index: int) -> bool:
    before = letters[index - 1] if index else " "
    after = letters[index + 1] if index + 1 < len(letters) else " "
    if "1" in (body[index - 1 : index], body[index + 1 : index + 2]):
        return True
    if before in "tsc" and after in "oa":  # -tion, -sion, -cial
        return False
    return before in "aeou" or (before in "bcfgp" and after in "aeou")


@lru_cache(maxsize=1)
def _unaccented() -> dict[int, str]:
    """Latin letters with accents, to those without."""
    table = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        first = unicodedata.normalize("NFD", chr(code))[0]
        if first.isascii():
            table[code] = first
    return table | {ord(accented): plain for accented, plain in zip("øłđħıŧ", "oldhit", strict=True)}
