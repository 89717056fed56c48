"""detect-secrets, its default settings, over a file that holds the text."""

import tempfile
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings
from timing import measured


def scan(text):
    """Writes the text, and scans the file."""
    file.write_text(text, encoding="utf-8", errors="replace")
    SecretsCollection().scan_file(str(file))


with tempfile.TemporaryDirectory() as folder, default_settings():
    file = Path(folder) / "text.py"
    measured({"default settings, from a file": scan})
