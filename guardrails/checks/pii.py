"""Personal data: numbers and addresses by pattern and checksum, names by the words around them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, field_validator

from guardrails.normalise import View
from guardrails.pii.catalogue import ENTITIES, GROUPS
from guardrails.pii.find import Found, Sure, apart
from guardrails.pii.locate import beside, located
from guardrails.pii.redaction import personal_data
from guardrails.pii.specimens import specimen
from guardrails.seams import BaseCheck, Specimen
from guardrails.types import Exchange, Verdict

__all__ = ["Pii"]


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Pii(BaseCheck):
    """Contains no personal data of the kinds looked for.

    Looks at the text alone, in every reading of it: disguised, encoded and marked-up values are found as well, and the
    places are those of the text as it came. Patterns find candidates, and each is then verified: cards, IBANs, crypto
    addresses and the national numbers of some forty countries by their checksums, telephone numbers by the numbering
    plan of their country, IP addresses by their syntax. What has no checksum, or a weak one, counts only where a whole
    word near it says what it is: passwords, PINs and codes of cards, accounts, papers, plates, devices. Reason:
    `personal_data`; the kind of a span is the entity, and each is replaced by `[EMAIL]`, `[PHONE]` and so on. With
    `restore` the guard puts the values back into the answer that goes to the same caller.

    `entities` takes entities and groups: `default` (identifiers and contact data), `contact`, `finance`, `identity`,
    `named` (names, organisations, titles, places and coordinates, dates, ages, web addresses, browsers) and `all`. To
    do different things about different entities, write a rule for each: `entities: [card, iban]` with `block`,
    `entities: contact` with `redact`.

    Known limits: names, organisations and places are found in English text by a small model over the words around them,
    which misses some and takes others for one; in some twenty-five other languages a name is found only behind the
    words with which people introduce themselves, are addressed and sign, behind what they are in a report, and in the
    fields and columns of a form. A user name is found only in such a field, beside its password, or where it has a
    digit or a sign; a password in a sentence only where it could be no word, or in quotes. An age is also found of
    things, and coordinates of sights: neither is looked for by default. A postal address is found by default where it
    is written with a number and the word for a street, or as a box, with its code and town, in its field, or behind the
    words for living somewhere; a telephone number that no plan of `regions` has only beside a word for one. Nothing
    spelt out ("john at example dot com") is found. Loopback and unspecified IP addresses are nobody's and are not
    reported.
    """

    name: ClassVar[str] = "pii"
    version: ClassVar[str] = "7"
    fixes: ClassVar[bool] = True

    entities: Annotated[
        tuple[str, ...],
        BeforeValidator(_as_list),
        Field(min_length=1, json_schema_extra={"items": {"enum": [*GROUPS, *ENTITIES]}}),
    ] = ("default",)
    """What to look for: entities, or groups of them."""
    restore: bool = False
    """Put the values back into the answer that the same caller gets."""
    allow: tuple[str, ...] = ()
    """Exact values that are never reported, such as the address of the support desk."""
    regions: tuple[str, ...] = ("US",)
    """Countries (ISO 3166, two letters) whose telephone numbers are known without their country code."""
    countries: tuple[str, ...] = ()
    """Countries whose national numbers need no word near them: one that passes its checksum is enough."""

    @field_validator("entities")
    @classmethod
    def _entities_exist(cls, entities: tuple[str, ...]) -> tuple[str, ...]:
        for name in entities:
            if name not in GROUPS and name not in ENTITIES:
                near = difflib.get_close_matches(name, (*GROUPS, *ENTITIES), n=1)
                raise ValueError(f"unknown entity {name!r}" + (f": did you mean {near[0]!r}?" if near else ""))
        return entities

    @field_validator("regions", "countries")
    @classmethod
    def _regions_exist(cls, regions: tuple[str, ...]) -> tuple[str, ...]:
        if regions in {("US",), ()}:
            return regions
        import phonenumbers

        unknown = [region for region in regions if region not in phonenumbers.SUPPORTED_REGIONS]
        if unknown:
            raise ValueError(f"unknown region {unknown[0]!r}: two capital letters, such as US or DE")
        return regions

    @property
    def restores(self) -> bool:
        return self.restore

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset(entity for name in self.entities for entity in GROUPS.get(name, (name,)))

    def specimen(self) -> Specimen | None:
        return specimen(lambda text: self(Exchange(text=text)).state == "fail")

    def __call__(self, exchange: Exchange) -> Verdict:
        found: list[Found] = []
        sure: list[Found] = []  # other readings have lost the tags and quotes that told it
        for view in exchange.views.readings:
            items = list(self._found(exchange.text, view))
            found += beside(items, sure) if sure else items
            sure += [item for item in items if isinstance(item, Sure)]
        return personal_data(exchange.text, apart(found))

    def _found(self, source: str, view: View) -> Iterator[Found]:
        text = view.text
        countries = frozenset(self.countries)
        for item in located(text, self._wanted, regions=self.regions, countries=countries):
            start, end, entity = item
            left, right = view.original(start, end)
            if text[start:end] not in self.allow and source[left:right] not in self.allow:
                yield type(item)(left, right, entity)
