"""Reading what people write: YAML 1.2 scalars, places, and one clear error for everything else."""

from __future__ import annotations

import contextlib
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.errors import ConfigError
from guardrails.types import Written
from guardrails.yamlfile import load, parse, read_text, validated


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("true", True), ("False", False), ("~", None), ("", None), ("null", None),
        ("012", 12), ("0o12", 10), ("0xff", 255), ("1:30", "1:30"), ("1e3", 1000.0), ("-1.5", -1.5),
        (".inf", math.inf), ("2026-11-21", "2026-11-21"), ("'12'", "12"), ('"true"', "true"), ("1_000", "1_000"),
        ("=", "="), ("$0.02", "$0.02"),
    ],
)  # fmt: skip
def test_plain_scalars_follow_yaml_1_2_and_quoted_ones_are_texts(text: str, value: Any) -> None:
    assert parse(f"a: {text}\n").data == {"a": value}


def test_a_block_scalar_that_looks_like_a_number_is_a_text() -> None:
    assert parse("a: |-\n  12\n").data == {"a": "12"}


def test_every_key_and_item_has_its_place() -> None:
    document = parse("a:\n  - x\n  - {b: 1}\n", "f.yaml")
    assert document.places["a", 1, "b"] == (3, 6)
    assert str(document.problem(("a", 1, "b", "deeper"), "is wrong")) == "f.yaml:3:6: is wrong"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: 2\na: 3", "f:3:1: the key 'a' stands here twice"),
        ("a: [1", "f:2:1: is not valid YAML"),
        ("a: \x00", "not valid YAML"),
        ("--- 1\n--- 2", "not valid YAML"),
        ("[1]: 2", "a key must be a plain value"),
        ("a: " + "9" * 5000, "thousands of digits"),
        ("[" * 3000 + "]" * 3000, "f"),
        ("\n", "is empty"),
        ("# only a comment", "is empty"),
    ],
)
def test_a_text_that_cannot_be_used_gives_one_error_with_its_place(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "f")
    assert says in str(caught.value)


def test_aliases_that_blow_up_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ConfigError, match="past any sensible size"):
        parse("\n".join(lines))


class Owner(Written):
    name: str
    age: int = 0


class Thing(Written):
    owners: tuple[Owner, ...] = ()


def test_faults_of_the_model_are_told_at_their_place_all_at_once() -> None:
    document = parse("owners:\n  - {name: ada, aeg: 3}\n  - {age: old}\nmore: 1\n", "f.yaml")
    with pytest.raises(ConfigError) as caught:
        validated(document, Thing)
    message = str(caught.value)
    assert "f.yaml:2:17: unknown key 'aeg'\n  did you mean 'age'?" in message
    assert "f.yaml:3:" in message
    assert "name is missing" in message
    assert "f.yaml:4:1: unknown key 'more'" in message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path, says in ((tmp_path / "none", "no such file"), (tmp_path, "cannot be read")):
        with pytest.raises(ConfigError, match=says):
            read_text(path)
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfowners: []\n")
    assert load(tmp_path / "bom.yaml", Thing) == Thing()


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_raise_anything_but_its_own_error(text: str) -> None:
    with contextlib.suppress(ConfigError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "{a: " * 50_000,
        "- " * 50_000,
        "? " * 50_000,
        "\n".join(f"{' ' * depth}a:" for depth in range(4_000)),
        "\n".join(f"{'  ' * depth}a:\n{'  ' * depth}- b:" for depth in range(2_000)),
    ],
    ids=["lists", "mappings", "items", "keys", "lines", "items at the column of their key"],
)
def test_a_file_that_nests_without_end_is_refused_and_does_not_end_the_process(text: str) -> None:
    with pytest.raises(ConfigError, match="nested too deeply"):
        parse(text)


def test_brackets_in_a_text_nest_nothing() -> None:
    assert parse(f'a: "{"[" * 50_000}"').data == {"a": "[" * 50_000}
