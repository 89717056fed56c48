"""Recording HTTP exchanges and playing them again, with the settings that make a replay honest.

Requests are matched by their body too, or two prompts to one address could come back swapped. Keys are left out. And a
cassette of which a part was not played is a failure: the code no longer asks what was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import vcr

__all__ = ["NotPlayed", "played", "recorded"]

_SECRETS = ["authorization", "x-api-key", "api-key", "cookie", "set-cookie", "openai-organization"]


class NotPlayed(AssertionError):
    """A cassette holds exchanges that nobody asked for."""


def _vcr(record_mode: str) -> Any:
    return vcr.VCR(
        record_mode=record_mode,
        match_on=["method", "scheme", "host", "port", "path", "query", "body"],
        filter_headers=_SECRETS,
        filter_query_parameters=["key", "api_key"],
        decode_compressed_response=True,
    )


@contextmanager
def recorded(path: Path) -> Iterator[Any]:
    """Every request goes out and is written to `path`, which must not exist yet. One cassette at a time per process."""
    with _vcr("once").use_cassette(str(path)) as cassette:
        yield cassette


@contextmanager
def played(path: Path) -> Iterator[Any]:
    """No request goes out: each is answered from `path`. Raises `NotPlayed` where one of them was not asked for."""
    with _vcr("none").use_cassette(str(path)) as cassette:
        yield cassette
    if not cassette.all_played:
        raise NotPlayed(f"{path.name}: {cassette.play_count} of {len(cassette)} exchanges were played")
