"""A rubric as a grader: criteria by checks, by graders and by the suite's judge."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, WithJsonSchema, field_validator
from pydantic.json_schema import SkipJsonSchema

from guardrails.errors import ConfigError
from guardrails.types import Exchange, Verdict
from harness.cases import Context
from harness.seams import BaseGrader, as_verdict
from rubrics import Criterion, Rubric

__all__ = ["RubricGrader"]


class RubricGrader(BaseGrader):
    """Is a good answer by the rubric: one of the library by its name, or a YAML file beside the suite.

    A criterion by a grader sees what the case expects of this rubric: `{criterion: …}`, or one value for all of them.
    """

    name: ClassVar[str] = "rubric"
    graded: ClassVar[bool] = True

    rubric: Annotated[Any, WithJsonSchema({"type": "string"})]
    """Its name in the library, or a `.yaml` file relative to the suite."""
    graders: Annotated[Mapping[str, Any], SkipJsonSchema()] = Field(default_factory=dict, exclude=True, repr=False)

    @classmethod
    def prepare(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        from harness.graders import make_grader  # it knows every grader, this one too

        prepared = dict(options)
        if "graders" in prepared:
            raise ConfigError("unknown option 'graders'")
        name = prepared.get("rubric")
        if not isinstance(name, str):
            raise ConfigError("name the rubric: `with: {rubric: groundedness}`")
        is_file = Path(name).suffix in (".yaml", ".yml") or len(Path(name).parts) > 1
        rubric = Rubric.load(folder / name if is_file else name)
        graders: dict[str, BaseGrader] = {}
        for criterion in rubric.criteria:
            if criterion.by.grader == cls.name:
                raise ConfigError(f"criterion {criterion.id!r}: a rubric cannot be decided by a rubric")
            if criterion.by.grader is not None:
                graders[criterion.id] = make_grader(criterion.by.grader, criterion.by.options, folder)
        return {**prepared, "rubric": rubric, "graders": graders}

    @field_validator("rubric")
    @classmethod
    def _loaded(cls, rubric: Any) -> Any:
        if not isinstance(rubric, Rubric):
            raise ValueError("name a rubric")  # noqa: TRY004 - pydantic's way of refusing
        return rubric

    @property
    def asks(self) -> bool:
        return self.rubric.needs_judge or any(grader.asks for grader in self.graders.values())

    @property
    def digest(self) -> str:
        return ",".join([self.rubric.digest, *(grader.digest for grader in self.graders.values())])

    async def __call__(self, context: Context) -> Verdict:
        expected = context.expected

        async def grade_by(criterion: Criterion, _exchange: Exchange) -> Verdict:
            own = expected.get(criterion.id) if isinstance(expected, Mapping) else expected
            case = context.case.model_copy(update={"expected": {criterion.id: own}})
            seen = context.model_copy(update={"case": case, "grader": criterion.id})
            found: Any = self.graders[criterion.id](seen)
            return as_verdict(await found if inspect.isawaitable(found) else found)

        rubric: Rubric = self.rubric
        return await rubric.grade(context.exchange, judge=context.judge, grade_by=grade_by, sample=context.trial.repeat)
