"""Texts in, for each how many secrets detect-secrets finds in a file that holds it, with its default settings."""

import json
import sys
import tempfile
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings


def found(file, text):
    """How many secrets stand in a text."""
    file.write_text(text, encoding="utf-8", errors="replace")
    secrets = SecretsCollection()
    secrets.scan_file(str(file))
    return sum(1 for _ in secrets)


with tempfile.TemporaryDirectory() as folder, default_settings():
    print(json.dumps([found(Path(folder) / "text.py", text) for text in json.load(sys.stdin)]))
