"""Whether an answer's citations hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.grounding.citations import Cited, Sources, cited, located, uncited
from guardrails.grounding.evidence import SUPPORTED, Corpus
from guardrails.grounding.layout import Layout, Scope
from guardrails.grounding.markers import markers_of
from guardrails.grounding.quotes import Fidelity, Quoted, find_quotations, judge_quotations
from guardrails.seams import BaseCheck, Specimen
from guardrails.types import Document, Evidence, Exchange, Span, Surface, Verdict

__all__ = ["Citations"]

_QUOTES: dict[Fidelity, str] = {
    "verbatim": "",
    "altered": "altered_quote",
    "stitched": "stitched_quote",
    "misattributed": "misattributed_quote",
    "not_found": "unknown_quote",
}
_MISPLACED = {"misplaced_citation": "unsupported_citation"}
"""Of a span, what it is for the answer."""
_REASONS = (
    "unknown_citation",
    "unknown_quote",
    "altered_quote",
    "stitched_quote",
    "misattributed_quote",
    "missing_citation",
    "unsupported_citation",
)


class Citations(BaseCheck):
    """Cites only documents that were given.

    Looks at the answer and the documents of the call. A marker is `[1]` (the documents counted from 1), `[1, 3]`,
    `[1-3]`, `[doc-id]`, `[^1]` with or without a footnote below, `(Source: x)` and a line `Source: x` with an id, a
    title or an address, a raised figure, `<sup>`, `<cite>`, `【1†source】`, a link or address that is the document's
    own (its id, or `url`, `source` and the like in its metadata), and `Miller et al. (2020)` where a document is known
    by its author and year. What a list of sources below the answer says of a number goes before its place. A marker
    stands for what comes before it in its sentence, also behind the full stop; a line of sources for the text above.

    Each marker is a span: `cited`, with the document it names and the stretch of it that best bears the statement out,
    or `unknown`. With `required` every sentence that claims something must carry one, and one that does not is a span
    `missing`. With `supported` the document named must also bear the statement out, by the words they share; where it
    does not the span is `unsupported`, with the reason `misplaced_citation` and the better evidence where another
    document does. Several documents in one place may do so together. With `quotes` what stands in quotation marks or
    in a block of `>` lines must stand so in a document, whatever its case, white space and punctuation: each is a span
    `quoted`, `altered`, `stitched`, `misattributed` or `not_found`, and the words changed are spans `changed`.

    Reasons, the first that holds: `unknown_citation`, `unknown_quote`, `altered_quote`, `stitched_quote`,
    `misattributed_quote`, `missing_citation`, `unsupported_citation`. The `score` of a span is
    the support of its statement, or the share of a quotation's words that stand in its evidence. An answer without
    markers has nothing to judge, unless they are required or it quotes.

    Known limits: sources named in running words are not recognised; a word in square brackets that is no known id is
    taken for a citation only where it looks like one, and an address that no document has for none. Support is the
    lexical measure of the groundedness check, with its limits. A quotation is at least three words long; single
    straight quotation marks are taken for apostrophes. The user's own words may be quoted.
    """

    name: ClassVar[str] = "citations"
    version: ClassVar[str] = "2"
    needs_documents: ClassVar[bool] = True
    surfaces: ClassVar[frozenset[Surface]] = frozenset({"output"})

    required: bool = False
    """Every sentence that claims something must carry a citation."""
    scope: Scope = "sentence"
    """`paragraph`: with `required`, a citation at the end of a paragraph or list item stands for all of it."""
    supported: bool = False
    """The document named must bear the statement out."""
    quotes: bool = False
    """What is quoted must stand in a document word for word, and in the one that is cited for it."""

    def specimen(self) -> Specimen:
        notice = Document(id="notice", text="The notice hangs in the hall on the ground floor.")
        return Specimen(text="The lift is out of order until the ninth of May [99].", documents=(notice,))

    def __call__(self, exchange: Exchange) -> Verdict:
        text, documents = exchange.text, exchange.documents
        layout = Layout(text, markers_of(exchange))
        markers = [marker for marker in layout.markers if marker.role not in ("definition", "heading")]
        missing = uncited(layout, self.scope) if self.required else []
        quoted: list[Quoted] = []
        if self.quotes:
            asked = [message.content for message in exchange.messages if message.role == "user"]
            quoted = judge_quotations(layout, find_quotations(layout), documents, asked)
        sources = Sources(documents, lambda given: exchange.kept("corpus", given, Corpus))
        spans = [Span(start=start, end=end, kind="missing", reason="missing_citation") for start, end, _ in missing]
        spans += [
            Span(start=marker.start, end=marker.end, kind="unknown", reason="unknown_citation")
            for marker in layout.markers
            if marker.document is None and marker.role != "heading"
        ]
        found_in = cited if self.supported else located
        spans += [self._cited(each, layout, sources) for each in found_in(layout, sources)]
        spans += [span for each in quoted for span in _spans(each)]
        if not spans:
            return Verdict(state="not_applicable", reason="no_citations")
        found = {_MISPLACED.get(span.reason, span.reason) for span in spans}
        reason = next((reason for reason in _REASONS if reason in found), "")
        return Verdict(
            state="fail" if reason else "pass",
            score=0.0 if reason else 1.0,
            reason=reason,
            spans=tuple(sorted(spans, key=lambda span: (span.start, -span.end))),
            measures={
                "citations": float(len(markers)),
                "unknown": float(sum(span.kind == "unknown" for span in spans)),
                "missing": float(len(missing)),
                "quotes": float(len(quoted)),
            },
        )

    def _cited(self, each: Cited, layout: Layout, sources: Sources) -> Span:
        marker, citation, score = each
        evidence = Evidence(document=citation.document, start=citation.source_start or 0, end=citation.source_end or 0)
        if not self.supported or citation.supported is not False:
            return Span(start=marker.start, end=marker.end, kind="cited", evidence=evidence, score=score)
        elsewhere = sources.all.support(layout.bare[citation.start : citation.end])
        misplaced = (
            elsewhere.score >= SUPPORTED
            and elsewhere.evidence is not None
            and elsewhere.evidence.document != citation.document
        )
        return Span(
            start=marker.start,
            end=marker.end,
            kind="unsupported",
            evidence=elsewhere.evidence if misplaced else evidence,
            score=score,
            reason="misplaced_citation" if misplaced else "unsupported_citation",
        )


def _spans(quoted: Quoted) -> Iterator[Span]:
    """A quotation, and the words of it that were changed."""
    (start, end), fidelity = quoted.quotation, quoted.fidelity
    yield Span(
        start=start,
        end=end,
        kind="quoted" if fidelity == "verbatim" else fidelity,
        evidence=quoted.evidence[0] if quoted.evidence else None,
        score=quoted.score,
        reason=_QUOTES[fidelity],
    )
    for number, evidence in enumerate(quoted.evidence[1:], start=2):
        yield Span(start=start, end=end, kind="part", evidence=evidence, reason=f"part_{number}")
    for change in quoted.changes:
        yield Span(start=change.start, end=change.end, kind="changed", evidence=change.evidence)
