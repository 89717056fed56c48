"""Finders of personal data that come from elsewhere, as a check: their names made ours, their places the text's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import BeforeValidator, Field

from guardrails.pii.redaction import merged_by_kind, personal_data
from guardrails.pii.specimens import specimen
from guardrails.seams import BaseCheck, Specimen
from guardrails.types import Exchange, Verdict

__all__ = ["PiiAdapter", "Sighting", "our_name"]

_OURS = {
    "per": "person", "pers": "person", "private_person": "person", "name": "person", "givenname": "person",
    "surname": "person", "firstname": "person", "lastname": "person", "first_name": "person", "last_name": "person",
    "org": "organisation", "organization": "organisation", "company": "organisation", "companyname": "organisation",
    "loc": "location", "gpe": "location", "fac": "location", "city": "location", "country": "location",
    "email_address": "email", "emailaddress": "email", "private_email": "email",
    "phone_number": "phone", "phonenumber": "phone", "telephonenum": "phone", "private_phone": "phone",
    "credit_card": "card", "creditcardnumber": "card", "credit_debit_card": "card", "iban_code": "iban",
    "ip_address": "ip", "ipv4": "ip", "ipv6": "ip", "mac_address": "mac", "date_time": "date", "private_date": "date",
    "private_url": "url", "private_address": "address", "street_address": "address", "streetaddress": "address",
    "street": "address", "zipcode": "postcode", "zip_code": "postcode", "socialnum": "us_ssn", "ssn": "us_ssn",
}  # fmt: skip
"""What datasets and libraries call what we have a name for."""


def our_name(label: str) -> str:
    """The name that we have for what others call `label`; where we have none, theirs in lower case."""
    folded = label.casefold().replace(" ", "_").replace("-", "_")
    return _OURS.get(folded, folded)


class Sighting(NamedTuple):
    """A stretch of a reading that a finder calls `label`, and how sure it is, in [0, 1]."""

    start: int
    end: int
    label: str
    probability: float


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class PiiAdapter(BaseCheck):
    """Base of the checks that ask somebody else's finder. A subclass says where it sees something."""

    fixes: ClassVar[bool] = True
    slow: ClassVar[bool] = True

    entities: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    """What counts, by its names or ours (`PER` or `person`); all that it finds where this is left out."""
    threshold: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    """How sure it has to be of a stretch."""
    restore: bool = False
    """Put the values back into the answer that the same caller gets."""
    allow: tuple[str, ...] = ()
    """Exact values that are never reported, such as the address of the support desk."""

    def sightings(self, text: str) -> Iterator[Sighting]:
        """What the finder sees in `text`, which holds no lone surrogate; in any order, and overlapping as they may."""
        raise NotImplementedError

    @property
    def restores(self) -> bool:
        return self.restore

    def specimen(self) -> Specimen | None:
        return specimen(lambda text: self(Exchange(text=text)).state == "fail")

    def __call__(self, exchange: Exchange) -> Verdict:
        source = exchange.text
        wanted = {our_name(name) for name in self.entities}
        found: list[tuple[int, int, str, float]] = []
        for view in exchange.views.readings:
            for start, end, label, probability in self.sightings(view.text):
                entity = our_name(label)
                if start >= end or probability < self.threshold or (wanted and entity not in wanted):
                    continue
                left, right = view.original(start, end)
                if view.text[start:end] not in self.allow and source[left:right] not in self.allow:
                    found.append((left, right, entity, probability))
        merged = merged_by_kind(source, [(left, right, entity) for left, right, entity, _ in found])
        return _scored(personal_data(source, merged), sorted(found))


def _scored(verdict: Verdict, found: Sequence[tuple[int, int, str, float]]) -> Verdict:
    """`verdict` with a score for each span: how little sure the finder was of it."""
    spans = []
    at = 0
    for span in verdict.spans:
        while at < len(found) and found[at][1] <= span.start:
            at += 1
        sure = [probability for left, right, _, probability in found[at : at + 20] if left < span.end]
        spans.append(span.model_copy(update={"score": 1.0 - max(sure, default=1.0)}))
    return verdict.model_copy(update={"spans": tuple(spans)})
