"""The embedded last resort: it quotes the given documents, or says that they hold no answer. No key, no network.

Sentences are ranked by Okapi BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009). It invents
nothing, and it understands nothing either: a sentence that shares the question's words is taken for its answer.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guardrails.text import lexicon, sentences, words
from guardrails.types import Call, Document, Reply, Usage

__all__ = ["NO_ANSWER", "Extractive"]

NO_ANSWER = "The documents at hand do not answer this question."
"""What it says where no sentence covers enough of the question, or where there are no documents."""

MODEL = "extractive"

_K1 = 1.2
_B = 0.75
"""BM25's usual constants (Robertson and Zaragoza 2009, section 3.3)."""

_ENOUGH = 0.5
"""A quotation answers where it, with its document's title, holds more than this share of the question's own words.

Of the 122 questions in RAGTruth's question answering part this rule answers 76 % from their own passages, and 7 % from
the three passages of other questions that BM25 finds closest, where it should say that they hold no answer. Weighting
the words by rarity, as the ranking does, separated the two worse.
"""

_MOST = 3
"""Sentences quoted at most."""

_FUNCTION_WORDS = lexicon(
    "a an the this that these those some any each every no not and or but nor if then than so as at by for from in "
    "into of off on onto out over to up with without within about after before between during under until while via "
    "per i me my mine we us our ours you your yours he him his she her hers it its they them their theirs who whom "
    "whose which what when where why how is am are was were be been being do does did done doing have has had having "
    "can could may might must shall should will would there here also just only very too please tell explain describe "
    "give show know say need want like get got let there's it's what's i'm i'd i've don't doesn't can't cannot"
)

_MEASURE = re.compile(
    r"\bhow\s+(?:long|much|many|often|far|old|big|large|small|fast|quickly|soon|late|early|high|tall|wide|deep|heavy)\b",
    re.IGNORECASE,
)
"""Asks for a quantity: the answer holds a number in place of these words."""


class Extractive:
    """Quotes one to three sentences of `call.documents` that fit the question best, each with its `[document-id]`.

    A line break inside a sentence becomes a space. Its time is linear in the length of the documents, and it is free.
    """

    model = MODEL

    def __call__(self, call: Call) -> Reply:
        asked = set(_terms(_MEASURE.sub(" ", _question(call))))
        quoted = _best(asked, _candidates(call.documents, asked))
        text = "\n".join(f'"{_one_line(passage.text)}" [{passage.document}]' for passage in quoted) or NO_ANSWER
        return Reply(text=text, model=MODEL, usage=Usage(), cost=0.0)


class _Passage(NamedTuple):
    document: str
    text: str
    terms: Counter[str]
    title: frozenset[str]

    def holds(self, asked: set[str]) -> set[str]:
        """Those of the asked words that stand in it or in its document's title."""
        return asked & (self.terms.keys() | self.title)


def _question(call: Call) -> str:
    """What the user asked, without documents that were rendered into the same message, headings included."""
    text = call.question
    places: list[tuple[int, int]] = []
    for document in call.documents:
        if document.text and (at := text.find(document.text)) >= 0:
            line = text.rfind("\n", 0, max(at - 1, 0)) + 1
            places.append((line if document.id in text[line:at] else at, at + len(document.text)))
    if not places:
        return text
    return text[: min(start for start, _ in places)] + "\n" + text[max(end for _, end in places) :]


def _candidates(documents: Iterable[Document], asked: set[str]) -> list[_Passage]:
    """Every sentence once. One that only repeats words of the question, as a heading does, answers nothing."""
    found: dict[str, _Passage] = {}
    for document in documents:
        title = frozenset(_terms(document.title or ""))
        for segment in sentences(document.text):
            terms = Counter(_terms(segment.text))
            if terms.keys() - asked:
                found.setdefault(segment.text, _Passage(document.id, segment.text, terms, title))
    return list(found.values())


def _best(asked: set[str], passages: Sequence[_Passage]) -> list[_Passage]:
    """The passages to quote, best first; none where no passage holds enough of the question's words."""
    enough = {place for place, passage in enumerate(passages) if len(passage.holds(asked)) > _ENOUGH * len(asked)}
    if not enough:
        return []
    weight = _weights(asked, passages)
    average = sum(passage.terms.total() for passage in passages) / len(passages)
    score = [_score(asked, passage, weight, average) for passage in passages]
    first = max(enough, key=lambda place: (score[place], -place))
    quoted = [passages[first]]
    covered = quoted[0].holds(asked)
    for place in heapq.nlargest(_MOST, range(len(passages)), key=lambda place: (score[place], -place)):
        added = passages[place].holds(asked) - covered
        if added and len(quoted) < _MOST:  # a further sentence is worth quoting only where it speaks of something more
            quoted.append(passages[place])
            covered |= added
    return quoted


def _weights(asked: Iterable[str], passages: Sequence[_Passage]) -> dict[str, float]:
    """Each word's inverse sentence frequency: a word that no sentence has weighs most, since it is what is missing."""
    having = Counter(term for passage in passages for term in passage.terms.keys() | passage.title)
    count = len(passages)
    return {term: math.log1p((count - having[term] + 0.5) / (having[term] + 0.5)) for term in asked}


def _score(asked: set[str], passage: _Passage, weight: dict[str, float], average: float) -> float:
    norm = _K1 * (1 - _B + _B * passage.terms.total() / average)
    total = 0.0
    for term in asked:
        # The title speaks of every sentence under it, but weighs less than the sentence's own words.
        frequency = passage.terms[term] + (0.5 if term in passage.title else 0.0)
        total += weight[term] * frequency * (_K1 + 1) / (frequency + norm)
    return total


def _terms(text: str) -> list[str]:
    """The content words of a text, made comparable. Words joined by a hyphen or a slash count as several."""
    found: list[str] = []
    for word in words(text):
        parts = [word.text] if any(map(str.isdigit, word.text)) else _JOINTS.split(word.text)
        found += [_stem(part) for part in parts if part and part not in _FUNCTION_WORDS]
    return found


_JOINTS = re.compile(r"[-/:.,]|['\u2019]s\Z")
_ENDINGS = re.compile(r"(?<=\w{3})(?:ing|ed|es|s|e|y|ies|ly|er|ions?|ation|ments?)\Z")


def _stem(word: str) -> str:
    """A word without its commonest English endings, so that `cancelled` meets `cancel`. Numbers stay as they are."""
    if word[0].isdigit() or word.endswith("ss"):
        return word
    stem = _ENDINGS.sub("", word)
    doubled = stem != word and len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "aeious"
    return stem[:-1] if doubled else stem


def _one_line(text: str) -> str:
    return " ".join(text.split())
