"""Every entity that can be looked for, in the order in which one takes a stretch before another may."""

from __future__ import annotations

from functools import lru_cache

from guardrails.pii import (
    about,
    africa_near_east,
    americas,
    asia_pacific,
    contact,
    documents,
    europe,
    finance,
    introduced,
    login,
    papers,
    places,
    residence,
)
from guardrails.pii.recogniser import Recogniser

__all__ = ["DEFAULT", "ENTITIES", "GROUPS", "NAMED", "TAGGED", "recognisers"]

_RECOGNISERS = (
    *contact.RECOGNISERS, *login.RECOGNISERS, *finance.RECOGNISERS, *documents.RECOGNISERS, *americas.RECOGNISERS,
    *europe.RECOGNISERS, *asia_pacific.RECOGNISERS, *africa_near_east.RECOGNISERS, *papers.RECOGNISERS,
    *places.RECOGNISERS, *residence.RECOGNISERS, *introduced.RECOGNISERS, *about.RECOGNISERS,
)  # fmt: skip

TAGGED = ("person", "organisation", "title", "location")
"""What only the tagger finds: where one of these is wanted, it is asked for addresses and dates as well."""
NAMED = ("url", "date", "person", "organisation", "title", "location", "coordinates", "age", "user_agent")
"""What only `all` adds: it stands in nearly every text, and most of it needs a model to be told."""

_TOLD = ("user_agent", "coordinates", "age")
"""Of these, what a word or its form tells, so that the tagger's guess does not take it first."""
_FIRST = ("url_credentials", "email", "iban", "card", "ip")


def _ordered() -> tuple[str, ...]:
    rest = dict.fromkeys(r.entity for r in _RECOGNISERS if r.entity not in (*_FIRST, *NAMED))
    by_words = [name for name in ("account", "bank_account", "address", "postcode", "username") if name in rest]
    named = [name for name in rest if name not in by_words and name != "national_id"]
    return (
        *_FIRST,
        *named,
        "national_id",
        *_TOLD,
        "phone",
        *by_words,
        *(name for name in NAMED if name not in _TOLD),
    )


ENTITIES = _ordered()
DEFAULT = tuple(name for name in ENTITIES if name not in NAMED)

_CONTACT = ("email", "phone", "address", "postcode", "ip", "mac", "url_credentials", "profile_url")
_FINANCE = (
    "card",
    "masked_card",
    "card_code",
    "pin",
    "iban",
    "bank_account",
    "bic",
    "crypto",
    "us_routing",
    "uk_sort_code",
)

GROUPS = {
    "all": ENTITIES,
    "default": DEFAULT,
    "contact": _CONTACT,
    "finance": _FINANCE,
    "identity": tuple(name for name in DEFAULT if name not in _CONTACT + _FINANCE),
    "named": NAMED,
}
"""Names that stand for several entities."""


@lru_cache(maxsize=1)
def recognisers() -> dict[str, tuple[Recogniser, ...]]:
    """The recognisers of each entity that has some."""
    return {name: tuple(r for r in _RECOGNISERS if r.entity == name) for name in ENTITIES}
