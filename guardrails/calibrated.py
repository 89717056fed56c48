"""A graded check whose score means something: the chance that a text like this one is good, on a team's own rows.

`harness calibrate check` writes a small file that a rule names as `with: {calibration: FILE}`. The check then reports
the calibrated score, and decides by the threshold and the band of the file. The file holds what it was made for: the
check with its version and options. Where one of them is another one today the bound no longer holds, and that is an
error when the policy is loaded.
"""

from __future__ import annotations

import inspect
import json
from bisect import bisect_right
from collections.abc import Awaitable, Mapping
from functools import lru_cache
from itertools import pairwise
from math import exp
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import ConfigDict, Field, ValidationError, model_validator

from guardrails.errors import ConfigError, Problem
from guardrails.seams import BaseCheck
from guardrails.types import Exchange, Record, Verdict
from guardrails.yamlfile import read_text

__all__ = [
    "CALIBRATION_SCHEMA",
    "OPTION",
    "CheckCalibration",
    "Curve",
    "calibrated_check",
    "calibrated_verdict",
    "read_check_calibration",
    "usable_calibration",
]

OPTION = "calibration"
"""The option that every graded check has besides its own."""

CALIBRATION_SCHEMA: Mapping[str, Any] = {
    "type": "string",
    "description": "A file that `harness calibrate check` wrote, relative to this one: the check then reports the "
    "calibrated score and decides by it.",
}
"""The option in a JSON Schema."""

_AGAIN = "calibrate again: harness calibrate check NAME ROWS.jsonl"
_TILT = 1e-3
"""How much of a calibrated score is the score as it was: a curve with level stretches would call texts equal of which
the check says that one is better, and a threshold could not tell them apart."""

_Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Curve(Record):
    """From a check's score to the chance that the text is good; both are in [0, 1], and the curve rises throughout.

    `isotonic`: linear between `knots`, (score, chance), level beyond them. `platt`: 1 / (1 + exp(-(slope * score +
    offset))). `none`: the score as it is. One part in a thousand is always the score as it is.
    """

    method: Literal["none", "platt", "isotonic"] = "none"
    knots: tuple[tuple[_Share, _Share], ...] = ()
    slope: float = Field(default=0.0, ge=0.0, allow_inf_nan=False)
    offset: float = Field(default=0.0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _rises(self) -> Curve:
        if (self.method == "isotonic") is not bool(self.knots):
            raise ValueError("knots belong to isotonic, which has some")
        if any(a[0] > b[0] or a[1] > b[1] for a, b in pairwise(self.knots)):
            raise ValueError("knots must rise")
        return self

    def at(self, score: float) -> float:
        """The calibrated score. `score` is in [0, 1]."""
        if self.method == "none":
            return score
        chance = _sigmoid(self.slope * score + self.offset) if self.method == "platt" else self._between(score)
        return min(1.0, max(0.0, (1.0 - _TILT) * chance + _TILT * score))

    def _between(self, score: float) -> float:
        right = bisect_right(self.knots, score, key=lambda knot: knot[0])
        if right == 0:
            return self.knots[0][1]
        if right == len(self.knots):
            return self.knots[-1][1]
        (low, under), (high, over) = self.knots[right - 1], self.knots[right]
        return under + (over - under) * (score - low) / (high - low)


def _sigmoid(value: float) -> float:
    if value >= 0:
        return 1.0 / (1.0 + exp(-min(value, 700.0)))
    grown = exp(max(value, -700.0))
    return grown / (1.0 + grown)


class CheckCalibration(Record):
    """What `harness calibrate check` writes. `threshold` and `band` are scores as the check itself gives them."""

    model_config = ConfigDict(populate_by_name=True)

    schema_name: Literal["guardrails.check-calibration/1"] = Field(
        default="guardrails.check-calibration/1", alias="schema"
    )
    check: str
    """The check's ref: its name, version and a digest of its options."""
    threshold: _Share
    """A score below this fails."""
    band: tuple[_Share, _Share] | None = None
    """A score from the first number, which is the threshold, to below the second is undecided."""
    curve: Curve = Curve()
    false_blocks: float
    """The share of good texts that may fail."""
    guarantee: Literal["confidence", "average"] = "confidence"
    """`confidence`: with the chance named the share is kept. `average`: on average over the choice of the rows."""
    confidence: float
    bound: float
    """What the rows say about the share with that confidence: at most this."""
    expected: float
    """What the share comes to on average over the choice of the rows: at most this."""
    rows: int
    """Independent good rows, or clusters of rows, that this rests on."""
    failed: int
    """How many of them fail."""
    misses: float | None = None
    """The share of bad texts that may pass outright, above the band."""
    rows_digest: str = ""
    """Over all rows, in their order."""

    @model_validator(mode="after")
    def _in_order(self) -> CheckCalibration:
        if self.band is not None and not self.threshold == self.band[0] <= self.band[1]:
            raise ValueError("the band begins at the threshold")
        return self


def calibrated_verdict(calibration: CheckCalibration, verdict: Any) -> Any:
    """The verdict with the calibrated score and what follows from it.

    What is no verdict with a score stays what it is: an error, nothing to judge, an abstention. So does the verdict of
    a second tier (`first_score` in its measures), of whose scores the calibration knows nothing. An answer that is
    undecided for another reason than its score stays so.
    """
    if not isinstance(verdict, Verdict) or verdict.score is None or verdict.state in ("error", "not_applicable"):
        return verdict
    if "first_score" in verdict.measures:
        return verdict
    score = verdict.score
    if verdict.state == "undecided" and verdict.reason not in ("", "in_band"):
        state, reason = "undecided", verdict.reason
    elif score < calibration.threshold:
        state, reason = "fail", verdict.reason if verdict.state == "fail" else "below_threshold"
    elif calibration.band is not None and score < calibration.band[1]:
        state, reason = "undecided", "in_band"
    else:
        state, reason = "pass", ""
    return verdict.model_copy(
        update={
            "state": state,
            "reason": reason,
            "score": calibration.curve.at(score),
            "fix": verdict.fix if state == "fail" else (),
            "measures": {**verdict.measures, "raw_score": score},
        }
    )


def read_check_calibration(path: Path) -> CheckCalibration:
    """The calibration in a file. Raises `ConfigError`."""
    text = read_text(path)
    try:
        return CheckCalibration.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        raise ConfigError(Problem(f"is not JSON: {error.msg}", str(path), error.lineno, error.colno, _AGAIN)) from None
    except (ValidationError, RecursionError):
        message = "is no calibration of a check, or none of this version"
        raise ConfigError(Problem(message, str(path), hint=_AGAIN)) from None


def usable_calibration(file: Any, folder: Path, check: str, ref: str) -> CheckCalibration:
    """The calibration in `file`, which lies in `folder`, for the check of this name whose score has this ref.

    Raises `ConfigError` where the file cannot be read, or was made for another check, version or options.
    """
    calibration = _named(file, folder)
    _fits(calibration, check, ref, folder / str(file))
    return calibration


def _named(file: Any, folder: Path) -> CheckCalibration:
    if not isinstance(file, str) or not file:
        raise ConfigError("calibration must be the path of a file that `harness calibrate check` wrote")
    return read_check_calibration(folder / file)


def _fits(calibration: CheckCalibration, check: str, ref: str, file: Path) -> None:
    if calibration.check != ref:
        told = f"the calibration is stale: it was made for {calibration.check}, and {check} is {ref} here"
        raise ConfigError(Problem(told, str(file), hint=_AGAIN))


def calibrated_check(found: type[BaseCheck], options: Mapping[str, Any], file: Any, folder: Path) -> BaseCheck:
    """The check of a class, with its prepared options, under the calibration in `file`, which lies in `folder`.

    Its own threshold and band, where it has them, become those of the file, so that what it does there (asking a second
    tier) is done there. Raises `ConfigError`, and pydantic's `ValidationError` for options that the check refuses.
    """
    if not found.graded:
        hint = "only a graded check has a score to calibrate"
        raise ConfigError(Problem(f"{found.name} only passes or fails, so it takes no calibration", hint=hint))
    for name in ("threshold", "band"):
        if name in options and name in found.line:
            raise ConfigError(Problem(f"the calibration sets the {name}", hint=f"leave `{name}` out"))
    calibration = _named(file, folder)
    own = {"threshold": calibration.threshold, "band": calibration.band}
    own = {name: value for name, value in own.items() if name in found.model_fields and name in found.line}
    check = found.model_validate({**options, **own})
    _fits(calibration, found.name, check.score_ref, folder / str(file))
    later = inspect.iscoroutinefunction(found.__call__)
    return _calibrated_class(found, later).model_validate({**options, **own, OPTION: calibration})


class _Calibrated(BaseCheck):
    """Goes before a check's class: the check's own verdict, calibrated. The file's content is part of its ref."""

    calibration: CheckCalibration

    def __call__(self, exchange: Exchange) -> Verdict | bool | Awaitable[Verdict | bool]:
        found = super().__call__(exchange)
        if inspect.isawaitable(found):
            return self._awaited(found)
        return cast("Verdict | bool", calibrated_verdict(self.calibration, found))

    async def _awaited(self, found: Awaitable[Any]) -> Verdict | bool:
        return cast("Verdict | bool", calibrated_verdict(self.calibration, await found))


class _CalibratedLater(_Calibrated):
    """The same for an async check, so that whoever asks whether it is one is told the truth."""

    async def __call__(self, exchange: Exchange) -> Verdict | bool:
        found: Any = super().__call__(exchange)
        return cast("Verdict | bool", await found)


@lru_cache(maxsize=64)
def _calibrated_class(found: type[BaseCheck], later: bool) -> type[BaseCheck]:  # noqa: FBT001
    base: Any = _CalibratedLater if later else _Calibrated
    namespace = {"__module__": found.__module__, "__qualname__": found.__qualname__, "__doc__": found.__doc__}
    return cast("type[BaseCheck]", type(base)(found.__name__, (base, found), namespace))
