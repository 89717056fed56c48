"""The report as JUnit XML, for CI servers: a test case per trial, and one for the gate of each suite.

A trial that fails is a failure, one whose target or infrastructure broke an error; known failures, undecided and
skipped trials are skipped, each with its reason. What the gate demands beyond single trials shows as the test `gate`.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from harness.gates.decide import Decision
from harness.reports.content import CaseLine, Report, SuiteReport
from harness.runs.results import TrialResult, results
from harness.runs.runfolder import RunFolder

__all__ = ["render"]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped (section 2.2 of the recommendation)."""


def render(report: Report) -> bytes:
    """The whole file, in UTF-8."""
    root = ET.Element("testsuites", name="harness")
    for suite in report.suites:
        root.append(_suite(suite))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(element.get(name, "0")) for element in root)))
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(suite: SuiteReport) -> ET.Element:
    folder = RunFolder(Path(suite.folder))
    info = folder.info()
    name = info.suite.name
    element = ET.Element("testsuite", name=_clean(name), timestamp=info.started[:19])
    lines = {(line.case, line.repeat): line for line in suite.not_passed}
    seconds = 0.0
    for result in results(folder, info):
        for trial in result.trials:
            seconds += trial.seconds
            title = result.case.id if info.repeats == 1 else f"{result.case.id} #{trial.repeat}"
            case = ET.SubElement(
                element, "testcase", name=_clean(title), classname=_clean(name), time=_time(trial.seconds)
            )
            if (line := lines.get((result.case.id, trial.repeat))) is not None:
                _outcome(case, line, trial, suite)
    _gate(ET.SubElement(element, "testcase", name="gate", classname=_clean(name), time="0.000"), suite.decision)
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(sum(1 for _ in element.iter(tag))))
    element.set("tests", str(len(element)))
    element.set("time", _time(seconds))
    return element


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
    texts = [reason.text + (f": {', '.join(reason.cases)}" if reason.cases else "") for reason in decision.reasons]
    element = ET.SubElement(case, tag, type=decision.verdict, message=_clean(decision.reasons[0].text))
    element.text = _clean("\n".join(texts))


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
