"""A text as keys that can be compared: stems, numbers and dates in one form, units, and words that turn a meaning.

Keys that begin with `!` are operators (`!not`, `!all`, `!more`); those that begin with `u` and a sign are units; those
that begin with a digit are numbers, and with `@` behind it the number is a time of day, in minutes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, TypeVar

from guardrails.grounding.numerals import NUMERALS
from guardrails.grounding.stems import STOP, stem
from guardrails.text import lexicon

__all__ = [
    "ALLIES", "CLOCK", "LARGE", "MEASURES", "OPPOSITES", "REFUSING", "Key", "Remembered", "apart", "arranged",
    "clauses", "homes", "keys", "loose", "measure", "o_clock", "quantity", "scan",
]  # fmt: skip


CLOCK = "@"
"""What the key of a time of day ends with."""


class Key(NamedTuple):
    """One key with its place. `name`: written with a capital, and not because a sentence begins there."""

    key: str
    start: int
    end: int
    name: bool


_key = tuple.__new__
"""Makes a `Key` of its four values at once: there are many."""
LARGE = "(?:million|billion|trillion|thousand|hundred|percent)"
_TOKEN = (
    r"[^\W\d_]{2,}(?:['\u2019][^\W\d_]+)*|(?:[A-Z]\.){2,4}|[^\W\d_](?:['\u2019][^\W\d_]+)*"
    r"|[$\u20ac\u00a3\u00a5\u20b9]?\d(?:[\d.,:/\u2013-]*\d)?"
    rf"(?:[ \u00a0]?%|[ \u00a0]?[aApP]\.?[mM]\b\.?|[ \u00a0-]?{LARGE}\b|(?:bn|mn|[kK]|st|nd|rd|th)\b)?"
)
_ANY = re.compile(_TOKEN)
_ASCII = re.compile(_TOKEN.replace(r"[^\W\d_]", "[a-zA-Z]"), re.ASCII)
"""The same for texts without other characters, twice as fast."""
_SPACED = rf"\d[ \u00a0](?:%|[aApP]\.?[mM]|{LARGE})"
_ANY_SPACED, _ASCII_SPACED = re.compile(_SPACED), re.compile(_SPACED, re.ASCII)
"""The only tokens that have white space in them."""
_STATES = frozenset({"US", "USA", "UK", "EU", "UN"})
"""Names that would be function words, or several, if they were written small."""
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SCALES = {
    "hundred": 100.0,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}
_CURRENCIES = {"$": "u$", "\u20ac": "u\u20ac", "\u00a3": "u\u00a3", "\u00a5": "u\u00a5", "\u20b9": "u\u20b9"}
_WORD_UNITS = {
    "dollar": "u$", "dollars": "u$", "usd": "u$", "euro": "u\u20ac", "euros": "u\u20ac", "eur": "u\u20ac",
    "gbp": "u\u00a3", "percent": "u%", "percentage": "u%", "yen": "u\u00a5", "rupees": "u\u20b9",
}  # fmt: skip
_MONTHS = {
    name: f"month {number}"
    for number, names in enumerate(
        (
            "january jan", "february feb", "march", "april apr", "may", "june jun", "july jul", "august aug",
            "september sep sept", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
} | {
    name: f"month {number}"
    for number, names in enumerate(
        (
            "januar janvier enero gennaio", "februar fevrier febrero febbraio", "marz mars marzo", "avril abril aprile",
            "mai mayo maggio", "juni juin junio giugno", "juli juillet julio luglio", "aout agosto",
            "septembre septiembre settembre", "oktober octobre octubre ottobre", "novembre noviembre",
            "dezember decembre diciembre dicembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_CASED = frozenset({"march", "may", "jun", "jan", "dec", "mars"})
"""Months that are other words where they are written small, and the planet."""
_NUMBER_WORDS = {
    **{
        word: str(value)
        for value, word in enumerate(
            lexicon_word
            for lexicon_word in (
                "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
                "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
            )
        )
        if word != "one"
    },
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
    "dozen": "12", "twice": "2", "hundred": "100", "thousand": "1000", "million": "1000000",
    "billion": "1000000000",
    "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8",
    "ninth": "9", "tenth": "10",
    **NUMERALS,
    "tausend": "1000", "mille": "1000",
}  # fmt: skip
_OPERATORS = {
    word: name
    for name, listed in {
        "!not": "not no never none nobody nothing neither nor without cannot cant wont lacks lack lacking unable "
        "hardly barely fails failed refused denied nie nicht kein keine keinen keiner keinem niemand nichts pas "
        "jamais aucun aucune sans sin nunca non "
        "ningun ninguna nadie nessun nessuno nessuna senza niet geen nooit zonder",
        "!few": "few",
        "!all": "all every each always everyone everybody everything entire entirely completely fully any whole",
        "!some": "some several many sometimes often usually partly partially occasionally various numerous",
        "!most": "most mostly majority largely generally mainly primarily",
        "!only": "only solely exclusively just alone sole",
        "!more": "more over above exceed exceeds exceeding than higher greater larger bigger longer least minimum",
        "!less": "less under below fewer lower smaller shorter maximum",
        "!may": "may might could possibly perhaps maybe potentially likely probably",
        "!must": "must should shall required mandatory muss mussen doit doivent debe deben deve devono moet moeten",
        "!about": "about around approximately roughly nearly almost circa",
        "!before": "before prior earlier until",
        "!after": "after following later since",
        "!first": "first",
        "!last": "last final",
    }.items()
    for word in listed.split()
}
_KNOWN: dict[str, tuple[str, ...]] = dict.fromkeys(STOP, ()) | {
    word: (key,)
    for listed in (_WORD_UNITS, _MONTHS, _NUMBER_WORDS, _OPERATORS)  # the later go before the earlier
    for word, key in listed.items()
}
"""The keys of words that are more than their stem, or have none; whatever their case but for those of `_CASED`."""
_PAIRS = (
    "increase decrease|rise fall|rise drop|raise lower|high low|up down|more less|gain lose|win lose|won lost|"
    "accept reject|approve reject|approve deny|allow forbid|allow ban|allow prevent|open close|start end|"
    "begin end|start stop|begin finish|early late|before after|old new|young old|first last|large small|"
    "big small|long short|strong weak|good bad|positive negative|success failure|succeed fail|support oppose|"
    "agree disagree|agree refuse|love hate|like dislike|happy sad|happy unhappy|safe dangerous|hot cold|"
    "warm cold|fast slow|quick slow|rich poor|cheap expensive|easy difficult|easy hard|simple complex|"
    "buy sell|lend borrow|give take|give receive|send receive|arrive leave|enter leave|enter exit|come go|"
    "include exclude|internal external|public private|male female|man woman|boy girl|father mother|"
    "son daughter|brother sister|husband wife|king queen|north south|east west|northern southern|"
    "eastern western|left right|top bottom|upper lower|inside outside|indoor outdoor|day night|"
    "morning evening|today tomorrow|yesterday tomorrow|past future|true false|right wrong|guilty innocent|"
    "alive dead|live die|life death|war peace|friend enemy|ally enemy|attack defend|victory defeat|"
    "remember forget|find lose|create destroy|build destroy|help hinder|encourage discourage|same different|"
    "similar different|possible impossible|legal illegal|major minor|majority minority|maximum minimum|"
    "best worst|better worse|full empty|free paid|clean dirty|wet dry|light dark|heavy light|hire fire|"
    "expand shrink|expand contract|improve worsen|benefit harm|advantage disadvantage|optimistic pessimistic|"
    "confident doubtful|temporary permanent|voluntary mandatory|optional required|active passive|"
    "present absent|visible invisible|common rare|unique common|formal informal|direct indirect|"
    "domestic foreign|urban rural|conservative liberal|senior junior|teacher student|doctor patient|"
    "buyer seller|praise criticise|praise criticize|confirm deny|admit deny|reveal hide|reveal conceal|"
    "push pull|wide narrow|deep shallow|thick thin|hard soft|rough smooth|loud quiet|noisy quiet|busy quiet|"
    "casual formal|friendly rude|friendly hostile|fresh stale|outperform underperform|"
    "overestimate underestimate|above below|over under|maintain change|continue stop|add remove|insert delete|"
    "enable disable|connect disconnect|exciting boring|interested bored|relaxed stressed|calm angry|"
    "brave afraid|generous stingy|polite rude|patient impatient|supervised unsupervised|deny grant|"
    "release arrest|acquit convict|guilty acquit|murder manslaughter|used unused|paid unpaid|pass fail|import export|"
    "deposit withdraw|landlord tenant|lender borrower|employer employee|inclusive exclusive|include extra|"
    "private shared|own shared|mandatory optional|compulsory optional|obligatory optional|obligatory voluntary|"
    "refundable final|reversible permanent|credit debit|asset liability|profit loss|income expense|majority few|"
    "encrypted plain|synchronous asynchronous|upgrade downgrade|upload download|login logout|ascending descending|"
    "horizontal vertical|odd even|single double|single married|acute chronic|benign malignant|oral intravenous|"
    "hypertension hypotension|gain loss|beginning end|start finish|front back|front rear|advance delay|early delayed|"
    "geoffnet geschlossen|erlaubt verboten|mehr weniger|ouvert ferme|ouverte fermee|ouverts fermes|"
    "abierta cerrada|abiertos cerrados|aperta chiusa|aperti chiusi|"
    "offnet schliesst|offnen schliessen|plus moins|abierto cerrado|aperto chiuso|"
    "offen geschlossen|accept decline|resign dismiss|resign fire|resign sack|appoint dismiss|born die|lock unlock|"
    "tighten loosen|widen narrow|shorten lengthen|"
    "steigen sinken|steigt sinkt|gestiegen gesunken|kaufen verkaufen|gekauft verkauft|"
    "annehmen ablehnen|angenommen abgelehnt|gross klein|hoch niedrig|maximal mindestens|hochstens mindestens|"
    "kostenlos kostenpflichtig|offentlich privat|erlaubt untersagt|gestattet verboten|zulassig unzulassig|"
    "augmenter diminuer|augmente diminue|hausse baisse|vendre acheter|vendu achete|accepte refuse|autorise interdit|"
    "permis interdit|gratuit payant|inclus exclu|avant apres|public prive|"
    "aumentar disminuir|aumento disminucion|aumento disminuyo|comprar vender|compro vendio|aceptado rechazado|"
    "permitido prohibido|permitida prohibida|incluido excluido|gratuito pago|antes despues|"
    "aumentato diminuito|comprato venduto|accettato rifiutato|permesso vietato|consentito vietato|incluso escluso|"
    "prima dopo|obbligatorio facoltativo|obligatorio voluntario|obligatoire facultatif|verpflichtend freiwillig|"
    "open gesloten|open dicht|toegestaan verboden|gestegen gedaald|gekocht verkocht|verplicht vrijwillig|"
    "inbegrepen uitgesloten|duurder goedkoper|meer minder"
)
_SIDES = (
    (
        "increase rise grow climb jump surge soar gain raise",
        "decrease fall drop decline shrink plunge sink lose reduce cut",
    ),
    ("allow permit tolerate authorise authorize", "forbid ban prohibit disallow"),
    ("start begin commence", "end finish conclude"),
    ("accept approve grant", "reject refuse deny"),
    ("arrive reach", "leave depart"),
)
"""Each word on one side is the contrary of each on the other."""
_SAME = (
    "buy purchase|big large|small little|car automobile|doctor physician|receive obtain get|need require|help assist|"
    "fast quick rapid|employee worker|choose select pick|repair fix|send ship dispatch|child kid|film movie|ill sick|"
    "answer reply respond|delete erase|error mistake|gift present|holiday vacation|house home|job position|"
    "journey trip|keep retain|lawyer attorney|number amount|often frequently|"
    "photo photograph picture|plane aircraft|aeroplane airplane|pupil student|quit resign|shop store|show display|"
    "speak talk|street road|tell inform|try attempt|use utilise utilize|wage salary|whole entire|cancel annul|"
    "customer client|free complimentary|guarantee warranty|cheap inexpensive|"
    "reimburse refund|medicine drug medication|supervise oversee|"
    "street st|avenue ave|boulevard blvd|road rd|highway hwy|apartment apt|suite ste|mount mt|saint st|doctor dr|"
    "professor prof|governor gov|senator sen|sergeant sgt|lieutenant lt|captain capt|president pres|"
    "department dept|government govt|university univ|company co|corporation corp|incorporated inc|limited ltd|"
    "approximate approx|estimate est|"
    "american US USA america|british UK britain"
)
"""Words that are one another's usual substitutes."""


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    across = (f"{one} {other}" for ones, others in _SIDES for one in ones.split() for other in others.split())
    for pair in (*_PAIRS.split("|"), *across):
        one, other = (stem(word) for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {key: frozenset(values) for key, values in found.items()}


OPPOSITES = _opposites()
"""What a key is the contrary of."""


REFUSING = frozenset(
    map(
        stem,
        lexicon(
            "forbid forbidden prohibit ban banned disallow exclude excluding reject verboten untersagt ausgeschlossen "
            "interdit interdite exclu exclue exclus prohibido prohibida prohibidos excluido excluida vietato vietata "
            "escluso esclusa verboden uitgesloten"
        ),
    )
)
"""Words that deny without a `not`."""


def _allies() -> dict[str, frozenset[str]]:
    sides = [words for pair in _SIDES for words in pair]
    found: dict[str, set[str]] = {}
    for words in (*sides, *_SAME.split("|")):
        keys = {stem(word) for word in words.split()}
        for key in keys:
            found.setdefault(key, set()).update(keys - {key})
    return {key: frozenset(others) for key, others in found.items()}


ALLIES = _allies()
"""What commonly stands for a key."""


def keys(text: str) -> list[str]:
    """The keys of `text` in order, without function words."""
    return arranged(loose(text))


def loose(text: str) -> list[str]:
    """The same, but for dates as they stand: a day before its month, or behind it."""
    if not _spaced(text):
        return apart(text)
    return [*_flat(map(_read, (_ASCII if text.isascii() else _ANY).findall(text)))]


def apart(text: str) -> list[str]:
    """The same for a text of which somebody knows that no token has white space in it."""
    return [*_flat(map(_read, text.split()))]


_flat = chain.from_iterable
_BORDERS = lexicon(
    "and but while whereas although though however yet if when because so since which who that whose where before "
    "after until for then instead"
)
_ENDS = frozenset(",;:.)!?|\u2014\u2013")


def clauses(text: str) -> list[list[str]]:
    """The keys of each clause of a text as they stand, cut at its signs and where a word joins two."""
    found: list[list[str]] = []
    now: list[str] = []
    for key in _flat(map(_jointly, text.split())):
        if key:
            now.append(key)
        elif now:
            found.append(now)
            now = []
    if now:
        found.append(now)
    return found


def homes(text: str) -> tuple[dict[str, int], int]:
    """Which clauses of a text have each key, a bit for each, the lowest for the first; and how many clauses it has."""
    found: dict[str, int] = {}
    bit, count, begun = 1, 0, False
    for key in _flat(map(_jointly, text.split())):
        if key:
            if key in found:
                found[key] |= bit
            else:
                found[key] = bit
            begun = True
        elif begun:
            bit += bit
            count += 1
            begun = False
    return found, count + begun


def arranged(found: list[str]) -> list[str]:
    """`loose` keys with each month before its day; the list itself is changed."""
    for at in _days_first(found):
        found[at], found[at + 1] = found[at + 1], found[at]
    return found


def scan(text: str) -> list[Key]:
    """The keys of `text` in order, with their places."""
    found: list[Key] = []
    end = 0
    if _spaced(text):
        for raw in (_ASCII if text.isascii() else _ANY).findall(text):
            start = text.index(raw, end)  # what lies between two tokens has no letter and no digit
            end = start + len(raw)
            name = raw[0].isupper()
            found += [_key(Key, (key, start, end, name)) for key in _keys_of[raw]]
    else:
        chunks = text.split()
        evenly = " ".join(chunks) == text  # as a rule: then nobody has to look for them
        for chunk in chunks:
            start = end if evenly else text.index(chunk, end)
            end = start + len(chunk) + evenly
            for key, low, high, name in _places_of[chunk]:
                found.append(_key(Key, (key, start + low, start + high, name)))
    first = _ANY.search(text) if found and found[0].name else None
    for at in range(len(_keys_of[first[0]]) if first else 0):
        found[at] = _key(Key, (*found[at][:3], False))  # a capital says nothing where a sentence begins
    for at in _days_first([key.key for key in found]):
        found[at], found[at + 1] = found[at + 1], found[at]
    return found


def _spaced(text: str) -> bool:
    """Whether a token with white space in it may stand there, such as `5 million`: without, each word has its own."""
    return (_ASCII_SPACED if text.isascii() else _ANY_SPACED).search(text) is not None


_Kept = TypeVar("_Kept")


class Remembered(dict[str, _Kept]):
    """What follows from the letters of short stretches without white space. Some thousand are kept: most come again.

    Nothing can be read from it but what its reader has brought.
    """

    def __init__(self, work_out: Callable[[str], _Kept], most: int) -> None:
        self._work_out = work_out
        self._most = most

    def __missing__(self, chunk: str) -> _Kept:
        found = self._work_out(chunk)
        if len(chunk) <= _LONGEST_REMEMBERED:
            if len(self) >= self._most:
                self.clear()
            self[chunk] = found
        return found


def _keys_in(chunk: str) -> tuple[str, ...]:
    # letters alone are one token
    found = _canon(chunk) if chunk.isalpha() else _flat(map(_canon, _ANY.findall(chunk)))
    return tuple(map(_same.__getitem__, found))


def _places_in(chunk: str) -> tuple[tuple[str, int, int, bool], ...]:
    """The keys of a stretch, where their tokens begin and end in it, and whether these have a capital."""
    end = len(chunk) - (chunk[-1] in ".,;:!?")
    if chunk[:end].isalpha():  # as a rule: a word, and perhaps the mark behind it
        return tuple([(key, 0, end, chunk[0].isupper()) for key in _keys_of[chunk[:end]]])
    return tuple(
        (key, match.start(), match.end(), match[0][0].isupper())
        for match in _ANY.finditer(chunk)
        for key in _keys_of[match[0]]
    )


_LONGEST_REMEMBERED = 40
_same = Remembered(str, 1 << 15)
"""Each key as one object, which takes less room and is found faster than several that are equal."""
_keys_of = Remembered(_keys_in, 1 << 15)
_read = _keys_of.__getitem__
_places_of = Remembered(_places_in, 1 << 13)


def _joint_in(chunk: str) -> tuple[str, ...]:
    """The keys of a chunk, and an empty one where a clause begins before it or ends behind it."""
    found = _keys_of[chunk]
    if chunk in _BORDERS:
        found = ("", *found)
    return (*found, "") if chunk[-1] in _ENDS else found


_jointly = Remembered(_joint_in, 1 << 13).__getitem__
_MONTH_KEYS = frozenset(f"month {number}" for number in range(100))


def _days_first(found: Sequence[str]) -> list[int]:
    """Where a day stands before its month, as in `4 May`: the order of the other forms is month, day, year."""
    if _MONTH_KEYS.isdisjoint(found):
        return []
    return [
        at - 1
        for at, key in enumerate(found)
        if at
        and key[:6] == "month "
        and len(found[at - 1]) <= 2
        and found[at - 1].isdigit()
        and not (at > 1 and found[at - 2][:6] == "month ")
    ]


def quantity(key: str) -> float | None:
    """The value of a number's key; None for other keys, and for a time of day."""
    if not key[0].isdigit():
        return None
    try:
        return float(key)
    except ValueError:
        return None


MEASURES = {
    stem(name): (dimension, size)
    for dimension, listed in {
        "time": "millisecond 0.001 ms 0.001 second 1 seconds 1 h 3600 minute 60 hour 3600 day 86400 week "
        "604800 month 2629800 year 31557600 "
        "decade 315576000 stunde 3600 stunden 3600 tage 86400 tagen 86400 woche 604800 wochen 604800 monat "
        "2629800 monate 2629800 monaten 2629800 jahr 31557600 jahre 31557600 jahren 31557600 heures 3600 jour "
        "86400 jours 86400 semaine 604800 semaines 604800 mois 2629800 annees 31557600 giorni 86400 settimana "
        "604800 settimane 604800 mesi 2629800 anni 31557600 horas 3600 dias 86400 semana 604800 semanas "
        "604800 meses 2629800 anos 31557600 dagen 86400 weken 604800 maand 2629800 maanden 2629800 jaar "
        "31557600 uur 3600",
        "length": "mm 0.001 cm 0.01 meter 1 metre 1 km 1000 kilometer 1000 kilometre 1000 foot 0.3048 feet 0.3048 "
        "mile 1609.344 inch 0.0254 inches 0.0254",
        "volume": "ml 0.001 millilitre 0.001 milliliter 0.001 cl 0.01 dl 0.1 l 1 litre 1 liter 1 gallon 3.785",
        "mass": "mcg 0.000001 microgram 0.000001 mg 0.001 milligram 0.001 g 1 gram 1 kg 1000 kilogram 1000 "
        "kilo 1000 tonne 1000000 pound 453.592 ounce 28.3495",
        "data": "kb 1 kilobyte 1 mb 1000 megabyte 1000 gb 1000000 gigabyte 1000000 tb 1000000000 terabyte 1000000000",
    }.items()
    for name, size in zip(listed.split()[::2], map(float, listed.split()[1::2]), strict=True)
}
"""The units whose amounts can be compared."""


def o_clock(hour: str, clock: str) -> bool:
    """Whether a time of day is that full hour, before noon or after it: 9 is 9:00 or 21:00."""
    value = quantity(hour)
    return clock.endswith(CLOCK) and value is not None and 0 < value <= 24 and (int(clock[:-1]) - value * 60) % 720 == 0


def measure(number: str, unit: str) -> tuple[str, float] | None:
    """The dimension and the amount of a number with its unit: 14 days and 2 weeks are one; None for other units."""
    known = MEASURES.get(unit)
    value = quantity(number) if known else None
    return None if known is None or value is None else (known[0], value * known[1])


def _canon(raw: str) -> tuple[str, ...]:
    """The keys of one token; none for a function word."""
    if not raw.isascii():
        raw = _plainly(raw)
        if _UNSPACED.search(raw):
            return tuple(raw[at : at + 2] for at in range(max(1, len(raw) - 1)))
    return _word(raw) if raw[:1].isalpha() else tuple(filter(None, _number(raw)))


_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Scripts without spaces between words: each two letters that stand together are a key."""
_MARKS = re.compile("[\u0300-\u036f]")


def _plainly(raw: str) -> str:
    """Compatibility forms made plain, and the accents of Latin letters taken away."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", raw)) or raw


def _word(raw: str) -> tuple[str, ...]:
    if raw.isupper() and len(raw) > 1:
        raw = raw.replace(".", "")
        if raw in _STATES:
            return (raw,)
    word = raw.casefold().replace("\u2019", "'")
    if "'" in word:
        if word.endswith("n't"):
            return ("!not",)
        word = word.split("'", 1)[0] or word
    if word in _CASED:
        if word == "may" and raw[0] != "M":
            return ("!may",)
        is_month = raw != "Mars" if word == "mars" else raw[0].isupper()
        return (_MONTHS[word],) if is_month else _stems(raw, word)
    known = _KNOWN.get(word)
    return _stems(raw, word) if known is None else known


def _stems(raw: str, word: str) -> tuple[str, ...]:
    if len(raw) > 5 and raw.isascii() and not (raw[1:].islower() or raw.isupper()):
        parts = _CAMEL.findall(raw)
        if len(parts) > 1:
            return tuple(_flat(map(_canon, parts)))
    return (stem(word),) if len(word) > 1 or not word.isascii() or word in _LETTERS else ()


_LETTERS = frozenset("ghl")
"""Gram, hour, litre."""

_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})\Z")
_SLASHED = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{2,4})\Z")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{1,2}))?(?::\d{1,2})?[ \u00a0]?([ap]?)\.?m?\.?\Z", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d\d)+,\d{3})(?:\.\d+)?\Z")
_LISTED = re.compile(r"\d{1,4}(?:,\d{1,4}){2,}\Z|\d{4},\d{4}\Z")
"""`1,2,3`, where nothing parts the numbers but commas."""
_COMMA_DECIMALS = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+\Z|\d+,\d{1,2}\Z|\d{1,3}(?:\.\d{3}){2,}\Z")
_TAIL = re.compile(r"(?<=\d)[ \u00a0-]?([a-zA-Z%]+)\.?\Z")


def _number(raw: str) -> Iterator[str]:
    currency = _CURRENCIES.get(raw[0])
    body = raw[1:] if currency else raw
    if (match := _ISO.match(body)) and 1 <= int(match[2]) <= 12:
        yield from (f"month {int(match[2])}", str(int(match[3])), match[1])
        return
    if match := _SLASHED.match(body):
        one, other = int(match[1]), int(match[3])
        # with dots the day stands first everywhere; with slashes, the month does unless it cannot
        yield from _slashed(*((other, one) if match[2] == "." and other <= 12 else (one, other)), match[4])
        return
    if ":" in body or body[-1:] in "mM." or body[-2:-1] in "aApP":
        for part in re.split(r"[-\u2013]", body):
            if (match := _CLOCK.match(part)) and (match[2] or match[3]) and len(part) <= 14:
                yield _clock(match)
            else:
                yield from filter(None, map(_plain, re.findall(r"\d+", part)))
        return
    scale, unit = 1.0, currency
    if match := _TAIL.search(body):
        tail = match[1].casefold()
        body = body[: match.start()]
        scale = _SCALES.get(tail, 1.0)
        unit = "u%" if tail in ("%", "percent") else unit
    parts = [part for part in re.split(r"[-\u2013/:]", body) if part]
    for part in parts:
        if _LISTED.match(part) and not _THOUSANDS.match(part):
            yield from map(_plain, part.split(","))
        else:
            yield _plain(part, scale)
    if unit:
        yield unit


def _slashed(one: int, other: int, year: str) -> Iterator[str]:
    month, day = (one, other) if one <= 12 else (other, one)
    yield from (f"month {month}", str(day), year if len(year) == 4 else f"20{year:0>2}")


def _clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3] in "pP" else 0)
    return f"{(hour % 24) * 60 + minute}{CLOCK}"


def _plain(part: str, scale: float = 1.0) -> str:
    if _THOUSANDS.match(part):
        part = part.replace(",", "")
    elif _COMMA_DECIMALS.match(part):
        part = part.replace(".", "").replace(",", ".")
    if scale != 1.0 and len(part) < 20:
        try:
            return f"{float(part.replace(',', '.')) * scale:.12g}" if scale < 1e12 else f"{float(part) * scale:.0f}"
        except ValueError:
            return part
    if part.count(".") == 1 and "," not in part:
        part = part.rstrip("0").rstrip(".")
    return part.lstrip("0") or "0"
