"""What a text classifier of yours says of a text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from guardrails.encoders.options import EncoderOptions
from guardrails.encoders.reading import Cost, classified
from guardrails.seams import BaseCheck, Specimen
from guardrails.types import Exchange, Span, Verdict

__all__ = ["Classifier"]


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Classifier(BaseCheck, EncoderOptions):
    """Is not of a kind that a text classifier finds.

    Runs a model of yours, from a folder or a hub id: for injection, toxicity, topics, languages or whatever it was
    trained to tell. It is run over the text in every reading of it, in windows that overlap and leave nothing out, and
    the worst window counts. The score is 1 less the probability that `labels` have together there. Reason:
    `classified`; the spans are the windows that fail, their kind is the label.

    Known limits: what it finds is the model's matter and has to be measured for it, and so has the threshold. A long
    harmless text has more windows, and with them more chances of a false alarm. It is slow: seconds for a long text
    with a large model. Text of more than `max_windows` windows makes it an error.
    """

    name: ClassVar[str] = "classifier"
    version: ClassVar[str] = "2"
    graded: ClassVar[bool] = True
    slow: ClassVar[bool] = True

    labels: Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(min_length=1)]
    """The labels that fail a text, as `id2label` has them."""
    threshold: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    """A score below this fails."""
    example: str | None = None
    """A text that must fail, for `harness policy selftest`."""

    @classmethod
    def prepare(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        return cls.prepared(options, folder)

    @model_validator(mode="after")
    def _labels_exist(self) -> Classifier:
        if self.encoder.source.is_folder:
            self.numbers()
        return self

    def numbers(self) -> tuple[int, ...]:
        """The numbers of the labels that fail a text. Raises `ValueError` for one that the model does not have."""
        known = self.encoder.labels
        for label in self.labels:
            if label not in known:
                raise ValueError(f"{self.model} has no label {label!r}; it has {', '.join(known)}")
        return tuple(known.index(label) for label in self.labels)

    def specimen(self) -> Specimen | None:
        return None if self.example is None else Specimen(text=self.example)

    def __call__(self, exchange: Exchange) -> Verdict:
        numbers = self.numbers()
        score, cost = 1.0, Cost()
        spans: list[Span] = []
        for view in exchange.views.readings:
            stretches, took = classified(self, view.text)
            cost = cost.plus(took)
            for start, end, said in stretches:
                own = 1.0 - min(1.0, sum(said[number] for number in numbers))
                score = min(score, own)
                if own < self.threshold and start < end:
                    kind = self.labels[max(range(len(numbers)), key=lambda index: said[numbers[index]])]
                    left, right = view.original(start, end)
                    spans.append(Span(start=left, end=right, kind=kind, score=own))
        failed = score < self.threshold
        return Verdict(
            state="fail" if failed else "pass",
            score=score,
            reason="classified" if failed else "",
            spans=tuple(dict.fromkeys(spans)),
            measures=cost.measures,
        )
