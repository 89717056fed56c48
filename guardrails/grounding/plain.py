"""Text said more plainly in the same number of characters, so that every place in it keeps its offset.

Invisible characters go to the end of their word, numbers in several words become figures, shares become per cent, times
of day in words become a clock's, and a few turns of phrase become the one word that `keys` knows: `at most`, `not all`.
What becomes shorter is filled up with spaces; what would become longer stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from guardrails.grounding.keys import LARGE
from guardrails.patterns import Pattern, PatternSet, is_within, pattern, scannable, spans
from guardrails.text import lexicon

__all__ = ["is_phrased", "phrased", "plain", "rephrased", "stated", "uncommon", "unescaped", "visible"]

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_VALUES = {word: value for value, word in enumerate(_ONES)} | {word: value * 10 for value, word in enumerate(_TENS, 2)}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_MINUTES = {"half": 30, "quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25, "twenty five": 25}

_FRENCH = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze")
_FRENCH_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "quatre-vingt": 80}
_SPANISH = ("uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_SPANISH_TENS = {"treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80}

_VALUE = f"(?:{'|'.join(sorted(_VALUES, key=len, reverse=True))})"
_SCALE = f"(?:{'|'.join(_SCALES)})"
_HOUR = rf"(?:{'|'.join(sorted(_ONES[1:13], key=len, reverse=True))}|1[0-2]|[1-9])"
_PART = "(?:third|quarter|fourth|fifth|sixth|eighth|tenth)"
_UNIT = (
    "(?:second|minute|hour|day|week|month|year|decade|century|mile|kilomet(?:er|re)|met(?:er|re)|inch|foot|kilo(?:gram)?"
    "|gram|pound|ounce|tonn?e?|lit(?:er|re)|gallon|cup)"
)
_UNITS = (
    "second|minute|hour|day|week|month|year|decade|century|mile|kilo|met|inch|foot|gram|pound|ounce|ton|lit|gallon|cup"
)
"""What they begin with."""
_MORE = ("more", "longer", "larger", "older", "later")
_WHEN = "(in the morning|in the afternoon|in the evening|at night)"


def _value(word: str) -> float:
    word = word.casefold()
    if word in ("a", "an"):
        return 1.0
    return float(_VALUES[word]) if word in _VALUES else float(_SCALES.get(word, 0) or word)


def _figures(value: float) -> str:
    return f"{value:.3g}" if value < 100 and value != int(value) else f"{value:.12g}"


def _number(words: str) -> float | None:
    """What `two hundred and five thousand` comes to; None where it is no number, as in `two three`."""
    total = group = 0.0
    room = 10.0**15
    """What comes next has to be less than this."""
    for word in re.split(r"[ -]", words.casefold()):
        if word == "and":
            if room not in (100.0, 1000.0):
                return None
        elif word in _SCALES and word != "dozen":
            scale = float(_SCALES[word])
            if scale == 100.0:
                if not 0 < (group or 1) < 100 or room == 100.0:
                    return None
                group, room = (group or 1.0) * scale, 100.0
            else:
                if total and scale >= total:
                    return None
                total, group, room = total + (group or 1.0) * scale, 0.0, 1000.0
        elif word == "dozen":
            return total + (group or 1.0) * 12 if not total else None
        else:
            value = _value(word)
            if value >= room or (group % 100 and not (group % 10 == 0 and group % 100 >= 20 and value < 10)):
                return None
            group, room = group + value, 10.0 if value >= 20 else 1.0
    return total + group


def _several(match: re.Match[str]) -> str | None:
    words = match[0].casefold()
    if (found := _in_digits(words)) is not None:
        return found
    if " and " in words:  # `between two hundred and three hundred`
        sides = [(side, _in_digits(side)) for side in words.split(" and ")]
        return " and ".join(side if found is None else found.ljust(len(side)) for side, found in sides)
    return None


def _in_digits(words: str) -> str | None:
    found = _number(words)
    if found is not None:
        return _figures(found)
    if year := _YEAR.fullmatch(words):
        return str(int(_value(year[1])) * 100 + int(_number(year[2]) or 0))
    return None


_YEAR = re.compile(rf"(seventeen|eighteen|nineteen|twenty)[ -]((?:{'|'.join(_TENS)})(?:[ -]{_VALUE})?)")


def _past(match: re.Match[str]) -> str:
    minutes = _MINUTES[match[1].casefold().removeprefix("a ")]
    hour = int(_value(match[3]))
    if match[2].casefold() == "to":
        hour, minutes = (hour - 1 or 12), 60 - minutes
    return f"{hour}:{minutes:02}{_half_of_day(match[4])}"


def _half_of_day(said: str | None) -> str:
    if not said:
        return ""
    return (
        " am"
        if "morning" in said or (said.strip(", ")[0] in "aA" and "night" not in said and "after" not in said)
        else " pm"
    )


def _share(value: float) -> str:
    return f"{100 * value:.3g}%"


def _part(found: re.Match[str]) -> str | None:
    share = _value(found[1]) / _PARTS[found[2].casefold()]
    if share >= 1:
        return None
    if found[4]:
        return _figures(share * _SCALES[found[4].casefold()])
    return f"{share:.3g} {found[5]}" if found[5] else f"{_share(share)} of{' ' + found[3] if found[3] else ''}"


def _ordinal(value: int) -> str:
    return f"{value}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th') }"


class _Rule(NamedTuple):
    """What is said otherwise, near one of the `marks` in the small letters of the text."""

    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    says: Callable[[re.Match[str]], str | None]
    needs: str
    """A pattern of RE2 that finds something wherever this one does in small letters of ASCII."""


def _rule(marks: str, pattern: str, says: Callable[[re.Match[str]], str | None] | str, needs: str = "") -> _Rule:
    made = says if callable(says) else (lambda _match: says)
    found = tuple(marks.split("|"))
    return _Rule(found, re.compile(rf"\b(?:{pattern})", re.IGNORECASE), made, needs or "|".join(map(re.escape, found)))


_RULES = (
    _rule(
        "half past |quarter past |five past |ten past |twenty past |minutes past |quarter to |minutes to ",
        rf"(half|(?:a )?quarter|five|ten|twenty(?:[- ]five)?)(?: minutes)? (past|(?<!half )to) ({_HOUR})\b(?! of)"
        rf"(?:,? {_WHEN})?",
        _past,
    ),
    _rule(
        "in the morning|in the afternoon|in the evening|at night",
        rf"({_HOUR})(?: o['\u2019]clock)? {_WHEN}",
        lambda found: f"{_value(found[1]):.0f}{_half_of_day(found[2])}",
    ),
    _rule(
        "half a",
        rf"half an? (?:({_SCALE})\b|({_UNIT}))",
        lambda found: _figures(_SCALES[found[1].casefold()] / 2) if found[1] else f"0.5 {found[2]}",
    ),
    _rule(
        "|".join(f"one-{unit}|one {unit}" for unit in _UNITS.split("|")),
        rf"one[ -]({_UNIT})\b",
        lambda found: f"1 {found[1]}",
    ),
    _rule("and a half", rf"(?:an?|one) ({_UNIT}) and a half", lambda found: f"1.5 {found[1]}"),
    _rule(
        "and a half",
        rf"({_VALUE}|\d{{1,6}}) and a half(?: ({_SCALE})\b)?",
        lambda found: _figures((_value(found[1]) + 0.5) * _SCALES.get((found[2] or "").casefold(), 1)),
    ),
    _rule(
        "third of|thirds of|quarter of|quarters of|th of",
        rf"(an?|{_VALUE})[ -]({_PART})s? of(?: (an?) (?:({_SCALE})\b|({_UNIT})))?",
        _part,
    ),
    _rule("quarters", r"three[ -]quarters\b", "75%", "three[ -]quarters"),
    _rule("thirds", r"two[ -]thirds\b", "66.7%", "two[ -]thirds"),
    _rule(
        "half of|half the",
        r"(?<!^first )(?<![^-]first )(?<!^second )(?<![^-]second )(?<!other )half(?= of\b| the\b)",
        "50%",
    ),
    _rule(
        "y half|t half|d half|r half|n half",
        r"(nearly|almost|about|around|roughly|over|than|under|exactly|approximately) half\b(?! an? )",
        lambda found: f"{found[1]} 50%",
    ),
    _rule(
        "one in |two in |out of ",
        rf"({_VALUE}) (?:in|out of)(?: every)? ({_VALUE})\b",
        lambda found: _share(_value(found[1]) / _value(found[2])) if _value(found[1]) < _value(found[2]) else None,
        f"{_VALUE} (?:in|out of) (?:every )?{_VALUE}",
    ),
    _rule(
        "ty-",
        rf"({'|'.join(_TENS)})-({'|'.join(_ORDINALS)})\b",
        lambda found: _ordinal(int(_value(found[1])) + _ORDINALS.index(found[2].casefold()) + 1),
    ),
    _rule(
        "hundred|thousand|illion|dozen|ty-",
        rf"(?:(?<!past )(?<!to )an? (?=dozen\b)|an? (?=(?!dozen){_SCALE}\b)|{_VALUE}(?=[ -]))"
        rf"(?:(?:[ -]?and |[ -])?(?:{_VALUE}|{_SCALE})\b)+",
        _several,
        f"an? {_SCALE}|{_VALUE}[ -](?:and )?(?:{_VALUE}|{_SCALE})",
    ),
    _rule(
        "ngt-|nte-|ngt et |nte et ",
        rf"({'|'.join(_FRENCH_TENS)})(?:-| et )({'|'.join(_FRENCH)})\b",
        lambda found: str(_FRENCH_TENS[found[1].casefold()] + _FRENCH.index(found[2].casefold()) + 1),
    ),
    _rule(
        "nta y ",
        rf"({'|'.join(_SPANISH_TENS)}) y ({'|'.join(_SPANISH)})\b",
        lambda found: str(_SPANISH_TENS[found[1].casefold()] + _SPANISH.index(found[2].casefold()) + 1),
    ),
    _rule(
        "-in|-out|-up|-off",
        r"([^\W\d_]{2,12})-(in|out|up|off)\b",
        lambda found: found[1] + found[2],
        r"-(?:in|out|up|off)\b",
    ),
    _rule("wi-fi|wi fi", r"wi[- ]fi\b", "wifi"),
    _rule("at most", r"at most\b", "maximum"),
    _rule(
        "|".join(f"{no} {more} than" for no in ("no", "not", "be") for more in _MORE),
        rf"(?:(?:may|can|must) )?not? (?:be )?(?:{'|'.join(_MORE)}) than\b",
        "maximum",
    ),
    _rule("no less|not less|no fewer|not fewer", r"not? (?:less|fewer) than\b", "minimum"),
    _rule(
        "up to",
        rf"up to(?= (?:an? |about )?(?:[$\u20ac\u00a3]?\d|{_VALUE}\b))",
        "under",
    ),
    _rule("not all|not every", r"not (?:all|every)\b", "some"),
    _rule("not always", r"not always\b", "sometimes"),
    _rule("free of|free from", r"free (?:of|from)\b(?! charge)", "without"),
    _rule("days a week|days per week", r"(?:seven|7) days (?:a|per) week\b", "every day", "7 days|seven days"),
    _rule("noon", r"noon\b", "12pm"),
    _rule("midnight", r"midnight\b", "0:00"),
)


def _needs(*, in_ascii: bool) -> list[str]:
    """For each rule a pattern of RE2 that finds something wherever it applies in small letters."""
    return [rule.needs if in_ascii else "|".join(map(re.escape, rule.marks)) for rule in _RULES]


@lru_cache(maxsize=2)
def _uncommon(*, in_ascii: bool) -> Pattern:
    """Finds in one pass what a rule applies to, or a token with white space in it: most texts have little of that."""
    rules = "|".join(_needs(in_ascii=in_ascii))
    return pattern(rf"{rules}|[0-9\x{{80}}-\x{{10ffff}}][ \x{{a0}}](?:%|[ap]\.?m|{LARGE})")


@lru_cache(maxsize=2)
def _applying(*, in_ascii: bool) -> PatternSet:
    """Tells in one pass which rules may apply, by their numbers."""
    return PatternSet({str(number): needs for number, needs in enumerate(_needs(in_ascii=in_ascii))})


_HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_INVISIBLE = re.compile(f"[{_HIDDEN}]")
_HIDING = re.compile(rf"\w*[{_HIDDEN}][\w{_HIDDEN}]*")
_GAPS = "\u00a0\u2009\u202f"
_SPACED = re.compile(rf"(?<!\d)\d{{1,3}}(?:[{_GAPS}]\d{{3}})+(?!\d)")
"""Thousands apart by a space that does not break, as in France."""
_ESCAPED = re.compile(r"\w*\\u[0-9a-fA-F]{4}(?:\w|\\u[0-9a-fA-F]{4})*")


def plain(text: str) -> str:
    """`text` said more plainly, in as many characters. Linear in it."""
    return phrased(visible(text))


def visible(text: str) -> str:
    """`text` without what stands inside of words and numbers and is not seen, in as many characters."""
    if not text.isascii():
        if _INVISIBLE.search(text):
            text = _HIDING.sub(lambda match: _padded(match, _INVISIBLE.sub("", match[0])), text)
        if any(map(text.__contains__, _GAPS)):
            text = _SPACED.sub(lambda match: _padded(match, re.sub(r"\D", "", match[0])), text)
    return text


def is_phrased(keys: frozenset[str], text: str) -> bool:
    """Whether a text with these keys may have something in it that could be said more plainly."""
    return (
        not _TELLING.isdisjoint(keys)
        or "th of" in text
        or "third of" in text
        or "two in " in text
        or "nta y " in text
        or " et un" in text
        or ("-" in text and _HYPHENED.search(text) is not None)
    )


def uncommon(text: str) -> Iterator[tuple[int, int]]:
    """Where something stands without which `phrased` changes nothing and no token has white space in it, if anywhere.

    One pass over a document costs less than a look at each of its sentences.
    """
    small = text.lower()
    if len(small) != len(text):
        return iter([(0, len(text))])
    return spans(_uncommon(in_ascii=text.isascii()), small)


_TELLING = lexicon(
    "half past quarter third minut morn even afternoon noon night midnight one up free trillion !most !more !less !not "
    "fi 12 100 1000 1000000 1000000000"
)
"""Keys of which one stands wherever a rule applies that needs no hyphen."""
_HYPHENED = re.compile(r"(?:ty|ne|gt|te)-|-(?:in|up|off|out|third|quarter|fifth|half)", re.IGNORECASE)


def phrased(text: str) -> str:
    """`text` with its numbers and turns of phrase said plainly, in as many characters."""
    small = text.lower()
    # one pattern, which has just read the documents and is at hand, before all of them
    common = len(small) == len(text) and not is_within(_uncommon(in_ascii=text.isascii()), small)
    return text if common else rephrased(text)


def rephrased(text: str) -> str:
    """The same for a text where `uncommon` has found something."""
    small = text.lower()
    if len(small) != len(text):  # a letter of Turkish grows when it is made small
        return text
    for number in _applying(in_ascii=text.isascii()).present(scannable(small)):
        text = _with(_RULES[int(number)], text, small)
    return text


_REACH = 60
"""Characters before and behind a mark that are looked at: whole texts would cost more than all the rest."""


def _with(rule: _Rule, text: str, small: str) -> str:
    marked = sorted([at for mark in rule.marks if mark in small for at in _places(mark, small)])
    done = 0
    parts: list[str] = []
    for at in marked:
        for match in rule.pattern.finditer(text, max(done, at - _REACH), min(len(text), at + 2 * _REACH)):
            parts += text[done : match.start()], _padded(match, rule.says(match))
            done = match.end()
    return "".join(parts) + text[done:]


def _places(mark: str, small: str) -> Iterator[int]:
    at = small.find(mark)
    while at >= 0:
        yield at
        at = small.find(mark, at + _REACH)  # all within reach of the one before are looked at with it


def stated(sentence: str) -> str:
    """`sentence` without what is about it and no part of what it states, in as many characters.

    That is the `Yes,` or `No,` before it, which answers a question and denies nothing, what joins it to the sentence
    before (`in addition,`), and that the documents say so: `according to our policy`, `passage 2 states that`.
    """
    sourced = not sentence.isascii() or is_within(_is_of_source(), sentence)
    for frame in _FRAMES if sourced else _FRAMES[:2]:
        if match := frame(sentence):
            start, end = match.span()
            sentence = f"{sentence[:start]}{' ' * (end - start)}{sentence[end:]}"
    return sentence


_THING = (
    r"(?:polic(?:y|ies)|documents?|documentation|articles?|passages?|text|context|sources?|pages?|handbook|manual|guide"
    r"|guidelines|terms(?: and conditions| of (?:service|use))?|faqs?|help cent(?:er|re)|knowledge base|information"
    r"|excerpts?|materials?)\b"
)
_SOURCE = (
    r"(?:the|our|your|this|these|their|its) (?:(?:provided|given|above|following|supplied|available|attached|current"
    r"|official|returns?|refund|shipping|cancellation|privacy|company|store|help|support|product|user|employee|staff) "
    rf"){{0,2}}{_THING}(?: (?:provided|given|above|available|supplied))?"
)
_NUMBERED = (
    r"(?:passages?|documents?|sources?|excerpts?|articles?|texts?) \d{1,2}(?:(?:,|,? (?:and|or|&)|-) ?\d{1,2})*\b"
)
_SOURCE = rf"(?:{_SOURCE}|{_NUMBERED})"


@lru_cache(maxsize=1)
def _is_of_source() -> Pattern:
    """Finds something in ASCII wherever a frame does, and many times faster."""
    return pattern(rf"\b{_THING}", ignore_case=True)


_BY = (
    r"(?:according to|based on|(?:as )?per|as (?:stated|described|noted|explained|mentioned|outlined|specified|set out"
    r"|written) in)"
)
_SAYS = (
    r"(?:says?|states?|notes?|mentions?|explains?|specif(?:y|ies)|confirms?|suggests?|indicates?|reports?|highlights?"
    r"|adds?|shows?)"
)
_LED_IN = re.compile(
    rf"\A[\s*_-]*(?:{_BY} {_SOURCE},|(?:as )?{_SOURCE} (?:also |clearly )?{_SAYS}(?: that\b|[:,]))\s*(?=\w)",
    re.IGNORECASE,
)
_LED_OUT = re.compile(
    rf"(?:,? \(?(?:{_BY}|(?:as )?(?:mentioned|stated|described) in) {_SOURCE}"
    rf"|, (?:as )?(?:{_SOURCE} {_SAYS}|{_SAYS} {_SOURCE}))\)?(?=[\s.!*_]*\Z)",
    re.IGNORECASE,
)
_ASIDE = re.compile(rf"\((?:(?:{_BY}|see|from|source:) )?{_NUMBERED}\)", re.IGNORECASE)
_ANSWER = re.compile(
    r"\A[\s*_]*(?:(?:(?:therefore|so|thus|hence),? )?(?:the )?answer(?: to (?:the|your|this)(?: \w+)? question)?"
    r"(?: (?:is|would be))?:\s+|(?:yes|no|yeah|yep|nope|correct|right|indeed)[,.!;:\u2014-]+\s+(?=\w))+",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"\A[\s*_]*(?:(?:in (?:summary|conclusion|short|addition|general|other words|brief|contrast)|to (?:summari[sz]e"
    r"|conclude|sum up)|for (?:example|instance)|as a result|on the other hand|all in all|in the end|ultimately|finally"
    r"|overall|meanwhile|furthermore|moreover|additionally|therefore|however|thus|hence|also),\s+(?=\w)"
    r"|it(?: is|'s|\u2019s) (?:also )?(?:worth (?:noting|mentioning)|important to note|noted|stated|mentioned)"
    r" that\b)+",
    re.IGNORECASE,
)
"""What joins a sentence to the one before, or to what all of them say."""
# those that stand at the beginning are matched there: a search would try every place
_FRAMES = (_JOINED.match, _ANSWER.match, _LED_IN.match, _LED_OUT.search, _ASIDE.search)
"""The first two need no source."""


def unescaped(text: str) -> str:
    """`text` with the letters that JSON writes as `\\u00e9` put in, in as many characters."""
    return _ESCAPED.sub(_letters, text) if "\\u" in text else text


def _letters(match: re.Match[str]) -> str:
    found = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), match[0])
    return _padded(match, found.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _padded(match: re.Match[str], said: str | None) -> str:
    length = match.end() - match.start()
    return match[0] if said is None or len(said) > length else said.ljust(length)
