"""Credentials in a text."""

from __future__ import annotations

from typing import ClassVar

from guardrails.filters.secrets.find import find
from guardrails.seams import BaseCheck, Specimen
from guardrails.text import merged
from guardrails.types import Edit, Exchange, Span, Verdict

__all__ = ["Secrets"]


class Secrets(BaseCheck):
    """Contains no credential.

    Looks at the text alone, in every reading of it: a key that is cut by invisible characters or markup, or encoded,
    is found as well, and the places are those of the text as it came. Found are keys in the shape that some 150
    providers give theirs (AWS, Google, Azure, GitHub, GitLab, Slack, Stripe, OpenAI and so on), private key blocks,
    JSON Web Tokens, passwords inside addresses, and `Authorization` headers; keys without a shape of their own where
    the name of their service stands before them; and values assigned to a name such as `password`, `api_key` or
    `client_secret`, or said to be one ("the password is …"), that are too irregular for words. Reason: `secret`; the
    kind of a span names the provider or the place; each is replaced by `[SECRET]`.

    Known limits: a key of no known shape beside no telling name is not found, nor is one that is split over sentences.
    A password of words or of letters only is found inside addresses alone. A test key is reported as well: nothing in
    its form tells it apart. UUIDs, hashes and checksums on their own are not reported. Whether a key is still in use is
    never tried.
    """

    name: ClassVar[str] = "secrets"
    version: ClassVar[str] = "3"
    fixes: ClassVar[bool] = True

    allow: tuple[str, ...] = ()
    """Exact values that are never reported, such as the key in a public example."""

    def specimen(self) -> Specimen:
        key = "AK" + "IA" + "Q3EGRB7KJX5ZTW2M"  # in two parts, so that no scanner takes this file for a leak
        return Specimen(text=f"Use the key {key} for the upload.", violation=key)

    def __call__(self, exchange: Exchange) -> Verdict:
        kinds: dict[int, str] = {}
        places: list[tuple[int, int]] = []
        for view in exchange.views.readings:
            for start, end, family in find(view.text):
                left, right = view.original(start, end)
                if view.text[start:end] not in self.allow and exchange.text[left:right] not in self.allow:
                    kinds.setdefault(left, family)
                    places.append((left, right))
        if not places:
            return Verdict(state="pass", score=1.0, measures={"secrets": 0.0})
        stretches = merged(places)
        return Verdict(
            state="fail",
            score=0.0,
            reason="secret",
            spans=tuple(Span(start=start, end=end, kind=kinds[start]) for start, end in stretches),
            fix=tuple(Edit(start=start, end=end, text="[SECRET]") for start, end in stretches),
            measures={"secrets": float(len(stretches))},
        )
