"""What may be, is planned or is doubted, told as what is."""

from __future__ import annotations

import re
from functools import lru_cache

from guardrails.grounding.claimed import Claimed
from guardrails.grounding.keys import Key
from guardrails.grounding.stems import stem
from guardrails.patterns import Pattern, is_within, pattern
from guardrails.text import lexicon

__all__ = ["leaves_open", "overstated"]

_OPEN = re.compile(
    r"\b(?:(?-i:may)|might|could|perhaps|possibly|hop(?:es?|ed|ing) to|plan(?:s|ned|ning)? to|intend(?:s|ed|ing)? to"
    r"|propos(?:es?|ed|ing) (?:to|that)|aim(?:s|ed|ing)? to|want(?:s|ed|ing)? to|would like to"
    r"(?! (?:apologi[sz]e|thank|congratulate|express|say|welcome|invite|remind)\b)"
    r"|(?:would|'d|\u2019d) (?:rather|prefer to)"
    r"|consider(?:s|ing)"
    r"|(?:is|are|was|were) (?:considering|likely|unlikely|rumou?red|alleged) (?:to|that)"
    r"|suspect(?:s|ed)? that|suggest(?:s|ed)? that|speculat(?:es?|ed) that"
    r"|ask(?:s|ed)? whether|wonder(?:s|ed)? whether|k\u00f6nnte[nt]?|vielleicht|m\u00f6glicherweise|plant|planen"
    r"|pourrai(?:t|ent)|peut-\u00eatre|envisagent?|podr\u00edan?|quiz\u00e1s?|tal vez|potrebbe(?:ro)?|forse"
    r"|zou(?:den)? kunnen|misschien|mogelijk)\b",
    re.IGNORECASE,
)
"""What leaves open whether that happens which stands behind it."""


@lru_cache(maxsize=1)
def _opening() -> Pattern:
    """Finds something wherever `_OPEN` does, in ASCII, and many times faster."""
    return pattern(re.sub(r"\(\?! .*?\)\\b\)|\\u[0-9a-f]{4}", "", _OPEN.pattern), ignore_case=True)


def _may_be_open(text: str) -> bool:
    return not text.isascii() or is_within(_opening(), text)


_HEDGED = re.compile(
    r"\b(?:(?-i:may)|might|could|can|would|should|perhaps|possibl[ey]|maybe|potential\w*|likely|unlikely|probabl[ey]"
    r"|hop(?:es?|ed|ing|efully)|plan\w*|inten[dt]\w*|propos\w+|aim\w*|want\w*|like|consider\w*|expect\w*|thought|think"
    r"|thinks|believ\w+|belief|rumou?r\w*|alleg\w+|reported\w*|doubt\w*|suspect\w*|suggest\w*"
    r"|speculat\w+|ask\w*|wonder\w*|whether|if|unless|claim\w*|argu\w+|seem\w*|appear\w*|recommend\w*|request\w*|wish\w*"
    r"|seek\w*|tr(?:y|ies|ied|ying)|attempt\w*|hypothes\w+|theor\w+|uncertain\w*|unclear|undecided|open|option\w*"
    r"|ability|able|possibilit\w+|chance|risk\w*|looking|k\u00f6nn\w+|vielleicht|m\u00f6glich\w*|plan\w*|soll\w*|will"
    r"|pourrai\w+|peut\w*|envisag\w+|pued\w+|podr\w+|quiz\w+|vez|potrebb\w+|forse|pu\u00f2|zou\w*|kan|misschien"
    r"|mogelijk\w*|wil|not|no|never|n['\u2019]t)\b",
    re.IGNORECASE,
)
"""What keeps it open in a claim, or denies it."""
_DECIDED = re.compile(r"\b(?:will|shall|has decided|have decided|decided)\b", re.IGNORECASE)
_MOST = 0.75
_NEAR = 4
"""Keys before such a word among which stands who does it."""


def overstated(claim: Claimed) -> str:
    """`The museum will reopen` where it may: the word behind the `may` is the claim's, and nothing leaves it open."""
    best = claim.best
    if _TELLING.isdisjoint(best.all):
        return ""
    if _doubted(claim):
        return "contradiction"
    if len(claim.content) < 2 or len(claim.shared) < _MOST * len(claim.content):
        return ""
    match = _OPEN.search(best.text) if _may_be_open(best.text) else None
    if match is None or best.text.rstrip().endswith("?"):
        return ""
    hedged = _HEDGED.search(_DECIDED.sub("", claim.text))
    if hedged is not None:
        return ""
    keys = best.found
    behind = _content(keys, match.end(), len(best.text))
    before = _content(keys, 0, match.start())
    if not behind or behind[0] not in claim.all:
        return ""
    said = claim.seq[: claim.seq.index(behind[0])]
    if before and (set(said).isdisjoint(before[-_NEAR:]) or before[-1] in claim.all.difference(said)):
        return ""  # of something else: who may, stands before what
    rest = claim.content - {behind[0]}
    return "contradiction" if rest & {*before, *behind[1:]} else ""


def leaves_open(text: str) -> bool:
    """Whether `text` says that something may be, is planned, doubted or denied."""
    return (_may_be_open(text) and _OPEN.search(text) is not None) or _DOUBT.search(text) is not None


_TELLING = frozenset({"!may"}).union(
    map(
        stem,
        lexicon(
            "hope hopes hoped hoping plan plans planned planning intend intends intended propose proposes "
            "proposed aim aims aimed want wants wanted wanting like rather prefer consider considers "
            "considering unlikely rumored rumoured alleged suspect suspects suspected suggest suggests "
            "suggested speculate speculates speculated ask asks asked wonder wonders wondered konnte konnten "
            "vielleicht moglicherweise plant planen pourrait pourraient peut etre envisage envisagent podria "
            "podrian quiza quizas tal vez potrebbe potrebbero forse zou zouden misschien mogelijk doubt "
            "doubts doubted deny denies denied dispute disputes disputed question questions questioned "
            "reject rejects rejected evidence unclear known decided certain clear legend rumor rumour myth "
            "bezweifeln bezweifelt doute doutent duda dudan dubitano betwijfelt"
        ),
    )
)
"""Keys of which one stands wherever one of the patterns finds something."""


def _doubted(claim: Claimed) -> bool:
    """Whether the evidence says only that somebody doubts or denies it."""
    if len(claim.shared) < len(claim.content):
        return False  # all of it has to stand behind the doubt
    small = claim.best.text.lower()
    if small.isascii() and not any(map(small.__contains__, _DOUBTS)):
        return False
    match = _DOUBT.search(claim.best.text)
    if match is None or len(claim.content) < 2 or _HEDGED.search(claim.text):
        return False
    return claim.content.issubset(_content(claim.best.found, match.end(), len(claim.best.text)))


_DOUBT = re.compile(
    r"(?:\bdoubt(?:s|ed)? (?:that|whether)|, which [\w ]{2,40} (?:doubt|dispute|deny|reject)s?,"
    r"|according to (?:an? |the )?(?:\w+ )?(?:legend|rumou?r|myth)s?"
    r"|den(?:y|ies|ied) that|disput(?:es?|ed) that|question(?:s|ed)? whether"
    r"|reject(?:s|ed)? (?:the )?(?:claims?|ideas?|notion|suggestion) that|no evidence that|unclear (?:whether|if)"
    r"|not (?:yet )?(?:known|decided|certain|clear) (?:whether|if|that)|bezweifel(?:n|t), dass|doute(?:nt)? que"
    r"|dudan? que|dubitano che|betwijfel(?:t|en))\b",
    re.IGNORECASE,
)


_DOUBTS = (
    "doubt", ", which", "according to", "deny", "denie", "disput", "question", "reject", "no evidence", "unclear",
    "not ", "bezweifel", "doute", "dud", "dubita", "betwijfel",
)  # fmt: skip
"""Each alternative has one of these in it; to look for them is far quicker."""


def _content(keys: list[Key], start: int, end: int) -> list[str]:
    return [key.key for key in keys if start <= key.start < end and key.key[0] != "!"]
