"""The Markdown report, read by the renderer that GitHub made: complete, short enough, and deaf to what answers say."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.gates.compare import CaseChange, Comparison, compare
from harness.gates.gate import Terms
from harness.gates.textdiff import diff_lines
from harness.reports.content import Report, excerpt, suite_report
from harness.reports.markdown import LIMIT, cell, code, prose, render, render_comparisons
from harness.runs.runfolder import RunFolder
from tests.harness.support import Command, echo_cases
from tests.harness.test_comparison import Run, harness, run

__all__ = ["harness", "run"]

cmarkgfm = pytest.importorskip("cmarkgfm")

HOSTILE = (
    "@octocat and @org/team, see #12, GH-7 http://evil.example/?a=b www.evil.example a@b.example "
    "<script>alert(1)</script> </details></code></pre> <!-- x --> ![i](http://x/y.png) [a](javascript:b) "
    "`tick` ``two`` ```three``` | pipe \\| bar **bold** _it_ ~~no~~ &lt; &#64;x \\ \u202e\x1b[2J"
)


class Read(HTMLParser):
    """What a browser would make of it: the tags, their links, the text."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(text: str) -> Read:
    return Read(cmarkgfm.github_flavored_markdown_to_html(text, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE))


def plain(text: str) -> str:
    return text.replace("\u2060", "").strip()


@given(st.text(max_size=200))
@example(HOSTILE)
@example("- [ ] x")
@example("1. x")
@example("    x")
@example("a\\|b|c")
def test_text_in_a_line_or_a_cell_means_only_itself(text: str) -> None:
    said = excerpt(text, 600)
    if not said.strip():
        return
    line = rendered(f"x {prose(text)}")
    assert line.tags == ["p"]
    assert plain(line.text) == plain(f"x {said}")
    table = rendered(f"| a | b |\n|---|---|\n| {cell(text)} | c |")
    assert table.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "code", "td"]
    assert plain(said) in plain(table.text)
    assert not re.search(r"(@|#|://|www)\w", line.text + table.text)


@given(st.text(max_size=200))
@example(HOSTILE)
@example("`")
@example("``")
def test_a_name_as_code_is_that_name(text: str) -> None:
    said = excerpt(text, 200)
    if not said.strip():
        return
    found = rendered(f"x {code(text)}")
    assert found.tags == ["p", "code"]
    assert found.text.strip() == f"x {said}".strip()


def change(number: int, **fields: Any) -> CaseChange:
    diff = diff_lines("It arrives on Monday.", f"It arrives on day {number}.")
    return CaseChange(
        **{"case": f"c{number}", "kind": "worse", "before": {"pass": 1}, "now": {"fail": 1}, "diff": diff, **fields}
    )


@pytest.fixture
def comparison(run: Run) -> Comparison:
    [found] = compare(run("base"), run("now", {"q3": "no", "q7": "a\nno"}), Terms())
    return found


def test_it_has_all_that_a_reviewer_needs(comparison: Comparison) -> None:
    text = render_comparisons([comparison])
    assert text.startswith(("## ✅ PASS tiny", "## ⚠️ NO VERDICT tiny", "## ❌ FAIL tiny"))
    page = rendered(text).text
    for part in ("smallest detectable drop", "Could have seen a drop of", "2 worse, 0 better", "equals: differs"):
        assert part in page
    assert text.index("smallest detectable drop") < text.index("<details>")
    assert "```diff\n- q3\n+ no\n```" in text
    assert rendered(text).tags.count("details") == 2


def test_a_comment_stays_below_the_limit_and_says_how_much_it_leaves_out(comparison: Comparison) -> None:
    many = comparison.model_copy(update={"changes": tuple(change(number) for number in range(5000))})
    text = render_comparisons([many])
    assert len(text) < LIMIT
    shown = text.count("<details>")
    assert shown > 100
    assert f"**{5000 - shown:,} more**" in text
    assert rendered(text).tags.count("details") == shown


@pytest.mark.parametrize("unit", ["x", "😀", "`", "|", "<", "\n", "\u2028", "@a ", "\\"])
def test_no_answer_is_long_enough_to_break_the_limit(comparison: Comparison, unit: str) -> None:
    huge = unit * 100_000
    changes = tuple(
        change(number, case=huge[:50_000], question=huge, reason=huge, diff=diff_lines(huge, f"{huge}y{huge}"))
        for number in range(40)
    )
    decision = comparison.decision.model_copy(update={"suite": huge, "baseline": huge})
    text = render_comparisons([comparison.model_copy(update={"changes": changes, "decision": decision})] * 30)
    assert len(text.encode("utf-16-le")) // 2 < LIMIT
    found = rendered(text)
    assert found.tags.count("details") == found.tags.count("summary")
    assert found.links == []


def test_nothing_that_is_said_leaves_its_place(comparison: Comparison) -> None:
    hostile = change(
        1, case=HOSTILE, question=HOSTILE, reason=HOSTILE, diff=diff_lines("a", f"{HOSTILE}\n```\n{HOSTILE}")
    )
    names = {"suite": HOSTILE, "baseline": HOSTILE}
    decision = comparison.decision.model_copy(update=names)
    categories = tuple(found.model_copy(update={"name": HOSTILE}) for found in comparison.categories)
    text = render_comparisons(
        [comparison.model_copy(update={"changes": (hostile,), "decision": decision, "categories": categories})]
    )
    found = rendered(text)
    assert found.links == []
    assert not {"script", "img", "a", "del", "em"} & set(found.tags)
    assert found.tags.count("details") == 1
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_run_is_told_with_what_did_not_pass(harness: Command, run: Run, tmp_path: Path) -> None:
    folder = run("now", {"q3": HOSTILE}, cases=[*echo_cases(5), {"id": HOSTILE, "input": "a", "expected": "b"}])
    done = harness("report", folder, "--format", "markdown")
    report = suite_report(RunFolder(folder))
    assert done.out == render(Report(exit_code=done.code, suites=(report,)))
    found = rendered(done.out)
    assert done.out.startswith("## ✅ PASS tiny\n")
    assert found.links == []
    assert found.tags.count("details") == 2
    assert "4 of 6 trials passed, pass rate 66.7 %" in found.text


def test_the_command_writes_the_comment_to_a_file(harness: Command, run: Run, tmp_path: Path) -> None:
    base, now = run("base"), run("now", {"q3": "no"})
    done = harness("compare", base, now, "--markdown", tmp_path / "comment.md", "--json")
    assert json.loads(done.out)["exit_code"] == done.code
    assert (tmp_path / "comment.md").read_text().startswith("## ")
    assert harness("compare", base, now, "--markdown", tmp_path / "no" / "folder" / "x.md").code == done.code


def test_slices_stand_in_a_table_with_the_baselines_rates(run: Run) -> None:
    cases = [{**case, "metadata": {"language": ("de", "en", "|fr|")[n % 3]}} for n, case in enumerate(echo_cases(60))]
    rules = [{"by": "language", "max_gap": 0.3}]
    base = run("base", cases=cases, slices=rules)
    [found] = compare(base, run("now", {f"q{n}": "no" for n in range(0, 12, 3)}, cases=cases, slices=rules), Terms())
    text = render_comparisons([found])
    [row] = [line for line in text.splitlines() if line.startswith("| <code>language</code> | <code>de</code>")]
    assert row.endswith("(the worst) | correct | 20 | 100 % | 80 % [58.4 %, 91.9 %] |")
    assert "<code>&#124;fr&#124;</code>" in text
    assert rendered(text).tags.count("tr") == text.count("\n| ")
