"""The files of a run survive whatever cuts them short."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.errors import ConfigError, StoreError
from harness.cases import Trial
from harness.runs.runfolder import TRIAL, JsonLines, RunFolder, Staging, find_runs, write_whole


def trial(name: str, output: str = "") -> Trial:
    return Trial(case=name, status="ok", output=output)


def folder_with(tmp_path: Path, *names: str) -> RunFolder:
    folder = RunFolder(tmp_path)
    with folder.append_trials() as lines:
        for name in names:
            lines.write(trial(name))
    return folder


def test_a_line_is_one_json_object_that_names_its_schema(tmp_path: Path) -> None:
    folder_with(tmp_path, "a")
    [line] = (tmp_path / "trials.jsonl").read_text().splitlines()
    assert json.loads(line)["schema"] == "harness.trial/1"


def test_a_line_is_in_the_file_as_soon_as_it_is_written(tmp_path: Path) -> None:
    with RunFolder(tmp_path).append_trials() as lines:
        lines.write(trial("a"))
        assert [found.case for _, found in RunFolder(tmp_path).trials()] == ["a"]


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_torn_last_line_is_not_there_and_is_cut_off_before_the_next_is_written(tmp_path: Path, cut: int) -> None:
    folder = folder_with(tmp_path, "a", "b")
    file = tmp_path / "trials.jsonl"
    file.write_bytes(file.read_bytes()[:-cut])
    assert [found.case for _, found in folder.trials()] == ["a"]
    with folder.append_trials() as lines:
        lines.write(trial("c"))
    assert [found.case for _, found in folder.trials()] == ["a", "c"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6), st.data())
def test_any_prefix_of_a_file_reads_as_its_complete_lines(
    tmp_path_factory: pytest.TempPathFactory, outputs: list[str], data: st.DataObject
) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("run"))
    with folder.append_trials() as lines:
        for output in outputs:
            lines.write(trial("x", output))
    file = folder.path / "trials.jsonl"
    whole = file.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    file.write_bytes(whole[:cut])
    read = [found.output for _, found in folder.trials()]
    assert read == outputs[: whole[:cut].count(b"\n")]
    with folder.append_trials():
        pass
    assert file.read_bytes() == whole[: whole.rfind(b"\n", 0, cut) + 1]


def test_a_torn_line_longer_than_a_block_is_cut_off_as_well(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "a")
    with (tmp_path / "trials.jsonl").open("ab") as file:
        file.write(b"x" * 200_000)
    with folder.append_trials():
        pass
    assert (tmp_path / "trials.jsonl").read_bytes().endswith(b"}\n")
    assert [found.case for _, found in folder.trials()] == ["a"]


def test_a_trial_is_found_again_by_its_offset(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "a", "b", "c")
    assert [folder.trial_at(offset).case for offset, _ in folder.trials()] == ["a", "b", "c"]


def test_a_line_written_by_another_tool_is_read_whatever_the_order_of_its_keys(tmp_path: Path) -> None:
    line = {"case": "a", "status": "ok", "schema": "harness.trial/1", "a_field_of_tomorrow": 1}
    (tmp_path / "trials.jsonl").write_text(json.dumps(line) + "\n")
    assert [found.case for _, found in RunFolder(tmp_path).trials()] == ["a"]


@pytest.mark.parametrize("line", ["{}", "[1]", "nonsense", '{"schema":"harness.trial/2","case":"a","status":"ok"}'])
def test_a_complete_line_that_is_no_trial_is_an_error_with_its_place(tmp_path: Path, line: str) -> None:
    folder_with(tmp_path, "a")
    with (tmp_path / "trials.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(ConfigError, match=r"trials\.jsonl:2: cannot be read"):
        list(RunFolder(tmp_path).trials())


def test_an_answer_that_no_utf8_file_can_hold_is_written_with_a_replacement(tmp_path: Path) -> None:
    with JsonLines(tmp_path / "trials.jsonl", TRIAL) as lines:
        _, written = lines.write(trial("a", "half \ud83d of a pair"))
    assert written.output == "half \ufffd of a pair"
    assert [found for _, found in RunFolder(tmp_path).trials()] == [written]


def test_where_the_disk_is_full_nothing_half_written_stays(tmp_path: Path) -> None:
    program = """
import resource, signal, sys
from pathlib import Path
from guardrails.errors import StoreError
from harness.cases import Trial
from harness.runs.runfolder import RunFolder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
with RunFolder(Path(sys.argv[1])).append_trials() as lines:
    try:
        for number in range(100):
            lines.write(Trial(case=str(number), status="ok"))
    except StoreError as error:
        print(error)
"""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "cannot write" in done.stdout
    assert (tmp_path / "trials.jsonl").read_bytes().endswith(b"}\n")
    assert len(list(RunFolder(tmp_path).trials())) > 0


def test_a_run_appears_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    with Staging(tmp_path / "runs", "now") as staging:
        staging.add("one")
    assert not (tmp_path / "runs").exists()
    with Staging(tmp_path / "runs", "now") as staging:
        staging.add("one")
        run = staging.commit()
    assert [path.name for path in run.iterdir()] == ["one"]


def test_two_runs_of_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        with Staging(tmp_path, "now") as staging:
            staging.add("one")
            names.append(staging.commit().name)
    assert names == ["now", "now-2", "now-3"]


def test_a_folder_that_cannot_be_written_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"cannot write runs into .*file.*\n.*--out"), Staging(tmp_path / "file", "x"):
        pass


def test_a_whole_file_is_replaced_or_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "decision.json"
    write_whole(file, {"a": 1})
    write_whole(file, {"a": 2})
    assert json.loads(file.read_text()) == {"a": 2}
    assert [path.name for path in tmp_path.iterdir()] == ["decision.json"]
    (tmp_path / "no").write_text("")
    with pytest.raises(StoreError, match="cannot write"):
        write_whole(tmp_path / "no" / "file", {})


def test_a_file_whose_pieces_come_to_a_fault_is_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "report.json"

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise StoreError("no room")

    write_whole(file, iter([b"a", b"b"]))
    with pytest.raises(StoreError, match="no room"):
        write_whole(file, pieces())
    assert file.read_bytes() == b"ab"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_folder_that_is_no_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no run\.json"):
        find_runs(tmp_path)
