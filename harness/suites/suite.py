"""A suite: what is run, on which cases, graded how, and what it takes to pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    field_validator,
    model_serializer,
    model_validator,
)

from guardrails.types import Message, Written
from harness.cases import Case
from harness.suites.expressions import parse

__all__ = [
    "CasesFrom",
    "FieldFrom",
    "Gate",
    "GraderLimit",
    "GraderRule",
    "GuardTarget",
    "PythonTarget",
    "SliceOutcome",
    "SliceRule",
    "Suite",
]

SliceOutcome = Literal["correct", "answered", "refused", "blocked"]
"""What may happen to a trial: it passed; an answer was delivered that does not refuse; it refuses; a rule of the guard
blocked it."""


class PythonTarget(Written):
    """A function `package.module:name` of the application. Sync or async; it gets the input as its first argument."""

    python: str = Field(pattern=r"^[\w.]+:[\w.]+$")
    arguments: Mapping[str, str] | None = None
    """Parameter of the function to field of the case: `{question: input, passages: documents, user: metadata.user}`."""


class GuardTarget(Written):
    """A policy, called with the messages given here: `{input}` is the case's input, `{documents}` are its documents."""

    policy: str
    messages: tuple[Message, ...] = (Message(role="user", content="{input}"),)
    models: str | None = None
    """`package.module:name` of a mapping from model name to model, or of a function that returns one."""


class AsWritten(Written):
    """Stored with the keys that were written and no others, where which keys were written has a meaning."""

    @model_serializer(mode="wrap")
    def _as_written(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in dump(self).items() if key in self.model_fields_set}


class FieldFrom(AsWritten):
    """Where a field of a case comes from, when the name of a field of the row does not say it all."""

    field: str | tuple[str, ...] | None = None
    """A field of the row; of several, the first that the row has."""
    equals: Any = None
    """True where the field has this value, false where it has another."""
    default: Any = None
    """For rows without the field; where this is left out, such a row is an error."""
    value: Any = None
    """The same for every row."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = self.model_fields_set
        if ("value" in given) == (self.field is not None):
            raise ValueError("write either `field` or `value`")
        if "value" in given and len(given) > 1:
            raise ValueError("`equals` and `default` go with `field`")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the row, in the order in which they are tried."""
        if self.field is None:
            return ()
        return (self.field,) if isinstance(self.field, str) else self.field


class CasesFrom(Written):
    """Cases in a file of another shape, such as a log: which of its fields is which field of a case."""

    file: str
    """Relative to the suite's folder; `${NAME}` and `${NAME:-default}` stand for environment variables."""
    map: Mapping[str, str | FieldFrom] = Field(default_factory=dict)
    """Field of the case to field of the row; dots go into nested objects (`documents: retrieval.passages`), also in
    `expected.<grader>` and `metadata.<key>`. What is not named here is left out. Empty: the rows are cases already."""


class GraderRule(Written):
    """One grader of the suite."""

    grader: str
    """A grader, a guardrails check, `rubric`, or `package.module:function`."""
    id: str | None = None
    """What cases and reports call it; the grader's name where it is left out."""
    options: Mapping[str, Any] = Field(default_factory=dict, alias="with")
    negate: bool = Field(default=False, alias="not")
    below: float | None = Field(default=None, gt=0, le=1)
    """It fails where its score is below this."""
    tags: tuple[str, ...] = ()
    """Only for cases with one of these tags; all cases where it is left out."""
    advisory: bool = False
    """It is reported and does not decide whether a trial passes."""

    @property
    def key(self) -> str:
        return self.id or self.grader


class GraderLimit(Written):
    """What one grader must show over the whole suite."""

    min_rate: float | None = Field(default=None, ge=0, le=1)
    min_mean: float | None = Field(default=None, ge=0, le=1)
    margin: float | None = Field(default=None, gt=0, lt=1)
    """Against a baseline: its rate must be shown to have fallen by less than this (0.05: five points)."""


class Gate(AsWritten):
    """What it takes to pass. Must-pass cases must always pass.

    The keys from `margin` on are for a comparison with a baseline (`harness gate`).
    """

    min_pass_rate: float | None = Field(default=1.0, ge=0, le=1)
    """Of the weighted case means; null states no requirement. Left out beside a `margin` it is null too: then the
    baseline is the bar."""
    max_excluded: float = Field(default=0.02, ge=0, le=1)
    """Share of trials without a result (infrastructure, undecided, skipped) above which there is no verdict."""
    max_cost: float | None = Field(default=None, gt=0)
    """US dollars for the whole run."""
    max_p95_seconds: float | None = Field(default=None, gt=0)
    graders: Mapping[str, GraderLimit] = Field(default_factory=dict)
    margin: float | None = Field(default=None, gt=0, lt=1)
    """The pass rate must be shown to have fallen by less than this: 0.05 is five points."""
    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    """The chance of a FAIL although nothing changed, must-pass cases and stated limits apart."""
    max_repeats: int = Field(default=6, ge=1, le=100)
    """Trials of one case after which no more are asked for. `harness gate` runs them only where it may."""
    spending: Literal["even", "obrien_fleming"] = "even"
    """How alpha is shared out over the looks: the same at each, or little at first (`obrien_fleming`)."""
    max_cost_rise: float | None = Field(default=None, gt=0)
    """The mean cost of a trial must be shown to have risen by less than this share: 0.2 is a fifth."""
    max_seconds_rise: float | None = Field(default=None, gt=0)
    """The same for the mean time of a trial."""

    @property
    def pass_rate_bar(self) -> float | None:
        """`min_pass_rate`, or None where it was left out beside a margin."""
        return None if self.margin is not None and not self.states_a_rate else self.min_pass_rate

    @property
    def states_a_rate(self) -> bool:
        """Whether `min_pass_rate` is written down, be it as null."""
        return "min_pass_rate" in self.model_fields_set


class SliceRule(Written):
    """A way of dividing the cases into groups, to be looked at and compared one by one."""

    by: str
    """An expression over the fields of a case (`language`, `metadata.user.tier`, `length(input) > 500`); each value it
    takes is a group, each item of a list one, and null is in none."""
    id: str | None = None
    """What reports call it; the expression where it is left out."""
    where: str | None = None
    """Only cases of which this expression is true."""
    on: tuple[SliceOutcome, ...] = Field(default=("correct",), min_length=1)
    """What is counted in each group."""
    min_cases: int = Field(default=10, ge=2)
    """Independent cases (those of one cluster count once) below which a group is insufficient evidence."""
    margin: float | None = Field(default=None, gt=0, lt=1)
    """Against a baseline: the pass rate of each group must be shown to have fallen by less than this. Where it is left
    out, a group that is shown to have fallen fails the gate, and one that is not need not be vouched for."""
    max_gap: float | None = Field(default=None, gt=0, lt=1)
    """Any two groups must be shown to differ by less than this, in each of `on`: 0.1 is ten points."""
    label: str | None = None
    """An expression that is true of cases in which the outcome is due (for equal opportunity), or whose score should be
    high (for `calibrate`), and false of the others."""
    calibrate: str | None = None
    """The id of a grader whose score is set against `label` in each group."""
    pair: str | None = None
    """An expression naming a pair: cases of the same pair in different groups are counterfactuals of one another. Then
    `max_gap` is about the difference within pairs."""
    advisory: bool = False
    """It is reported and decides nothing."""

    @field_validator("by", "where", "label", "pair")
    @classmethod
    def _parses(cls, text: str | None) -> str | None:
        if text is not None:
            parse(text)
        return text

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.calibrate is not None and self.label is None:
            raise ValueError("`calibrate` needs a `label` to set the score against")
        if self.advisory and (self.margin is not None or self.max_gap is not None):
            raise ValueError("an advisory slice decides nothing, so it has neither `margin` nor `max_gap`")
        return self

    @property
    def key(self) -> str:
        return self.id or self.by


def _target_tag(value: Any) -> str | None:
    if isinstance(value, (PythonTarget, GuardTarget)):
        return "guard" if isinstance(value, GuardTarget) else "function"
    if isinstance(value, Mapping):
        return "guard" if "policy" in value else "function" if "python" in value else None
    return "recorded" if value == "recorded" else None


Target = Annotated[
    Annotated[PythonTarget, Tag("function")]
    | Annotated[GuardTarget, Tag("guard")]
    | Annotated[Literal["recorded"], Tag("recorded")],
    Discriminator(
        _target_tag,
        custom_error_type="target",
        custom_error_message="write `{python: package.module:function}`, `{policy: policy.yaml}` or `recorded`",
    ),
]


def _cases_tag(value: Any) -> str | None:
    if isinstance(value, Mapping):
        return "rows" if "file" in value else "case"
    if isinstance(value, (Case, CasesFrom)):
        return "case" if isinstance(value, Case) else "rows"
    return "path" if isinstance(value, str) else None


CaseSource = Annotated[
    Annotated[str, Tag("path")] | Annotated[CasesFrom, Tag("rows")] | Annotated[Case, Tag("case")],
    Discriminator(
        _cases_tag,
        custom_error_type="cases",
        custom_error_message="write a file, `{file: …, map: …}`, or a case",
    ),
]


class Suite(Written):
    """What stands in `suite.yaml`."""

    name: str = Field(pattern=r"^[\w.-]+$")
    description: str = ""
    target: Target
    """A function, a policy, or `recorded`: the answers stand in the cases."""
    cases: tuple[CaseSource, ...] = Field(min_length=1)
    """Files beside the suite, files of another shape with a field map, or cases written out here."""
    graders: tuple[GraderRule, ...] = Field(min_length=1)
    repeats: int = Field(default=1, ge=1, le=1000)
    """Trials of each case."""
    repeats_by_tag: Mapping[str, Annotated[int, Field(ge=1, le=1000)]] = Field(default_factory=dict)
    """Trials of each case with the tag, in place of `repeats`; of several tags the largest number holds."""
    timeout: float = Field(default=30.0, gt=0)
    """Seconds for one run of the target."""
    concurrency: int = Field(default=8, ge=1, le=1024)
    gate: Gate = Gate()
    slices: tuple[SliceRule, ...] = ()
    """Groups of cases to be compared. A text alone is an expression: `slices: [language, tags]`."""
    judge: str | None = None
    """`package.module:name` of a model for rubric criteria that a judge decides, or a litellm model name."""

    @field_validator("slices", mode="before", json_schema_input_type=tuple[str | SliceRule, ...])
    @classmethod
    def _expressions(cls, value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            raise ValueError("write a list of expressions: `slices: [language]`")  # noqa: TRY004 - pydantic's
        for item in value:
            if not isinstance(item, (str, Mapping, SliceRule)):
                raise ValueError(f"{item!r} is no expression, and no mapping with `by`")  # noqa: TRY004
        return [{"by": item} if isinstance(item, str) else item for item in value]

    def repeats_of(self, case: Case) -> int:
        """The trials that the suite asks of a case."""
        if case.repeats is not None or not case.tags:
            return case.repeats or self.repeats
        return max((self.repeats_by_tag[tag] for tag in case.tags if tag in self.repeats_by_tag), default=self.repeats)
