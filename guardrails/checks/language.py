"""Whether a text is in a language that is spoken here."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from guardrails.filters.languages import NO_LANGUAGE, known_languages, told, windows
from guardrails.seams import BaseCheck, Specimen
from guardrails.types import Exchange, Span, Verdict

__all__ = ["Language"]


class Language(BaseCheck):
    """Is in one of the languages allowed.

    Looks at the text alone, sentence by sentence (short ones together with the next), so that one foreign paragraph in
    a long text is seen. The score is the least likelihood, over these windows, that the window is in a language
    allowed. A window below `threshold` whose own language is clear is a span, and its `reason` the code of that
    language. Reason: `other_language`. A text of which no window is clear, because it is short or mixed, is undecided;
    one without letters has nothing to judge. Needs the extra `language` (py3langid, 140 languages, offline).

    Known limits: below some 25 letters the language is a guess, so that a foreign word or greeting is not seen. Names,
    code and lists of products are in no language and are mostly undecided. Close relatives (Norwegian and Danish,
    Croatian and Serbian, Galician and Spanish) are mistaken for one another: allow both. Romanised Hindi or Arabic is
    taken for something else.
    """

    name: ClassVar[str] = "language"
    graded: ClassVar[bool] = True

    allowed: tuple[str, ...] = Field(min_length=1)
    """ISO 639 codes of the languages that are fine, such as `en` and `de`."""
    threshold: float = Field(default=0.15, ge=0.0, le=1.0)
    """A window that is less likely than this to be in a language allowed fails."""
    min_letters: int = Field(default=25, ge=1)
    """Letters that a window needs before anything is said about it."""

    @field_validator("allowed")
    @classmethod
    def _codes_exist(cls, allowed: tuple[str, ...]) -> tuple[str, ...]:
        for code in allowed:
            if code not in known_languages():
                raise ValueError(f"there is no language {code!r}: give ISO 639 codes such as 'en' or 'de'")
        return allowed

    def specimen(self) -> Specimen | None:
        texts = (
            "Please tell me what the weather will be like tomorrow morning.",
            "Bitte sagen Sie mir, wie das Wetter morgen früh werden wird.",
            "明日の朝の天気がどうなるか教えてください。よろしくお願いします。",
        )
        return next((Specimen(text=text) for text in texts if self(Exchange(text=text)).state == "fail"), None)

    def __call__(self, exchange: Exchange) -> Verdict:
        text = exchange.text
        found = list(windows(text, self.min_letters))
        if not found:
            return Verdict(state="not_applicable", reason="no_text")
        long = [window for window in found if window.letters >= self.min_letters]
        lowest, clear = 1.0, False
        spans = []
        for window, (own, share, here) in zip(
            long, told((text[window.start : window.end] for window in long), self.allowed), strict=True
        ):
            if own == NO_LANGUAGE or max(here, share) < _CLEAR:
                continue
            clear, lowest = True, min(lowest, here)
            if here < self.threshold:
                spans.append(Span(start=window.start, end=window.end, kind="other_language", reason=own, score=here))
        if not clear:
            return Verdict(state="undecided", score=0.5, reason="too_short")
        state = "fail" if spans else "pass"
        lowest = max(0.0, min(1.0, lowest))
        return Verdict(state=state, score=lowest, reason="other_language" if spans else "", spans=tuple(spans))


_CLEAR = 0.3
"""How likely one language, or those allowed together, must be for a window to be clear."""
