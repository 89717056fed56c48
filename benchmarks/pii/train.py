"""Trains the tagger of guardrails/pii/names.py and writes its weights.

python -m benchmarks.pii.train

It learns from presidio_research (MIT) and from texts.yaml, filled with made-up values, half of them no names of this
world, so that form and context count and not only lists. An averaged perceptron over whole lines (Collins 2002)
with a margin.
"""

from __future__ import annotations

import base64
import json
import math
import random
import re
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from benchmarks.pii.rows import Gold, Row, presidio_rows, real_texts
from guardrails.pii import lexicon
from guardrails.pii.features import Features, Usage, tokens
from guardrails.pii.names import Tagger, loaded
from guardrails.pii.tagger import KINDS, LABELS, TABLE_BITS, Weights, laid, unlaid
from guardrails.text import sentences

ROOT = Path(__file__).resolve().parent
OUT = ROOT.parent.parent / "guardrails" / "pii" / "names.json"
SEED = 20250611
EPOCHS = 5
NAMELESS = 3_000
"""Sentences without any name."""
WRITTEN = 7_000
"""Sentences made of texts.yaml."""
HIDINGS = 2
"""How many times a row is looked at with other words hidden."""
SNAPSHOTS = 20
"""How often in a pass the weights are looked at for their mean."""
MARGIN = 120
"""By how much the right labels have to win while learning, in changes of a weight, so that they win elsewhere too."""
IDENTITY_DROP = 0.25
"""How often a token's own word is hidden while learning: a name that was never seen has to be told by the rest."""


class Example(NamedTuple):
    """The features of each token of a line, and its label."""

    found: list[array[int]]
    labels: list[int]


def example(row: Row, features: Features, rng: random.Random) -> Example:
    """A row as the tagger sees it; words are hidden at random. What it does not look at is nothing."""
    line = list(tokens(row.text))
    labels = [0] * len(line)
    for gold in row.spans:
        if gold.entity in LABELS:
            for index, token in enumerate(line):
                if gold.start <= token.start and token.end <= gold.end:
                    labels[index] = LABELS.index(gold.entity)
    hidden = [
        token._replace(text=_hidden(token.text, rng))
        if label and token.text.isalpha() and rng.random() < IDENTITY_DROP
        else token
        for token, label in zip(line, labels, strict=True)
    ]
    found = [array("H", places) for places in features.of(hidden)]
    return Example(found, [label if places else 0 for places, label in zip(found, labels, strict=True)])


def _hidden(word: str, rng: random.Random) -> str:
    made = _made_word(rng, len(word))
    return made.upper() if word.isupper() and len(word) > 1 else made if word.islower() else made.capitalize()


def _made_word(rng: random.Random, size: int = 0) -> str:
    size = size or rng.randint(4, 9)
    made = ""
    while len(made) < size:
        made += rng.choice("bcdfghjklmnprstvwz") + rng.choice(
            ("a", "e", "i", "o", "u", "ai", "ou", "ie", "ar", "en", "il")
        )
    return made[: max(2, size)]


def train(rows: Sequence[Row], *, epochs: int = EPOCHS, seed: int = SEED) -> Tagger:
    """The tagger after `epochs` passes over `rows`, as `names.json` would hold it."""
    return loaded(trained(rows, epochs=epochs, seed=seed))


def trained(rows: Sequence[Row], *, epochs: int = EPOCHS, seed: int = SEED) -> dict[str, Any]:
    """The same as the fields of `names.json`: the mean of the weights over the passes, a signed byte for each."""
    rng = random.Random(seed)
    features = Features(Usage(usage()))
    weights = Weights([laid([0] * KINDS)] * (1 << TABLE_BITS), [[0] * KINDS for _ in range(KINDS + 1)])
    total = [0] * len(weights.table)
    total_after = [[0] * KINDS for _ in range(KINDS + 1)]
    looks = 0
    hidings = [[example(row, features, rng) for row in rows] for _ in range(HIDINGS)]
    for epoch in range(epochs):
        examples = hidings[epoch % HIDINGS]
        rng.shuffle(examples)
        for index, (found, labels) in enumerate(examples, start=1):
            guess = weights.decided(_handicapped(weights, found, labels))
            if guess != labels:
                _correct(weights, found, labels, guess)
            if index * SNAPSHOTS // len(examples) > (index - 1) * SNAPSHOTS // len(examples):
                looks += 1
                total = list(map(add, total, weights.table))
                total_after = [list(map(add, *pair)) for pair in zip(total_after, weights.after, strict=True)]
    return _packed([unlaid(number, looks) for number in total], total_after)


def _handicapped(weights: Weights, found: Sequence[Sequence[int]], labels: Sequence[int]) -> list[int]:
    """What the tokens are worth, with `MARGIN` more for every label but the right one."""
    worth = weights.table.__getitem__
    return [
        sum(map(worth, places)) + _HANDICAPS[label] if places else 0
        for places, label in zip(found, labels, strict=True)
    ]


_HANDICAPS = [laid((MARGIN * (kind != right) for kind in range(KINDS)), relative=True) for right in range(KINDS)]


def _correct(weights: Weights, found: Sequence[Sequence[int]], labels: list[int], guess: list[int]) -> None:
    before = before_guess = KINDS
    for places, label, guessed in zip(found, labels, guess, strict=True):
        if label != guessed:
            change = laid(((kind == label) - (kind == guessed) for kind in range(KINDS)), relative=True)
            for place in places:
                weights.table[place] += change
        if (before, label) != (before_guess, guessed):
            weights.after[before][label] += 1  # type: ignore[index]
            weights.after[before_guess][guessed] -= 1  # type: ignore[index]
        before, before_guess = label, guessed


def _packed(table: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> dict[str, Any]:
    """The weights in signed bytes that stand for their squares: most are small, and a few are very large."""
    unit = max(abs(value) for row in table for value in row) / 127**2 or 1.0
    raw = bytes(_root(value / unit) & 0xFF for row in table for value in row)
    return {
        "after": [[round(value / unit) for value in row] for row in after],
        "table": base64.b64encode(zlib.compress(raw, 9)).decode(),
        "usage": base64.b64encode(zlib.compress(usage(), 9)).decode(),
    }


def _root(value: float) -> int:
    size = round(math.sqrt(abs(value)))
    return size if value > 0 else -size


@lru_cache(maxsize=1)
def usage() -> bytes:
    """How words are written in running text: what `Usage` reads."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in real_texts():
        before = "."
        for token in tokens(text):
            word = token.text
            if word[0].isalpha():
                folded = word.casefold()
                if word.islower():
                    small[folded] += 1
                elif before not in _BEFORE_CAPITALS and not word.isupper():  # any word has one there
                    capital[folded] += 1
            before = word[0]
    packed = bytearray(1 << (Usage.BITS - 2))
    for word in sorted({*small, *capital}):
        if small[word] + capital[word] < 2:
            continue
        share = small[word] / (small[word] + capital[word])
        kind = Usage.SMALL if share > 0.9 else Usage.CAPITAL if share < 0.1 else Usage.BOTH
        place = Usage.place(word) & ((1 << Usage.BITS) - 1)
        if not packed[place >> 2] >> 2 * (place & 3) & 3:
            packed[place >> 2] |= kind << 2 * (place & 3)
    return bytes(packed)


_BEFORE_CAPITALS = ".!?:\n\"'“”‘’()[]*-–—•#|"


# --- sentences of our own ------------------------------------------------------------------------------------------

_SLOT = re.compile(r"\{(\w+)\}")


def written_rows(count: int, pools: Mapping[str, Sequence[str]], seed: int = SEED) -> list[Row]:
    """`count` rows made of texts.yaml. `pools` has values seen in the rows that are learned from, by entity."""
    rng = random.Random(seed)
    texts = yaml.safe_load((ROOT / "texts.yaml").read_text(encoding="utf-8"))
    rows = [Row(text, (), f"written {i}") for i, text in enumerate(texts["without_names"]) for _ in range(6)]
    while len(rows) < count:
        index = rng.randrange(len(texts["with_names"]))
        rows.append(_filled(texts["with_names"][index], f"written with {index}", rng, pools))
    return rows


_TOWN = "\x03"
"""Stands on both sides of the towns and countries of a made address, which others mark as places of their own where an
address stands below a name, as on an envelope. In running text an address goes on to its end."""
_BEHIND_LINE = re.compile(r"[^\W\d_]\n[> ]*\Z")


def _filled(template: str, name: str, rng: random.Random, pools: Mapping[str, Sequence[str]]) -> Row:
    template = template.replace("{{", "\x01").replace("}}", "\x02")
    out, spans, at = "", [], 0
    for match in _SLOT.finditer(template):
        out += template[at : match.start()]
        at = match.end()
        slot, _, case = match[1].partition("_")
        entity, value = _value(slot, rng, pools)
        value = value.lower() if case == "lower" else value.upper() if case == "upper" else value
        if not _BEHIND_LINE.search(out):
            value = value.replace(_TOWN, "")
        for index, part in enumerate(value.split(_TOWN)):
            inner = part.strip(" ,\n")
            start = len(out) + part.find(inner)
            if entity and inner:
                spans.append(Gold(start, start + len(inner), "location" if index % 2 else entity))
            out += part
    out += template[at:]
    return Row(out.replace("\x01", "{").replace("\x02", "}"), tuple(spans), name)


def _value(slot: str, rng: random.Random, pools: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    first, last = _name(lexicon.FIRST_NAMES, rng), _name(lexicon.SURNAMES, rng)
    place = _name(lexicon.PLACES, rng)
    middle = rng.choice(("", "", "", f" {rng.choice('ABCDEFGHJKLMNPRST')}.", f" {_name(lexicon.FIRST_NAMES, rng)}"))
    pooled = {"person": "person", "org": "organisation", "place": "location", "address": "address"}.get(slot)
    if pooled and pools.get(pooled) and rng.random() < 0.3:
        return pooled, rng.choice(pools[pooled])
    day = f"{rng.randint(1, 28)} {rng.choice(('January', 'March', 'May', 'June', 'August', 'October'))}"
    values = {
        "first": ("person", first),
        "last": ("person", last),
        "person": (
            "person",
            f"{first}{middle} {last}" if rng.random() < 0.85 else f"{first} {last}-{_name(lexicon.SURNAMES, rng)}",
        ),
        "place": (
            "location",
            _place(place, rng),
        ),
        "org": ("organisation", _organisation(last, place, rng)),
        "address": ("address", _address(rng)),
        "street": ("address", _street(rng)),
        "suffix": ("person", rng.choice(("MD", "PhD", "DDS", "Jr.", "Sr.", "III", "MBA", "Esq."))),
        "job": ("title", _job(rng)),
        "title": ("title", rng.choice(("Mr", "Mrs", "Ms", "Dr", "Mr.", "Mrs.", "Ms.", "Dr.", "Prof.", "Miss"))),
        "date": (
            "date",
            rng.choice((day, f"{day} {rng.randint(1950, 2025)}", rng.choice(("Monday", "Friday", "Sunday")))),
        ),
        "email": ("", f"{first}.{last}@mail.example".lower()),
        "phone": ("", f"({rng.randint(201, 989)}) 555-{rng.randint(1000, 9999)}"),
        "number": ("", str(rng.randint(10000, 99999999))),
        "age": ("", str(rng.randint(18, 90))),
    }
    return values[slot]


def _street(rng: random.Random) -> str:
    last, place = _name(lexicon.SURNAMES, rng), _name(lexicon.PLACES, rng)
    number = str(rng.randint(1, 9999))
    kinds = (
        "Street",
        "St",
        "St.",
        "Road",
        "Rd",
        "Avenue",
        "Ave",
        "Lane",
        "Drive",
        "Dr.",
        "Court",
        "Way",
        "Blvd",
        "Square",
        "Close",
    )
    return rng.choice(
        (
            f"{number} {last} {rng.choice(kinds)}",
            f"{last} {rng.choice(kinds)}",
            f"{number} {rng.choice(('North', 'South', 'E', 'W'))} {place} {rng.choice(kinds)}",
            f"{number} {rng.randint(2, 99)}th {rng.choice(kinds)}",
            f"{rng.randint(1, 99)} {number} {last} {rng.choice(kinds)}",
            f"{last}{rng.choice(('straße', 'strasse', 'weg', 'platz', 'gasse', 'straat', 'vej', 'gatan'))} {number}",
            f"{number} rue {rng.choice(('de ', 'du ', ''))}{place}",
            f"{rng.choice(('Calle', 'Via', 'Rua', 'ul.', 'Avenida'))} {last} {number}",
            f"{number} {rng.choice(('Calle', 'Via', 'Rue', 'Rua'))} {last} {rng.randint(1, 99)}",
            f"{last} {rng.choice(('út', 'utca', 'tér', 'katu', 'vägen'))} {number}.",
            f"the corner of {last} {rng.choice(kinds)} and {place} {rng.choice(kinds)}",
            f"P.O. Box {number}",
        )
    )


def _address(rng: random.Random) -> str:
    """A street, what stands behind it, the town and perhaps the country, in the order of some country or of none."""
    street, place = _street(rng), _name(lexicon.PLACES, rng)
    town = _name(lexicon.PLACES, rng) + rng.choice(("", "", f" {_made_word(rng).capitalize()}"))
    number = rng.randint(1, 999)
    unit = rng.choice(
        (
            *("", "", "", f"Apt. {number}", f"Suite {number}", f"Unit {number}", f"Floor {rng.randint(1, 30)}"),
            *(f"Flat {rng.randint(1, 40)}{rng.choice('ABCD')}", f"Apartment {number}", f"#{number}", f"Room {number}"),
        )
    )
    code = _code(rng)
    state = rng.choice(("CA", "NY", "TX", "WA", "IL", "AB", "ON", "NSW", "SP", _name(lexicon.PLACES, rng)))
    country = rng.choice((place, place, _country(rng)))
    town, country, region = (f"{_TOWN}{name}{_TOWN}" for name in (town, country, f"{town} {state}"))
    tail = rng.choice(
        (
            [],
            [town],
            [town, f"{state} {code}"],
            [town, f"{state} {code}", country],
            [region],
            [f"{code} {town}"],
            [f"{code} {town}", country],
            [f"{town} {code}"],
            [f"{town} {code}", country],
            [town, code],
            [town, country],
            [town, f"{country} {code}"],
        )
    )
    joint = rng.choice((", ", ", ", ", ", "\n", "\n ", "\n    ", " "))
    parts = [part for part in (street, unit, *tail) if part]
    if unit and rng.random() < 0.1:
        parts[:2] = [unit, street]
    return joint.join(parts)


def _code(rng: random.Random) -> str:
    """A postal code as some country writes it."""
    number = str(rng.randint(10000, 99999))
    letters = "".join(rng.choices("ABDEFGHJLNPRSTUWXY", k=5))
    return rng.choice(
        (
            *(number,) * 6,
            f"{number}-{rng.randint(1000, 9999)}",
            number[:4],
            f"{number}{rng.randint(0, 9)}",
            f"{letters[0]}{rng.randint(1, 20)} {number[0]}{letters[1:3]}",
            f"{letters[:2]}{number[:2]} {number[2]}{letters[2:4]}",
            f"{letters[0]}{number[0]}{letters[1]} {number[1]}{letters[2]}{number[2]}",
            f"{number[:4]} {letters[:2]}",
            f"{number[:3]} {number[3:]}",
            f"{number[:2]}-{number[2:]}",
            f"{number}-{rng.randint(100, 999)}",
            f"{letters[0]}-{number}",
        )
    )


def _country(rng: random.Random) -> str:
    """A listed name of several words, such as a country's."""
    first, rests = rng.choice(sorted(lexicon.phrases().items()))
    return " ".join((first, *rng.choice(rests))).replace(" . ", ".").replace(" 's", "'s").title()


def swapped(rows: Sequence[Row], values: Mapping[str, Sequence[str]], seed: int = SEED) -> list[Row]:
    """Each row once more with other values of the same kinds, a third of them in lower case."""
    rng = random.Random(seed)
    made = []
    for row in rows:
        out, spans, at = "", [], 0
        for gold in row.spans:
            out += row.text[at : gold.start]
            at = gold.end
            value = rng.choice(values[gold.entity])
            if gold.entity == "person" and rng.random() < 0.5:
                value = f"{_name(lexicon.FIRST_NAMES, rng)} {_name(lexicon.SURNAMES, rng)}"
            elif gold.entity == "organisation" and rng.random() < 0.5:
                value = _organisation(_name(lexicon.SURNAMES, rng), _name(lexicon.PLACES, rng), rng)
            elif gold.entity == "location" and rng.random() < 0.5:
                value = _place(_name(lexicon.PLACES, rng), rng)
            elif gold.entity == "address":
                value = _address_like(row.text[gold.start : gold.end], values["address"], rng)
            spans.append(Gold(len(out), len(out) + len(value), gold.entity))
            out += value
        out += row.text[at:]
        if rng.random() < 0.3 and len(out.lower()) == len(out):
            out = out.lower()
        made.append(Row(out, tuple(spans), row.template))
    return made


def _address_like(value: str, others: Sequence[str], rng: random.Random) -> str:
    """Another address with as much in it: a code, a street, or a street with what stands behind it."""
    if not any(map(str.isalpha, value)):
        return _code(rng)
    parts = len(re.split(r",|\n", value))
    alike = [other for other in others if len(re.split(r",|\n", other)) == parts]
    if rng.random() < 0.5:
        return rng.choice(alike)
    return _street(rng) if parts == 1 else _address(rng).replace(_TOWN, "")


def learned(rows: Sequence[Row]) -> list[Row]:
    """All that is learned from, where `rows` of presidio_research may be."""
    values = pools(rows)
    return [*rows, *swapped(rows, values), *written_rows(WRITTEN, values), *nameless(NAMELESS)]


def nameless(count: int, seed: int = SEED) -> list[Row]:
    """Sentences of real text that name nobody: no word but the first has a capital, and no digit stands in them."""
    found = set()
    for text in real_texts():
        for sentence in sentences(text):
            words = sentence.text.split()
            plain = all(word == word.lower() for word in words[1:]) and sentence.text.isascii()
            if 5 <= len(words) <= 40 and plain and not any(character.isdigit() for character in sentence.text):
                found.add(sentence.text)
    rng = random.Random(seed)
    chosen = rng.sample(sorted(found), min(count, len(found)))
    return [Row(text if rng.random() < 0.7 else text.lower(), (), "nameless") for text in chosen]


def _name(listed: str, rng: random.Random) -> str:
    return (_made_word(rng) if rng.random() < 0.4 else rng.choice(listed.split())).capitalize()


def _place(place: str, rng: random.Random) -> str:
    chance = rng.random()
    if chance < 0.1:
        return _country(rng)
    if chance < 0.25:
        return f"{rng.choice(('New', 'San', 'Port', 'East', 'Saint', 'North', 'Bad', 'Fort', 'Lake', 'Mount'))} {place}"
    return place.upper() if chance < 0.28 else place


def _organisation(last: str, place: str, rng: random.Random) -> str:
    made, other = _made_word(rng).capitalize(), _made_word(rng).capitalize()
    third = _name(lexicon.SURNAMES, rng)
    suffix = rng.choice(
        (
            *("Inc", "Inc.", "Ltd", "Ltd.", "LLC", "PLC", "GmbH", "AG", "Group", "Bank", "Systems", "Partners"),
            *("Hospital", "& Sons", "and Sons", "Foods", "Corp", "Corporation", "Co.", "Holdings", "Technologies"),
        )
    )
    kind = rng.choice(
        ("Hospital", "School", "Airlines", "Insurance", "University", "Police", "Times", "Council", "Museum", "Bank")
    )
    what = rng.choice(_WHAT.split())
    return rng.choice(
        (
            made,
            f"{made} {suffix}",
            f"{last} {suffix}",
            f"{last}-{third}",
            f"{last}-{third} {suffix}",
            f"{last}, {third} and {rng.choice((made, _name(lexicon.SURNAMES, rng)))}",
            f"{last} & {made}",
            f"{last} and {third}",
            f"University of {place}",
            f"Bank of {place}",
            f"{rng.choice(('Ministry', 'Department', 'Institute', 'Office', 'Museum'))} of {what}",
            f"{place} {kind}",
            f"{rng.choice(_LIKE.split())} {what}",
            f"{rng.choice(_LIKE.split())}{what}",
            f"{what} {rng.choice(_WHAT.split())}",
            f"{made}{what}",
            f"{made} {what}",
            f"{rng.choice(('The ', ''))}{rng.choice(_LIKE.split())} {what} {suffix}",
            "".join(rng.choices("ABCDEFGHIKLMNPRSTVX", k=rng.randint(2, 4))),
            f"{rng.choice('ABCDEIMX')}{rng.choice(('-', '&', ''))}{rng.choice('ABCDEMTX')} {what}",
            f"{other}.{rng.choice(('com', 'io', 'org', 'net'))}",
        )
    )


_LIKE = (
    "Blue Green Red Golden Silver First Open Smart True Clear Bright Next Safe Social National American United Global "
    "General Central Northern Royal Pacific Atlantic Digital Urban Rapid Deep Honest Modern Simple Alpha Omega Delta"
)
_WHAT = (
    "Health Energy Data Media Analytics Water Finance Credit Foods Logic Maps Mobility Bridge Ridge River Stone Works "
    "Labs Signal Compass Harvest Garden Motors Pharma Explorer Ledger Engine Insight Education Justice Defence Trade "
    "Transport Care Capital Market Station Street Vision Research Science Software Networks Security Estate Realty"
)


def _job(rng: random.Random) -> str:
    job = rng.choice(lexicon.JOBS.split())
    return rng.choice(
        (job, job.capitalize(), f"senior {job}", f"{rng.choice(('software', 'civil', 'data', 'sales'))} {job}")
    )


def pools(rows: Iterable[Row]) -> dict[str, list[str]]:
    """The values in `rows` by entity."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for gold in row.spans:
            found.setdefault(gold.entity, []).append(row.text[gold.start : gold.end])
    return found


def main() -> None:
    """Trains on everything and writes names.json."""
    rows = presidio_rows()
    data = {
        "sources": {
            "presidio_research": "MIT, github.com/microsoft/presidio-research, generated_large and generated_small",
            "ragtruth": "MIT, github.com/ParticleMedia/RAGTruth, sentences of its sources that name nobody",
            "written": "this project, benchmarks/pii/texts.yaml",
        },
        "trained_by": "python -m benchmarks.pii.train",
        "seed": SEED,
        **trained(learned(rows)),
    }
    OUT.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(f"{OUT.name}: {OUT.stat().st_size / 1000:.0f} kB, from {len(rows)} rows and {WRITTEN} written ones")


if __name__ == "__main__":
    main()
