"""Trains the tagger of guardrails/pii/names.py and writes its weights.

python -m benchmarks.pii.train

It learns from presidio_research (MIT) and from texts.yaml, filled with made-up values, half of them no names of this
world, so that form and context count and not only lists. An averaged perceptron over whole lines (Collins 2002).
"""

from __future__ import annotations

import base64
import json
import random
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from benchmarks.pii.rows import Gold, Row, presidio_rows, real_texts
from guardrails.pii import lexicon
from guardrails.pii.names import LABELS, TABLE_BITS, Weights, features, tagged, tokens
from guardrails.text import sentences

ROOT = Path(__file__).resolve().parent
OUT = ROOT.parent.parent / "guardrails" / "pii" / "names.json"
SEED = 20250611
EPOCHS = 8
NAMELESS = 4_000
"""Sentences without any name."""
WRITTEN = 5_000
"""Sentences made of texts.yaml."""
IDENTITY_DROP = 0.25
"""How often a token's own word is hidden while learning: a name that was never seen has to be told by the rest."""


class Example(NamedTuple):
    """The features of each token of a line, and its label."""

    found: list[list[int]]
    labels: list[int]


def example(row: Row, rng: random.Random) -> Example:
    """A row as the tagger sees it; words are hidden at random."""
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
    return Example(features(hidden), labels)


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


def train(rows: Sequence[Row], *, epochs: int = EPOCHS, seed: int = SEED) -> Weights:
    """The averaged weights after `epochs` passes over `rows`."""
    rng = random.Random(seed)
    kinds = len(LABELS)
    size = 1 << TABLE_BITS
    weights = Weights([[0.0] * kinds for _ in range(size)], [[0.0] * kinds for _ in range(kinds + 1)])
    sums = Weights([[0.0] * kinds for _ in range(size)], [[0.0] * kinds for _ in range(kinds + 1)])
    step = 1
    for _ in range(epochs):
        examples = [example(row, rng) for row in rows]
        rng.shuffle(examples)
        for found, labels in examples:
            guess = tagged(found, weights)
            if guess != labels:
                _correct(weights, found, labels, guess, 1.0)
                _correct(sums, found, labels, guess, float(step))
            step += 1
    averaged = (
        [[w - s / step for w, s in zip(*pair, strict=True)] for pair in zip(a, b, strict=True)]
        for a, b in zip(weights, sums, strict=True)
    )
    return Weights(*averaged)


def _correct(weights: Weights, found: list[list[int]], labels: list[int], guess: list[int], amount: float) -> None:
    before = before_guess = len(LABELS)
    for places, label, guessed in zip(found, labels, guess, strict=True):
        if label != guessed:
            for place in places:
                weights.table[place][label] += amount  # type: ignore[index]
                weights.table[place][guessed] -= amount  # type: ignore[index]
        if (before, label) != (before_guess, guessed):
            weights.after[before][label] += amount  # type: ignore[index]
            weights.after[before_guess][guessed] -= amount  # type: ignore[index]
        before, before_guess = label, guessed


def packed(weights: Weights) -> dict[str, object]:
    """The weights as the data file keeps them: a signed byte for each."""
    values = sorted(abs(value) for row in weights.table for value in row if value)
    scale = (values[int(0.999 * len(values))] if values else 1.0) / 127
    raw = bytes((max(-127, min(127, round(value / scale))) & 0xFF) for row in weights.table for value in row)
    return {
        "scale": scale,
        "after": [[round(value, 4) for value in row] for row in weights.after],
        "table": base64.b85encode(zlib.compress(raw, 9)).decode(),
    }


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


def _filled(template: str, name: str, rng: random.Random, pools: Mapping[str, Sequence[str]]) -> Row:
    template = template.replace("{{", "\x01").replace("}}", "\x02")
    out, spans, at = "", [], 0
    for match in _SLOT.finditer(template):
        out += template[at : match.start()]
        at = match.end()
        slot, _, case = match[1].partition("_")
        entity, value = _value(slot, rng, pools)
        value = value.lower() if case == "lower" else value.upper() if case == "upper" else value
        if entity:
            spans.append(Gold(len(out), len(out) + len(value), entity))
        out += value
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
            place if rng.random() < 0.8 else f"{rng.choice(('New', 'San', 'Port', 'East', 'Saint'))} {place}",
        ),
        "org": ("organisation", _organisation(last, place, rng)),
        "address": ("address", _address(rng)),
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


def _address(rng: random.Random) -> str:
    last, place = _name(lexicon.SURNAMES, rng), _name(lexicon.PLACES, rng)
    town = _name(lexicon.PLACES, rng) + rng.choice(("", "", f" {_made_word(rng).capitalize()}"))
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
    street = rng.choice(
        (
            f"{number} {last} {rng.choice(kinds)}",
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
    unit = rng.choice(
        (
            "",
            "",
            f"Apt. {rng.randint(1, 999)}",
            f"Suite {rng.randint(1, 999)}",
            f"Unit {rng.randint(1, 40)}",
            f"Floor {rng.randint(1, 30)}",
        )
    )
    code = rng.choice(
        (
            str(rng.randint(10000, 99999)),
            f"{rng.choice('ABCELNSW')}{rng.randint(1, 20)} {rng.randint(1, 9)}{''.join(rng.choices('ABDEFGHJ', k=2))}",
        )
    )
    state = rng.choice(("CA", "NY", "TX", "WA", "IL", "AB", "ON", _name(lexicon.PLACES, rng)))
    tail = rng.choice(
        (
            [],
            [town],
            [town, f"{state} {code}"],
            [f"{town} {state}"],
            [f"{code} {town}"],
            [town, place],
            [town, f"{place} {code}"],
        )
    )
    joint = rng.choice((", ", ", ", "\n", "\n ", "\n    ", " "))
    return joint.join(part for part in (street, unit, *tail) if part)


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
            elif gold.entity == "address" and rng.random() < 0.5:
                value = _address(rng)
            spans.append(Gold(len(out), len(out) + len(value), gold.entity))
            out += value
        out += row.text[at:]
        if rng.random() < 0.3 and len(out.lower()) == len(out):
            out = out.lower()
        made.append(Row(out, tuple(spans), row.template))
    return made


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


def _organisation(last: str, place: str, rng: random.Random) -> str:
    made = _made_word(rng).capitalize()
    suffix = rng.choice(
        ("Inc", "Ltd", "LLC", "GmbH", "Group", "Bank", "Systems", "Partners", "Hospital", "& Sons", "Foods")
    )
    kind = rng.choice(("Hospital", "School", "Airlines", "Insurance"))
    return rng.choice(
        (
            made,
            f"{made} {suffix}",
            f"{last} {suffix}",
            f"University of {place}",
            f"{last}, {_made_word(rng).capitalize()} and {made}",
            f"{last} & {made}",
            f"Bank of {place}",
            f"{place} {kind}",
        )
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
    weights = train(learned(rows))
    data = {
        "sources": {
            "presidio_research": "MIT, github.com/microsoft/presidio-research, generated_large and generated_small",
            "ragtruth": "MIT, github.com/ParticleMedia/RAGTruth, sentences of its sources that name nobody",
            "written": "this project, benchmarks/pii/texts.yaml",
        },
        "trained_by": "python -m benchmarks.pii.train",
        "seed": SEED,
        **packed(weights),
    }
    OUT.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(f"{OUT.name}: {OUT.stat().st_size / 1000:.0f} kB, from {len(rows)} rows and {WRITTEN} written ones")


if __name__ == "__main__":
    main()
