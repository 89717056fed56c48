"""An analyzer of Presidio that needs no download: made here, or somebody's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from guardrails.errors import ConfigError, Problem
from guardrails.pii.adapter import Sighting

__all__ = ["analyzed", "made_analyzer"]

EXTRA = "pip install 'guardrail-harness[presidio]'"

_WINDOW, _OVERLAP = 50_000, 500
"""Characters: spaCy refuses a text of more than a million, and what is recognised is far shorter than the overlap."""


def made_analyzer(pipeline: str, language: str) -> Any:
    """An `AnalyzerEngine` for one language upon a spaCy pipeline: an installed one, a folder, or `blank`.

    Presidio would fetch a pipeline that is not installed, and the list of top-level domains; here nothing is fetched.
    Raises `ConfigError`.
    """
    try:
        import spacy
        import tldextract
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
        from presidio_analyzer.predefined_recognizers import EmailRecognizer
        from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider
    except ImportError as error:
        raise ConfigError(Problem(f"{error.name} is not installed", hint=EXTRA)) from None
    try:
        nlp = spacy.blank(language) if pipeline == "blank" else spacy.load(pipeline)
    except Exception as error:
        told = f"spaCy has no pipeline {pipeline!r} for {language!r}"
        hint = f"install it (python -m spacy download {pipeline}), name a folder, or use `pipeline: blank`"
        raise ConfigError(Problem(told, hint=hint)) from error
    domains = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # the list that comes with the package

    class Loaded(SpacyNlpEngine):  # type: ignore[misc]
        """The pipeline that is loaded already."""

        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": language, "model_name": pipeline}])
            self.nlp = {language: nlp}

        def load(self) -> None:
            """Nothing is left to load."""

    class Email(EmailRecognizer):  # type: ignore[misc]
        """The same without the network."""

        def validate_result(self, pattern_text: str) -> bool:
            return bool(domains(pattern_text).fqdn)

    engine = Loaded()
    provider = RecognizerRegistryProvider(registry_configuration={"supported_languages": [language]})
    registry: RecognizerRegistry = provider.create_recognizer_registry()
    registry.remove_recognizer("EmailRecognizer")
    registry.add_recognizer(Email(supported_language=language))
    registry.add_nlp_recognizer(nlp_engine=engine)
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[language])


def analyzed(
    analyzer: Any, text: str, language: str, threshold: float, entities: Sequence[str] | None = None
) -> Iterator[Sighting]:
    """What an analyzer, or anything with its `analyze`, finds in a text of any length."""
    start = 0
    while start < len(text):
        end = min(len(text), start + _WINDOW)
        found = analyzer.analyze(
            text=text[start:end],
            language=language,
            score_threshold=threshold,
            entities=list(entities) if entities else None,
        )
        for result in found:
            yield Sighting(start + result.start, start + result.end, result.entity_type, float(result.score))
        if end == len(text):
            return
        start = end - _OVERLAP
