"""Which stretch of which document stands behind each statement of an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardrails.grounding.claims import claims
from guardrails.grounding.evidence import SUPPORTED, Corpus
from guardrails.grounding.markers import Marker, blanked, find_markers
from guardrails.text import Segment, sentences
from guardrails.types import Citation, Document

__all__ = ["cited", "find_citations", "uncited"]


def find_citations(text: str, documents: Sequence[Document]) -> tuple[Citation, ...]:
    """The citations of `text`, in its order.

    `cited` ones come from markers that name one of `documents`: `supported` tells whether that document bears the
    statement out, by the words they share. A claim without a marker is `attributed` to the best evidence over all
    documents where that supports it, and has no citation where none does. Linear in the text and the documents.
    """
    if not documents or not text:
        return ()
    markers = find_markers(text, documents)
    found = [citation for _, citation in cited(text, markers, documents)]
    open_claims = uncited(text, markers)
    if open_claims:
        corpus = Corpus(documents)
        for start, end, sentence in open_claims:
            support = corpus.support(sentence)
            if support.evidence is not None and support.weight and support.score >= SUPPORTED:
                evidence = support.evidence
                citation = Citation(
                    start=start,
                    end=end,
                    document=evidence.document,
                    source_start=evidence.start,
                    source_end=evidence.end,
                    kind="attributed",
                    supported=True,
                )
                found.append(citation)
    return tuple(sorted(found, key=lambda citation: (citation.start, citation.end)))


def cited(text: str, markers: Sequence[Marker], documents: Sequence[Document]) -> Iterator[tuple[Marker, Citation]]:
    """Each marker that names a document, with the statement it stands for and the stretch of that document behind it.

    A marker stands for what comes before it in its sentence, back to the marker before; at the beginning of a
    sentence, for what comes after it. Several markers in one place stand for the same.
    """
    by_id = {document.id: document for document in reversed(documents)}
    corpora: dict[str, Corpus] = {}
    known: dict[tuple[str, int, int], Citation] = {}
    for marker, start, end in _statements(text, markers):
        if marker.document is None:
            continue
        place = (marker.document, start, end)
        if place not in known:
            if marker.document not in corpora:
                corpora[marker.document] = Corpus([by_id[marker.document]])
            statement = "" if (start, end) == (marker.start, marker.end) else text[start:end]
            support = corpora[marker.document].support(statement)
            evidence = support.evidence
            known[place] = Citation(
                start=start,
                end=end,
                document=marker.document,
                source_start=evidence.start if evidence else None,
                source_end=evidence.end if evidence else None,
                kind="cited",
                supported=support.score >= SUPPORTED if support.weight else None,
            )
        yield marker, known[place]


def uncited(text: str, markers: Sequence[Marker]) -> list[Segment]:
    """The claims of `text` that carry no marker."""
    starts = [marker.start for marker in markers]
    found: list[Segment] = []
    at = 0
    for sentence in claims(text):
        while at < len(starts) and starts[at] < sentence.start:
            at += 1
        if at == len(starts) or starts[at] >= sentence.end:
            found.append(sentence)
    return found


def _statements(text: str, markers: Sequence[Marker]) -> Iterator[tuple[Marker, int, int]]:
    """Each marker with the stretch it stands for; with its own place where nothing is said beside it."""
    bare = blanked(text, markers)
    waiting = list(reversed(markers))
    for sentence in sentences(text):
        inside: list[Marker] = []
        while waiting and waiting[-1].start < sentence.end:
            marker = waiting.pop()
            if marker.start >= sentence.start:
                inside.append(marker)
            else:  # between two sentences: it has no statement
                yield marker, marker.start, marker.end
        left = sentence.start
        said = _trimmed(bare, sentence.start, sentence.end) if inside else None
        last: tuple[int, int] | None = None
        for marker in inside:
            stretch = _trimmed(bare, left, marker.start)
            if stretch is None:
                stretch = last or (said and _trimmed(bare, marker.end, sentence.end))
            last = stretch
            left = marker.end
            yield marker, *(stretch or (marker.start, marker.end))
    for marker in reversed(waiting):
        yield marker, marker.start, marker.end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The stretch without the white space and punctuation around it; None where no letter or digit is left."""
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return (start, end) if start < end else None
