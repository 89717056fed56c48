"""Material of others in a prompt, between lines that none of them can forge.

A document or an answer may say anything, also that it has ended and that what follows are orders. So material stands
between lines that carry a code, and what merely looks like such a line is made to look like something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from guardrails.digest import digest

__all__ = ["INVISIBLE", "fence_code", "fenced", "neutral"]

INVISIBLE = (
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
"""A pattern: characters that nobody sees."""

_OPENING, _CLOSING = "<\uff1c\ufe64\u2039\u00ab\u27e8\u300a", ">\uff1e\ufe65\u203a\u00bb\u27e9\u300b"
"""Angle brackets, and what passes for them: full width, small, quotation marks, mathematical, double."""
_NAMES = "|".join(f"{INVISIBLE}{{0,5}}".join(name) for name in ("conversation", "question", "document", "answer"))
_FENCE_LIKE = re.compile(
    rf"[{_OPENING}](?:\s|{INVISIBLE}|[{_OPENING}/\uff0f\\]){{0,20}}(?:{_NAMES})[^{_CLOSING}\n]{{0,80}}[{_CLOSING}]{{0,5}}",
    re.IGNORECASE,
)
_BRACKETS = str.maketrans(_OPENING + _CLOSING, "[" * len(_OPENING) + "]" * len(_CLOSING))


def neutral(text: str) -> str:
    """`text` with everything that looks like one of our fences in square brackets and without invisible characters.

    The code already makes a fence impossible to forge; this keeps a judge from being talked into one that is close.
    """
    return _FENCE_LIKE.sub(lambda m: re.sub(INVISIBLE, "", m[0]).translate(_BRACKETS), text)


def fence_code(question: Any, material: Sequence[tuple[str, str]]) -> str:
    """The code of the fences around `material`, as (name, text), when `question` is asked about it.

    It is a digest of all of it, so nobody who wrote a part can write the code into it: that would change the code. It
    is as good as a random one, and a recorded judge can be replayed.
    """
    code = digest([question, list(material)])[:16]
    while any(code in text for _, text in material):  # one in 2**64, and then the next one
        code = digest(code)[:16]
    return code


def fenced(name: str, text: str, code: str) -> str:
    """`text`, which must be `neutral`, between its two lines."""
    return f"<<{name} {code}>>\n{text}\n<</{name} {code}>>"
