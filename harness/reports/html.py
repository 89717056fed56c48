"""A run or a comparison as one HTML file: charts, a list to search and filter, nothing fetched from anywhere.

Whatever a case or an answer said is text: the template escapes all of it, the script makes only text nodes of it, and a
content security policy lets no script run but the one of this page, and nothing be asked of any network.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from guardrails.errors import ConfigError
from harness.reports.content import excerpt
from harness.reports.page import Section

__all__ = ["render", "require"]

_TEMPLATE = Path(__file__).with_name("template")


def require() -> None:
    """Raises `ConfigError` where Jinja2 is not installed: better before a long run than after it."""
    try:
        import jinja2  # noqa: F401 - only to see whether it is there
    except ImportError:
        hint = "install it with: pip install 'guardrail-harness[report]'"
        raise ConfigError(f"the HTML report needs Jinja2, which is not installed; {hint}") from None


def render(sections: Sequence[Section], title: str) -> str:
    """The page. Raises `ConfigError` where Jinja2 is not installed."""
    require()
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    style, script = ((_TEMPLATE / name).read_text("utf-8") for name in ("style.css", "script.js"))
    page = environment.get_template("page.html").render(
        title=excerpt(title),
        sections=sections,
        worst=_worst(sections),
        style=Markup(style),  # noqa: S704 - our own file, as it lies in the package
        script=Markup(script),  # noqa: S704
        policy="default-src 'none'; img-src data:; "
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'",
    )
    return _writable(page)


def _worst(sections: Sequence[Section]) -> dict[str, Any]:
    """The verdict that stands in the page's title."""
    order = ("fail", "no_verdict", "pass")
    worst = min(sections, key=lambda section: order.index(section.verdict))
    return {"verdict": worst.verdict, "word": worst.word}


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _writable(text: str) -> str:
    """Without halves of surrogate pairs, which no UTF-8 file can hold."""
    return text.encode("utf-8", "replace").decode()
