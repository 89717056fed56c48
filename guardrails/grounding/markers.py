"""The places where an answer names its sources itself: `[1]`, `[doc-id]`, `(Source: x)`, footnotes, addresses."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from guardrails.grounding.names import ADDRESS, AUTHOR_YEAR, Names, trimmed
from guardrails.text import lexicon
from guardrails.types import Document, Exchange

__all__ = ["Marker", "Role", "Stretches", "blanked", "code", "find_markers", "markers_of"]

Role: TypeAlias = Literal["inline", "line", "definition", "heading"]
"""`line`: a line of sources under the text that it stands for. `definition`: what a footnote's number means. `heading`:
the words over a list of sources, which name none themselves."""


class Marker(NamedTuple):
    """One source named at `start` to `end`. `document` is the id of the document meant, None where there is none."""

    start: int
    end: int
    name: str
    document: str | None
    role: Role = "inline"


_SOURCE_WORD = (
    r"(?:sources?|references?|refs?\.?|citations?|cited|quellen?|belege?|fuentes?|fontes?|fonti|bron(?:nen)?|k\u00e4lla"
    r"|k\u00e4llor|kilder?|r\u00e9f\u00e9rences?|\u017ar\u00f3d\u0142[oa]|l\u00e4hteet?|\u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a\u0438?"
    r"|\u51fa\u5178|\u6765\u6e90|\u51fa\u5904)"
)
_MARKS = re.compile(
    r"(?=[\[\u3010(<hHwW\u00b9\u00b2\u00b3\u2070\u2074-\u2079])(?:"
    # [label](address): the label may itself be [1]
    r"\[(?P<label>(?:[^\[\]\n]|\[[^\[\]\n]{0,60}\]){0,300})\]\((?P<href>[^()\s]{1,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?)"
    r"(?:\s{1,4}\"[^\"\n]{0,200}\")?\)"
    r"|\[(?P<square>[^\[\]\n]{1,160})\](?!\()"
    r"|\u3010(?P<lens>[^\u3010\u3011\n]{1,160})\u3011"
    rf"|\((?P<said>{_SOURCE_WORD}\s{{0,3}}[:\uff1a][^()\n]{{1,200}})\)"
    r"|\((?P<round>[^()\n]{2,200})\)"
    r"|<(?P<tag>sup|cite)\b[^<>\n]{0,200}>(?:<a\b[^<>\n]{0,300}>)?(?P<html>[^<>\n]{1,200})(?:</a>)?</(?P=tag)>"
    r"|<a\b[^<>\n]{0,200}?\bhref=[\"'](?P<anchor>[^\"'<>\s]{1,2000})[\"'][^<>\n]{0,200}>(?P<linked>[^<>\n]{0,300})</a>"
    r"|(?P<raised>[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,3}(?:[,\u02d2\u00b7][\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,3}){0,8})"
    r"(?![\u207a\u207b\w])"
    rf"|(?P<address>{ADDRESS.pattern}))",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    rf"\s*(?:{_SOURCE_WORD}|see|cf\.?|docs?|documents?|passages?|doc\.|siehe|vgl\.?|voir)\s*[:\uff1a ]\s*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:docs?|documents?|passages?|sources?)\.?\s+\d{1,3}(?:\s*[-,\u2013]\s*\d{1,3})*\Z", re.IGNORECASE
)
"""In round brackets: a number that means a source, whether there is one of that number or not."""
_COUNTED = re.compile(r"(docs?|documents?|passages?|sources?|chunks?|context|ref|cit)[-_#]?(\d{1,3})\Z", re.IGNORECASE)
"""`doc-3` where no document's id begins so: the third."""
_NUMBER = re.compile(r"\^?(\d{1,3})\^?\Z")
_RANGE = re.compile(r"\^?(\d{1,3})\s*[-\u2013]\s*\^?(\d{1,3})\Z")
_OPENAI = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,4})|[^\u2020]*)\u2020(.*)\Z")
_PLACEHOLDER = re.compile(r"[A-Z][A-Z_]*(?:_\d+)?\Z")
_ID = re.compile(r"(?=.*[\d\-_/.#:])(?=.*[^\W\d_])[\w\-/.#:@]+\Z")
_LONGEST_RANGE = 20
_NUMBERS = 4
"""So many numbers in one pair of brackets of which none is a document's are numbers and no sources."""
_RAISED = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789", "")
_BEFORE_RAISED = re.compile(r"(?:[^\W\d_]{3,40}|[.,;:!?)\]\"'*\u201d\u2019\u00bb])\Z")
_UNITS = lexicon(
    "mol sec min rad meter meters metre metres metern quadratmeter miles feet inch inches foot mile yards yard acre"
)

_LINE = re.compile(r"[^\n\r]+")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_CODE = re.compile(r"`([^`\n]+)`")
_MARKED = re.compile(r"[\[(][^`]*[\])]")
_DEFINITION = re.compile(r"[ \t]{0,3}\[(\^?[^\[\]\n]{1,60})\]:[ \t]+(\S[^\n\r]*)")
_ITEM = re.compile(
    r"[ \t]*(?:[-*+\u2022][ \t]+)?(?:\[\^?(?P<square>\d{1,3})\]:?|(?P<plain>\d{1,3})[.):]"
    r"|(?P<raised>[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,3}))"
    r"[ \t]*(?P<rest>\S[^\n\r]*)"
)
_BULLET = re.compile(r"[ \t]*(?:[-*+\u2022][ \t]+)?(?P<rest>\S[^\n\r]*)")
_SOURCES = re.compile(
    rf"[ \t]*(?:[-*+>\u2022][ \t]+)?[*_]{{0,3}}(?P<word>{_SOURCE_WORD})[*_]{{0,3}}[ \t]*[:\uff1a]"
    r"[*_]{0,3}[ \t]*(?P<rest>[^\n\r]*)",
    re.IGNORECASE,
)
_HEADER = re.compile(
    rf"[ \t]*(?:\#{{1,6}}[ \t]+[*_]{{0,3}}|[*_]{{2,3}})?{_SOURCE_WORD}[*_]{{0,3}}[ \t]*[:\uff1a]?[*_]{{0,3}}[ \t]*\Z",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    rf"(?<=[.!?\u2026)\]\"\u201d*\u2014\u2013-])[ \t]+[*_]{{0,3}}(?P<all>{_SOURCE_WORD}[ \t]{{0,3}}"
    r"[:\uff1a][*_]{0,3}[ \t]*(?P<rest>\S[^\n\r]{0,300}))\Z",
    re.IGNORECASE,
)
_LOCATOR = re.compile(
    r"(?:pp?|pages?|sect?(?:ions?)?|\u00a7+|ch(?:apters?)?|lines?|para(?:graphs?)?|seiten?|s|l|fig(?:ures?)?|tab(?:les?)?|at)"
    r"\.?\s{0,3}[\dIVXivx][\w.\u2013-]{0,20}\Z",
    re.IGNORECASE,
)
"""Where in a document: `p. 3`, `section 2.1`."""
_REFERENCE = re.compile(r"r[e\u00e9]f|cit|beleg", re.IGNORECASE)
_NOTE_WORDS = 5
"""A footnote of at least so many words that ends as a sentence does, and names no source, is a remark and no source."""
_LEAST_SAID = 2
"""Spaces in the words of a link: from here on they say something."""
_ASSIGNS = re.compile(r"[=\\^][ ]{0,2}\Z|[|]\Z|\w\(\Z")
"""Before square brackets of a formula, a list or a pattern; a cell of a table has a space behind its bar."""
_LONGEST_LINE = 1000
"""Characters of a line within which a source is looked for in running words."""


def find_markers(text: str, documents: Sequence[Document]) -> list[Marker]:
    """The sources that `text` names, in order. A number counts the documents from 1 where none has it for its id.

    What a footnote or a list of sources below says of a number goes before that. Several sources in one pair of
    brackets are several markers in one place. What stands in square brackets and names no document is a marker only
    where it looks like one: a number below 1,000, or one word with a letter and a digit in it, or with the dashes,
    dots, slashes and colons that a document's id has; placeholders such as `[EMAIL_1]` are none. Words in round
    brackets, addresses, links and an author with a year are markers only where they name a document. What stands in
    a block of code is none.
    """
    if not text:
        return []
    names = Names(documents)
    listed = _Listed(text, names)
    found = list(listed.markers)
    taken = Stretches([(marker.start, marker.end) for marker in found] + listed.code)
    for match in _MARKS.finditer(text) if _may_mark(text) else ():
        if not taken.overlaps(match.start(), match.end()):
            found += _marked(match, text, names, listed)
    if names.has_authors:
        taken = Stretches([(marker.start, marker.end) for marker in found] + listed.code)
        for match in AUTHOR_YEAR.finditer(text):
            known = names.written(match["author"], match["year"])
            if known is not None and not taken.overlaps(match.start(), match.end()):
                found.append(Marker(*_bracketed(text, match), match[0].replace("(", ""), known))
    found.sort(key=lambda marker: (marker.start, marker.end))
    return found


def _may_mark(text: str) -> bool:
    """Whether any of `_MARKS` may stand there; most answers have nothing of the kind, and a search tries each word."""
    small = text.lower()
    return not text.isascii() or any(sign in small for sign in _SIGNS)


_SIGNS = ("[", "(", "<", "://", "www.")
"""What stands in all of them that are of ASCII."""


def markers_of(exchange: Exchange) -> list[Marker]:
    """The sources that the text of an exchange names, found once for all its checks."""
    return exchange.kept("markers", exchange.text, lambda text: find_markers(text, exchange.documents))


def blanked(text: str, markers: Sequence[Marker]) -> str:
    """`text` with its markers made spaces, so that their numbers are no claims; no offset changes."""
    out: list[str] = []
    at = 0
    for marker in markers:
        if marker.start >= at:
            out += [text[at : marker.start], " " * (marker.end - marker.start)]
            at = marker.end
    return "".join([*out, text[at:]])


def code(text: str) -> list[tuple[int, int]]:
    """The stretches of `text` that are code: blocks between fences, and words between backticks.

    A single marker between backticks is a marker all the same.
    """
    found: list[tuple[int, int]] = []
    if "```" in text or "~~~" in text:
        fenced = False
        for match in _LINE.finditer(text):
            fence = _FENCE.match(match[0]) is not None
            if fence or fenced:
                found.append(match.span())
            fenced ^= fence
    if "`" in text:
        between = (match for match in _CODE.finditer(text) if not _MARKED.fullmatch(match[1]))
        found += [match.span() for match in between]
    return found


class Stretches:
    """Stretches of a text, to be asked whether another one touches them."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(stretches):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether `start` to `end` has a character in common with any."""
        before = bisect_right(self._starts, start) - 1
        if before >= 0 and self._ends[before] > start:
            return True
        return before + 1 < len(self._starts) and self._starts[before + 1] < end


class _Listed:
    """What the lines of a text say about its sources: footnotes, lists and lines of sources; and its code."""

    def __init__(self, text: str, names: Names) -> None:
        self._names = names
        self.markers: list[Marker] = []
        self.meant: dict[str, str | None] = {}
        """What a number or label means by its footnote."""
        self.remarks: set[str] = set()
        """Labels of footnotes that name no source."""
        self.code = code(text)
        taken = Stretches(self.code)
        listing = False
        after = 0
        for match in _LINE.finditer(text):
            line, start = match[0], match.start()
            if taken.overlaps(start, start + 1):
                listing = False
            elif _HEADER.match(line):
                listing = True
                self.markers.append(Marker(*_inner(start, line), line.strip(), None, "heading"))
            elif not (listing and text.count("\n", after, start) < _GAP and self._item(line, start)):
                listing = False
                self._line(line, start)
            after = match.end()

    def _line(self, line: str, start: int) -> None:
        if (match := _DEFINITION.match(line)) and (match[1][0] == "^" or match[1].isdigit() or ADDRESS.match(match[2])):
            self._define(match[1].strip("^").strip(), match[2], _inner(start, line), listed=False)
        elif match := _SOURCES.match(line):
            # `Reference: 4711` may be anything; `Source: 4711` is a source
            said = _REFERENCE.match(match["word"]) is None
            self._add(_inner(start, line), match["rest"], "line", said=said)
        elif ":" in line or "\uff1a" in line:
            reach = max(0, len(line) - _LONGEST_LINE)
            if (match := _TRAILING.search(line, reach)) and match["all"][:1].isupper():
                self._add((start + match.start("all"), start + match.end("all")), match["rest"], "inline", said=True)

    def _item(self, line: str, start: int) -> bool:
        """Whether the line is one of a list of sources."""
        if match := _ITEM.match(line):
            label = match["square"] or match["plain"] or (match["raised"] or "").translate(_RAISED)
            self._define(label, match["rest"], _inner(start, line), listed=True)
            return True
        match = _BULLET.match(line)
        if match is None or len(line) > _LONGEST_LINE:
            return False
        before = len(self.markers)
        self._add(_inner(start, line), match["rest"], "line", said=line.lstrip()[:1] in "-*+\u2022")
        return len(self.markers) > before

    def _define(self, label: str, content: str, where: tuple[int, int], *, listed: bool) -> None:
        known = next(iter(self._names.within(content)), None) or self._names.named(_bare(content))
        if known is None and not listed and _is_remark(content):
            self.remarks.add(label)
            return
        if known is None and not self._names.has_addresses and ADDRESS.match(content):
            # nobody said where the documents lie, so that the address alone is no reason to doubt the number
            known = self._names.numbered(int(label)) if label.isdigit() else None
        self.meant.setdefault(label, known)
        self.markers.append(Marker(*where, content[:160].strip(), known, "definition"))

    def _add(self, where: tuple[int, int], content: str, role: Role, *, said: bool) -> None:
        content = content.strip()
        whole = self._names.named(_bare(content))
        if whole is not None:
            self.markers.append(Marker(*where, _bare(content), whole, role))
            return
        meant = _meant(content, _parts(content), self._names, self)
        if _is_remark(content) and not any(known for _, known in meant):
            return  # `Sources: Look for those that are independent.`
        if meant and (said or all(known for _, known in meant)):
            self.markers += [Marker(*where, name, known, role) for name, known in meant]


_GAP = 3
"""Line ends between two lines of a list of sources: from here on it is over."""


def _inner(start: int, line: str) -> tuple[int, int]:
    """The stretch of a line without its indentation."""
    left = len(line) - len(line.lstrip())
    return start + left, start + max(left + 1, len(line.rstrip()))


def _bare(content: str) -> str:
    return content.strip(" \t*_\"'\u201c\u201d.")


def _is_remark(content: str) -> bool:
    return (
        content.rstrip(" )*_").endswith((".", "!", "?"))
        and content.count(" ") >= _NOTE_WORDS - 1
        and ADDRESS.search(content[:_LONGEST_LINE]) is None
    )


def _parts(content: str) -> list[str]:
    found = re.split(r"[,;|]|\s(?:and|&|und|y|et|e)\s", content)
    return [part.strip(" \t*_[]()\"'\u201c\u201d\u3010\u3011").rstrip(".") for part in found]


def _marked(match: re.Match[str], text: str, names: Names, listed: _Listed) -> list[Marker]:
    """The markers in one place, by the way in which it is written."""
    where = match.span()
    if match["href"] is not None:
        return _linked(where, match["label"], match["href"], names, listed)
    if match["anchor"] is not None:
        known = names.addressed(match["anchor"])
        start = match.end("linked") if _says(match["linked"]) and names.named(match["linked"]) is None else where[0]
        return [] if known is None else [Marker(start, where[1], match["anchor"], known)]
    if match["address"] is not None:
        address = trimmed(match["address"])
        known = names.addressed(address)
        return [] if known is None else [Marker(where[0], where[0] + len(address), address, known)]
    if match["raised"] is not None:
        return _raised(where, match["raised"].translate(_RAISED), text, names, listed)
    if match["html"] is not None:
        content = match["html"].strip(" []()")
        if match["tag"].lower() == "sup":
            return _raised(where, content, text, names, listed)
        return _named(where, content, names, listed)
    if match["round"] is not None:
        return _rounded(where, match["round"], names, listed)
    if match["square"] is not None and _ASSIGNS.search(text[max(0, where[0] - 4) : where[0]]):
        return []
    return _named(where, match["square"] or match["lens"] or match["said"], names, listed)


def _named(where: tuple[int, int], content: str, names: Names, listed: _Listed) -> list[Marker]:
    prefix = _PREFIX.match(content)
    said = prefix is not None and (":" in prefix[0] or "\uff1a" in prefix[0])
    whole = names.named(content)
    if whole is not None and content.strip() not in listed.meant:
        return [Marker(*where, content.strip(), whole)]
    rest = content[prefix.end() if prefix else 0 :]
    if said and (whole := names.named(rest)) is not None:
        return [Marker(*where, rest.strip(), whole)]
    parts = [part.strip() for part in re.split(r"[,;]", rest)]
    if said:
        meant = _meant(rest, parts, names, listed)
    else:
        meant = [known for part in parts for known in _resolve(part, names, listed, said=False)]
        if len(meant) >= _NUMBERS and not any(known for _, known in meant):
            return []  # a list of numbers that count something else
    if meant and (said or all(_is_name(name, document, names) for name, document in meant)):
        return [Marker(*where, name, document) for name, document in meant]
    return []


def _meant(content: str, parts: Sequence[str], names: Names, listed: _Listed) -> list[tuple[str, str | None]]:
    """What a reference in words names. What is said beside a document counts only where it looks like a name."""
    meant: list[tuple[str, str | None]] = []
    strange: list[tuple[str, str | None]] = []
    for part in parts:
        found = list(_resolve(part, names, listed, said=False))
        if not all(known for _, known in found):
            within = dict.fromkeys(names.within(part))
            (meant if within else strange).extend([(known, known) for known in within] or found)
        else:
            meant += found
    if strange:  # a title may have a comma in it
        seen = {known for _, known in meant}
        whole = [(known, known) for known in dict.fromkeys(names.within(content)) if known not in seen]
        meant += whole
        if whole or meant:
            strange = [] if whole else [each for each in strange if _NUMBER.match(each[0]) or _ID.match(each[0])]
    return meant + strange


def _rounded(where: tuple[int, int], content: str, names: Names, listed: _Listed) -> list[Marker]:
    """Round brackets hold all manner of things: they are a marker only where everything in them names a document."""
    prefix = _PREFIX.match(content)
    if prefix is not None:
        parts = [part.strip() for part in re.split(r"[,;]", content[prefix.end() :])]
        meant = [known for part in parts for known in _resolve(part, names, listed, said=True)]
        if _NUMBERED.match(content):
            return [Marker(*where, name, known) for name, known in meant]
    else:
        parts = [part.strip() for part in re.split(r"[;,]", content)] if names.named(content) is None else [content]
        meant = [(part, names.named(part) if _is_telling(part) else None) for part in parts]
        if all(part.lower().startswith(("http", "www.")) for part in parts):
            meant = [(part, names.addressed(part)) for part in parts]
    return [Marker(*where, name, known) for name, known in meant] if all(known for _, known in meant) else []


def _is_telling(name: str) -> bool:
    """Whether a name in round brackets can be nothing but one: an id with more than letters, a title of some words."""
    return _ID.match(name) is not None or len(name.split()) > 1


def _says(label: str) -> bool:
    """Whether the words of a link are more than the name of a page."""
    return label.count(" ") >= _LEAST_SAID


def _linked(where: tuple[int, int], label: str, href: str, names: Names, listed: _Listed) -> list[Marker]:
    bare = label.strip(" []*_^")
    known = names.addressed(href) or names.named(href)
    if known is not None:
        if _says(bare) and names.named(bare) is None:  # the linked words are the statement
            return [Marker(where[0] + 1 + len(label), where[1], href, known)]
        return [Marker(*where, bare or href, known)]
    if not (_NUMBER.match(bare) or re.fullmatch(_SOURCE_WORD, bare, re.IGNORECASE)):
        return []  # a link in the text, not a citation
    if names.has_addresses and not href.startswith("#"):
        return [Marker(*where, href[:160], None)]
    return [Marker(*where, name, meant) for name, meant in _resolve(bare, names, listed, said=False)]


def _raised(where: tuple[int, int], content: str, text: str, names: Names, listed: _Listed) -> list[Marker]:
    """Raised figures: a marker behind a word or a mark, and no exponent."""
    before = _BEFORE_RAISED.search(text[max(0, where[0] - 48) : where[0]].rstrip(" "))
    if before is None or (before[0].casefold() in _UNITS and content != "1"):  # nobody writes the first power
        return []
    parts = [part.strip(" []^") for part in re.split(r"[,;\u02d2\u00b7]", content)]
    if not all(_NUMBER.match(part) or _RANGE.match(part) or names.named(part) for part in parts):
        return []
    return [Marker(*where, name, known) for part in parts for name, known in _resolve(part, names, listed, said=False)]


def _bracketed(text: str, match: re.Match[str]) -> tuple[int, int]:
    """The stretch of an author and year with the brackets around it."""
    start, end = match.span()
    if text[start - 1 : start] in ("(", "[") and text[end : end + 1] in (")", "]"):
        return start - 1, end + 1
    return start, end + (text[end : end + 1] == ")" and "(" in match[0])


def _resolve(part: str, names: Names, listed: _Listed, *, said: bool) -> Iterator[tuple[str, str | None]]:
    bare = part if said else part.strip("^")
    if not bare or bare in listed.remarks or _LOCATOR.match(bare):
        return
    if bare in listed.meant:
        yield bare, listed.meant[bare]
    elif (known := names.named(bare) or names.addressed(bare)) is not None:
        yield bare, known
    elif match := _NUMBER.match(bare):
        yield bare, names.numbered(int(match[1]))
    elif (match := _RANGE.match(bare)) and 0 <= int(match[2]) - int(match[1]) <= _LONGEST_RANGE:
        for number in range(int(match[1]), int(match[2]) + 1):
            yield str(number), _numbered(str(number), names, listed.meant)
    elif match := _OPENAI.match(bare):
        number = int(match[2]) + (match[1] is not None) if match[2] else 0
        yield bare, names.named(match[3]) or names.numbered(number)
    elif (prefix := _PREFIX.match(bare)) and (rest := bare[prefix.end() :].strip()) and _NUMBER.match(rest):
        yield rest, _numbered(rest, names, listed.meant)
    elif (match := _COUNTED.match(bare)) and not names.begins(match[1]):
        yield bare, names.numbered(int(match[2]))
    else:
        yield bare, None


def _numbered(number: str, names: Names, meant: Mapping[str, str | None]) -> str | None:
    return meant[number] if number in meant else names.numbered(int(number))


def _is_name(name: str, document: str | None, names: Names) -> bool:
    """Whether what stands in brackets is meant as a source at all."""
    if document is not None or _NUMBER.match(name) or "\u2020" in name:
        return True
    if _PLACEHOLDER.match(name) or not _ID.match(name) or not (name[0].isalnum() and name[-1].isalnum()):
        return False
    # `[industry/market]` is a blank to be filled in, unless the documents have such names
    return any(map(str.isdigit, name)) or names.has_marks(name)
