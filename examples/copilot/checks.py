"""Checks that only this application needs: plain functions, named in the policy by their place."""

from __future__ import annotations

import asyncio
import re
from decimal import Decimal

from guardrails.types import Document, Exchange, Span, Verdict

__all__ = ["current_sources", "listed_prices", "locker_in_service"]

CITED = re.compile(r"\[([\w-]+)\]")
AMOUNT = re.compile(r"€\s?([\d.,]*\d)")
LOCKER = re.compile(r"\bKST-\d{5}\b")


def current_sources(exchange: Exchange) -> Verdict:
    """Cites no article that a newer one supersedes."""
    old = _superseded(exchange.documents)
    cited = list(CITED.finditer(exchange.text))
    if not cited:
        return Verdict(state="not_applicable", reason="no_citation")
    spans = tuple(Span(start=m.start(), end=m.end(), kind="superseded") for m in cited if m[1] in old)
    return Verdict(
        state="fail" if spans else "pass",
        score=1 - len(spans) / len(cited),
        reason="superseded_source" if spans else "",
        spans=spans,
    )


def listed_prices(exchange: Exchange) -> Verdict:
    """Names no price that does not stand in a current article.

    Undecided where no current article names a price at all. An amount that is no number raises: the guard makes that an
    error of the check, and the policy says what follows.
    """
    named = [(m, Decimal(m[1].replace(",", "."))) for m in AMOUNT.finditer(exchange.text)]
    if not named:
        return Verdict(state="not_applicable", reason="no_price")
    old = _superseded(exchange.documents)
    current = [document.text for document in exchange.documents if document.id not in old]
    listed = {Decimal(m[1]) for text in current for m in AMOUNT.finditer(text)}
    if not listed:
        return Verdict(state="undecided", reason="no_price_list")
    spans = tuple(Span(start=m.start(), end=m.end(), kind="unlisted") for m, amount in named if amount not in listed)
    return Verdict(
        state="fail" if spans else "pass",
        score=1 - len(spans) / len(named),
        reason="unlisted_price" if spans else "",
        spans=spans,
    )


async def locker_in_service(exchange: Exchange) -> Verdict:
    """Names no locker that is reported broken."""
    lockers = LOCKER.findall(exchange.text)
    if not lockers:
        return Verdict(state="not_applicable", reason="no_locker")
    broken = [locker for locker in lockers if await _broken(locker)]
    if broken:
        return Verdict(state="fail", score=0.0, reason="broken")
    return Verdict(state="pass", score=1.0)


def _superseded(documents: tuple[Document, ...]) -> set[str]:
    return {document.metadata["supersedes"] for document in documents if "supersedes" in document.metadata}


async def _broken(locker: str) -> bool:
    """Stands in for a status service: one locker is broken, and about another the service never answers."""
    if locker == "KST-40404":
        await asyncio.Event().wait()
    return locker == "KST-20317"
