"""The wheel, installed alone and used from another folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel holds, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder / "site")
    return folder / "site"


def harness(installed: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    start = "import sys; sys.path.insert(0, sys.argv.pop(1)); from harness.cli import main; sys.exit(main())"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-c", start, str(installed), *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_it_holds_the_three_packages_and_their_data_and_no_tests(installed: Path) -> None:
    assert sorted(path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")) == [
        "guardrails", "harness", "rubrics",
    ]  # fmt: skip
    assert (installed / "guardrails" / "py.typed").is_file()
    assert (installed / "harness" / "reports" / "template" / "page.html").is_file()
    assert len(list((installed / "rubrics" / "library").glob("*.yaml"))) >= 5


def test_a_suite_is_started_and_run_from_any_folder(installed: Path, tmp_path: Path) -> None:
    told = harness(installed, "--help", folder=tmp_path)
    assert (told.returncode, "Exit codes" in told.stdout) == (0, True)
    assert harness(installed, "suite", "init", "evals", folder=tmp_path).returncode == 0
    ran = harness(installed, "run", "evals", folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("PASS")
    where = harness(installed, "--version", folder=tmp_path)
    assert "0.1.0" in where.stdout
