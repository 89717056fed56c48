"""The command line: what goes to stdout and to stderr, and how each command ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cli import cli
from harness.cli.overlay import overlaid
from harness.cli.show import worst
from tests.harness.support import Command, echo_cases, only_run, write_suite


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def in_a_process(*args: object, root: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), **environ}
    command = [sys.executable, "-m", "harness", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)


# --- run --------------------------------------------------------------------------------------------------------------


def test_the_result_goes_to_stdout_and_progress_to_stderr(harness: Command, tmp_path: Path) -> None:
    done = harness("run", write_suite(tmp_path / "s", echo_cases(20)), "--out", tmp_path / "runs")
    assert done.code == 0
    assert done.out.startswith("PASS  tiny  20 of 20 trials passed")
    assert done.err.splitlines()[0] == "tiny: 20 trials"
    assert "\x1b" not in done.out + done.err
    quiet = harness("run", tmp_path / "s", "--out", tmp_path / "runs", "-q")
    assert (quiet.code, quiet.err) == (0, "")


def test_json_is_one_object_on_stdout(harness: Command, tmp_path: Path) -> None:
    done = harness("run", write_suite(tmp_path / "s", echo_cases(2, wrong=[1])), "--out", tmp_path / "runs", "--json")
    assert done.code == 1
    [suite] = done.json["suites"]
    assert done.json["exit_code"] == 1
    assert (suite["decision"]["verdict"], suite["decision"]["failing"]) == ("fail", ["c1"])


def test_the_cases_repeats_and_concurrency_of_the_command_line_win(harness: Command, tmp_path: Path) -> None:
    cases = [{**case, "tags": ["even"] if n % 2 == 0 else []} for n, case in enumerate(echo_cases(12))]
    suite = write_suite(tmp_path / "s", cases)
    done = harness(
        "run",
        suite,
        "--out",
        tmp_path / "r",
        "--json",
        "--only",
        "c1*",
        "--tag",
        "even",
        "--repeats",
        3,
        "--concurrency",
        1,
    )
    assert done.json["suites"][0]["decision"]["trials"] == 3  # of c1, c10 and c11 only c10 has the tag


def test_several_suites_are_run_into_one_folder_and_the_worst_counts(harness: Command, tmp_path: Path) -> None:
    write_suite(tmp_path / "s" / "good", echo_cases(1), name="good")
    write_suite(tmp_path / "s" / "bad", echo_cases(1, wrong=[0]), name="bad")
    write_suite(tmp_path / "s" / "vague", [{"id": "a", "input": "x"}], name="vague")
    done = harness("run", tmp_path / "s", "--out", tmp_path / "runs", "-q", "--junit", tmp_path / "junit.xml")
    assert done.code == 1
    assert {path.name for path in only_run(tmp_path / "runs").iterdir()} == {"good", "bad", "vague"}
    assert [line.split()[:2] for line in done.out.splitlines()[:3]] == [
        ["FAIL", "bad"],
        ["PASS", "good"],
        ["NO", "VERDICT"],
    ]
    assert (tmp_path / "junit.xml").read_text().count("<testsuite ") == 3


@pytest.mark.parametrize(("codes", "expected"), [([0, 3, 4, 1], 1), ([0, 3, 4], 4), ([0, 3], 3), ([0, 0], 0), ([], 0)])
def test_of_several_exit_codes_the_worst_holds(codes: list[int], expected: int) -> None:
    assert worst(codes) == expected


def test_a_run_without_enough_evidence_ends_with_three(harness: Command, tmp_path: Path) -> None:
    suite = write_suite(tmp_path / "s", [{"id": "a", "input": "x"}])
    done = harness("run", suite, "--out", tmp_path / "runs")
    assert (done.code, done.out.split("  ")[0]) == (3, "NO VERDICT")


def test_a_run_whose_budget_is_used_up_ends_with_four(harness: Command, tmp_path: Path) -> None:
    app = "def answer(text):\n    return {'output': text, 'cost': 0.6}\n"
    suite = write_suite(tmp_path / "s", echo_cases(9), app=app, gate={"max_cost": 1.0}, concurrency=1)
    done = harness("run", suite, "--out", tmp_path / "runs", "--json")
    assert done.code == 4
    assert done.json["suites"][0]["decision"]["counts"] == {"pass": 2, "not_run": 7}


def test_a_finished_run_gone_on_with_runs_nothing_and_says_the_same(harness: Command, tmp_path: Path) -> None:
    app = (
        "import pathlib\n"
        "def answer(text):\n"
        "    with pathlib.Path(__file__).with_name('n').open('a') as calls:\n"
        "        calls.write('.')\n"
        "    return text\n"
    )
    suite = write_suite(tmp_path / "s", echo_cases(5, wrong=[2]), app=app)
    first = harness("run", suite, "--out", tmp_path / "runs", "--json", "-q")
    again = harness("run", "--resume", only_run(tmp_path / "runs"), "--json", "-q")
    assert (again.code, (suite / "n").read_text()) == (1, ".....")
    assert again.json["suites"][0]["decision"] == first.json["suites"][0]["decision"]


def test_a_run_of_a_part_is_gone_on_with_as_that_part(harness: Command, tmp_path: Path) -> None:
    suite = write_suite(tmp_path / "s", echo_cases(5))
    harness("run", suite, "--out", tmp_path / "runs", "--only", "c[12]", "--repeats", 2)
    [folder] = only_run(tmp_path / "runs").iterdir()
    (folder / "trials.jsonl").unlink()
    done = harness("run", "--resume", folder, "--json", "-q")
    assert done.json["suites"][0]["decision"]["counts"] == {"pass": 4}


def test_a_run_whose_suite_changed_is_not_gone_on_with(harness: Command, tmp_path: Path) -> None:
    suite = write_suite(tmp_path / "s", echo_cases(5))
    harness("run", suite, "--out", tmp_path / "runs")
    run = only_run(tmp_path / "runs")
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    (suite / "cases.jsonl").write_text('{"id": "new", "input": "x"}\n')
    done = harness("run", "--resume", run)
    assert done.code == 2
    assert "cannot be resumed: changed since: the suite's file" in done.err
    assert "the cases (" in done.err
    assert before == {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Name suites to run, or a run to --resume"),
        (("s", "--resume", "x"), "not both"),
        (("nowhere",), "nowhere: there is no such file or folder"),
        (("s", "--concurrency", "0"), "--concurrency"),
        (("s", "--only", "x*"), "no case is left by --only and --tag"),
        (("s", "--out", "file"), "cannot write runs into file"),
        (("--resume", "s"), "is no run folder"),
        (("s", "--frob"), "No such option"),
    ],
)
def test_a_wrong_call_is_told_in_words_ends_with_two_and_writes_nothing(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_suite(tmp_path / "s", echo_cases(1))
    (tmp_path / "file").write_text("")
    before = sorted(tmp_path.rglob("*"))
    done = harness("run", *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert "Traceback" not in done.err
    after = [path for path in sorted(tmp_path.rglob("*")) if "__pycache__" not in path.parts]
    assert [path for path in after if path.name != "runs"] == before
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").iterdir())


BROKEN: Mapping[str, tuple[dict[str, str], str]] = {
    "an empty suite": ({"suite.yaml": ""}, "suite.yaml: is empty"),
    "no yaml": ({"suite.yaml": "name: [\n"}, "suite.yaml:2:1: is not valid YAML"),
    "an unknown key": ({"suite.yaml": "nmae: x\n"}, "suite.yaml:1:1: unknown key 'nmae'\n  did you mean 'name'?"),
    "an empty file of cases": ({"cases.jsonl": ""}, "cases.jsonl: holds no cases"),
    "no json": ({"cases.jsonl": '{"id": "a", "input": "x"}\n{nonsense\n'}, "cases.jsonl:2:2: is not valid JSON"),
    "two cases of one id": ({"cases.jsonl": '{"id": "a", "input": "x"}\n' * 2}, "cases.jsonl:2:"),
    "no such module": ({"suite.yaml": "target"}, "cannot import 'no_such_module'"),
    "a text that is no utf-8": ({"cases.jsonl": "\udcff"}, "cases.jsonl:1:1: is not UTF-8"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_faulty_suite_is_told_with_its_file_and_line_before_anything_runs(
    harness: Command, tmp_path: Path, name: str
) -> None:
    files, told = BROKEN[name]
    suite = write_suite(tmp_path / "s", echo_cases(1))
    for file, text in files.items():
        if text == "target":
            data = yaml.safe_load((suite / file).read_text())
            text = yaml.safe_dump({**data, "target": {"python": "no_such_module:answer"}})
        (suite / file).write_bytes(text.encode(errors="surrogateescape"))
    done = harness("run", suite, "--out", tmp_path / "runs")
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert not (tmp_path / "runs").exists()


def test_a_function_that_hangs_is_a_failed_trial_and_does_not_keep_the_process(tmp_path: Path, root: Path) -> None:
    app = "import time, threading\ndef answer(text):\n    time.sleep(3600 if text == 'q1' else 0)\n    return text\n"
    suite = write_suite(tmp_path / "s", echo_cases(3), app=app, timeout=0.2)
    done = in_a_process("run", suite, "--out", tmp_path / "runs", root=root)
    assert done.returncode == 1, done.stderr
    assert "timed out after 0.2 s" in done.stdout


def test_a_thread_pool_of_the_application_that_hangs_does_not_keep_the_process_either(
    tmp_path: Path, root: Path
) -> None:
    app = "import asyncio, time\nasync def answer(text):\n    await asyncio.to_thread(time.sleep, 3600)\n"
    suite = write_suite(tmp_path / "s", echo_cases(1), app=app, timeout=0.2)
    done = in_a_process("run", suite, "--out", tmp_path / "runs", root=root)
    assert done.returncode == 1, done.stderr
    assert "timed out after 0.2 s" in done.stdout


def test_a_task_that_takes_no_notice_of_being_cancelled_does_not_keep_it_either(tmp_path: Path, root: Path) -> None:
    app = (
        "import asyncio\n"
        "async def answer(text):\n"
        "    while True:\n"
        "        try:\n"
        "            await asyncio.sleep(3600)\n"
        "        except asyncio.CancelledError:\n"
        "            pass\n"
    )
    suite = write_suite(tmp_path / "s", echo_cases(2), app=app, timeout=0.2)
    done = in_a_process("run", suite, "--out", tmp_path / "runs", root=root)
    assert done.returncode == 1, done.stderr
    assert "timed out after 0.2 s" in done.stdout


def test_an_interrupted_run_ends_with_130_says_how_to_go_on_and_can_be(
    tmp_path: Path, root: Path, harness: Command
) -> None:
    app = (
        "import asyncio, pathlib\n"
        "flag = pathlib.Path(__file__).with_name('go')\n"
        "async def answer(text):\n"
        "    while text == 'q5' and not flag.exists():\n"
        "        await asyncio.sleep(0.001)\n"
        "    return text\n"
    )
    suite = write_suite(tmp_path / "s", echo_cases(10), app=app, concurrency=1)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    # a process that was started in the background of a shell ignores the signal, and so would its children
    start = "import signal as s; s.signal(s.SIGINT, s.default_int_handler); from harness.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", start, "run", str(suite), "--out", str(tmp_path / "runs")],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stderr is not None
    while "5/10" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    run = only_run(tmp_path / "runs")
    assert (process.returncode, out) == (130, "")
    assert f"Go on with: harness run --resume {run}" in err
    (suite / "go").touch()
    done = harness("run", "--resume", run, "--json", "-q")
    assert (done.code, done.json["suites"][0]["decision"]["counts"]) == (0, {"pass": 10})


def test_a_full_disk_is_one_message_and_what_was_complete_stays(tmp_path: Path, root: Path, harness: Command) -> None:
    app = "def answer(text):\n    return text + ' ' * 1000\n"
    suite = write_suite(tmp_path / "s", echo_cases(20), app=app, concurrency=1)
    program = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, resource.RLIM_INFINITY))\n"
        "from harness.cli import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", program, "run", str(suite), "--out", str(tmp_path / "runs"), "-q"]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("error: cannot write ")
    assert len(done.stderr.splitlines()) <= 2
    [folder] = only_run(tmp_path / "runs").iterdir()
    for name in ("trials.jsonl", "grades.jsonl"):
        assert (folder / name).read_bytes().endswith(b"}\n")
    assert not (folder / "decision.json").exists()
    assert harness("run", "--resume", folder, "-q").code == 0


# --- report -----------------------------------------------------------------------------------------------------------


def test_report_shows_a_run_again_in_each_form_and_ends_as_it_did(harness: Command, tmp_path: Path) -> None:
    suite = write_suite(tmp_path / "s", echo_cases(3, wrong=[1]))
    first = harness("run", suite, "--out", tmp_path / "runs", "--json", "-q")
    run = only_run(tmp_path / "runs")
    text = harness("report", run)
    assert (text.code, text.out.splitlines()[0][:10]) == (1, "FAIL  tiny")
    shown = harness("report", run / "tiny", "--format", "json")
    assert (shown.code, shown.json["suites"][0]["decision"]) == (1, first.json["suites"][0]["decision"])
    xml = harness("report", run, "--format", "junit")
    assert xml.out.startswith("<?xml version='1.0' encoding='utf-8'?>\n<testsuites ")


def test_report_of_a_run_that_did_not_end_has_no_verdict(harness: Command, tmp_path: Path) -> None:
    harness("run", write_suite(tmp_path / "s", echo_cases(3)), "--out", tmp_path / "runs", "-q")
    [folder] = only_run(tmp_path / "runs").iterdir()
    (folder / "decision.json").unlink()
    (folder / "trials.jsonl").write_bytes((folder / "trials.jsonl").read_bytes().splitlines(keepends=True)[0])
    done = harness("report", folder)
    assert done.code == 3
    assert "2 of 3 trials were not run" in done.out


def test_report_of_what_is_no_run_says_so(harness: Command, tmp_path: Path) -> None:
    done = harness("report", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "holds no run.json" in done.err


# --- labels -----------------------------------------------------------------------------------------------------------


def test_a_suite_with_labels_measures_its_check_beside_the_baselines(harness: Command, tmp_path: Path) -> None:
    rows = [
        {
            "id": f"r{n}",
            "input": "",
            "output": f"sk_live_{'a1' * 12}" if n % 2 else "nothing to see",
            "documents": ["nothing to see here"],
            "expected": {"secrets": n % 4 != 1},
            "metadata": {"task": "mail" if n % 8 < 4 else "chat"},
        }
        for n in range(32)
    ]
    fields: dict[str, Any] = {"target": "recorded", "gate": {"min_pass_rate": None}}
    suite = write_suite(tmp_path / "s", rows, graders=[{"grader": "secrets"}], **fields)
    done = harness("run", suite, "--out", tmp_path / "runs", "--json", "-q")
    [measurement] = done.json["suites"][0]["measurements"]
    overall, *groups = measurement["groups"]
    assert (overall["n"], overall["positives"], [group["name"] for group in groups]) == (
        32,
        8,
        ["task=chat", "task=mail"],
    )
    assert (overall["check"]["precision"], overall["check"]["recall"]) == (0.5, 1.0)
    assert overall["all_positive"]["precision"] == 0.25
    text = harness("report", only_run(tmp_path / "runs"))
    assert "secrets against the labels (positive: the reply should fail)" in text.out
    assert "overlap only" in text.out


# --- check ------------------------------------------------------------------------------------------------------------


def rows_file(tmp_path: Path, *rows: Any) -> Path:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return file


def test_check_prints_one_object_per_row_in_order_and_nothing_else(harness: Command, tmp_path: Path) -> None:
    file = rows_file(
        tmp_path,
        {"id": "a", "output": "write to jo@example.com"},
        {"id": 2, "output": "nothing", "input": "jo@example.com"},
    )
    done = harness("check", "pii", file)
    assert (done.code, done.err) == (0, "")
    first, second = map(json.loads, done.out.splitlines())
    assert list(first) == ["id", "check", "state", "score", "reason", "error", "spans", "fix", "seconds"]
    assert (first["id"], first["check"], first["state"], second["id"], second["state"]) == (
        "a",
        "pii",
        "fail",
        2,
        "pass",
    )
    assert [(span["start"], span["end"]) for span in first["spans"]] == [(9, 23)]
    assert first["fix"] == [{"start": 9, "end": 23, "text": "[EMAIL]"}]


def test_check_looks_at_the_output_else_the_documents_else_the_input(harness: Command, tmp_path: Path) -> None:
    mail = "jo@example.com"
    file = rows_file(
        tmp_path,
        {"id": "output", "input": mail, "documents": [mail], "output": "x"},
        {"id": "documents", "input": "x", "documents": ["x", {"id": "d", "text": mail}]},
        {"id": "input", "input": mail},
        {"id": "asked", "input": mail, "output": "x", "surface": "input"},
        {"id": "talk", "input": [{"role": "user", "content": mail}, {"role": "assistant", "content": "x"}]},
    )
    lines = [json.loads(line) for line in harness("check", "pii", file).out.splitlines()]
    assert [line["state"] for line in lines] == ["pass", "fail", "fail", "fail", "fail"]
    assert [span["document"] for span in lines[1]["spans"]] == ["d"]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("{nonsense", "rows.jsonl:2:2: is not valid JSON"),
        ("[1]", "rows.jsonl:2: "),
        ({"output": "x"}, "rows.jsonl:2: id: "),
        ({"id": "a"}, "no output, documents, memories or input"),
        ({"id": "a", "output": "x", "surface": "context"}, "no documents"),
        ({"id": "a", "output": "x", "label": "yes"}, "label: "),
        ({"id": "a", "output": 7}, "output: "),
    ],
)
def test_a_bad_row_is_a_row_with_its_error_and_line_and_the_others_run(
    harness: Command, tmp_path: Path, row: Any, error: str
) -> None:
    done = harness("check", "pii", rows_file(tmp_path, {"id": "1", "output": "x"}, row, {"id": "3", "output": "x"}))
    first, bad, last = map(json.loads, done.out.splitlines())
    assert done.code == 3
    assert (first["state"], bad["state"], last["state"]) == ("pass", "error", "pass")
    assert error in bad["error"]


def test_check_sums_up_on_stderr_where_rows_have_labels(harness: Command, tmp_path: Path) -> None:
    rows = [{"id": n, "output": "jo@example.com" if n < 3 else "x", "label": n not in (0, 1, 4)} for n in range(6)]
    done = harness("check", "pii", rows_file(tmp_path, *rows), "--summary")
    assert done.err.splitlines()[1] == "precision 0.667  recall 0.667  F1 0.667  AUROC 0.667"
    assert len(done.out.splitlines()) == 6
    done = harness("check", "pii", rows_file(tmp_path, {"id": 1, "output": "x"}), "--summary")
    assert "no labelled rows" in done.err


def test_check_takes_options_as_yaml(harness: Command, tmp_path: Path) -> None:
    file = rows_file(tmp_path, {"id": 1, "output": "one two three"})
    assert json.loads(harness("check", "length", file, "--option", "max_words=2").out)["state"] == "fail"
    assert json.loads(harness("check", "length", file, "--option", "max_words=3").out)["state"] == "pass"
    assert json.loads(harness("check", "wordlist", file, "--option", "words=[two]").out)["state"] == "fail"


def test_a_check_of_ones_own_can_be_run_and_one_that_breaks_ends_with_three(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_checks.py").write_text(
        "def polite(exchange):\n    return 'please' in exchange.text\n"
        "def broken(exchange):\n    raise OSError('no disk')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    file = rows_file(tmp_path, {"id": 1, "output": "please"}, {"id": 2, "output": "now"})
    done = harness("check", "own_checks:polite", file)
    assert (done.code, [json.loads(line)["state"] for line in done.out.splitlines()]) == (0, ["pass", "fail"])
    done = harness("check", "own_checks:broken", file)
    assert done.code == 3
    assert json.loads(done.out.splitlines()[0])["error"] == "OSError: no disk"


def test_a_check_that_asks_a_model_is_given_one(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tier = ["--option", "tier=judge"]
    (tmp_path / "own_judge.py").write_text(
        "import json\n"
        "def judge(call):\n"
        "    low = 'Penguins' in call.messages[-1].content\n"
        "    entry = {'claim': 1, 'reason': 'r', 'quote': '', 'problem': None, 'support': 2 if low else 98}\n"
        "    return json.dumps({'claims': [entry]})\n"
    )
    monkeypatch.chdir(tmp_path)
    documents = ["The hall opens at nine."]
    rows = [
        {"id": 1, "documents": documents, "output": "The hall opens at nine.", "label": True},
        {"id": 2, "documents": documents, "output": "Penguins own the hall.", "label": False},
    ]
    file = rows_file(tmp_path, *rows)
    judge = ["--judge", "own_judge:judge"]
    done = harness("check", "groundedness", file, *tier, *judge, "--summary")
    assert (done.code, [json.loads(line)["state"] for line in done.out.splitlines()]) == (0, ["pass", "fail"])
    assert [json.loads(line)["spans"][0]["score"] for line in done.out.splitlines()] == [0.98, 0.02]
    assert "2 requests to own_judge:judge" in done.err
    assert "recall 1.000" in done.err
    done = harness("check", "groundedness", file, *tier)
    assert done.code == 2
    assert "--judge MODEL" in done.err
    cascade = ["--option", "band=[0, 0.9]", "--option", "then=judge"]
    done = harness("check", "groundedness", file, *cascade, *judge, "--summary")
    assert "1 requests to own_judge:judge" in done.err
    done = harness("check", "groundedness", file, *tier, "--judge", "own_judge:nobody")
    assert (done.code, "has no 'nobody'" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("pii",), "harness check NAME FILE.jsonl"),
        (("pi", "rows.jsonl"), "did you mean 'pii'?"),
        (("pii", "nowhere.jsonl"), "nowhere.jsonl: there is no such file"),
        (("pii", "empty.jsonl"), "empty.jsonl: holds no cases"),
        (("pii", "rows.jsonl", "--option", "entites=[email]"), "no option 'entites'"),
        (("pii", "rows.jsonl", "--option", "entities=[emil]"), "entities"),
        (("pii", "rows.jsonl", "--option", "entities"), "KEY=VALUE"),
        (("--about", "nothing"), "there is no check named 'nothing'"),
    ],
)
def test_a_wrong_call_of_check_ends_with_two(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    rows_file(tmp_path, {"id": 1, "output": "x"})
    (tmp_path / "empty.jsonl").write_text("")
    done = harness("check", *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_checks_are_listed_and_described(harness: Command) -> None:
    listed = harness("check", "--list").out
    assert "pii" in listed
    assert all(line.rstrip().endswith(".") for line in listed.splitlines())
    for line in listed.splitlines():
        about = harness("check", "--about", line.split()[0]).out
        assert line.split(maxsplit=1)[1] in about
        assert "operating point: " in about
        assert "operating point: its own" not in about
        assert "None" not in about.split("operating point: ")[1].splitlines()[0]
        assert "Known limits" in about
    about = harness("check", "--about", "length").out
    assert about.startswith("length, version ")
    assert "max_words" in about
    about = harness("check", "--about", "groundedness").out
    assert "band: tuple[float, float] | None" in about
    assert "      max_windows: int, default 2000" in about


# --- suite and policy -------------------------------------------------------------------------------------------------


def test_the_suite_that_init_writes_runs_and_passes(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = harness("suite", "init", "mine")
    assert made.code == 0, made.err
    done = harness("run", "mine", "-q")
    assert done.code == 0, done.out
    assert harness("policy", "lint", "mine/policy.yaml").code == 0
    again = harness("suite", "init", "mine")
    assert again.code == 2
    assert "suite.yaml, cases.yaml, policy.yaml, assistant.py" in again.err


def test_what_init_writes_fits_the_schemas_that_it_names(harness: Command, tmp_path: Path) -> None:
    import jsonschema

    harness("suite", "init", tmp_path / "mine")
    for name in ("suite", "cases", "policy"):
        file = tmp_path / "mine" / f"{name}.yaml"
        assert file.read_text().startswith(f"# yaml-language-server: $schema={name}.schema.json\n")
        schema = json.loads((tmp_path / "mine" / f"{name}.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(yaml.safe_load(file.read_text()), schema)


@pytest.mark.parametrize("arguments", [("suite", "schema"), ("suite", "schema", "--cases"), ("policy", "schema")])
def test_a_schema_is_one_json_object(harness: Command, arguments: tuple[str, ...]) -> None:
    done = harness(*arguments)
    assert done.code == 0
    assert done.json["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_lint_tells_every_fault_of_every_policy_with_its_line(harness: Command, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text("name: good\nmodels: {first: extractive}\n")
    (tmp_path / "bad.yaml").write_text("name: bad\nrulse: []\nmodels: {frist: x}\n")
    done = harness("policy", "lint", tmp_path / "good.yaml", tmp_path / "bad.yaml", tmp_path / "none.yaml")
    assert done.code == 2
    assert f"{tmp_path / 'good.yaml'}: ok, 0 rules" in done.out
    assert "bad.yaml:2:1: unknown key 'rulse'" in done.out
    assert "none.yaml: there is no such file" in done.out


@pytest.mark.parametrize(
    ("more", "noted"),
    [
        ("cache: {ttl: 1h}\n", True),
        ("cache: {ttl: 1h}\nparameters: {temperature: 0.7}\n", True),
        ("cache: {ttl: 1h}\nparameters: {temperature: 0}\n", False),
        ("cache: {ttl: 1h, temperature: any}\n", False),
        ("", False),
    ],
)
def test_a_cache_that_keeps_nothing_is_noted(harness: Command, tmp_path: Path, more: str, noted: bool) -> None:
    (tmp_path / "policy.yaml").write_text(f"name: shop\nmodels: {{first: extractive}}\n{more}")
    done = harness("policy", "lint", tmp_path / "policy.yaml")
    assert (done.code, "note: only answers to calls at temperature 0 are kept" in done.out) == (0, noted)


# --- the command itself -----------------------------------------------------------------------------------------------

COMMANDS = [
    (),
    ("run",),
    ("report",),
    ("promote",),
    ("gate",),
    ("compare",),
    ("baseline",),
    ("baseline", "bless"),
    ("baseline", "history"),
    ("check",),
    ("calibrate",),
    ("calibrate", "check"),
    ("calibrate", "policy"),
    ("suite",),
    ("suite", "init"),
    ("suite", "health"),
    ("suite", "schema"),
    ("policy",),
    ("policy", "lint"),
    ("policy", "chaos"),
    ("policy", "selftest"),
    ("policy", "diff"),
    ("policy", "schema"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_help_tells_the_exit_codes(harness: Command, command: tuple[str, ...]) -> None:
    done = harness(*command, "--help")
    assert done.code == 0
    assert "Exit codes:" in done.out
    for code in ("0 ", "2 ", "3 ", "70 ", "130 "):
        assert any(line.strip().startswith(code) for line in done.out.splitlines())


def test_every_command_is_among_those_whose_help_is_tested() -> None:
    import click

    found: set[tuple[str, ...]] = {()}
    for name in cli.list_commands(click.Context(cli)):
        command = cli.get_command(click.Context(cli), name)
        found.add((name,))
        if isinstance(command, click.Group):
            found |= {(name, inner) for inner in command.list_commands(click.Context(command))}
    assert found == set(COMMANDS)


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("run", "--help"), ("report", "--help")])
def test_help_imports_nothing_heavy(root: Path, arguments: tuple[str, ...]) -> None:
    program = (
        "import sys\n"
        "from harness.cli import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'rich', 'jsonschema', 'litellm', 'openai', 'numpy', 'opentelemetry.sdk', 'diskcache', 'tenacity'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stderr.strip() == "[]"


def test_the_first_help_does_not_even_import_pydantic(root: Path) -> None:
    program = (
        "import sys\n"
        "from harness.cli import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    print('pydantic' in sys.modules, file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program, "--help"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert done.stderr.strip() == "False"


def test_a_fault_of_our_own_is_one_line_and_seventy_and_its_place_is_shown_on_request(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("off by\none")

    monkeypatch.setattr("harness.cli.run.start", broken)
    monkeypatch.delenv("HARNESS_DEBUG", raising=False)
    done = harness("run", tmp_path)
    assert (done.code, done.out) == (70, "")
    assert done.err == "error: a fault of harness itself: RuntimeError: off by one (HARNESS_DEBUG=1 shows where)\n"
    monkeypatch.setenv("HARNESS_DEBUG", "1")
    assert "Traceback (most recent call last)" in harness("run", tmp_path).err


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, root: Path) -> None:
    file = rows_file(tmp_path, *({"id": n, "output": "x" * 100} for n in range(2000)))
    command = f"{sys.executable} -m harness check secrets {file} | head -c 1 > /dev/null; echo ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, env=environment)
    assert (done.stdout, done.stderr) == ("0\n", "")


# --- another distribution's package -----------------------------------------------------------------------------------


def test_another_package_of_the_same_name_is_told_in_one_sentence_and_not_imported(tmp_path: Path, root: Path) -> None:
    theirs = tmp_path / "site" / "guardrails"
    theirs.mkdir(parents=True)
    (theirs / "__init__.py").write_text("raise SystemExit('imported')\n")
    (tmp_path / "site" / "guardrails_ai-0.6.2.dist-info").mkdir()
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{root}"}
    for arguments in (["--help"], ["run", "x"], ["policy", "lint", "x"]):
        command = [sys.executable, "-c", "from harness.cli import main; main()", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        assert "uninstall `pip uninstall guardrails-ai`" in done.stderr


def test_files_of_another_distribution_mixed_with_ours_are_told_as_well(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "guardrails").mkdir()
    (tmp_path / "guardrails" / "__init__.py").write_text((root / "guardrails" / "__init__.py").read_text())
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "guardrails", raising=False)
    assert overlaid() is None
    (tmp_path / "guardrails-1.2.dist-info").mkdir()
    assert "of guardrails lies over" in (overlaid() or "")
    (tmp_path / "guardrails-1.2.dist-info").rmdir()
    (tmp_path / "guardrail_harness-0.1.0.dist-info").mkdir()
    assert overlaid() is None


def test_our_own_package_is_no_obstacle() -> None:
    assert overlaid() is None


@pytest.mark.parametrize("models", ["", "models: {first: nobody/knows-it}\n"])
def test_a_policy_that_reaches_no_model_is_a_fault_of_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: str
) -> None:
    (tmp_path / "policy.yaml").write_text(f"name: p\n{models}", encoding="utf-8")
    (tmp_path / "suite.yaml").write_text(
        "name: s\ntarget: {policy: policy.yaml}\n"
        "cases: [{id: a, input: q, expected: x}]\ngraders: [{grader: contains}]\n",
        encoding="utf-8",
    )
    hide = (
        "import importlib.util as u; find = u.find_spec; "
        "u.find_spec = lambda n, *a: None if n == 'litellm' else find(n, *a)"
    )
    start = f"{hide}; from harness.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", start, "run", str(tmp_path), "--out", str(tmp_path / "runs")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "suite.yaml:2:10" in done.stderr
    assert "Traceback" not in done.stderr
