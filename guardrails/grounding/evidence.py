"""How far the documents support one sentence, where the evidence lies, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guardrails.grounding.answer import Part
from guardrails.grounding.features import CLAIM_FEATURES, TERM_FEATURES, Look, look, nearest, read
from guardrails.grounding.index import Index
from guardrails.grounding.keys import Key
from guardrails.grounding.lexical import DOUBTFUL, Judged, lexical
from guardrails.grounding.marks import Doubted
from guardrails.types import Document, Evidence

__all__ = ["SUPPORTED", "Corpus", "Support"]

SUPPORTED = 1.0 - DOUBTFUL
"""From here on a sentence, or an answer, counts as supported: the chances are calibrated."""


class Support(NamedTuple):
    """How far the documents support a sentence, and the stretch that does so best."""

    score: float
    """The calibrated chance that they support it."""
    evidence: Evidence | None
    weight: int
    """How many different content words and numbers the sentence has."""
    reason: str = ""
    """What is wrong, where it is not supported: `number`, `date`, `entity`, `attribute`, `negation`, `contradiction`,
    `detail` (something is added) or `no_evidence`."""
    part: Part | None = None
    """What the whole answer is judged by; None where the sentence says nothing."""
    doubted: Doubted | None = None
    """What its stretches are marked by, where it is doubted."""


class Corpus:
    """Some documents, ready to be compared with sentences. Made once per answer, in time linear in the documents."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._index = Index(documents)
        self._known: dict[str, Support] = {}

    def support(self, sentence: str) -> Support:
        """How far the documents support `sentence`; a sentence without a word that could be compared has weight 0."""
        return self.supports((sentence,))[0]

    def supports(self, sentences: Sequence[str]) -> list[Support]:
        """The same for several sentences, which takes less time than one after the other: where their words stand is
        found in one pass for all, and some are looked up before any of them is judged, for each of the two steps goes
        through more memory than a processor keeps at hand."""
        known = self._known
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in known]
        self._index.find({key.key for sentence in new for key in read(self._index, sentence)[1]})
        for low in range(0, len(new), _TOGETHER):
            some = new[low : low + _TOGETHER]
            known.update(zip(some, _judged([look(self._index, sentence) for sentence in some]), strict=True))
        return [known[sentence] for sentence in sentences]

    @property
    def small(self) -> bool:
        """Whether one document among them is searched as well here as on its own."""
        return self._index.small

    def nearest(self, sentence: str, document: str | None = None) -> Evidence | None:
        """The stretch that has most of the rare words of `sentence`, of one document or of all; it judges nothing."""
        best, weight = nearest(self._index, sentence, document)
        return best.evidence if best is not None and weight else None


def _judged(looks: Sequence[Look | None]) -> list[Support]:
    judged = iter(lexical().judge_all([seen for seen in looks if seen is not None]))
    return [_supported(seen, next(judged)) if seen is not None else Support(1.0, None, 0) for seen in looks]


def _supported(seen: Look, judged: Judged) -> Support:
    score = 1.0 - judged.doubt
    evidence = seen.best.evidence if seen.best is not None else None
    reason = _reason(seen, judged) if score < SUPPORTED else ""
    return Support(score, evidence, seen.weight, reason, judged.part, judged.doubted)


_TOGETHER = 32
"""Sentences that are judged together: more save hardly any more time, and take memory for all that is seen of them."""
_CLAIM = {name: at for at, name in enumerate(CLAIM_FEATURES)}
_TERM = {name: at for at, name in enumerate(TERM_FEATURES)}
_NOTHING = 0.15
"""Below this share of known words there is no evidence to speak of."""


def _reason(seen: Look, judged: Judged) -> str:
    """The code of what is wrong: the hardest fault first, then what its most doubted word is."""
    claim = seen.claim
    if seen.against:
        return seen.against
    if seen.best is None or claim[_CLAIM["cover_anywhere"]] < _NOTHING:
        return "no_evidence"
    if claim[_CLAIM["records_against"]]:
        return "attribute"
    worst = max(range(len(judged.terms)), key=judged.terms.__getitem__)
    wrong = [at for at, term in enumerate(seen.terms) if term[_TERM["number"]] and not term[_TERM["in_window"]]]
    if wrong:
        return "date" if any(_in_date(seen.keys, at) for at in wrong) else "number"
    if claim[_CLAIM["negations"]] or (claim[_CLAIM["negation_count"]] and claim[_CLAIM["unknown"]] == 0):
        return "negation"
    if claim[_CLAIM["opposites"]] or claim[_CLAIM["more_or_less"]]:
        return "contradiction"
    term = seen.terms[worst]
    if term[_TERM["name"]] and not term[_TERM["in_window"]]:
        return "entity"
    return "detail"


def _in_date(keys: Sequence[Key], at: int) -> bool:
    near = [key.key for key in keys[max(0, at - 2) : at + 3]]
    year = keys[at].key
    four = keys[at].end - keys[at].start == 4  # `1,800` is none
    return any(key.startswith("month ") for key in near) or (four and len(year) == 4 and year[:2] in ("18", "19", "20"))
