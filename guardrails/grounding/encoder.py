"""The tier that asks a classifier of one's own: of pairs (context, claim), or of the tokens of an answer.

The context is never truncated: it goes through the model in windows, and any of them may support. With a pair
classifier a claim is supported where one window supports it. With a token classifier each token of a claim needs one
window that bears it out, so several passages may support a claim together. A claim too long for a window is cut, and
supported where all of its pieces are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import model_validator

from guardrails.encoders.options import EncoderOptions
from guardrails.encoders.reading import bounded, looked_at, room
from guardrails.encoders.windows import Row, Template, Tokens, spread
from guardrails.errors import ConfigError, Problem
from guardrails.grounding.markers import blanked, find_markers
from guardrails.grounding.support import assess
from guardrails.grounding.tiers import Assessment, ClaimSupport, as_claims, weakest
from guardrails.text import Segment
from guardrails.types import Document, Evidence, Exchange

if TYPE_CHECKING:
    from guardrails.encoders.runtime import Numbers

__all__ = ["EncoderTier", "GroundingEncoder"]

_SUPPORTED = ("supported", "support", "entailment", "entailed", "consistent", "factual", "faithful", "grounded")
_UNSUPPORTED = ("hallucinated", "hallucination", "unsupported", "not_supported", "inconsistent", "unfaithful")


class GroundingEncoder(EncoderOptions):
    """A classifier that says what a context supports."""

    reads: Literal["tokens", "pairs"] | None = None
    """Whether it judges tokens of the answer (LettuceDetect) or pairs of context and claim (HHEM, MiniCheck, NLI).
    What `architectures` in `config.json` says where this is left out."""
    supported: tuple[str, ...] = ()
    """The labels that mean supported, as `id2label` has them. Known names need not be named."""
    unsupported: tuple[str, ...] = ()
    """The labels that mean unsupported, where they are easier to name than the others."""
    before: str = ""
    """A text before the context, as the model was trained to see; `{question}` stands for what the user asked."""
    between: str | None = None
    """A text between context and claim, for models that read both as one text; the tokenizer's own way of putting a
    pair together where this is left out."""

    @model_validator(mode="after")
    def _says_what_is_supported(self) -> GroundingEncoder:
        if self.encoder.source.is_folder:
            try:
                _supporting(self)
                _kind(self)
            except ConfigError as error:
                raise ValueError(str(error.problems[0])) from None
        return self


class _Passage(NamedTuple):
    """Where a document stands in the joined context."""

    at: int
    document: str
    length: int


class _Piece(NamedTuple):
    """A part of the answer that fits beside a window of the context."""

    tokens: Tokens
    offset: int
    """Where its text begins in the answer."""
    claim: int
    """The claim that it belongs to; for a token classifier that of its beginning."""


class EncoderTier:
    """A `Tier` over one encoder. It may be used from many threads."""

    def __init__(self, options: GroundingEncoder) -> None:
        self._options = options

    def __call__(self, exchange: Exchange) -> Assessment:
        claims = as_claims(exchange.text, exchange.documents)
        if not claims:
            return Assessment((), None)
        options = self._options
        texts, passages = _joined(exchange.documents)
        context = options.encoder.tokens(texts)
        kind = _kind(options)
        bare = blanked(exchange.text, find_markers(exchange.text, exchange.documents))
        around = _Around(options, exchange.question)
        most = max(1, room(options, around.size) // 2)
        pieces = [p for p in self._pieces(bare, claims, most, whole=kind == "tokens") if p.tokens.ids]
        longest = max((len(piece.tokens.ids) for piece in pieces), default=0)
        windows = list(spread(len(context.ids), room(options, around.size + longest), options.overlap))
        bounded(options, len(pieces) * len(windows))
        rows = [
            around.row(context.ids[start:end], piece.tokens.ids) for piece in pieces for start, end in windows
        ]  # fmt: skip
        said, cost = looked_at(options, rows, "tokens" if kind == "tokens" else "texts")
        supports = _supports(options, said)
        if kind == "tokens":
            scores = _by_tokens(claims, pieces, windows, rows, supports)
        else:
            scores = _by_pairs(pieces, windows, supports)
        near = _nearest(exchange)
        judged = []
        for index, claim in enumerate(claims):
            score, window = scores.get(index, (None, None))
            evidence = None if window is None else _evidence(windows[window], context, passages, near.get(claim.start))
            reason = "no_tokens" if score is None else "no_evidence"
            judged.append(ClaimSupport(claim.start, claim.end, score, evidence, reason))
        return Assessment(tuple(judged), weakest(judged), cost.measures)

    def _pieces(self, text: str, claims: Sequence[Segment], most: int, *, whole: bool) -> Iterator[_Piece]:
        """The claims cut to `most` tokens; where `whole`, as many of them together as fit, with what stands between."""
        encoder = self._options.encoder
        at = 0
        while at < len(claims):
            after = at + 1
            tokens = encoder.tokens(text[claims[at].start : claims[at].end])
            while whole and after < len(claims):
                more = encoder.tokens(text[claims[at].start : claims[after].end])
                if len(more.ids) > most:
                    break
                tokens, after = more, after + 1
            for start, end in spread(len(tokens.ids), most, 0):
                yield _Piece(tokens.cut(start, end), claims[at].start, at)
            at = after


def _supports(options: GroundingEncoder, said: Sequence[Numbers]) -> list[Numbers]:
    """What the model says of each row, as the probability that it is supported."""
    labels, positive = _supporting(options)
    columns = list(labels)
    totals = [numbers[..., columns].sum(axis=-1) for numbers in said]
    return [(total if positive else 1.0 - total).clip(0.0, 1.0) for total in totals]


def _by_pairs(
    pieces: Sequence[_Piece], windows: Sequence[tuple[int, int]], supports: Sequence[Numbers]
) -> dict[int, tuple[float, int]]:
    """By claim: of its pieces the least, of the windows the best, and the number of that window."""
    found: dict[int, tuple[float, int]] = {}
    for number, piece in enumerate(pieces):
        scores = [float(support) for support in supports[number * len(windows) : (number + 1) * len(windows)]]
        best = max(range(len(windows)), key=scores.__getitem__)
        if piece.claim not in found or scores[best] < found[piece.claim][0]:
            found[piece.claim] = scores[best], best
    return found


def _by_tokens(
    claims: Sequence[Segment],
    pieces: Sequence[_Piece],
    windows: Sequence[tuple[int, int]],
    rows: Sequence[Row],
    supports: Sequence[Numbers],
) -> dict[int, tuple[float, int]]:
    """By claim: of its tokens the least, of the windows the best for each; and the window that bears most out."""
    import numpy as np

    starts = [claim.start for claim in claims]
    least: dict[int, float] = {}
    sums: dict[int, Numbers] = {}
    for number, piece in enumerate(pieces):
        some = range(number * len(windows), (number + 1) * len(windows))
        count = len(piece.tokens.ids)
        each = np.stack([supports[row][rows[row].second : rows[row].second + count] for row in some])
        best = each.max(axis=0)
        for index, (left, right) in enumerate(piece.tokens.spans):
            claim = bisect_right(starts, piece.offset + max(left, right - 1)) - 1
            if claim < 0 or piece.offset + left >= claims[claim].end:
                continue  # it stands between two claims
            least[claim] = min(least.get(claim, 1.0), float(best[index]))
            sums[claim] = sums.get(claim, 0.0) + each[:, index]
    return {claim: (score, int(sums[claim].argmax())) for claim, score in least.items()}


class _Around:
    """What stands around context and claim in every row."""

    def __init__(self, options: GroundingEncoder, question: str) -> None:
        encoder = options.encoder
        told = options.before.replace("{question}", question)
        self._before = list(encoder.tokens(told).ids) if told else []
        self._between = None if options.between is None else list(encoder.tokens(options.between).ids)
        self._template: Template = encoder.two if options.between is None else encoder.one
        self.size = self._template.size + len(self._before) + len(self._between or ())

    def row(self, context: Sequence[int], claim: Sequence[int]) -> Row:
        """The row of a window and a piece of the answer."""
        first = [*self._before, *context]
        if self._between is None:
            return self._template.row(first, claim)
        row = self._template.row([*first, *self._between, *claim])
        return row._replace(second=row.first + len(first) + len(self._between))


def _kind(options: GroundingEncoder) -> Literal["tokens", "pairs"]:
    if options.reads is not None:
        return options.reads
    told = options.encoder.reads
    if told is None:
        raise ConfigError(
            Problem(f"config.json of {options.model} does not say what it reads", hint="reads: tokens, or reads: pairs")
        )
    return "tokens" if told == "tokens" else "pairs"


def _supporting(options: GroundingEncoder) -> tuple[tuple[int, ...], bool]:
    """The numbers of the labels that tell, and whether they mean supported."""
    labels = options.encoder.labels
    for wanted, positive in ((options.supported, True), (options.unsupported, False)):
        if wanted:
            for label in wanted:
                if label not in labels:
                    told = f"it has {', '.join(labels)}"
                    raise ConfigError(Problem(f"{options.model} has no label {label!r}", hint=told))
            return tuple(labels.index(label) for label in wanted), positive
    folded = [label.casefold().replace(" ", "_") for label in labels]
    for names, positive in ((_SUPPORTED, True), (_UNSUPPORTED, False)):
        found = tuple(index for index, label in enumerate(folded) if label in names)
        if found:
            return found, positive
    raise ConfigError(
        Problem(
            f"the labels of {options.model} are {', '.join(labels)}, which do not tell what is supported",
            hint=f"name them: supported: [{labels[-1]}], or unsupported: [{labels[-1]}]",
        )
    )


def _joined(documents: Sequence[Document]) -> tuple[str, list[_Passage]]:
    """All documents as one text, each under its title, and where the text of each begins."""
    parts: list[str] = []
    passages: list[_Passage] = []
    at = 0
    for document in documents:
        head = f"{document.title}\n" if document.title else ""
        passages.append(_Passage(at + len(head), document.id, len(document.text)))
        parts.append(f"{head}{document.text}\n\n")
        at += len(parts[-1])
    return "".join(parts), passages


def _nearest(exchange: Exchange) -> dict[int, Evidence]:
    """By the start of a claim, the passage that is nearest to it by its words: finer than a window."""
    return {
        claim.sentence.start: claim.support.evidence
        for claim in assess(exchange.text, exchange.documents)
        if claim.support.evidence is not None
    }


def _evidence(
    window: tuple[int, int], context: Tokens, passages: Sequence[_Passage], near: Evidence | None
) -> Evidence | None:
    """The nearest passage where it begins in the window, else what the window holds of a document, the largest part."""
    if window[0] == window[1]:
        return None
    left, right = context.spans[window[0]][0], context.spans[window[1] - 1][1]
    parts = [
        Evidence(document=passage.document, start=start, end=end)
        for passage in passages
        for start, end in [(max(0, left - passage.at), min(passage.length, right - passage.at))]
        if start < end
    ]
    for part in parts:
        if near is not None and part.document == near.document and part.start <= near.start < part.end:
            return near
    return max(parts, key=lambda part: part.end - part.start, default=None)
