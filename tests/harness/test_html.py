"""The HTML report in a browser: what it shows, what can be done with it, and what no answer can do to it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

from harness.gates.compare import compared
from harness.gates.gate import Terms
from harness.reports.html import render
from harness.reports.page import Section, comparison_section
from tests.harness.support import Command, echo_cases, write_suite
from tests.harness.test_comparison import Run, harness
from tests.harness.test_comparison import run as run_here

__all__ = ["harness", "run_here"]

CHROMIUM = shutil.which("chromium")

HOSTILE = (
    "</script><script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'><svg onload=pwned()> "
    "\"'><a href=javascript:pwned()>a</a> {{ 7 * 7 }} ${1} <!-- --> ]]> &lt;b&gt; \u2028 \u202e \x1b[2J"
)


@dataclass
class Seen:
    """A page with all that it asked for and complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def row(self, case: str) -> Locator:
        return self.page.locator(".list > li").filter(has=self.page.locator(".id", has_text=case))

    def said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


class Browse:
    """Opens reports."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder

    def __call__(self, html: str, **options: object) -> Seen:
        file = self._folder / "page.html"
        file.write_text(html, encoding="utf-8")
        page = self._browser.new_page(viewport={"width": 1240, "height": 900}, **options)  # type: ignore[arg-type]
        seen = Seen(page)
        page.on("request", lambda request: seen.asked.append(request.url))
        page.on("console", seen.said)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.goto(file.as_uri())
        return seen


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture
def browse(browser: Browser, tmp_path: Path) -> Iterator[Browse]:
    yield Browse(browser, tmp_path)
    for context in browser.contexts:
        context.close()


@pytest.fixture
def run(run_here: Run) -> Run:
    """Makes runs in a thread of their own: in this one the browser keeps a loop, beside which there can be no other."""

    def make(*arguments: Any, **fields: Any) -> Path:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(run_here, *arguments, **fields).result()

    return make


LANGUAGES = ("de", "en", "fr")
CASES = [{**case, "metadata": {"language": LANGUAGES[n % 3]}} for n, case in enumerate(echo_cases(60))]
SLICES = [{"by": "language"}]


@pytest.fixture
def section(run: Run) -> Section:
    """Sixty cases in three languages: four of the German ones fall, one English one rises."""
    base = run("base", {"q1": "no"}, cases=CASES, slices=SLICES)
    said = {"q0": "It fell.", "q3": "no", "q6": "no", "q9": "no", "q4": "q4 "}
    [pair] = compared(base, run("now", said, cases=CASES, slices=SLICES), Terms())
    return comparison_section(pair)


def page_of(section: Section) -> str:
    return render([section], "now against base")


def test_the_verdict_is_what_one_sees_first(browse: Browse, section: Section) -> None:
    seen = browse(page_of(section))
    word = seen.page.locator(".verdict .word")
    expect(word).to_have_text("NO VERDICT")
    box = word.bounding_box()
    assert box is not None
    assert box["y"] < 200
    assert seen.page.title().startswith("NO VERDICT · ")
    expect(seen.page.locator(".reasons li").first).to_contain_text("pass rate may have fallen")
    assert "smallest detectable drop" in seen.page.locator(".tiles").inner_text().lower()


def test_the_charts_show_the_figures_of_the_runs(browse: Browse, section: Section) -> None:
    page = browse(page_of(section)).page
    assert page.locator("[data-chart]").evaluate_all("(all) => all.map(one => one.dataset.chart)") == [
        "slices",
        "against",
        "quality",
        "latency",
    ]
    slices = page.locator("[data-chart=slices]")
    assert slices.locator("text.label").all_text_contents() == ["language: de", "language: en", "language: fr"]
    assert slices.locator("text.value").all_text_contents() == ["80 %", "100 %", "100 %"]
    de, en = (slices.locator("circle.now").nth(n) for n in (0, 1))
    left, right = (float(circle.get_attribute("cx") or 0) for circle in (de, en))
    ring = float(slices.locator("circle.before").nth(0).get_attribute("cx") or 0)
    assert left < right == ring
    whisker = slices.locator("line.whisker").nth(0)
    ends = [float(whisker.get_attribute(name) or 0) for name in ("x1", "x2")]
    assert (left - ends[0]) / (ends[1] - ends[0]) == pytest.approx((0.8 - 0.584) / (0.919 - 0.584), abs=0.01)
    against = page.locator("[data-chart=against]")
    assert against.locator("text.count").all_text_contents() == ["1", "55", "4"]
    assert against.locator("circle.case").count() == 3
    same = against.locator("circle.case.same title").evaluate("(title) => title.textContent")
    assert same == "55 cases: 100 % before, 100 % now"
    quality = page.locator("[data-chart=quality] tbody tr").evaluate_all("(all) => all.map(row => row.innerText)")
    page.locator("[data-chart=quality] summary").click()
    [whole, *_] = page.locator("[data-chart=quality] tbody tr").all_inner_texts()
    assert whole.split("\t") == ["all cases", "$0.001", "93.3 %", "$0.001", "98.3 %"]
    assert len(quality) == 4
    shares = page.locator("[data-chart=latency] tbody tr td:nth-child(2)").evaluate_all(
        "(all) => all.map(cell => parseFloat(cell.textContent))"
    )
    assert sum(shares) == pytest.approx(100, abs=1.5)


def test_it_asks_nothing_of_any_network_and_complains_of_nothing(browse: Browse, section: Section) -> None:
    seen = browse(page_of(section))
    seen.page.locator(".list summary").first.click()
    seen.page.locator("#theme").click()
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in seen.asked if url.startswith("file:")]) == 1
    assert seen.complaints == []


def test_changed_cases_come_first_and_the_rest_is_a_click_away(browse: Browse, section: Section) -> None:
    seen = browse(page_of(section))
    ids = seen.page.locator(".list .id")
    # What a browser has not yet drawn, because it lies below the window, has no inner text.
    assert ids.all_text_contents() == ["c0", "c3", "c6", "c9"]
    for kind, count in (("better", 1), ("other", 0), ("answer", 1), ("same", 54), ("", 60)):
        button = seen.page.locator(f".kinds [data-kind='{kind}']")
        if not count:
            expect(button).to_have_count(0)
            continue
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button.locator("b")).to_have_text(str(count))
        assert ids.count() == min(count, 50)
    expect(seen.page.locator(".more")).to_have_text("Show 10 of 10 more")
    seen.page.locator(".more").click()
    assert ids.count() == 60
    expect(seen.page.locator(".more")).to_be_hidden()


def test_a_case_opens_with_the_words_that_changed(browse: Browse, section: Section) -> None:
    seen = browse(page_of(section))
    seen.row("c0").locator("summary").click()
    body = seen.row("c0").locator(".body")
    expect(body).to_contain_text("equals: pass → fail - differs".replace("→", "->"))
    assert body.locator(".diff div").all_inner_texts() == ["- q0", "+ It fell."]
    expect(body).to_contain_text("passes 100 % → 0 %")


def test_search_filter_group_and_order_work_together(browse: Browse, section: Section) -> None:
    seen = browse(page_of(section))
    page, ids = seen.page, seen.page.locator(".list .id")
    search = page.locator("input[type=search]")
    search.fill("FELL it")
    expect(ids).to_have_text(["c0"])
    expect(page.locator(".found")).to_have_text("1 of 60 cases")
    search.fill("nothing says this")
    expect(ids).to_have_count(0)
    search.press("Escape")
    expect(ids).to_have_count(4)
    page.locator(".kinds [data-kind='']").click()
    page.locator("select.group").select_option(label="language: en")
    expect(page.locator(".found")).to_have_text("20 of 60 cases")
    page.locator("select.sort").select_option("i")
    assert ids.all_text_contents()[:4] == ["c1", "c4", "c7", "c10"]
    page.locator("select.group").select_option("")
    page.locator("[data-chart=against] circle.case.better").click()
    expect(ids).to_have_text(["c1"])
    expect(page.locator(".found")).to_contain_text("more often than in the baseline")


def test_everything_can_be_done_from_the_keyboard(browse: Browse, section: Section) -> None:
    seen = browse(page_of(section))
    page = seen.page
    page.keyboard.press("/")
    expect(page.locator("input[type=search]")).to_be_focused()
    page.keyboard.type("c3")
    expect(page.locator(".list .id")).to_have_text(["c3"])
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    expect(seen.row("c3").locator(".diff")).to_be_visible()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def background(page: Page) -> str:
    found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return found


def test_it_is_dark_where_the_system_is_and_where_one_says_so(browse: Browse, section: Section) -> None:
    html = page_of(section)
    dark, light = "rgb(15, 19, 24)", "rgb(245, 246, 248)"
    assert background(browse(html, color_scheme="dark").page) == dark
    page = browse(html, color_scheme="light").page
    assert background(page) == light
    page.locator("#theme").click()
    assert (background(page), page.locator("#theme").inner_text()) == (dark, "Theme: dark")
    page.locator("#theme").click()
    page.emulate_media(color_scheme="dark")
    assert (background(page), page.locator("#theme").inner_text()) == (light, "Theme: light")
    ink, panel = (
        page.evaluate(f"getComputedStyle(document.querySelector('.verdict')).{name}")
        for name in ("color", "backgroundColor")
    )
    assert ink != panel


def test_on_paper_it_is_light_and_without_controls(browse: Browse, section: Section) -> None:
    page = browse(page_of(section), color_scheme="dark").page
    page.emulate_media(media="print")
    assert background(page) == "rgb(255, 255, 255)"
    for part in (".bar", ".tools", ".more"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator(".verdict .word")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".list .diff").count() == 4
    assert page.pdf().startswith(b"%PDF")


def test_what_answers_say_is_text_and_nothing_else(browse: Browse, run: Run) -> None:
    cases = [
        {"id": f"a {HOSTILE}", "input": f"b {HOSTILE}", "expected": f"b {HOSTILE}", "tags": [f"t {HOSTILE}"]},
        *echo_cases(5),
    ]
    base = run("base", cases=cases)
    [pair] = compared(base, run("now", {f"b {HOSTILE}": f"c {HOSTILE}\n{HOSTILE}"}, cases=cases), Terms())
    seen = browse(render([comparison_section(pair)], f"title {HOSTILE}"))
    page = seen.page
    page.locator(".list summary").first.click()
    assert page.evaluate("window.pwned") is None
    assert page.locator("img, a[href^=javascript]").count() == 0
    assert page.locator("script").count() == 2
    expect(page.locator(".list .id").first).to_contain_text("<img src=x onerror='window.pwned = 2'>")
    expect(page.locator(".diff .new").first).to_contain_text("</script><script>window.pwned = 1</script>")
    assert "{{ 7 * 7 }}" in page.locator(".bar strong").inner_text()
    assert "\u202e" not in page.content()
    assert seen.complaints == []
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []


def test_even_a_script_that_came_in_would_not_run(browse: Browse, section: Section) -> None:
    page = browse(page_of(section).replace("<main>", "<main><script>window.pwned = 1</script>")).page
    assert page.evaluate("window.pwned") is None


def test_twenty_thousand_cases_are_searched_without_building_them_all(browse: Browse, section: Section) -> None:
    row = section.rows[0]
    rows = [{**row, "i": f"case {n}", "q": f"question {n} of many"} for n in range(20_000)]
    html = page_of(replace(section, rows=rows))
    assert len(html) < 12_000_000
    seen = browse(html)
    expect(seen.page.locator(".found")).to_have_text("20,000 of 20,000 cases")
    assert seen.page.evaluate("document.querySelectorAll('*').length") < 3_000
    seen.page.locator("input[type=search]").fill("question 19999")
    expect(seen.page.locator(".list .id")).to_have_text(["case 19999"])
    assert seen.complaints == []


def test_a_run_is_shown_with_every_case(browse: Browse, harness: Command, run: Run, tmp_path: Path) -> None:
    cases = [{**case, "tags": ["even" if n % 2 == 0 else "odd"]} for n, case in enumerate(echo_cases(20))]
    folder = run("now", {"q3": "no", "q5": "no"}, cases=[*cases, {"id": "left", "input": "x", "skip": "later"}])
    done = harness("report", folder, "--format", "html")
    seen = browse(done.out)
    page = seen.page
    expect(page.locator(".verdict .word")).to_have_text({0: "PASS", 1: "FAIL", 3: "NO VERDICT"}[done.code])
    expect(page.locator(".list .id")).to_have_text(["c3", "c5"])
    seen.row("c3").locator("summary").click()
    expect(seen.row("c3")).to_contain_text("equals: fail, score 0.00 - differs")
    expect(seen.row("c3")).to_contain_text("answer")
    assert page.locator("[data-chart=slices] text.value").all_text_contents() == ["100 %", "80 %"]
    assert page.locator("[data-chart=graders] text.label").all_text_contents() == ["equals"]
    page.locator(".kinds [data-kind=open]").click()
    expect(page.locator(".list .id")).to_have_text(["left"])
    assert seen.complaints == []


def test_runs_of_several_suites_are_one_page(browse: Browse, section: Section) -> None:
    other = replace(section, title="another", verdict="pass", word="PASS")
    seen = browse(render([section, other], "two"))
    assert seen.page.locator(".bar nav a").all_inner_texts() == [section.title, "another"]
    seen.page.locator("#suite-1 input[type=search]").fill("c3")
    expect(seen.page.locator("#suite-1 .list .id")).to_have_text(["c3"])
    assert seen.page.locator("#suite-0 .list .id").count() == 4


@pytest.mark.parametrize("said", [{}, {f"q{n}": "no" for n in range(9)}])
def test_a_run_in_which_nothing_or_everything_passes_has_a_page(
    browse: Browse, harness: Command, run: Run, tmp_path: Path, said: dict[str, str]
) -> None:
    folder = run("now", said, count=9)
    done = harness("report", folder, "--format", "html")
    seen = browse(done.out)
    expect(seen.page.locator(".list .id")).to_have_count(9)
    assert seen.complaints == []


def test_the_command_writes_the_page_and_says_what_it_needs(
    harness: Command, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, now = run("base"), run("now", {"q3": "no"})
    assert harness("compare", base, now, "--html", tmp_path / "page.html").code in (0, 3)
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    done = harness("compare", base, now, "--html", tmp_path / "none.html")
    assert done.code == 2
    assert "pip install 'guardrail-harness[report]'" in done.err
    assert not (tmp_path / "none.html").exists()


def test_a_run_writes_its_page_or_says_what_that_needs_before_it_begins(
    harness: Command, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = write_suite(tmp_path / "own", echo_cases(3), name="own")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    refused = harness("run", suite, "--out", tmp_path / "runs", "-q", "--html", tmp_path / "page.html")
    assert (refused.code, (tmp_path / "runs").exists()) == (2, False)
    monkeypatch.delitem(sys.modules, "jinja2")
    with ThreadPoolExecutor(1) as pool:
        files = ("--html", tmp_path / "page.html", "--markdown", tmp_path / "comment.md")
        done = pool.submit(harness, "run", suite, "--out", tmp_path / "runs", "-q", *files).result()
    assert done.code == 0
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "comment.md").read_text().startswith("## ✅ PASS own")


_CONTRAST = """
(selector) => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = channels(colour).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
  };
  return [...document.querySelectorAll(selector)].map((element) => {
    const style = getComputedStyle(element);
    const ink = element.closest("svg") ? style.fill : style.color;
    const [more, less] = [light(ink), light(behind(element))].sort((a, b) => b - a);
    return (more + 0.05) / (less + 0.05);
  });
}
"""
"""Contrast as the Web Content Accessibility Guidelines 2.2 define it."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read_in_either_theme(browse: Browse, section: Section, scheme: str) -> None:
    page = browse(page_of(section), color_scheme=scheme).page
    page.locator(".list summary").first.click()
    for selector in (
        ".word, h1, h2, .subtitle, .reasons li, .tile dd, .tile dt, figcaption p, .small, .found",
        "button, select, th, td, .list span, .body p, .body .key, .diff div, .diff b",
        "svg text",
    ):
        found = page.evaluate(_CONTRAST, selector)
        assert found
        assert min(found) >= 4.5
