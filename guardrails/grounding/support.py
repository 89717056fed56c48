"""How well the documents support an answer: sentence by sentence, and in one number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from guardrails.grounding.answer import Part, unread
from guardrails.grounding.claims import claims
from guardrails.grounding.evidence import Corpus, Support
from guardrails.grounding.lexical import lexical
from guardrails.grounding.markers import Marker, blanked, find_markers
from guardrails.grounding.marks import Doubted, marked
from guardrails.text import Segment
from guardrails.types import Document

__all__ = ["MARK", "MOST_READ", "Claim", "assess", "concluded", "doubted", "overall"]

MOST_READ = 400_000
"""Characters of an answer that are read, about 100,000 tokens. What comes after them is one claim without support: an
answer is not passed on what nobody read, and no answer of ten megabytes holds the call up."""
_LONGEST = 3_000
"""Characters of a sentence that are judged as one claim; a longer one is cut at a space."""


class Claim(NamedTuple):
    """A sentence of the answer that claims something, with its support."""

    sentence: Segment
    support: Support


def assess(
    text: str,
    documents: Sequence[Document],
    *,
    corpus: Corpus | None = None,
    markers: Sequence[Marker] | None = None,
) -> tuple[Claim, ...]:
    """The claims of `text`, each with the best evidence over all `documents`. Linear in the text and the documents.

    `corpus` is that of the documents and `markers` are those of the text, where somebody has made them before.
    """
    head = text[:MOST_READ]
    found = claims(head)
    if not found and len(text) <= MOST_READ:
        return ()
    corpus = corpus or Corpus(documents)
    bare = blanked(text, find_markers(head, documents) if markers is None else markers)
    pieces = [piece for sentence in found for piece in _pieces(sentence)]
    said = [bare[piece.start : piece.end] for piece in pieces]
    corpus.expect(said)
    judged = [Claim(piece, corpus.support(each)) for piece, each in zip(pieces, said, strict=True)]
    if len(text) > MOST_READ:
        rest = Segment(MOST_READ, len(text), text[MOST_READ:])
        nothing = unread(len(rest.text))
        judged.append(Claim(rest, Support(0.0, None, nothing.weight, "no_evidence", part=nothing)))
    return tuple(claim for claim in judged if claim.support.weight)


def overall(found: Sequence[Claim]) -> float:
    """The calibrated chance, in [0, 1], that the documents support all of the answer. `found` must not be empty."""
    return 1.0 - lexical().judge_answer(_parts(found))


def concluded(found: Sequence[Claim]) -> tuple[float, list[tuple[tuple[int, int], ...]]]:
    """What `overall` and `doubted` say, each of which would work out what the answer is like."""
    seen = [claim.support.doubted for claim in found]
    chance, marks = lexical().concluded(_parts(found), seen)
    return 1.0 - chance, _stretches(found, seen, marks)


MARK = 0.2
"""From this chance on a word is marked: about where it is best for the characters that people marked in RAGTruth."""


def doubted(found: Sequence[Claim]) -> list[tuple[tuple[int, int], ...]]:
    """For each claim the stretches of the text that are doubted most; none of one that is not doubted.

    Of a doubted answer that is one word at least, but not of each claim: where no word of it stands out, its own
    score tells as much.
    """
    seen = [claim.support.doubted for claim in found]
    return _stretches(found, seen, lexical().marks(_parts(found), seen))


def _parts(found: Sequence[Claim]) -> list[Part]:
    return [claim.support.part for claim in found if claim.support.part is not None]


def _stretches(
    found: Sequence[Claim], seen: Sequence[Doubted | None], marks: Sequence[Sequence[float]]
) -> list[tuple[tuple[int, int], ...]]:
    spans = marked([each.keys if each else () for each in seen], marks, MARK)
    return [
        tuple((claim.sentence.start + low, claim.sentence.start + high) for low, high in some)
        for claim, some in zip(found, spans, strict=True)
    ]


def _pieces(sentence: Segment) -> Iterator[Segment]:
    start, end, text = sentence
    while end - start > _LONGEST:
        cut = text.rfind(" ", start - sentence.start + 1, start - sentence.start + _LONGEST)
        at = start + _LONGEST if cut < 0 else sentence.start + cut
        yield Segment(start, at, text[start - sentence.start : at - sentence.start])
        start = at
    yield Segment(start, end, text[start - sentence.start :])
