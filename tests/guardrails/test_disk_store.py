"""The disk store: what a hostile or broken file does to it, whose the folder is, and what a fork leaves."""
# ruff: noqa: ASYNC221, ASYNC240 - the loop of a test has nothing else to do

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import sqlite3
import stat
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import diskcache
import pytest

from guardrails.errors import StoreError, UsageError
from guardrails.seams import Entry
from guardrails.stores.disk import DiskStore


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.target,)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def store(folder: Path) -> Iterator[DiskStore]:
    made = DiskStore(folder)
    yield made
    made.close()


def plant(folder: Path, assignments: str, *values: object) -> None:
    """Changes the only row in the database, as somebody who can write the file would."""
    connection = sqlite3.connect(folder / "cache.db")
    with connection:
        connection.execute(f"UPDATE Cache SET {assignments}", values)
    connection.close()


async def test_plain_jsondisk_runs_the_code_in_a_pickled_row_and_ours_refuses_the_same_row(
    store: DiskStore, folder: Path, tmp_path: Path
) -> None:
    await store.put(Entry(key="k", value="v"))
    ran = tmp_path / "ran"
    plant(folder, "mode = ?, value = ?", diskcache.core.MODE_PICKLE, pickle.dumps(Bomb(ran)))
    with pytest.raises(StoreError, match="refused"):
        await store.get("k")
    assert not ran.exists()

    plain = diskcache.Cache(str(tmp_path / "plain"), disk=diskcache.JSONDisk)
    plain.set("k", "v")
    plant(tmp_path / "plain", "mode = ?, value = ?", diskcache.core.MODE_PICKLE, pickle.dumps(Bomb(ran)))
    with pytest.raises(TypeError):  # too late: it is unpickled before it is inflated
        plain.get("k")
    plain.close()
    assert ran.exists()


async def test_a_pickled_row_in_a_file_of_its_own_is_refused(store: DiskStore, folder: Path, tmp_path: Path) -> None:
    await store.put(Entry(key="k", value="v"))
    (folder / "x.val").write_bytes(pickle.dumps(Bomb(tmp_path / "ran")))
    plant(folder, "mode = ?, filename = ?, value = NULL", diskcache.core.MODE_PICKLE, "x.val")
    with pytest.raises(StoreError, match="refused"):
        await store.get("k")
    assert not (tmp_path / "ran").exists()


async def test_a_pickled_key_is_refused_by_everything_that_would_read_it(store: DiskStore, tmp_path: Path) -> None:
    await store.put(Entry(key="k", value="v"))
    cache = store._processes[os.getpid()].cache.result()
    plant(store.folder, "key = ?, raw = 0", pickle.dumps(Bomb(tmp_path / "ran")))
    with pytest.raises(StoreError, match="pickled key"):
        list(cache)
    assert await store.get("k") is None
    assert not (tmp_path / "ran").exists()


async def test_a_row_that_names_a_file_neither_reads_nor_removes_it(
    store: DiskStore, folder: Path, tmp_path: Path
) -> None:
    await store.put(Entry(key="k", value="v"))
    other = tmp_path / "other"
    other.write_bytes(zlib.compress(b'["secret", null]'))
    plant(folder, "mode = ?, filename = ?, value = NULL", diskcache.core.MODE_BINARY, str(other))
    with pytest.raises(StoreError, match="refused"):
        await store.get("k")
    await store.put(Entry(key="k", value="new"))
    await store.delete("k")
    assert other.exists()


@pytest.mark.parametrize(
    "value",
    [
        b"not deflated",
        zlib.compress(b"not json"),
        zlib.compress(b'"no pair"'),
        zlib.compress(b'["v", "no number"]'),
        zlib.compress(b'["v", null]')[:-4],
        zlib.compress(b"0" * (65 * 2**20)),
        "text",
        7,
        None,
    ],
    ids=["bytes", "no-json", "no-pair", "no-number", "cut", "bomb", "text", "int", "null"],
)
async def test_a_row_of_another_shape_is_a_store_error(store: DiskStore, folder: Path, value: object) -> None:
    await store.put(Entry(key="k", value="v"))
    plant(folder, "value = ?", value)
    with pytest.raises(StoreError):
        await store.get("k")


async def test_a_value_too_large_to_be_read_back_is_refused_when_it_is_put(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guardrails.stores.disk._MAX_ROW_BYTES", 100)
    with pytest.raises(StoreError, match="larger"):
        await store.put(Entry(key="k", value="v" * 100))


async def test_nothing_is_touched_before_the_first_use(store: DiskStore, folder: Path) -> None:
    assert not folder.exists()
    assert await store.get("k") is None
    assert folder.exists()


async def test_the_folder_is_made_for_its_owner_alone(store: DiskStore, folder: Path) -> None:
    await store.put(Entry(key="k", value="v"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_an_empty_folder_or_an_old_store_that_is_open_to_others_is_closed(store: DiskStore, folder: Path) -> None:
    folder.mkdir(mode=0o755)
    await store.put(Entry(key="k", value="v"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    store.close()
    folder.chmod(0o777)
    assert await store.get("k") is not None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_folder_with_other_files_that_is_open_to_others_is_refused_and_left_alone(
    store: DiskStore, folder: Path
) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "letter.txt").write_text("mine")
    with pytest.raises(StoreError, match="other files"):
        await store.get("k")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


async def test_a_file_that_is_no_database_is_a_store_error_until_it_is_gone(store: DiskStore, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "cache.db").write_bytes(b"garbage " * 1000)
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot open"):
            await store.get("k")
        with pytest.raises(StoreError, match="cannot open"):
            await store.put(Entry(key="k", value="v"))
    (folder / "cache.db").unlink()
    await store.put(Entry(key="k", value="v"))
    assert await store.get("k") == Entry(key="k", value="v")


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize("damage", ["overwritten", "emptied", "cut"])
async def test_a_file_that_breaks_while_it_is_in_use_is_a_store_error_or_a_miss(
    store: DiskStore, folder: Path, damage: str, reopened: bool
) -> None:
    for number in range(200):
        await store.put(Entry(key=f"k{number}", value=os.urandom(2000).hex()))
    connection = sqlite3.connect(folder / "cache.db")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with (folder / "cache.db").open("r+b") as file:
        if damage == "overwritten":
            file.write(os.urandom(200_000))
        else:
            file.truncate(0 if damage == "emptied" else 5000)
    if reopened:
        store.close()
    for number in range(200):
        with contextlib.suppress(StoreError):
            found = await store.get(f"k{number}")
            assert found is None or found.key == f"k{number}"
    with contextlib.suppress(StoreError):
        await store.put(Entry(key="k", value="v"))


async def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = DiskStore(tmp_path / "file" / "cache")
    with pytest.raises(StoreError, match="cannot open"):
        await store.get("k")


async def test_another_process_sees_what_was_put_and_the_other_way_round(store: DiskStore, folder: Path) -> None:
    await store.put(Entry(key="k", value="v"))
    code = (
        "import asyncio, sys\n"
        "from guardrails.seams import Entry\n"
        "from guardrails.stores.disk import DiskStore\n"
        "async def main():\n"
        "    store = DiskStore(sys.argv[1])\n"
        "    print((await store.get('k')).value)\n"
        "    await store.put(Entry(key='theirs', value='w'))\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout == "v\n"
    assert await store.get("theirs") == Entry(key="theirs", value="w")


FORK = """
import asyncio, os, sys
from guardrails.seams import Entry
from guardrails.stores.disk import DiskStore

store = DiskStore(sys.argv[1])
asyncio.run(store.put(Entry(key="k", value="parent")))
child = os.fork()
if child == 0:
    async def main():
        assert (await store.get("k")).value == "parent"
        await store.put(Entry(key="c", value="child"))
    asyncio.run(main())
    os._exit(0)
_, status = os.waitpid(child, 0)
assert status == 0, status

async def after():
    await store.put(Entry(key="k", value="still"))
    print((await store.get("k")).value, (await store.get("c")).value)
asyncio.run(after())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_opens_it_for_itself_and_the_parent_goes_on(folder: Path) -> None:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("still child\n", "", 0)


async def test_the_oldest_entries_go_when_the_folder_is_full(folder: Path) -> None:
    store = DiskStore(folder, size_limit=2**20)
    for number in range(60):
        await store.put(Entry(key=f"k{number}", value=os.urandom(20_000).hex()))
    assert await store.get("k0") is None
    assert await store.get("k59") is not None
    assert sum(path.stat().st_size for path in folder.glob("cache.db")) < 2 * 2**20
    store.close()


async def test_a_closed_store_opens_again_on_the_next_use(store: DiskStore) -> None:
    await store.put(Entry(key="k", value="v"))
    store.close()
    store.close()
    assert await store.get("k") == Entry(key="k", value="v")
    await store.aclose()
    await store.aclose()
    assert await store.get("k") == Entry(key="k", value="v")


async def test_a_database_that_another_process_keeps_locked_is_a_store_error_for_writes_and_not_for_reads(
    store: DiskStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guardrails.stores.disk._BUSY_SECONDS", 0.01)
    await store.put(Entry(key="k", value="v"))
    connection = sqlite3.connect(folder / "cache.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="cannot write"):
        await store.put(Entry(key="k", value="w"))
    assert await store.get("k") == Entry(key="k", value="v")
    connection.execute("ROLLBACK")
    connection.close()
    await store.put(Entry(key="k", value="w"))
    assert await store.get("k") == Entry(key="k", value="w")


async def test_a_write_whose_task_is_cancelled_leaves_the_store_usable(store: DiskStore) -> None:
    await store.put(Entry(key="k", value="v"))
    task = asyncio.create_task(store.put(Entry(key="k", value="w")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.put(Entry(key="k", value="x"))
    assert await store.get("k") == Entry(key="k", value="x")


def test_a_size_limit_below_one_mebibyte_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="1 MiB"):
        DiskStore(folder, size_limit=1000)
