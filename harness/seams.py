"""The harness's extension points: one method with one argument each, so any callable of a `Context` is a grader."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeAlias

from guardrails.digest import digest
from guardrails.types import Verdict, Written
from harness.cases import Case, Context, Trial

__all__ = ["BaseGrader", "ExpectingGrader", "Graded", "Grader", "Target", "as_verdict", "missing"]

Graded: TypeAlias = "Verdict | bool | float"
"""A verdict, True for pass and False for fail, or a score that the suite's `below` decides upon."""

Grader: TypeAlias = Callable[[Context], "Graded | Awaitable[Graded]"]
"""Looks at a trial and says what it found. It may be async. What it raises becomes a verdict in the state `error`."""


class Target(Protocol):
    """What is evaluated."""

    async def run(self, case: Case, repeat: int) -> Trial:
        """Answers a case. It raises nothing: what the application did wrong is a state of the trial."""

    async def aclose(self) -> None:
        """Lets go of connections and threads."""


class BaseGrader(Written):
    """Base of the graders that a suite can name: the fields are the options, the docstring is the help.

    The first line of a subclass's docstring is the sentence that a pass asserts ("Calls the tools it should").
    """

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    """Raised whenever the same trial may get another verdict: recorded grades of other versions do not count."""
    graded: ClassVar[bool] = False
    """Its score is more than 0 or 1, so that a suite may set `below`."""

    def __call__(self, context: Context) -> Graded | Awaitable[Graded]:
        raise NotImplementedError

    @classmethod
    def prepare(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:  # noqa: ARG003
        """The options as the constructor takes them, of those that a person wrote in a suite that lies in `folder`.

        A grader that names a file puts its content in its place here, so that its digest covers it. Raises
        `ConfigError` where the file cannot be used.
        """
        return dict(options)

    @property
    def asks(self) -> bool:
        """Whether it needs the suite's judge."""
        return False

    @property
    def digest(self) -> str:
        """Over its options: two graders of one name and version with one digest give one verdict on one trial."""
        return digest(self.model_dump(mode="json", by_alias=True))


class ExpectingGrader(BaseGrader):
    """Base of graders that compare with what is expected: of the case, else the option `value`, the same for all."""

    value: Any = None
    """What is expected where the case does not say."""

    def __call__(self, context: Context) -> Verdict:
        wanted = self.wanted(context)
        return missing() if wanted is None else self.compare(context, wanted)

    def wanted(self, context: Context) -> Any:
        """What is expected of this trial; None for nothing."""
        expected = context.expected
        return self.value if expected is None else expected

    def compare(self, context: Context, wanted: Any) -> Verdict:
        """The verdict on the trial. Raises `ValueError` where `wanted` is nothing that it could compare with."""
        raise NotImplementedError


def missing() -> Verdict:
    """The verdict of a grader that finds nothing expected."""
    return Verdict(state="not_applicable", reason="nothing_expected")


def as_verdict(found: Any, below: float | None = None) -> Verdict:
    """What a grader returned, as a verdict. Raises `TypeError` or `ValueError` for what is none."""
    if isinstance(found, Verdict):
        return found
    if isinstance(found, bool):
        return Verdict(state="pass" if found else "fail", score=float(found))
    if not isinstance(found, (int, float)):
        raise TypeError(f"the grader returned {type(found).__name__}, not a verdict, a bool or a score")
    if not 0 <= found <= 1:  # NaN is not, either
        raise ValueError(f"the grader returned the score {found}, which is not in [0, 1]")
    if below is None:
        raise ValueError("the grader returned a score: the suite has to say `below` which it fails")
    return Verdict(state="pass" if found >= below else "fail", score=float(found))
