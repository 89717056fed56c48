"""Which stretch of which document stands behind each statement of an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from guardrails.grounding.claims import claims
from guardrails.grounding.evidence import SUPPORTED, Corpus, Support
from guardrails.grounding.layout import Layout, Scope, Statement
from guardrails.grounding.markers import Marker, find_markers
from guardrails.text import Segment
from guardrails.types import Citation, Document, Evidence

__all__ = ["Cited", "Sources", "cited", "find_citations", "located", "uncited"]

_MOST_TOGETHER = 4
"""So many documents cited in one place are tried together; of more, each must bear the statement out alone."""
_TOGETHER_SHARE = 4
"""Documents are put together only until so many times their characters were looked at."""


class Cited(NamedTuple):
    """A marker with the statement that it stands for and what its document says of it."""

    marker: Marker
    citation: Citation
    score: float | None
    """The support of the statement by the document, in [0, 1]; None where nothing is stated."""


def find_citations(text: str, documents: Sequence[Document]) -> tuple[Citation, ...]:
    """The citations of `text`, in its order.

    `cited` ones come from markers that name one of `documents`: `supported` tells whether that document bears the
    statement out, by the words they share. A claim without a marker, and one that no document cited for it bears out,
    is `attributed` to the best evidence over all documents where that supports it. Linear in the text and the
    documents.
    """
    if not documents or not text:
        return ()
    layout = Layout(text, find_markers(text, documents))
    sources = Sources(tuple(documents))
    found: list[Citation] = []
    borne: dict[tuple[int, int], bool] = {}
    for _, citation, _ in cited(layout, sources):
        found.append(citation)
        place = (citation.start, citation.end)
        borne[place] = borne.get(place, False) or citation.supported is not False
    found += _attributed(layout, sources, uncited(layout))
    doubtful = [Segment(*place, layout.bare[place[0] : place[1]]) for place, held in borne.items() if not held]
    found += _attributed(layout, sources, doubtful)
    return tuple(sorted(found, key=lambda citation: (citation.start, citation.end)))


def _attributed(layout: Layout, sources: Sources, statements: Sequence[Segment]) -> Iterator[Citation]:
    for start, end, _ in statements:
        support = sources.all.support(layout.bare[start:end])
        if _holds(support) and support.evidence is not None:
            yield _citation(start, end, support, "attributed", supported=True)


class Sources:
    """The documents of an answer, made searchable one by one and together, each once and only where it is asked for."""

    def __init__(
        self, documents: tuple[Document, ...], together: Callable[[tuple[Document, ...]], Corpus] = Corpus
    ) -> None:
        self.documents = documents
        self._together = together
        self._by_id = {document.id: document for document in reversed(documents)}
        self._corpora: dict[frozenset[str], Corpus] = {}
        self._all: Corpus | None = None
        self._last: tuple[Mapping[str, Marker] | None, Corpus | None] = (None, None)
        self._left = _TOGETHER_SHARE * sum(len(document.text) for document in documents) + 100_000

    @property
    def all(self) -> Corpus:
        """All documents."""
        if self._all is None:
            self._all = self._together(self.documents)
        return self._all

    def one(self, name: str) -> Corpus:
        """The document of this id."""
        found = self._corpora.get(frozenset((name,)))
        if found is None:
            found = self._corpora[frozenset((name,))] = Corpus([self._by_id[name]])
        return found

    def nearest(self, name: str, said: str) -> Evidence | None:
        """The stretch of the document of this id that comes nearest to what is said."""
        if self.all.small:
            return self.all.nearest(said, name)
        return self.one(name).nearest(said)

    def together(self, names: Mapping[str, Marker]) -> Corpus | None:
        """The documents of one line of sources; asked for again with the same mapping it takes no time."""
        last, corpus = self._last
        if last is not names:
            corpus = self.some(frozenset(names))
            self._last = names, corpus
        return corpus

    def some(self, names: frozenset[str]) -> Corpus | None:
        """Several documents as one; None where so many were asked for that it would take too long."""
        if len(names) == 1:
            return self.one(next(iter(names)))
        if names not in self._corpora:
            chosen = [document for document in self.documents if document.id in names]
            size = sum(len(document.text) for document in chosen)
            if size > self._left:
                return None
            self._left -= size
            self._corpora[names] = Corpus(chosen)
        return self._corpora[names]


def cited(layout: Layout, sources: Sources) -> Iterator[Cited]:
    """Each marker that names a document, with the statement it stands for and the stretch of that document behind it.

    Several documents in one place may bear the statement out together: one of them counts as supporting it where it
    does so alone, or where without it the others would not.
    """
    for statement in layout.statements:
        names = layout.named(statement)
        if not names:
            continue
        if statement.joint:
            yield from _joint(layout, statement, sources, names)
            continue
        said = _said(layout, statement)
        found = {name: sources.one(name).support(said) for name in names}
        needed = _needed(said, found, sources)
        for marker in statement.markers:
            if marker.document is not None:
                support = found[marker.document]
                holds = _holds(support) or marker.document in needed if support.weight else None
                yield _cited(marker, statement, support, supported=holds)


def located(layout: Layout, sources: Sources) -> Iterator[Cited]:
    """As `cited`, but nothing is judged: only where in its document each marker leads, which is cheaper."""
    for statement in layout.statements:
        names = layout.named(statement)
        if not names:
            continue
        said = _said(layout, statement)
        if statement.joint:
            corpus = sources.together(names)
            best = corpus.nearest(said) if corpus is not None else None
            yield _located(names[best.document] if best else next(iter(names.values())), statement, best)
            continue
        found = {name: sources.nearest(name, said) for name in names}
        for marker in statement.markers:
            if marker.document is not None:
                yield _located(marker, statement, found[marker.document])


def _located(marker: Marker, statement: Statement, best: Evidence | None) -> Cited:
    support = Support(0.0, best, 0)
    citation = _citation(
        statement.start, statement.end, support, "cited", supported=None, document=marker.document or ""
    )
    return Cited(marker, citation, None)


def _joint(layout: Layout, statement: Statement, sources: Sources, names: Mapping[str, Marker]) -> Iterator[Cited]:
    corpus = sources.together(names)
    if corpus is None:
        return
    support = corpus.support(_said(layout, statement))
    marker = names[support.evidence.document] if support.evidence else next(iter(names.values()))
    yield _cited(marker, statement, support, supported=_holds(support) if support.weight else None)


def _said(layout: Layout, statement: Statement) -> str:
    alone = statement.markers[0]
    if (statement.start, statement.end) == (alone.start, alone.end):
        return ""
    return layout.bare[statement.start : statement.end]


def _needed(said: str, found: dict[str, Support], sources: Sources) -> frozenset[str]:
    """The documents without which the others do not bear the statement out, though all of them together do."""
    if not 1 < len(found) <= _MOST_TOGETHER or any(_holds(support) for support in found.values()):
        return frozenset()
    names = frozenset(found)
    corpus = sources.some(names)
    if corpus is None or not _holds(corpus.support(said)):
        return frozenset()
    rest = {name: sources.some(names - {name}) for name in names}
    return frozenset(name for name, others in rest.items() if others is not None and not _holds(others.support(said)))


def uncited(layout: Layout, scope: Scope = "sentence") -> list[Segment]:
    """The claims that no citation stands for."""
    return [claim for claim in claims(layout.bare) if not layout.covered(claim, scope)]


def _holds(support: Support) -> bool:
    return bool(support.weight) and support.score >= SUPPORTED


def _cited(marker: Marker, statement: Statement, support: Support, *, supported: bool | None) -> Cited:
    document = marker.document or ""
    citation = _citation(statement.start, statement.end, support, "cited", supported=supported, document=document)
    return Cited(marker, citation, support.score if support.weight else None)


def _citation(
    start: int, end: int, support: Support, kind: str, *, supported: bool | None, document: str = ""
) -> Citation:
    evidence = support.evidence
    return Citation(
        start=start,
        end=end,
        document=document or (evidence.document if evidence else ""),
        source_start=evidence.start if evidence else None,
        source_end=evidence.end if evidence else None,
        kind="cited" if kind == "cited" else "attributed",
        supported=supported,
    )
