"""Texts made of the templates in attacks.yaml, benign.yaml and languages.yaml, and of the lines in texts/."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

__all__ = [
    "SEED", "Written", "asides", "codes", "filled", "harmless_documents", "harmless_prompts", "kept_facts",
    "many_turns", "setups", "written_attacks",
]  # fmt: skip

HERE = Path(__file__).resolve().parent
SEED = 20250612
_INNERMOST = re.compile(r"\{([^{}]*)\}")
_DEEPEST = 1000
_ANY = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*+-./:;<=>?@^_~ "


class Written(NamedTuple):
    """A text, the family of templates that it was made of, and which of them."""

    text: str
    family: str
    template: str
    piece: tuple[int, int] | None = None
    """Where the attack stands in a document that was written around it: between `⟦` and `⟧` of the template."""


@cache
def _read(name: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    return loaded


@cache
def _lines(name: str) -> Mapping[str, Sequence[str]]:
    """The families of a folder of files of lines: a heading `== family`, then one template a line."""
    found: dict[str, list[str]] = {}
    for file in sorted((HERE / "texts" / name).glob("*.txt")):
        family: list[str] = []
        for line in file.read_text("utf-8").splitlines():
            if line.startswith("== "):
                family = found.setdefault(line[3:].strip(), [])
            elif line:
                family.append(_braced(line.replace("\\n", "{$nl}")))
    return found


def _braced(line: str) -> str:
    """A line in which a slot may stand without its braces, as `$name`."""

    def braced(match: re.Match[str]) -> str:
        known = next((name for name in sorted(_read("slots"), key=len, reverse=True) if match[1].startswith(name)), "")
        if not known or (line[match.start() - 1 : match.start()] == "{" and line[match.end() : match.end() + 1] == "}"):
            return match[0]
        return f"{{${known}}}{match[1][len(known) :]}"

    return re.sub(r"\$([a-z0-9_]+)", braced, line)


def filled(template: str, rng: random.Random) -> str:
    """A template with its alternatives chosen and its slots filled at random; a `{` of code ends its line."""
    text, slots = template.replace("{{$nl}", "\x01{$nl}").replace("}{$nl}}", "\x02"), _read("slots")
    for _ in range(_DEEPEST):
        match = _INNERMOST.search(text)
        if match is None:
            break
        inner = match[1]
        made = rng.choice(inner.split("|"))
        if made == "$random":
            made = "".join(rng.choice(_ANY) for _ in range(rng.randint(3, 16)))
        elif made.startswith("$") and made[1:] in slots:
            made = str(rng.choice(slots[made[1:]]))
        elif "|" not in inner and not inner.replace(" ", "").isalnum():
            made = f"\x01{inner}\x02"
        text = text[: match.start()] + made + text[match.end() :]
    return text.replace("\x01", "{").replace("\x02", "}")


def _made(families: Mapping[str, Sequence[str]], prefix: str, each: int, seed: int = SEED) -> Iterator[Written]:
    for family, templates in families.items():
        rng = random.Random(f"{seed} {prefix} {family}")
        seen: set[str] = set()
        for number, template in enumerate(templates):
            for _ in range(each):
                text = filled(template, rng)
                if rng.random() < 0.15:
                    text = text.lower() if rng.random() < 0.7 else text.upper()
                if text not in seen:
                    seen.add(text)
                    yield _unmarked(Written(text, f"{prefix} {family}", f"{prefix} {family} {number}"))


def _unmarked(item: Written) -> Written:
    """A text without the marks of its piece."""
    before, mark, rest = item.text.partition("⟦")
    piece, _, after = rest.partition("⟧")
    if not mark:
        return item
    return item._replace(text=before + piece + after, piece=(len(before), len(before) + len(piece)))


def _languages(kind: str) -> Mapping[str, list[str]]:
    """The templates of languages, by language."""
    found = {name: list(templates) for name, templates in _read("languages").get(kind, {}).items()}
    for heading, templates in _lines("languages").items():
        side, _, language = heading.partition(" ")
        if side == kind:
            found.setdefault(language, []).extend(templates)
    return found


def written_attacks(each: int = 30) -> list[tuple[Written, bool]]:
    """Attacks, and whether they are attacks also when a user says them."""
    attacks = _read("attacks")
    return [
        *((item, True) for item in _made(attacks["anywhere"], "attack", each)),
        *((item, True) for item in _made(_lines("attacks"), "attack", each)),
        *((item, True) for item in _made(_languages("attacks"), "language", each // 3)),
        *((item, True) for item in many_turns() if item.family.startswith("attack")),
        *((item, False) for item in _made(_languages("documents"), "language", each // 3)),
        *((item, False) for item in _made(attacks["only in documents"], "document", each)),
        *((item, False) for item in _made(_lines("attacks_documents"), "document", each)),
    ]


def harmless_prompts(each: int = 45) -> list[Written]:
    """What users say."""
    return [
        *_made(_read("benign")["prompts"], "prompt", each),
        *_made(_lines("harmless_prompts"), "prompt", each // 3),
        *_made(_languages("harmless"), "harmless", each // 4),
        *(item for item in many_turns() if item.family.startswith("prompt")),
    ]


def setups(each: int = 30) -> list[Written]:
    """System messages, as their authors write them and as users paste them."""
    made = list(_made(_lines("setups"), "setup", each))
    return [*made, *_joined(made)]


def _joined(made: Sequence[Written]) -> Iterator[Written]:
    """As many again, each of several texts of a family, the last in the place of what closes a prompt."""
    rng = random.Random(f"{SEED} joined")
    families: dict[str, list[Written]] = {}
    for item in made:
        families.setdefault(item.family, []).append(item)
    for family, items in families.items():
        for number in range(len(items) // 2):
            parts = [item.text for item in rng.sample(items, rng.choice((2, 2, 3, 5)))]
            text = rng.choice((" ", "\n", "\n\n")).join(parts[:-1]) + "\n" + parts[-1]
            yield Written(text, family, f"{family} joined {number % 12}")


def harmless_documents(each: int = 45) -> list[Written]:
    """What stands in documents, mails, tables and what tools return."""
    return [
        *_made(_read("benign")["documents"], "page", each),
        *_made(_lines("harmless_documents"), "page", each // 3),
        *_made(_languages("harmless"), "harmless", each // 4),
    ]


def asides(each: int = 8) -> list[Written]:
    """Harmless lines that are out of place wherever they stand: afterthoughts, adverts, questions to readers, notes."""
    return list(_made(_lines("asides"), "page aside", each))


def kept_facts(each: int = 12) -> list[Written]:
    """What an application remembers of a user."""
    return list(_made(_lines("memories"), "memory", each))


_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "0123456789abcdef",
    "0123456789",
    _ANY,
    "asdfghjklqwertyuiopzxcvbnm,.",
    "!@#$%^&*()_+-=[]{}|;':,./<>?`~",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "абвгдежзийклмнопрстуфхцчшщ",
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日",
)
_SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "zu",
    "ar",
    "en",
    "il",
    "on",
    "us",
    "sha",
    "tre",
    "qui",
    "plo",
    "gra",
    "bli",
    "nor",
    "tan",
]


def codes(each: int = 45) -> list[Written]:
    """What is typed where a password, a code or an answer is asked for: any characters, any words, of any length."""
    rng = random.Random(f"{SEED} codes")

    def characters() -> str:
        alphabet = rng.choice(_ALPHABETS)
        return "".join(rng.choice(alphabet) for _ in range(rng.choice((1, 3, 6, 10, 16, 24, 40, 80, 160, 300))))

    def nonsense() -> str:
        return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 5)))

    def joined(make: Callable[[], str]) -> str:
        return rng.choice((" ", "", "-", "_", ", ", "  ", ".", "\n")).join(make() for _ in range(rng.randint(2, 12)))

    def word() -> str:
        return filled("{{$noun}|{$adj}|{$verb}|{$adv}|{$pass}|{$person}|{$country}|{$subject}}", rng)

    def phrase() -> str:
        made = filled("{{$phrase}|{$talk}|{$question}|{$chat}|{$who} {$verb} {$adj} {$noun}s|{$prose}|{$cell}}", rng)
        return made.rstrip(".?!") if rng.random() < 0.5 else made

    def altered() -> str:
        made = rng.choice((word, phrase, nonsense))()
        made = "".join(
            {"a": "4", "e": "3", "i": "1", "o": "0", "s": "$"}.get(c, c) if rng.random() < 0.5 else c for c in made
        )
        return "".join(c.upper() if rng.random() < 0.4 else c for c in made)

    def repeated() -> str:
        return rng.choice((characters()[:6], word(), nonsense())) * rng.randint(2, 30)

    ways: dict[str, Callable[[], str]] = {
        "characters": characters,
        "nonsense": nonsense,
        "parts": lambda: joined(lambda: characters()[:8]),
        "many nonsense": lambda: joined(nonsense),
        "words": lambda: joined(word),
        "phrase": phrase,
        "phrases": lambda: joined(phrase),
        "altered": altered,
        "repeated": repeated,
        "word and characters": lambda: joined(lambda: rng.choice((word, characters, nonsense, altered))()),
    }
    return [
        Written(make(), f"prompt typed, {name}", f"prompt typed, {name} {number % 9}")
        for name, make in ways.items()
        for number in range(each)
    ]


_ROLES = (("User", "Assistant"), ("Human", "AI"), ("Q", "A"), ("user", "assistant"), ("Person", "Bot"), ("###", ">>>"))
_SHOTS = {
    "attack shots": (
        "{How do I|How to|Tell me how to|Explain how to|Teach me to} {$harm}{?|.}",
        (
            "{Sure|Of course|Gladly|Certainly|Absolutely|Easy}{!|,|:}"
            " {here is how|first|start with|the steps are|begin by} {$noun} {and|then|with} {$verb} the {$noun}."
        ),
    ),
    "attack obeys": (
        "{$talk}",
        "{$token}",
    ),
    "prompt shots": (
        "{$question}",
        "{$answer}",
    ),
    "prompt labels": (
        "{$review} {$review}",
        "{positive|negative|neutral}",
    ),
    "prompt chats": (
        "{$talk} {$wish}",
        "{$talk} {$talk}",
    ),
    "prompt steps": (
        "{How do I|How to|Tell me how to} {$everyday}?",
        "{Sure!|First,|} {$howto} {$howto}",
    ),
}  # fmt: skip


def many_turns(each: int = 24) -> list[Written]:
    """Conversations that are pasted: many turns in which a model obeys, and many in which nobody does harm."""
    found = []
    for family, (said, answered) in _SHOTS.items():
        rng = random.Random(f"{SEED} {family}")
        for number in range(each):
            asks, replies = rng.choice(_ROLES)
            turns = [
                f"{asks}: {filled(said, rng)}\n{replies}: {filled(answered, rng)}\n"
                for _ in range(rng.choice((3, 6, 12, 30)))
            ]
            last = filled(_SHOTS["attack shots"][0] if family.startswith("attack") else said, rng)
            found.append(Written("".join(turns) + f"{asks}: {last}\n{replies}:", family, f"{family} {number % 8}"))
    return found
