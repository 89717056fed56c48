"""Whether one text carries another: as it stands, made comparable, or in a usual encoding."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from guardrails.normalise import normalised

__all__ = ["Needle"]

_LEAST_ENCODED = 6
"""Bytes of a text whose encodings are looked for: those of a shorter one turn up by chance."""


class Needle:
    """A text to be looked for in others."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded = normalised(text).text.strip()
        self._encoded = dict(_encodings(text))

    def carried(self, texts: Iterable[str]) -> str | None:
        """The form in which the first of `texts` that carries it does so; None where none does.

        `raw`; `json`, `url`, `hex` or `base64` where one of these encodings of it is there, wherever in an encoded text
        it begins; `normalised` (NFKC, no invisible characters, case folded, white space alike).
        """
        for text in texts:
            if self.text and self.text in text:
                return "raw"
            folded = normalised(text).text
            for form, name in self._encoded.items():
                if form in (folded if name == "hex" else text):
                    return name
            if self._folded and self._folded in folded:
                return "normalised"
        return None


def _encodings(text: str) -> Iterator[tuple[str, str]]:
    raw = text.encode("utf-8", "replace")
    for ascii_only in (True, False):
        if (escaped := json.dumps(text, ensure_ascii=ascii_only)[1:-1]) != text:
            yield escaped, "json"
    if len(raw) < _LEAST_ENCODED:
        return
    if (quoted := quote(raw, safe="")) != text:
        yield quoted, "url"
    yield raw.hex(), "hex"
    for shift in range(3):
        # of the groups of three bytes only those that hold nothing else look the same whatever stands around
        inner = raw[shift : shift + (len(raw) - shift) // 3 * 3]
        if len(inner) >= _LEAST_ENCODED:
            yield base64.b64encode(inner).decode(), "base64"
            yield base64.urlsafe_b64encode(inner).decode(), "base64"
