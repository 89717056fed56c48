"""Finding credentials: one pass tells which shapes can be in a text at all, and only those are searched for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from guardrails.filters.secrets.table import SERVICES, SHAPES
from guardrails.filters.secrets.values import is_chosen, is_stand_in, unfilled
from guardrails.patterns import Match, Pattern, PatternSet, pattern

__all__ = ["FAMILIES", "Secret", "find"]


class Secret(NamedTuple):
    """A stretch of a text that is a credential, and of which family."""

    start: int
    end: int
    family: str


_NAME = (
    r"(?:pass(?:word|wort|wd|phrase|code)?|\bpwd|secret|token|credential|\bauth|\bpat\b"
    r"|(?:api|app|access|auth|account|secret|private|encryption|signing|master|shared|service|subscription|admin"
    r"|storage|license|licence|client|consumer|webhook|integration|session)[ _.-]?key"
    r"|kennwort|contrase\x{f1}a|mot de passe|senha|парол\x{44c}|密码|パスワード)"
)
"""What says that a value is a credential. Other names (`key`, `id`, `hash`) have values that may be seen."""
_QUOTE = r"[\"'`\\]{0,2}"
_SIGN = r"(?::=|=>|->|<-|[?+.|]{0,2}=|:\s?[A-Za-z]{3,10}\s?=|\|\|:|:)"
_IS = (
    rf"(?:{_QUOTE}\]?\s{{0,3}}{_SIGN}|>|{_QUOTE},(?:\s{{0,3}}[\"'`])|\(|\s(?:is|was|ist|lautet|est|es|\x{{e9}})\s)\s{{0,3}}"
    rf"(?:[urb]{{0,2}}[\"'`\\]{{1,2}})?(?:(?:bearer|basic) )?"
)
_VALUE = r"([^\s\"'`,;<>()\[\]{}|]{6,512})"
_HEADER = r"(?i)\b(?:authorization|x-[a-z-]{0,24}(?:key|token|secret|auth))[\"']?\s{0,3}[:=]\s{0,3}"

_PLACES: dict[str, tuple[str, str]] = {
    "private_key": ("-----BEGIN ", r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    "putty_key": ("PuTTY-User-Key-File-", r"PuTTY-User-Key-File-\d: "),
    "url_password": (
        r"://[^\s/:@'\"<>]{0,64}:",
        r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@'\"<>]{0,64}:([^\s/@'\"<>\[\]{}]{4,128})@",
    ),
    "authorization": (
        _HEADER,
        _HEADER + r"[\"']?(?:(?:bearer|basic|token|apikey|ssws) )?([A-Za-z0-9+/_.~=-]{16,1000})",
    ),
    "curl_user": (r"\bcurl\b", r"\bcurl\b[^\n]{0,400}?\s(?:-u|--user)[ =]?[\"']?[^\s\"':]{1,64}:([^\s\"']{6,128})"),
    "netrc": (r"(?i)\bmachine\s", r"(?i)\bmachine\s+\S{1,128}\s+login\s+\S{1,128}\s+password\s+(\S{4,128})"),
    "config": (  # NuGet and .NET
        r"(?i)<add\s+key=",
        rf"(?i)<add\s+key=[\"'][\w.:-]{{0,60}}{_NAME}[\w-]{{0,20}}[\"']\s+value=[\"']([^\s\"'<>]{{6,512}})[\"']",
    ),
    "kubernetes": (r"(?i)\bkind:\s*[\"']?Secret\b", r"(?m)^data:[ \t]*\n((?:[ \t]+[^\n]*\n?)+)"),
    "assignment flag": ("(?i)--[a-z]", rf"(?i)--(?:[a-z]{{1,20}}-)?{_NAME}[ =]{_QUOTE}{_VALUE}"),
    "assignment": (rf"(?i){_NAME}[\w-]{{0,20}}{_IS}", rf"(?i){_NAME}([\w-]{{0,20}}){_IS}{_VALUE}"),
}
"""What is known by where it stands and not by its form: a gate, and the pattern whose last group is the value."""

_SERVICE = "service"
_NAMES = "|".join(service.names for service in SERVICES)
_SERVICE_PATTERN = (
    rf"(?i)({_NAMES})([\w .-]{{0,24}})(?:{_QUOTE}\]?\s{{0,3}}{_SIGN}|>|{_QUOTE},|\(|\sis\s)\s{{0,3}}"
    rf"{_QUOTE}([\w.~+/=:%-]{{10,160}})"
)
_TAIL = re.compile(r"(?i)key|token|secret|auth|api|pass|cred|sid|pwd|pat|client|access")
_NOT_SECRET = re.compile(
    r"(?i)(?:page|next|continuation|cursor|sync|primary|foreign|public|idempotency|partition|cache)[ _.-]?\Z"
)
_NOT_VALUE = re.compile(
    r"(?i)[_-]?(?:type|count|id|url|uri|path|file|name|hash|digest|expir|length|limit|ttl|policy|hint|reset|field|label"
    r"|prefix|format|version|endpoint|size|usage|age|issuer|spec|class|required|enabled|manager|for|at)"
)
_GOES_ON = "([{"
_ESCAPED = re.compile(r"\\[nrt]")

_KEY_BORDER = re.compile(r"-----(?:BEGIN|(?P<end>END [A-Z0-9 ]{0,40}-----))|(?P<mac>Private-MAC: [0-9a-f]{40,64})")
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=\s\\]*")
_KEY_REACH = 20_000
_KEY_LEAST = 40

FAMILIES: tuple[str, ...] = tuple(
    name
    for name in dict.fromkeys([*(s.family for s in SHAPES), *_PLACES, *(s.family for s in SERVICES)])
    if " " not in name
)
"""Every family: of two that claim a stretch, the one that stands first in the table."""
_RANK = {shape.family: index for index, shape in enumerate(SHAPES)} | {
    name.partition(" ")[0]: len(SHAPES) + index for index, name in enumerate(_PLACES)
}
_SERVICE_RANK = len(SHAPES) + 1


def find(text: str) -> list[Secret]:
    """The credentials in `text`, which must be `scannable`: in order, none overlapping another."""
    out: list[tuple[Secret, int]] = []
    for secret in sorted(_found(text), key=lambda secret: (secret.start, -secret.end)):
        rank = _RANK.get(secret.family, _SERVICE_RANK)
        if out and secret.start < out[-1][0].end:
            last, best = out[-1]
            family = secret.family if rank < best else last.family
            out[-1] = Secret(last.start, max(last.end, secret.end), family), min(rank, best)
        else:
            out.append((secret, rank))
    return [secret for secret, _ in out]


@lru_cache(maxsize=1)
def _gates() -> PatternSet:
    gates = {str(index): shape.head for index, shape in enumerate(SHAPES)}
    gates |= {name: gate for name, (gate, _) in _PLACES.items()}
    return PatternSet(gates | {_SERVICE: f"(?i){_NAMES}"})


@lru_cache(maxsize=512)
def _pattern(name: str) -> Pattern:
    if name == _SERVICE:
        return pattern(_SERVICE_PATTERN)
    return pattern(_PLACES[name][1] if name in _PLACES else SHAPES[int(name)].pattern)


@lru_cache(maxsize=1)
def _services() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((s.family, re.compile(s.names, re.IGNORECASE), re.compile(s.value)) for s in SERVICES)


def _found(text: str) -> Iterator[Secret]:
    for name in _gates().present(text):
        for match in _pattern(name).finditer(text):
            if name == "kubernetes":
                yield from _of_manifest(text, match)
                continue
            if name == _SERVICE:
                found = _of_service(match)
            elif name in _PLACES:
                found = _of_place(text, name, match)
            else:
                found = _of_shape(text, int(name), match)
            if found is not None:
                yield found


def _of_shape(text: str, index: int, match: Match) -> Secret | None:
    shape = SHAPES[index]
    start, end = match.span(1) if shape.grouped else match.span()
    value = text[start:end]
    if unfilled(value) or (shape.valid is not None and not shape.valid(value)):
        return None
    return Secret(start, end, shape.family)


def _of_service(match: Match) -> Secret | None:
    if not _TAIL.search(match[2]) and not _TAIL.search(match[1]):
        return None
    start, _ = match.span(3)
    value = match[3].rstrip(".:")
    for family, names, form in _services():
        if names.fullmatch(match[1]) and form.fullmatch(value) and not unfilled(value):
            return Secret(start, start + len(value), family)
    return None


def _of_place(text: str, name: str, match: Match) -> Secret | None:
    if name in ("private_key", "putty_key"):
        start, body = match.span()
        end = _key_end(text, body)
        return Secret(start, end, "private_key") if end else None
    if name == "assignment":
        (left, _), suffix, (start, end) = match.span(), match[1], match.span(2)
        if _NOT_SECRET.search(text, max(0, left - 16), left) or not _is_suffix(suffix):
            return None
    else:
        start, end = match.span(1)
    if escape := _ESCAPED.search(text, start, end):
        end = escape.start()
    while end > start and text[end - 1] in ".:" and (end == len(text) or text[end].isspace()):
        end -= 1
    value = text[start:end]
    if name in ("url_password", "netrc", "curl_user"):
        return None if is_stand_in(value) or unfilled(value) else Secret(start, end, name)
    least = _LEAST if _PASSWORD.match(match[0].lstrip("-")) else _LEAST_OTHER
    if end - start < least or text[end : end + 1] in [*_GOES_ON] or not is_chosen(value):
        return None
    return Secret(start, end, name.partition(" ")[0])


_DATUM = re.compile(r"^[ \t]+[\w.-]{1,128}:[ \t]*[\"']?([A-Za-z0-9+/]{10,}={0,2})[\"']?[ \t]*$", re.MULTILINE)
_KIND = re.compile(r"(?im)^kind:\s*[\"']?Secret\b")
_MANIFEST_REACH = 1_000
"""Characters around the data of a manifest within which its kind must stand."""


def _of_manifest(text: str, match: Match) -> Iterator[Secret]:
    """What a Kubernetes secret holds: base64, whatever the keys are called."""
    start, end = match.span(1)
    before = text[max(0, start - _MANIFEST_REACH) : start].rpartition("\n---")[2]
    behind = text[end - 1 : end + _MANIFEST_REACH].partition("\n---")[0]  # its last character ends a line
    if _KIND.search(before) or _KIND.search(behind):
        for datum in _DATUM.finditer(text, start, end):
            if not is_stand_in(datum[1]):
                yield Secret(*datum.span(1), "kubernetes")


_LEAST = 6
_LEAST_OTHER = 8
_PASSWORD = re.compile(r"(?i)(?:[a-z]{1,20}-)?(?:pass|pwd|kennw|contras|mot de|senha|парол|密|パ)")


def _is_suffix(suffix: str) -> bool:
    """Whether what follows the telling word in a name leaves its meaning: `_prod`, `2`, `s`; not `izer`, `_type`."""
    if not suffix or suffix in ("s", "S"):
        return True
    if suffix[0].isupper():
        return _CAMEL_SUFFIX.match(suffix) is not None
    return (suffix[0] in "_-" or suffix[0].isdigit()) and not _NOT_VALUE.match(suffix)


_CAMEL_SUFFIX = re.compile(r"(?:Value|String|Text|Prod|Dev|Test|Live|Base|Default|Admin|Root|Db|DB|\d)")


def _key_end(text: str, body: int) -> int:
    """The end of a private key whose body begins at `body`, or 0 where too little follows for a key."""
    reach = min(len(text), body + _KEY_REACH)
    border = _KEY_BORDER.search(text, body, reach)
    if border and (border["end"] or border["mac"]):
        body_end, end = border.start(), border.end()
    else:  # cut off: what still looks like it
        rest = _KEY_BODY.match(text, body, border.start() if border else reach)
        body_end = end = rest.end() if rest else body
    return end if len(re.sub(r"[\s\\]", "", text[body:body_end])) >= _KEY_LEAST else 0
