"""Credentials in a text."""

from __future__ import annotations

import base64
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import ClassVar

from guardrails.patterns import PatternSet, scannable
from guardrails.seams import BaseCheck, Specimen
from guardrails.text import merged
from guardrails.types import Edit, Exchange, Span, Verdict

__all__ = ["Secrets"]

# The shapes that the providers document, or that their own keys show.
_PROVIDERS = {
    "aws": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "github": r"\bgh[pousr]_[A-Za-z0-9]{36,255}|\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    "gitlab": r"\bgl(?:pat|oas|dt|rt|cbt|ptt|ft|soat|agent|imt)-[A-Za-z0-9_-]{20,300}",
    "slack": r"\bxox[abeoprs]-(?:[A-Za-z0-9]+-)+[A-Za-z0-9]{8,}|\bxapp-\d-[A-Z0-9]+-\d+-[A-Za-z0-9]{16,}"
    r"|https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{20,}",
    "google": r"\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{28}",
    "stripe": r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/]{24,}",
    "anthropic": r"\bsk-ant-[A-Za-z0-9_-]{20,}",
    "openai": r"\bsk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,}",
    "huggingface": r"\bhf_[A-Za-z]{34}\b",
    "npm": r"\bnpm_[A-Za-z0-9]{36}\b",
    "pypi": r"\bpypi-AgEI[A-Za-z0-9_-]{50,}",
    "sendgrid": r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "jwt": r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "private_key": r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
    "url_password": r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"<>]{0,64}:([^\s/@'\"<>]{6,128})@",
    "assignment": r"(?i)(?:pass(?:word|wd|phrase)|\bpwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key"
    r"|account[_-]?key|secret[_-]?key|private[_-]?key|client[_-]?secret|credentials?)[\"'`]?\s{0,3}(?::=|=>|=|:)\s{0,3}"
    r"[\"'`]?(?:bearer )?([^\s\"'`,;<>()\[\]{}]{8,256})",
}

_KEY_BORDER = re.compile(r"-----(?:BEGIN|(?P<end>END [A-Z0-9 ]{0,40}-----))")
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=\s\\]*")
_KEY_REACH = 20_000
_KEY_LEAST = 40

_LEAST_ENTROPY = 3.0
"""Bits a character of an assigned value, over its own characters: words of a language lie below, random keys above."""
_STAND_IN = re.compile(
    r"(?i)^(?:your|my|the|some|insert|enter|replace|example|sample|dummy|fake|test|change|todo|none|null|true|false|env)"
    r"|x{4,}|\*{3,}|\.{3,}|\u2026|example|placeholder|changeme|redacted|getenv|environ|process\.env|secrets?\.|vault"
    r"|^[$%]|^\w+://|^(?:pass|password|passwd|secret|token|key)$"
)


class Secrets(BaseCheck):
    """Contains no credential.

    Looks at the text alone for keys in the shape of AWS, GitHub, GitLab, Slack, Google, Stripe, Anthropic, OpenAI,
    Hugging Face, npm, PyPI and SendGrid, for private key blocks, JSON Web Tokens, passwords inside addresses, and for
    values assigned to a name such as `password` or `api_key` that mix letters with digits and are too irregular for
    prose. Reason: `secret`; the kind of a span names the shape; each is replaced by `[SECRET]`.

    Known limits: a key of no known shape that is not assigned to a telling name is not found, nor is one that is
    split, spelt out or encoded. A test key is reported as well: nothing in its form tells it apart. Hashes and UUIDs on
    their own are not reported. Whether a key is still in use is never tried.
    """

    name: ClassVar[str] = "secrets"
    fixes: ClassVar[bool] = True

    allow: tuple[str, ...] = ()
    """Exact values that are never reported, such as the key in a public example."""

    def specimen(self) -> Specimen:
        key = "AK" + "IA" + "Q3EGRB7KJX5ZTW2M"  # in two parts, so that no scanner takes this file for a leak
        return Specimen(text=f"Use the key {key} for the upload.", violation=key)

    def __call__(self, exchange: Exchange) -> Verdict:
        text = scannable(exchange.text)
        taken: list[tuple[int, int, str]] = []
        for kind, start, end in _find(text):
            if exchange.text[start:end] not in self.allow:
                taken.append((start, end, kind))
        if not taken:
            return Verdict(state="pass", score=1.0, measures={"secrets": 0.0})
        kinds = {(start, kind) for start, _, kind in reversed(taken)}
        first = dict(sorted(kinds, reverse=True))
        stretches = merged((start, end) for start, end, _ in taken)
        return Verdict(
            state="fail",
            score=0.0,
            reason="secret",
            spans=tuple(Span(start=start, end=end, kind=first[start]) for start, end in stretches),
            fix=tuple(Edit(start=start, end=end, text="[SECRET]") for start, end in stretches),
            measures={"secrets": float(len(stretches))},
        )


@lru_cache(maxsize=1)
def _patterns() -> PatternSet:
    return PatternSet(_PROVIDERS)


def _find(text: str) -> Iterator[tuple[str, int, int]]:
    for kind, match in _patterns().finditer(text):
        start, end = match.span(1) if kind in ("assignment", "url_password") else match.span()
        if kind == "private_key":
            end = _key_end(text, end)
        elif kind == "assignment" and text[end - 1] == ".":
            end -= 1
        verify = _VERIFIERS.get(kind)
        if end > start and (verify is None or verify(text[start:end])):
            yield kind, start, end


def _key_end(text: str, body: int) -> int:
    """The end of a private key whose body begins at `body`, or 0 where too little follows for a key."""
    reach = min(len(text), body + _KEY_REACH)
    border = _KEY_BORDER.search(text, body, reach)
    if border and border["end"]:
        body_end, end = border.start(), border.end()
    else:  # cut off: what still looks like it
        rest = _KEY_BODY.match(text, body, border.start() if border else reach)
        body_end = end = rest.end() if rest else body
    return end if len(re.sub(r"[\s\\]", "", text[body:body_end])) >= _KEY_LEAST else 0


def _is_mixed(value: str) -> bool:
    """Has letters and digits, or both cases: `sk-this-is-a-long-css-class` is no key."""
    body = value.removeprefix("sk-")
    return any(map(str.isdigit, body)) or (body != body.lower() and body != body.upper()) or "-" not in body


def _is_irregular(value: str) -> bool:
    """Whether an assigned value looks made by a machine, or like a chosen password, and not like a word."""
    if _STAND_IN.search(value) or not any(map(str.isdigit, value)) or not any(map(str.isalpha, value)):
        return False
    counts = Counter(value)
    entropy = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return entropy >= min(_LEAST_ENTROPY, math.log2(len(value)) * 0.85)


def _is_jwt(token: str) -> bool:
    header = token.split(".", 1)[0]
    try:
        decoded = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except ValueError:
        return False
    return isinstance(decoded, dict) and "alg" in decoded


_VERIFIERS: dict[str, Callable[[str], bool]] = {
    "assignment": _is_irregular,
    "url_password": lambda value: not _STAND_IN.search(value),
    "jwt": _is_jwt,
    "openai": _is_mixed,
}
