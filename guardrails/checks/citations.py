"""Whether an answer's citations hold."""

from __future__ import annotations

from typing import ClassVar

from guardrails.grounding.citations import cited, uncited
from guardrails.grounding.markers import find_markers
from guardrails.seams import BaseCheck, Specimen
from guardrails.types import Document, Evidence, Exchange, Span, Surface, Verdict

__all__ = ["Citations"]


class Citations(BaseCheck):
    """Cites only documents that were given.

    Looks at the answer and the documents of the call. A marker is `[1]` (the documents counted from 1), `[doc-id]`,
    several of them in one pair of brackets, or `(Source: x)` with an id or a title. Each is a span: `cited` with the
    document it names and the stretch of it that best bears the statement out, or `unknown`. With `required` every
    sentence that claims something must carry one, and one that does not is a span `missing`. With `supported` the
    document named must also bear the statement out, by the words they share; where it does not the span is
    `unsupported`. Reasons, the first that holds: `unknown_citation`, `missing_citation`, `unsupported_citation`.
    An answer without markers has nothing to judge, unless they are required.

    Known limits: footnotes whose text stands below the answer, and sources named in running words, are not recognised;
    a word in square brackets that is no known id is taken for a citation only where it looks like one. Support is the
    lexical measure of the groundedness check, with its limits.
    """

    name: ClassVar[str] = "citations"
    needs_documents: ClassVar[bool] = True
    surfaces: ClassVar[frozenset[Surface]] = frozenset({"output"})

    required: bool = False
    """Every sentence that claims something must carry a citation."""
    supported: bool = False
    """The document named must bear the statement out."""

    def specimen(self) -> Specimen:
        notice = Document(id="notice", text="The notice hangs in the hall on the ground floor.")
        return Specimen(text="The lift is out of order until the ninth of May [99].", documents=(notice,))

    def __call__(self, exchange: Exchange) -> Verdict:
        text, documents = exchange.text, exchange.documents
        markers = find_markers(text, documents)
        missing = uncited(text, markers) if self.required else []
        if not markers and not missing:
            return Verdict(state="not_applicable", reason="no_citations")
        spans = [Span(start=start, end=end, kind="missing") for start, end, _ in missing]
        unknown = [marker for marker in markers if marker.document is None]
        spans += [Span(start=marker.start, end=marker.end, kind="unknown") for marker in unknown]
        unsupported = 0
        for marker, citation in cited(text, markers, documents):
            evidence = Evidence(
                document=citation.document, start=citation.source_start or 0, end=citation.source_end or 0
            )
            weak = self.supported and citation.supported is False
            unsupported += weak
            kind = "unsupported" if weak else "cited"
            spans.append(Span(start=marker.start, end=marker.end, kind=kind, evidence=evidence))
        reason = ""
        if unknown:
            reason = "unknown_citation"
        elif missing:
            reason = "missing_citation"
        elif unsupported:
            reason = "unsupported_citation"
        return Verdict(
            state="fail" if reason else "pass",
            score=0.0 if reason else 1.0,
            reason=reason,
            spans=tuple(sorted(spans, key=lambda span: (span.start, span.end))),
            measures={
                "citations": float(len(markers)),
                "unknown": float(len(unknown)),
                "missing": float(len(missing)),
            },
        )
