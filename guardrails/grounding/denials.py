"""What one side denies and the other does not: by a `not`, by a word that refuses, by the contrary of a word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from guardrails.grounding.bordered import bordered
from guardrails.grounding.claimed import Claimed
from guardrails.grounding.keys import OPPOSITES, REFUSING, scan
from guardrails.grounding.passage import Part, same_place
from guardrails.grounding.stems import stem
from guardrails.patterns import Pattern, is_within, pattern

__all__ = ["UNCLEAR", "denials", "denied", "refuses"]

_NOT_YET = r"\b[^.;,]{0,40}(?:\b(?:not|never|no|cannot)|n['\u2019]t)"
_UNCLEAR = (
    "not only", "not just", "not merely", "no doubt", "not until", "whether or not", "if not", "not necessarily",
    "unless", "nothing but", "no matter", "not to mention", "no sooner", "why not", "or not", "not so much",
    "no longer", "anymore", "any more",
    *[word + _NOT_YET for word in ("if", "when", "where", "until", "in case")],
)  # fmt: skip
UNCLEAR = re.compile(rf"{bordered(_UNCLEAR)}\b")
"""Denials that deny something else than what stands behind them."""


def denied(claim: Claimed) -> str:
    """One side denies what the other says, or one says the contrary of it; two of that are none."""
    content, best = claim.content, claim.best
    opposed = {key for key in content if key in OPPOSITES and not best.all.isdisjoint(OPPOSITES[key])}
    if not claim.shared or len(claim.shared | opposed | (content & _LIGHT)) < _MOST_OF * len(content):
        return ""
    refusing = not claim.all.isdisjoint(_DENYING) or not best.all.isdisjoint(_DENYING_OR_EXCEPTING)
    if not (refusing or opposed or denials(claim.text) or denials(best.text)) or UNCLEAR.search(claim.text):
        return ""
    if best.text.rstrip().endswith("?") or _ASKS.match(best.text) or not best.parts:
        return ""
    for limited in (_denied_half, _excepted):
        if (code := limited(claim)) is not None:
            return code
    return _counted(claim, refusing=refusing) if len(content) > 1 else ""


_SIDE_BY_SIDE = re.compile(
    r",? (?:while|whereas) (?!(?:he|she|it|they|we|you|i)\b)"
    r"|, but (?!(?:he|she|it|they|we|you|i|not|never|no|only|also|just|is|are|was|were|has|have|had|do|does|did|can"
    r"|cannot|could|may|might|must|will|would|should|\w+n['\u2019]t)\b)",
    re.IGNORECASE,
)
"""What parts `A has one, while B has none`."""


def _counted(claim: Claimed, *, refusing: bool) -> str:
    """Whether an odd number of words turns the claim against the part of the evidence that says the same."""
    content, shared, best = claim.content, claim.shared, claim.best
    part = max(best.parts, key=lambda part: len(shared.intersection(part.keys)))
    flips = _flips(claim, part)
    if flips == 0 and "!not" not in best.all:
        part = Part(tuple(best.seq), best.text)  # nothing is denied in any part of it
    if UNCLEAR.search(part.text) or len(shared.intersection(part.keys)) < _MOST_OF * len(shared):
        return ""
    if flips is None or (len(content) < _FEW and len(part.keys) > 2 * len(content)):
        return ""
    answered = sum(
        claim.seq[at] not in REFUSING and _NOT.match(claim.text, claim.found[at].start) is not None for at in claim.said
    )
    refused = _refusals(claim.text, part.text) if refusing else 0
    sides = _SIDE_BY_SIDE.split(claim.text)
    said = max(sides, key=lambda side: sum(key.key in part.keys for key in scan(side))) if sides[1:] else claim.text
    if not (denials(said) - answered + denials(part.text) + flips + refused) % 2:
        return ""
    if flips:
        return "contradiction"
    return "negation" if refused or _reaches(claim.seq, part.keys) or _reaches(part.keys, claim.seq) else ""


_LIGHT = frozenset(map(stem, ("allow", "permit", "possible", "able", "grant", "provide")))
"""What a denial of something is said with."""
_DENYING = REFUSING | {"!not"}
_DENYING_OR_EXCEPTING = _DENYING | {"except", "sauf", "excepto", "salvo", "tranne", "behalve", "ausser"}


def _denied_half(claim: Claimed) -> str | None:
    """What comes of `A, not B` or `A but not B` where the claim speaks of B; None where there is none of that."""
    for part in claim.best.parts[1:]:
        if _HALF.match(part.text) and not UNCLEAR.search(part.text):
            half = {key for key in part.keys if key != "!not"} - _EFFECTS
            if half and len(part.keys) <= _FEW + 1 and half <= claim.all:
                rest = claim.content - half
                return "negation" if rest and rest <= claim.best.all and not denials(claim.text) else ""
    return None


def _excepted(claim: Claimed) -> str | None:
    """What comes of `every day except Monday` where the claim speaks of Monday."""
    for match in _EXCEPT.finditer(claim.best.text):
        if not claim.content.isdisjoint(key.key for key in scan(match[1])):
            if denials(claim.text) or _EXCEPT.search(claim.text) or not REFUSING.isdisjoint(claim.all):
                return ""
            opposite = any(not OPPOSITES.get(key, frozenset()).isdisjoint(claim.best.all) for key in claim.content)
            return "" if opposite else "negation"
    return None


_EXCEPT = re.compile(
    bordered(("except", "apart from", "sauf", "excepto", "salvo", "tranne", "behalve", "au\u00dfer"))
    + r"\s(?:(?i:for|on|in|by|with|at|the|an?)\s)*([\w-]+)"
)
_HALF = re.compile(
    r"\W*(?:(?:it|they|he|she|this|these) )?"
    r"(?:(?:has|have|had|is|are|was|were|does|do|did|can|could|will|would|should) )?"
    r"(?:not|never|nicht|kein\w*|pas|non|niet|geen|(?:had|has|have|found|show(?:s|ed)?) no)\b"
    r"|\W*no (?:effect|influence)",
    re.IGNORECASE,
)
_EFFECTS = frozenset(map(stem, ("effect", "influence", "impact", "change", "difference", "benefit")))
"""What something has on what it changes."""


def _refusals(claim: str, part: str) -> int:
    """How many words on one side alone refuse, and are no contrary of a word of the other."""
    texts = claim, part
    words = [frozenset(key.key for key in scan(text)) for text in texts]
    sides = [dict(_refusing(texts[side], words[1 - side])) for side in (0, 1)]
    return sum(
        reaches and (word not in words[side] or OPPOSITES.get(word, frozenset()).isdisjoint(words[1 - side]))
        for side in (0, 1)
        for word, reaches in sides[side].items()
        if word not in sides[1 - side]
        if side or word != "deny"  # who denies something in the claim is another matter
    )


def _refusing(text: str, others: Collection[str]) -> Iterator[tuple[str, bool]]:
    """The words that refuse, each with whether what stands right before it or behind is spoken of among `others`."""
    found = scan(text)
    for match in _REFUSES.finditer(text):
        before = [key.key for key in found if key.end <= match.start()][-_AROUND:]
        behind = [key.key for key in found if key.start >= match.end()][:_AROUND]
        yield stem(match[0].casefold()), any(key in others for key in (*before, *behind))


_AROUND = 2
"""Keys on each side of a word that may be what is refused."""


def refuses(text: str) -> bool:
    """Whether a word of `text` refuses something: `banned`."""
    return _REFUSES.search(text) is not None


_REFUSING = (
    "forbid(?:s|den|ding)?", "prohibit(?:s|ed|ing)?", "ban(?:s|ned|ning)?", "disallow(?:s|ed|ing)?",
    "exclud(?:e[sd]?|ing)", "refus(?:e[sd]?|ing)", "den(?:ie[sd]|ying)", "declin(?:e[sd]?|ing) to",
    "reject(?:s|ed|ing)?", "verboten", "untersagt", "ausgeschlossen", "interdite?s?", "exclue?s?", "prohibid[oa]s?",
    "excluid[oa]s?", "vietat[oaie]", "esclus[oaie]", "verboden", "uitgesloten",
)  # fmt: skip
_REFUSES = re.compile(rf"{bordered(_REFUSING)}\b")
"""Words that deny without a `not`."""


def _flips(claim: Claimed, part: Part) -> int | None:
    """How many words of the claim the part has the contrary of in their place; None where the places differ."""
    flips = 0
    for at, key in enumerate(claim.seq):
        others = (OPPOSITES.get(key, frozenset()) | _made(key)).intersection(part.keys) - claim.all
        if others and key not in part.keys:
            if key in claim.best.all or (
                len(claim.content) > 2 and not any(same_place(claim.seq, at, part.keys, other) for other in others)
            ):
                return None
            flips += 1
    here, there = _hyphened(claim.text), _hyphened(part.text)
    return flips + len((here - there).intersection(part.keys)) + len((there - here) & claim.all)


def _hyphened(text: str) -> frozenset[str]:
    """What a `non-` denies."""
    return frozenset(stem(match[1].casefold()) for match in _NON.finditer(text)) if "-" in text else frozenset()


_NON = re.compile(r"\bnon ?- ?(\w+)", re.IGNORECASE)


def _made(key: str) -> frozenset[str]:
    """`Unhappy` for `happy`, and the other way round."""
    for prefix in ("un", "non"):
        if key.startswith(prefix) and len(key) > len(prefix) + _FEW:
            return frozenset((key[len(prefix) :],))
    return frozenset(("un" + key, "non" + key)) if len(key) > _FEW and key.isalpha() else frozenset()


_DENYING_WORDS = (
    "not", r"no(?!\. ?\d)", "never", "avoid(?:s|ed|ing)?", "none of", "nobody", "nothing", "neither", "cannot",
    "without", "ohne", "nie", "niemand", "nichts", "nicht", r"kein\w*", "sans", "pas", "jamais", "aucune?", "sin",
    "nunca", r"ning\wn\w*", "nadie", "senza", r"nessun\w*", "non(?!-)", "niet", "geen", "nooit", "zonder",
)  # fmt: skip
_NOT = re.compile(rf"\b(?:{'|'.join(_DENYING_WORDS)}|(?-i:none)|\w+n['\u2019]t)\b", re.IGNORECASE)
_NOTS = re.compile(
    "(?:" + bordered(_DENYING_WORDS, others=(r"(?<=\bn)one", r"(?<=\w[nN])['\u2019][tT]")) + r")\b",
)
"""Finds as many, from its `n` on where a word ends in `n't`, and many times faster."""
_ASKS = re.compile(r"\W*question\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _may_deny() -> Pattern:
    """Finds something wherever `_NOT` does, in ASCII, and many times faster."""
    return pattern(re.sub(r"\(\?!.*?\)|\\u2019", "", _NOT.pattern), ignore_case=True)


def denials(text: str) -> int:
    """How many words of `text` deny something."""
    return 0 if text.isascii() and not is_within(_may_deny(), text) else len(_NOTS.findall(text))


_FEW = 3


def _reaches(denying: Sequence[str], other: Sequence[str]) -> bool:
    """Whether what stands right behind the denial stands on the other side as well."""
    if "!not" not in denying:
        return False
    following = next((key for key in denying[denying.index("!not") + 1 :] if key[0] != "!"), "")
    return bool(following) and following in other


_MOST_OF = 0.75
