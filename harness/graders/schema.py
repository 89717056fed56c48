"""The answer is JSON of a certain form."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import model_validator

from guardrails.checks import check_class
from guardrails.errors import ConfigError
from guardrails.seams import BaseCheck
from harness.cases import Context
from harness.seams import BaseGrader, Graded, missing

__all__ = ["Schema"]


class Schema(BaseGrader):
    """Is JSON that fits the schema: the check `schema`, with a schema of the case's own where it expects one."""

    name: ClassVar[str] = "schema"

    definition: dict[str, Any] | None = None
    """The JSON Schema, where the case expects none of its own."""
    file: str | None = None
    """A JSON file that holds it, relative to the suite."""

    @classmethod
    def prepare(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        return check_class("schema").prepare(options, folder)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.definition is not None:
            try:
                _ = self._own
            except ConfigError as error:
                raise ValueError(str(error)) from None
        return self

    @cached_property
    def _own(self) -> BaseCheck:
        return check_class("schema").model_validate({"definition": self.definition})

    def __call__(self, context: Context) -> Graded | Awaitable[Graded]:
        wanted = context.expected
        if isinstance(wanted, Mapping):
            return check_class("schema").model_validate({"definition": dict(wanted)})(context.exchange)
        if self.definition is not None:
            return self._own(context.exchange)
        if wanted is not None:
            raise TypeError("`schema` expects a JSON Schema, which is an object")
        return missing()
