"""Texts made of the templates in attacks.yaml, benign.yaml and languages.yaml."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

__all__ = ["Written", "filled", "harmless_documents", "harmless_prompts", "written_attacks"]

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


@cache
def _read(name: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    return loaded


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


def _made(families: Mapping[str, list[str]], prefix: str, each: int, seed: int) -> Iterator[Written]:
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
                    yield Written(text, f"{prefix} {family}", f"{prefix} {family} {number}")


def written_attacks(each: int = 30, seed: int = SEED) -> list[tuple[Written, bool]]:
    """Attacks, and whether they are attacks also when a user says them."""
    attacks = _read("attacks")
    return [
        *((item, True) for item in _made(attacks["anywhere"], "attack", each, seed)),
        *((item, True) for item in _made(_read("languages")["attacks"], "language", each // 3, seed)),
        *((item, False) for item in _made(attacks["only in documents"], "document", each, seed)),
    ]


def harmless_prompts(each: int = 45, seed: int = SEED) -> list[Written]:
    """What users say."""
    return [
        *_made(_read("benign")["prompts"], "prompt", each, seed),
        *_made(_read("languages")["harmless"], "harmless", each // 4, seed),
    ]


def harmless_documents(each: int = 45, seed: int = SEED) -> list[Written]:
    """What stands in documents, mails, tables and what tools return."""
    return [
        *_made(_read("benign")["documents"], "page", each, seed),
        *_made(_read("languages")["harmless"], "harmless", each // 4, seed),
    ]
