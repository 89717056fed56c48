"""Personal data, found by Presidio."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, PlainSerializer, PrivateAttr, WithJsonSchema

from guardrails.errors import ConfigError, Problem
from guardrails.pii.adapter import PiiAdapter, Sighting, our_name
from guardrails.pii.presidio import analyzed, made_analyzer

__all__ = ["Presidio"]


def _analyzer(value: Any) -> Any:
    if value is None or hasattr(value, "analyze") or (isinstance(value, str) and ":" in value):
        return value
    raise ValueError(
        "an analyzer is an AnalyzerEngine, or the path of one or of a function that makes one: module:name"
    )


def _told(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else f"{type(value).__module__}:{type(value).__qualname__}"


class Presidio(PiiAdapter):
    """Contains no personal data that Presidio finds.

    Runs an `AnalyzerEngine` over the text in every reading of it, in windows that leave nothing out. Without an
    `analyzer` of yours one is made with Presidio's own recognisers upon a spaCy `pipeline`; nothing is fetched. What
    it calls `PERSON`, `EMAIL_ADDRESS`, `CREDIT_CARD` and the like is called here what the check `pii` calls it,
    anything else by its own name in lower case. Reason: `personal_data`; the kind of a span is the entity, its score
    how little sure Presidio was, and each is replaced by `[PERSON]` and so on.

    Known limits: with `blank`, which is the default, only its patterns work: no names, places or organisations, and
    no lemmas around a number. Its patterns backtrack, so a hostile text may cost seconds; it runs in a thread under
    the rule's timeout. Two runs of one analyzer do not overlap.
    """

    name: ClassVar[str] = "presidio"
    version: ClassVar[str] = "2"

    analyzer: Annotated[
        Any, BeforeValidator(_analyzer), PlainSerializer(_told, when_used="json"), WithJsonSchema({"type": "string"})
    ] = None
    """Your own `AnalyzerEngine`: the object, or `package.module:name` of one or of a function that makes one."""
    pipeline: str = "blank"
    """The spaCy pipeline of the analyzer that is made here: a name that is installed, a folder, or `blank`."""
    language: str = "en"
    """The language that it looks for."""

    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @cached_property
    def _engine(self) -> Any:
        if self.analyzer is None:
            return made_analyzer(self.pipeline, self.language)
        if not isinstance(self.analyzer, str):
            return self.analyzer
        module, _, name = self.analyzer.partition(":")
        try:
            found = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise ConfigError(Problem(f"cannot load the analyzer {self.analyzer!r}: {error}")) from error
        return found if hasattr(found, "analyze") else found()

    @cached_property
    def _asked(self) -> tuple[str, ...]:
        """The entities wanted, as Presidio calls them; none for all."""
        if not self.entities or not hasattr(self._engine, "get_supported_entities"):
            return ()
        known = sorted(self._engine.get_supported_entities(language=self.language))
        wanted = {our_name(name) for name in self.entities}
        if missing := wanted - {our_name(name) for name in known}:
            raise ConfigError(
                Problem(f"Presidio does not look for {', '.join(sorted(missing))}", hint=f"it has {', '.join(known)}")
            )
        return tuple(name for name in known if our_name(name) in wanted)

    def sightings(self, text: str) -> Iterator[Sighting]:
        with self._lock:
            found = list(analyzed(self._engine, text, self.language, self.threshold, self._asked))
        yield from found
