"""A check that asks a model, for tests."""

from __future__ import annotations

from typing import ClassVar

from guardrails.seams import BaseCheck
from guardrails.types import Exchange, Verdict


class Asking(BaseCheck):
    """Is fine, says the model."""

    name: ClassVar[str] = "asking"
    asks: ClassVar[bool] = True

    async def __call__(self, exchange: Exchange) -> Verdict:
        if exchange.ask is None:
            return Verdict(state="error", reason="nobody_to_ask", error="nobody to ask")
        said = await exchange.ask(exchange.text)
        if said not in ("yes", "no"):
            return Verdict(state="undecided", reason="unclear")
        return Verdict(state="pass" if said == "yes" else "fail", score=float(said == "yes"))
