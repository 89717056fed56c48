"""What a document may be called where an answer names it: its id, title, address, or author and year."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from guardrails.types import Document

__all__ = ["ADDRESS", "AUTHOR_YEAR", "Names"]

ADDRESS = re.compile(
    r"\b(?:https?://|www\.)[^\s<>\"\u201c\u201d\u00ab\u00bb\[\]\u3010\u3011{}|\\^`]{1,2000}", re.IGNORECASE
)
"""An address as it stands in running text; what `trimmed` cuts off its end is punctuation of the sentence."""
AUTHOR_YEAR = re.compile(
    r"(?P<author>[^\W\d_][\w'\u2019-]{1,40})(?: et al\.?|,? (?:and|&|und|y|et|e) [^\W\d_][\w'\u2019-]{1,40})?"
    r",? \(?(?P<year>(?:1[89]|20)\d\d[a-z]?)\b"
)
"""`Miller (2020)`, `Miller et al., 2020`, `Miller & Chen 2020a`."""

_ADDRESS_KEYS = ("url", "uri", "link", "href", "source", "source_url", "permalink", "path", "file")
_TITLE_KEYS = ("title", "name", "file_name", "filename", "source", "file")
_AUTHOR_KEYS = ("author", "authors", "creator", "by")
_YEAR_KEYS = ("year", "date", "published", "publication_date")
_WORD = re.compile(r"\w+")
_CENTURIES = ("18", "19", "20")
"""What a year begins with."""
_YEAR = re.compile(r"(?<!\d)((?:1[89]|20)\d\d)(?!\d)")
_TRACKING = re.compile(r"[?&](?:utm_\w{1,20}|ref)=[^&]*")
"""What some models add to an address that they were given."""
_MOST_WORDS = 12
"""Words of a name that is looked for inside of a longer text."""
_MOST_LOOKED_AT = 400
"""Characters of that text."""


class Names:
    """How the documents of one answer may be named. Made once per answer, in time linear in their names."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self._exact: dict[str, str] = {}
        self._spelled: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._authors: dict[tuple[str, str], str] = {}
        self._marks: set[frozenset[str]] | None = None
        # an id goes before a title, a title before metadata, an earlier document before a later one
        for document in documents:
            self._name(document.id, document.id)
        for document in documents:
            if document.title:
                self._name(document.title, document.id)
        for document in documents:
            self._describe(document)

    def _name(self, name: str, document: str) -> None:
        folded = name.strip().casefold()
        self._exact.setdefault(folded, document)
        if spelled := _spelled(folded):
            self._spelled.setdefault(spelled, document)
        if "/" in name and (address := _address(name)):
            self._addresses.setdefault(address, document)
        if not any(century in name for century in _CENTURIES):
            return
        for match in AUTHOR_YEAR.finditer(_loosened(name)[:_MOST_LOOKED_AT]):
            self._authors.setdefault(_author(match["author"], match["year"]), document)

    def _describe(self, document: Document) -> None:
        metadata = document.metadata
        if not metadata:
            return
        for key in _ADDRESS_KEYS:
            if (said := _said(metadata, key)) and "/" in said and (address := _address(said)):
                self._addresses.setdefault(address, document.id)
        for key in _TITLE_KEYS:
            if said := _said(metadata, key):
                self._name(said, document.id)
        years = [match[1] for key in _YEAR_KEYS if (match := _YEAR.search(_said(metadata, key)))]
        if years:
            for key in _AUTHOR_KEYS:
                if surname := _surname(metadata.get(key)):
                    self._authors.setdefault(_author(surname, years[0]), document.id)

    @property
    def has_authors(self) -> bool:
        """Whether any document is known by its author and year."""
        return bool(self._authors)

    @property
    def has_addresses(self) -> bool:
        """Whether any document has an address."""
        return bool(self._addresses)

    def has_marks(self, name: str) -> bool:
        """Whether some document's id has just the kinds of dashes, dots, slashes and colons that `name` has."""
        marks = frozenset(name) & _MARKS
        if self._marks is None:
            self._marks = {frozenset(document.id) & _MARKS for document in self.documents}
        return marks in self._marks

    def begins(self, letters: str) -> bool:
        """Whether some document's id begins with `letters`, whatever their case."""
        return any(document.id.casefold().startswith(letters.casefold()) for document in self.documents)

    def named(self, name: str) -> str | None:
        """The document of exactly this name, whatever its case."""
        return self._exact.get(name.strip().casefold())

    def numbered(self, number: int) -> str | None:
        """The document that has the number for its id, else the one that stands there, counted from 1."""
        known = self._exact.get(str(number))
        if known is None and 1 <= number <= len(self.documents):
            return self.documents[number - 1].id
        return known

    def addressed(self, address: str) -> str | None:
        """The document at an address: scheme, `www.`, a fragment and a slash at the end make no difference."""
        return self._addresses.get(_address(address)) if self._addresses else None

    def written(self, author: str, year: str) -> str | None:
        """The document that an author wrote in a year, where one is known for it."""
        known = self._authors.get(_author(author, year))
        return known if known is not None else self._authors.get(_author(author, year.rstrip("abcdefgh")))

    def within(self, text: str) -> Iterator[str]:
        """The documents that a reference such as `Router guide, p. 3 (https://…)` names, in its order.

        A name of one plain word counts only where it is all that is said between two commas.
        """
        text = text[:_MOST_LOOKED_AT]
        for match in ADDRESS.finditer(text):
            if (known := self.addressed(trimmed(match[0]))) is not None:
                yield known
        if self._authors:
            for match in AUTHOR_YEAR.finditer(text):
                if (known := self.written(match["author"], match["year"])) is not None:
                    yield known
        for part in re.split(r"[,;|\n]", text):
            if (known := self.named(part.strip(_AROUND))) is not None:
                yield known
        yield from self._spelled_in(text)

    def _spelled_in(self, text: str) -> Iterator[str]:
        folded = [(match.start(), match.end(), match[0]) for match in _WORD.finditer(text.casefold())]
        at = 0
        while at < len(folded):
            for size in range(min(_MOST_WORDS, len(folded) - at), 1, -1):
                known = self._spelled.get(" ".join(word for _, _, word in folded[at : at + size]))
                if known is not None:
                    yield known
                    at += size - 1
                    break
            at += 1


_MARKS = frozenset("-_/.#:@")
_AROUND = " \t*_\"'()[]<>\u201c\u201d\u2018\u2019\u00ab\u00bb.:"


def trimmed(address: str) -> str:
    """An address without the punctuation of the sentence that it stands in."""
    while address:
        if address[-1] in ".,;:!?'*_" or (address[-1] == ")" and address.count("(") < address.count(")")):
            address = address[:-1]
        else:
            break
    return address


def _said(metadata: Mapping[str, Any], key: str) -> str:
    value = metadata.get(key)
    return str(value)[:2000] if isinstance(value, (str, int)) else ""


def _spelled(name: str) -> str:
    """The words of a name of two or more; a longer one is only known exactly."""
    found = _WORD.findall(name)
    return " ".join(found) if 1 < len(found) <= _MOST_WORDS else ""


def _loosened(name: str) -> str:
    """`miller2020` and `miller_et_al_2020` as they would be written."""
    name = re.sub(r"[_\-]+", " ", name)
    return re.sub(r"(?<=[^\W\d_])(?=(?:1[89]|20)\d\d[a-z]?\b)", " ", name)


def _author(author: str, year: str) -> tuple[str, str]:
    decomposed = unicodedata.normalize("NFD", author.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)), year


def _surname(value: Any) -> str:
    """Of the first author: `Ada Miller`, `Miller, Ada`, a list of such."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    if not isinstance(value, str):
        return ""
    first = re.split(r";| and | & ", value[:_MOST_LOOKED_AT])[0].strip()
    if "," in first:
        return first.split(",")[0].strip()
    return first.split()[-1] if first else ""


def _address(address: str) -> str:
    bare = re.sub(r"\A(?:https?://)?(?:www\.)?", "", address.strip(), flags=re.IGNORECASE)
    bare, _, _ = bare.partition("#")
    bare = _TRACKING.sub("", bare)
    host, slash, path = bare.partition("/")
    return (host.casefold() + slash + unquote(path)).rstrip("/")
