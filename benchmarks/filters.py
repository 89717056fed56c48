"""What the filters find, let through and cost: `python -m benchmarks.filters` (`make bench-filters`).

Each part is a module `benchmarks.filters_<part>` with `tables(*, quick) -> tables`, and runs in a process of its own.
`--write` puts the tables into the pages of docs. Nothing is asserted. Parts read the folder that HARNESS_DATA names.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.table import Table, machine, put

PARTS = {
    "pii": "filters.md",
    "secrets": "filters.md",
    "refusal": "filters.md",
    "injection": "filters-injection.md",
    "ceiling": "filters-injection.md",
    "speed": "filters.md",
}
"""Each part with the page of docs that shows its tables, between marks that bear its name."""

DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; may be given more than once")
    parser.add_argument("--quick", action="store_true", help="little data: to see that it works, not to know")
    parser.add_argument("--write", action="store_true", help="also write the tables into the pages of docs")
    options = parser.parse_args()
    if options.write and options.quick:
        parser.error("--write takes all data")
    for part in options.part or PARTS:
        if importlib.util.find_spec(f"benchmarks.filters_{part}") is None:
            print(f"## {part}\n\n- benchmarks/filters_{part}.py is not there\n", flush=True)
            continue
        text = _apart(part, quick=options.quick)
        print(text, flush=True)
        page = DOCS / PARTS[part]
        if options.write and page.is_file() and f"<!-- {part}: begin -->" in page.read_text("utf-8"):
            when = datetime.now(UTC).date().isoformat()
            head = f"`python -m benchmarks.filters --part {part}`, {when}, {machine()}.\n\n"
            put(page, part, head + text.replace("\n## ", "\n### ").replace("## ", "### ", 1).replace("####", "###"))


def _apart(part: str, *, quick: bool) -> str:
    """The tables of a part as Markdown, made in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, part, quick).result()


def _measured(part: str, quick: bool) -> str:  # noqa: FBT001 - it is pickled for another process
    try:
        found: list[Table] = importlib.import_module(f"benchmarks.filters_{part}").tables(quick=quick)
    except FileNotFoundError as error:
        return f"## {part}\n\n- needs the evaluation data, which is not there: {error.filename}\n"
    return "\n".join(table.markdown() for table in found)


if __name__ == "__main__":
    main()
