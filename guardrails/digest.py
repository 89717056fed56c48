"""The one digest of the project: BLAKE2b-256, of values over sorted-key UTF-8 JSON."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

__all__ = ["canonical_json", "digest", "file_digest"]

# `json.dumps` would make an encoder for every call
_PLAIN = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_ESCAPED = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def canonical_json(value: Any) -> bytes:
    """`value` as JSON with sorted keys and no spare spaces, in UTF-8.

    Lone surrogates, which UTF-8 cannot hold, are written as JSON escapes instead of being refused: a user's
    broken text must still have a key. Raises `ValueError` for NaN and infinities, `TypeError` for foreign objects.
    """
    try:
        return _PLAIN.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        return _ESCAPED.encode(value).encode("ascii")


def digest(value: Any) -> str:
    """The hexadecimal BLAKE2b-256 digest (64 characters) of `value`'s canonical JSON."""
    return hashlib.blake2b(canonical_json(value), digest_size=32).hexdigest()


def file_digest(path: Path) -> str:
    """The same of the bytes of a file. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()
