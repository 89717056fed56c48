"""The answer is exactly this."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from guardrails.types import Verdict
from harness.cases import Context
from harness.seams import ExpectingGrader

__all__ = ["Equals"]


class Equals(ExpectingGrader):
    """Is exactly what is expected.

    A text is compared as text, without the white space around it. Anything else (a number, true, a list, an object) is
    compared as JSON: the answer must be that value, whatever its spacing and the order of its keys. A single fence of
    three backticks around JSON is accepted.
    """

    name: ClassVar[str] = "equals"

    ignore_case: bool = False
    """Of texts."""

    def compare(self, context: Context, wanted: Any) -> Verdict:
        output = context.trial.output.strip()
        if isinstance(wanted, str):
            wanted = wanted.strip()
            same = output.casefold() == wanted.casefold() if self.ignore_case else output == wanted
            return Verdict(state="pass" if same else "fail", score=float(same), reason="" if same else "differs")
        try:
            value = json.loads(_unfenced(output))
        except (ValueError, RecursionError):
            return Verdict(state="fail", score=0.0, reason="not_json")
        same = _same(value, wanted)
        return Verdict(state="pass" if same else "fail", score=float(same), reason="" if same else "differs")


def _unfenced(text: str) -> str:
    if not (text.startswith("```") and text.endswith("```") and "\n" in text):
        return text
    return text.split("\n", 1)[1].removesuffix("```")


def _same(value: Any, wanted: Any) -> bool:
    """Equality of JSON values: 1 is 1.0 and is not true."""
    if isinstance(value, dict) and isinstance(wanted, Mapping):
        return value.keys() == wanted.keys() and all(_same(value[key], wanted[key]) for key in value)
    if isinstance(value, list) and isinstance(wanted, (list, tuple)):
        return len(value) == len(wanted) and all(map(_same, value, wanted))
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return bool(value == wanted)
