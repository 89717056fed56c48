"""Personal data, found by a token classifier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import model_validator

from guardrails.encoders.options import EncoderOptions
from guardrails.encoders.reading import entities, entity_kinds, tagged
from guardrails.pii.adapter import PiiAdapter, Sighting, our_name

__all__ = ["PiiEncoder"]


class PiiEncoder(PiiAdapter, EncoderOptions):
    """Contains no personal data that a token classifier finds.

    Runs a model of yours, from a folder or a hub id, over the text in every reading of it, in windows that overlap and
    leave nothing out. The labels of its `config.json` are read as BIO or BILOU tags or as bare names; words are what
    their first piece is. What it calls `PER`, `LOC`, `EMAIL_ADDRESS` and the like is called here what the check `pii`
    calls it, anything else by its own name in lower case. Reason: `personal_data`; the kind of a span is the entity,
    its score how little sure the model was, and each is replaced by `[PERSON]` and so on. It runs beside `pii`, whose
    checksums no model replaces: write a rule for each.

    Known limits: what it finds, and in which languages, is the model's matter and has to be measured for it. It is
    slow: seconds for a long text with a large model. Text of more than `max_windows` windows makes it an error.
    """

    name: ClassVar[str] = "pii_encoder"
    version: ClassVar[str] = "2"

    @classmethod
    def prepare(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        return cls.prepared(options, folder)

    @model_validator(mode="after")
    def _entities_exist(self) -> PiiEncoder:
        if self.entities and self.encoder.source.is_folder:
            kinds = entity_kinds(self.encoder.labels)
            known = {our_name(kind) for kind in kinds}
            for name in self.entities:
                if our_name(name) not in known:
                    raise ValueError(f"{self.model} does not look for {name!r}; it has {', '.join(kinds)}")
        return self

    def sightings(self, text: str) -> Iterator[Sighting]:
        tokens, said, _ = tagged(self, text)
        for found in entities(text, tokens, said, self.encoder.labels, self.threshold):
            yield Sighting(*found)
