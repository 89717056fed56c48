"""The knowledge base and its search: markdown articles with front matter, ranked with BM25.

The search is lexical and knows no synonyms: "package" does not find "parcel". That is what a first version often is,
and one of the golden cases is a known failure because of it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import yaml

from guardrails import Document
from guardrails.text import lexicon

__all__ = ["Knowledge"]

K1, B = 1.2, 0.75
"""How fast a repeated word stops counting, and how much long articles are held back (Robertson and Zaragoza, 2009)."""
SUPERSEDED = 0.5
"""What an article's score is worth once a newer one supersedes it: still found, and behind its successor."""
STOP = lexicon(
    "a about an and are at be can do does for from get have how i if in into is it me my of on or our say tell that the"
    " their there they this to us was we what when where which who will with you your"
)
"""Words that say nothing of what is looked for."""


@dataclass(frozen=True)
class Knowledge:
    """The articles that one audience may read."""

    articles: tuple[Document, ...]

    @classmethod
    def from_folder(cls, folder: Path, audience: str) -> Knowledge:
        """Reads every `*.md` of `folder` whose front matter names `audience`."""
        found = [_article(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.md"))]
        return cls(tuple(article for article in found if article.metadata["audience"] == audience))

    def search(self, question: str, limit: int = 4) -> list[Document]:
        """The `limit` articles nearest to `question`, best first; none where no word of it is known."""
        bags = [Counter(_terms(f"{a.title} {a.title} {a.text}")) for a in self.articles]
        mean = sum(bag.total() for bag in bags) / len(bags)
        rarity = {
            term: math.log(1 + (len(bags) - n + 0.5) / (n + 0.5))
            for term in set(_terms(question))
            if (n := sum(term in bag for bag in bags))
        }
        old = {a.metadata["supersedes"] for a in self.articles if "supersedes" in a.metadata}
        scored = []
        for article, bag in zip(self.articles, bags, strict=True):
            norm = K1 * (1 - B + B * bag.total() / mean)
            score = sum(idf * bag[term] * (K1 + 1) / (bag[term] + norm) for term, idf in rarity.items())
            scored.append((score * (SUPERSEDED if article.id in old else 1.0), article))
        best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
        return [article for _, article in best[:limit]]


def _article(text: str) -> Document:
    _, front, body = text.split("---\n", 2)
    fields = yaml.safe_load(front)
    # Plain strings, so that an outcome that names the article can be written as JSON.
    metadata = {key: str(value) for key, value in fields.items() if key not in ("id", "title")}
    return Document(id=fields["id"], title=fields["title"], text=body.strip(), metadata=metadata)


def _terms(text: str) -> list[str]:
    """The words of `text` that say something, plural endings taken off."""
    return [word.removesuffix("s") for word in re.findall(r"\w+", text.casefold()) if word not in STOP]
