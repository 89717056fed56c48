"""Every example of README.md and docs/ runs, page by page, in an empty folder, in the order in which it is read.

* A block whose first line is `# name.ext`, or whose fence names a file (```jsonl rows.jsonl), is written there.
* ```python runs; what it prints must be what a ```text block right behind it shows.
* ```console: lines that begin with `$ ` run in a shell, the lines below one are its output. A command that fails must
  be followed by `$ echo $?`.
* ```yaml without a file name must parse. Other blocks are for reading only.

In output `...` stands for anything, on a line of its own for any number of lines.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from guardrails.yamlfile import parse

ROOT = Path(__file__).resolve().parent.parent
PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if page.stat().st_size]

_BLOCK = re.compile(r"^```(\w+)(?: ([\w/.-]+\.\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# ([\w/.-]+\.\w+)\n")


class Block(NamedTuple):
    kind: str
    text: str
    file: str | None
    line: int
    adjacent: bool
    """Nothing but white space stands between this block and the one before."""


def blocks(page: Path) -> Iterator[Block]:
    text, end = page.read_text(encoding="utf-8"), 0
    for match in _BLOCK.finditer(text):
        named = _FILE.match(match[3])
        line = text.count("\n", 0, match.start(3)) + 1
        yield Block(match[1], match[3], named[1] if named else match[2], line, not text[end : match.start()].strip())
        end = match.end()


def assert_shown(actual: str, shown: str, where: str) -> None:
    """`actual` is what the page shows, `...` standing for anything."""
    pattern = re.escape(shown.strip()).replace(re.escape("..."), ".*")
    if re.fullmatch(pattern, actual.strip(), re.DOTALL) is None:
        pytest.fail(f"{where} shows\n{shown.strip()}\n\nbut it is\n{actual.strip()}", pytrace=False)


def run_console(text: str, folder: Path, where: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "120", "PYTHONPATH": str(ROOT)}
    commands = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    status = 0
    for command, following in zip(commands, [*commands[1:], ""], strict=True):
        line, _, shown = command.partition("\n")
        ran = subprocess.run(
            ["bash", "-c", f"(exit {status}); {line}"],
            cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        status = ran.returncode
        if status and not following.startswith("echo $?"):
            pytest.fail(f"{where}: `{line}` exits {status}\n{ran.stdout}{ran.stderr}", pytrace=False)
        if shown.strip():
            assert_shown(ran.stdout or ran.stderr, shown, f"{where}: `{line}`")


def run_python(block: Block, page: Path, namespace: dict[str, Any]) -> str:
    """What the block prints. Its lines keep their numbers, so that a traceback points into the page."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), namespace)
    return printed.getvalue()


@pytest.fixture
def own_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Modules that a page writes are imported from its folder, and forgotten when the page ends."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_the_page_do_what_it_says(page: Path, tmp_path: Path, own_modules: None) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    printed = ""
    for block in blocks(page):
        where = f"{page.name}:{block.line}"
        if block.file:
            file = tmp_path / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        elif block.kind == "python":
            printed = run_python(block, page, namespace)
        elif block.kind == "text" and block.adjacent:
            assert_shown(printed, block.text, where)
        elif block.kind == "console":
            run_console(block.text, tmp_path, where)
        elif block.kind == "yaml":
            parse(block.text, where)


def test_there_are_pages_to_check() -> None:
    assert PAGES
