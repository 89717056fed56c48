"""The report as JUnit XML, for CI servers: a test case per trial, and one for the gate of each suite.

A trial that fails is a failure, one whose target or infrastructure broke an error; known failures, undecided and
skipped trials are skipped, each with its reason. What the gate demands beyond single trials shows as the test `gate`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from harness.gates.decide import Decision, Reason
from harness.reports.content import CaseLine, Report, SuiteReport
from harness.runs.results import CaseResult, TrialResult, folded
from harness.runs.runfolder import RunFolder
from harness.spill import Lines

__all__ = ["pieces", "render"]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped (section 2.2 of the recommendation)."""


def render(report: Report) -> bytes:
    """The whole file, in UTF-8."""
    return b"".join(pieces(report))


def pieces(report: Report) -> Iterator[bytes]:
    """The same piece by piece, of which few are held at a time."""
    suites = [_suite(suite) for suite in report.suites]
    root = ET.Element("testsuites", name="harness")
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(element.get(name, "0")) for element, _ in suites)))
    yield b"<?xml version='1.0' encoding='utf-8'?>\n" + _opening(root)
    for element, cases in suites:
        yield b"  " + _opening(element)
        yield from cases
        yield b"  </testsuite>\n"
    yield b"</testsuites>\n"


def _opening(element: ET.Element) -> bytes:
    """The tag that opens an element, in a line."""
    return _encoded(element).removesuffix(b" />") + b">\n"


def _encoded(element: ET.Element) -> bytes:
    text: bytes = ET.tostring(element, encoding="utf-8")
    return text


def _suite(suite: SuiteReport) -> tuple[ET.Element, Lines]:
    """The element of a suite, and the lines that belong into it."""
    folder = RunFolder(Path(suite.folder))
    info = folder.info()
    name = info.suite.name

    def told(results: Iterator[CaseResult]) -> _Cases:
        cases = _Cases(name)
        lines = iter(suite.not_passed)
        line = next(lines, None)
        for result in results:
            for trial in result.trials:
                title = result.case.id if info.repeats == 1 else f"{result.case.id} #{trial.repeat}"
                case = cases.case(title, trial.seconds)
                if line is not None and (line.case, line.repeat) == (result.case.id, trial.repeat):
                    _outcome(case, line, trial, suite)
                    line = next(lines, None)
                cases.add(case, trial.seconds)
        return cases

    cases = folded(folder, info, told)
    gate = cases.case("gate", 0.0)
    _gate(gate, suite.decision)
    cases.add(gate, 0.0)
    element = ET.Element("testsuite", name=_clean(name), timestamp=info.started[:19])
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(cases.outcomes[tag]))
    element.set("tests", str(cases.count))
    element.set("time", _time(cases.seconds))
    return element, cases.lines


class _Cases:
    """The test cases of a suite, as they stand in the file."""

    def __init__(self, suite: str) -> None:
        self._suite = suite
        self.lines = Lines()
        self.count = 0
        self.seconds = 0.0
        self.outcomes: Counter[str] = Counter()

    def case(self, title: str, seconds: float) -> ET.Element:
        return ET.Element("testcase", name=_clean(title), classname=_clean(self._suite), time=_time(seconds))

    def add(self, case: ET.Element, seconds: float) -> None:
        self.count += 1
        self.seconds += seconds
        self.outcomes.update(child.tag for child in case)
        ET.indent(case, level=2)
        self.lines.add(b"    " + _encoded(case) + b"\n")


def _outcome(case: ET.Element, line: CaseLine, trial: TrialResult, suite: SuiteReport) -> None:
    why = line.reason or "; ".join(finding.text for finding in line.findings if not finding.advisory)
    if line.known:
        ET.SubElement(case, "skipped", message=_clean(f"known failure: {suite.known[line.case]}"))
        return
    tag = {"fail": "failure", "app_error": "error", "infra_error": "error"}.get(trial.state, "skipped")
    element = ET.SubElement(case, tag, message=_clean(why or trial.state))
    if tag == "skipped":
        return
    element.set("type", trial.state)
    details = [f"asked: {line.question}", f"answer: {line.answer}"]
    details += [f"guard: {', '.join(line.guard)}"] if line.guard else []
    details += [f"record: {suite.folder}/{line.record}"] if line.record else []
    element.text = _clean("\n".join(details))


def _gate(case: ET.Element, decision: Decision) -> None:
    if decision.verdict == "pass":
        return
    tag = "failure" if decision.verdict == "fail" else "error"
    texts = [reason.text + (f": {_named(reason)}" if reason.cases else "") for reason in decision.reasons]
    element = ET.SubElement(case, tag, type=decision.verdict, message=_clean(decision.reasons[0].text))
    element.text = _clean("\n".join(texts))


def _named(reason: Reason) -> str:
    return ", ".join(reason.cases) + (f" and {reason.further} more" if reason.further else "")


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
