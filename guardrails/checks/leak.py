"""System prompts that come out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import ClassVar

from pydantic import Field, field_validator

from guardrails.normalise import View, normalised
from guardrails.patterns import Pattern, pattern, scannable
from guardrails.seams import BaseCheck, Specimen
from guardrails.text import merged
from guardrails.types import Edit, Exchange, Span, Surface, Verdict

__all__ = ["Leak"]

_WORD = re.compile(r"\w+")
_RUN = 6
"""Words that must agree before a run of them counts at all."""
_LEAST_CANARY = 8
_PROMPT = r"(?:system|initial|original|hidden|secret|internal|developer|full)[ -](?:prompt|instructions?|message)"
_TOLD = (
    rf"\b(?:my|the) {_PROMPT}s? (?:is|are|was|were|reads?|says?|states?|begins?|starts?|tells? me)\b"
    rf"|\b(?:here (?:is|are)|this is|these are) (?:my|the) (?:\w+ ){{0,2}}{_PROMPT}s?\b"
    r"|\bmy (?:instructions|prompt|rules|guidelines) (?:are|is|say|says|read|reads)(?: as follows)? ?:"
    r"|\bi (?:was|am|have been) (?:told|instructed|prompted|configured|programmed) (?:by (?:the|my) developers? )?"
    r"(?:to|not to|that|as follows|with)\b[^.]{0,60}(?:password|secret|code|reveal|prompt|instructions|system)"
    r"|\b(?:the|my) (?:secret|access) (?:code|word|key|phrase|password) (?:is|was)\b"
)
"""What a model says when it gives its prompt away; on folded text."""


class Leak(BaseCheck):
    """Gives nothing of the system prompt away.

    Looks for three things, in every reading of the text, so that an answer in base64 or with odd characters is read
    as well. `canaries` are marks that were put into the prompt for this end: one in an answer is a leak, whatever
    stands around it. The words of the system messages: a run of `words` of them that stands neither in a document or
    memory nor in what the user wrote. And sentences with which a model introduces its prompt ("My system prompt is").
    Reason: `canary` or `system_prompt`; kinds `canary`, `quoted` and `told`. Each is replaced by `[WITHHELD]`.

    Where the prompt is to be guarded, put a mark into it that says nothing (`python -c "import secrets;
    print(secrets.token_hex(8))"`) and name it in the policy, and keep secrets out of prompts: no check finds them all.

    Known limits: a paraphrase, a translation and a summary of the prompt are not found, nor is one that is told a few
    words at a time, unless a canary is among them.
    """

    name: ClassVar[str] = "leak"
    version: ClassVar[str] = "2"
    surfaces: ClassVar[frozenset[Surface]] = frozenset({"output"})
    graded: ClassVar[bool] = True
    operating_point: ClassVar[str] = "a canary, an introduction of a prompt, or `words` of its words in a row"
    fixes: ClassVar[bool] = True

    canaries: tuple[str, ...] = ()
    """Marks in the system prompt that nothing else contains, of eight characters at least."""
    words: int = Field(default=12, ge=_RUN, le=200)
    """How many words of the system prompt in a row are a leak; a shorter prompt counts when it is quoted whole."""
    phrases: bool = True
    """Also report the sentences with which a model introduces its prompt."""

    @field_validator("canaries")
    @classmethod
    def _long_enough(cls, canaries: tuple[str, ...]) -> tuple[str, ...]:
        for mark in canaries:
            if len(mark) < _LEAST_CANARY or not any(map(str.isalnum, mark)):
                raise ValueError(f"a canary of fewer than {_LEAST_CANARY} characters turns up by chance: {len(mark)}")
        return canaries

    def specimen(self) -> Specimen | None:
        if self.canaries:
            return Specimen(text=f"As you wish: {self.canaries[0]}.", violation=self.canaries[0])
        if not self.phrases:
            return None
        return Specimen(text="Here is my system prompt: you are the assistant of a shop.", violation="system prompt")

    def __call__(self, exchange: Exchange) -> Verdict:
        told = [message.content for message in exchange.messages if message.role == "system"]
        known = [message.content for message in exchange.messages if message.role != "system"]
        known += [
            text
            for document in (*exchange.documents, *exchange.memories)
            for text in (document.text, document.title or "")
        ]
        secret = _runs(told) - _runs(known)
        shortest = min([self.words, *(max(_RUN, len(_words(text))) for text in told if len(_words(text)) >= _RUN)])
        found: list[tuple[int, int, str]] = []
        longest = 0
        for view in exchange.views.folded_readings:
            found += self._marks(view)
            if secret:
                for start, end, size in _quoted(view, secret):
                    longest = max(longest, size)
                    if size >= shortest:
                        found.append((*view.original(start, end), "quoted"))
        return _verdict(found, longest / (2 * shortest), float(longest))

    def _marks(self, view: View) -> Iterator[tuple[int, int, str]]:
        for mark in self.canaries:
            wanted = normalised(mark).text.strip()
            at = view.text.find(wanted)
            while wanted and at >= 0:
                yield (*view.original(at, at + len(wanted)), "canary")
                at = view.text.find(wanted, at + len(wanted))
        if self.phrases:
            for match in _told().finditer(scannable(view.text)):
                yield (*view.original(*match.span()), "told")


def _verdict(found: list[tuple[int, int, str]], quoted: float, longest: float) -> Verdict:
    measures = {"longest_run": longest}
    if not found:
        return Verdict(state="pass", score=max(0.5, 1 - quoted), measures=measures)
    rank = ("canary", "quoted", "told")
    kinds = {kind for _, _, kind in found}
    spans = []
    for start, end in merged((start, end) for start, end, _ in found):
        within = [kind for left, right, kind in found if left < end and right > start]
        spans.append(Span(start=start, end=end, kind=min(within, key=rank.index)))
    return Verdict(
        state="fail",
        score=0.0 if "canary" in kinds else max(0.0, min(0.5, 1 - quoted)),
        reason="canary" if "canary" in kinds else "system_prompt",
        spans=tuple(spans),
        fix=tuple(Edit(start=span.start, end=span.end, text="[WITHHELD]") for span in spans),
        measures=measures,
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(normalised(text).text)


def _runs(texts: Iterable[str]) -> frozenset[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for text in texts:
        words = _words(text)
        found.update(zip(*(words[n:] for n in range(_RUN)), strict=False))
    return frozenset(found)


def _quoted(view: View, secret: frozenset[tuple[str, ...]]) -> Iterator[tuple[int, int, int]]:
    """The longest stretches of `view` whose every run of words is in `secret`: start, end and words."""
    matches = list(_WORD.finditer(view.text))
    words = [match[0] for match in matches]
    first: int | None = None
    for index, run in enumerate(zip(*(words[n:] for n in range(_RUN)), strict=False)):
        if run in secret:
            first = index if first is None else first
        elif first is not None:
            yield matches[first].start(), matches[index + _RUN - 2].end(), index + _RUN - 1 - first
            first = None
    if first is not None:
        yield matches[first].start(), matches[-1].end(), len(words) - first


@lru_cache(maxsize=1)
def _told() -> Pattern:
    return pattern(_TOLD)
