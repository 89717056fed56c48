"""Presidio's analyser with a blank spaCy pipeline: its patterns, checksums and context, and no model."""

import logging

import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from timing import measured


class Blank(SpacyNlpEngine):
    """A pipeline that only cuts a text into tokens."""

    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])

    def load(self):
        """Nothing is downloaded."""
        self.nlp = {"en": spacy.blank("en")}


logging.disable(logging.CRITICAL)
engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
measured({"analyser, blank model": lambda text: engine.analyze(text=text, language="en")})
