"""Everything that is measured, a table each: `python -m benchmarks.bench`. Nothing is asserted.

Each part runs in a process of its own, so that none pays for what another one imported. `--write` puts the tables into
docs/performance.md, those of a `--part` in place of the ones that it wrote before.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.table import Table, machine

PARTS = {
    "imports": "make bench ARGS='--part imports'",
    "calls": "make bench-calls",
    "cachehits": "make bench ARGS='--part cachehits'",
    "cases": "make bench ARGS='--part cases'",
}
"""Each part with the command that prints it."""

PAGE = Path("docs/performance.md")

HEAD = """\
# Performance

Written by the commands that stand above the tables; run them again for the figures of your machine, and with
`ARGS=--write` to put them here.

Times are CPU time unless a column says otherwise: other programs run on the same machine. Compare the lines of one
table with one another and not with another machine's.

Runs beside other runners, a million rows, two large runs compared: [scale](scale.md).
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"also write {PAGE}")
    parser.add_argument("--quick", action="store_true", help="few rounds: to see that it works, not to know")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; may be given more than once")
    options = parser.parse_args()
    if options.write and options.quick:
        parser.error("--write takes all rounds")
    for part in options.part or PARTS:
        tables = _apart(part, quick=options.quick)
        print("\n".join(table.markdown() for table in tables), flush=True)
        if options.write:
            _write(part, tables)


def _write(part: str, tables: list[Table]) -> None:
    """Puts the part into the page, between marks of its own, and leaves the others as they are."""
    page = PAGE.read_text("utf-8") if PAGE.is_file() else HEAD
    when = datetime.now(UTC).date().isoformat()
    made = "\n".join([f"`{PARTS[part]}`, {when}, {machine()}.\n", *(table.markdown() for table in tables)])
    section = f"<!-- {part} -->\n{made}<!-- end -->\n"
    place = re.compile(rf"^<!-- {part} -->\n.*?^<!-- end -->\n", re.MULTILINE | re.DOTALL)
    written, times = place.subn(lambda _: section, page)
    PAGE.write_text(written if times else f"{page}\n{section}", encoding="utf-8")


def _apart(part: str, *, quick: bool) -> list[Table]:
    """Runs a part in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measure, part, quick).result()


def _measure(part: str, quick: bool) -> list[Table]:  # noqa: FBT001 - it is pickled for another process
    found: Table | list[Table] = importlib.import_module(f"benchmarks.{part}").measure(quick=quick)
    return [found] if isinstance(found, Table) else found


if __name__ == "__main__":
    main()
