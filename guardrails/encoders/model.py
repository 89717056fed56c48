"""An encoder: tokens in, one row of numbers for a window or for each of its tokens out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from guardrails.encoders.runtime import Runtime, runtime
from guardrails.encoders.source import EXTRA, Source
from guardrails.encoders.windows import Row, Template, Tokens, template
from guardrails.errors import ConfigError, IncompleteScan, Problem

if TYPE_CHECKING:
    from guardrails.encoders.runtime import Numbers

__all__ = ["Encoder", "Reads"]

Reads: TypeAlias = Literal["tokens", "texts"]
"""Whether the model says something of each token, or of its text (or pair of texts) as a whole."""

_USUAL_LENGTH = 512
_MOST_LENGTH = 100_000
_PADS_POSITIONS = ("roberta", "xlm-roberta", "camembert", "longformer", "mpnet", "xmod", "ibert", "data2vec-text")
"""Families that count positions from behind the padding index, so that two of them are never free."""


class _Loaded(NamedTuple):
    runtime: Runtime
    tokenizer: Any
    one: Template
    two: Template
    pad: int


class Encoder:
    """A token or text classifier. The weights are loaded at the first use; it may be used from many threads.

    `max_tokens` bounds a window, special tokens included. No text is ever truncated here: a row that is too long is
    the fault of whoever made it. Raises `ConfigError` for weights and files that cannot be used, at the first use.
    """

    def __init__(self, source: Source, max_tokens: int | None = None, *, batch: int = 8, threads: int = 1) -> None:
        self.source = source
        self._max_tokens = max_tokens
        self._batch = batch
        self._threads = threads
        self._lock = threading.Lock()
        self._kept: _Loaded | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of `config.json`, by their number.

        Where it names none they are `LABEL_0` and so on, two unless it says otherwise: the libraries that write such a
        file leave out what is usual. Raises `ConfigError`.
        """
        config = self.source.files.config
        named = config.get("id2label")
        if named is None:
            count = config.get("num_labels", 2)
            return tuple(f"LABEL_{number}" for number in range(count if isinstance(count, int) else 2))
        try:
            by_number = {int(number): str(label) for number, label in named.items()}
            if not by_number:
                raise ValueError("none")
            return tuple(by_number[number] for number in range(len(by_number)))
        except (AttributeError, ValueError, KeyError):
            raise ConfigError(Problem(f"id2label of {self.source.name} does not count its labels from 0")) from None

    @property
    def reads(self) -> Reads | None:
        """What the model was trained to say, by its name in `config.json`; None where that does not tell."""
        told = self.source.files.config.get("architectures")
        name = str(told[0]) if isinstance(told, list) and told else ""
        if name.endswith("ForTokenClassification"):
            return "tokens"
        return "texts" if name.endswith("ForSequenceClassification") else None

    @property
    def max_tokens(self) -> int:
        """The most tokens of one window."""
        return self._limit if self._max_tokens is None else min(self._max_tokens, self._limit)

    @property
    def _limit(self) -> int:
        files = self.source.files
        told = files.tokenizer_config.get("model_max_length")
        places = files.config.get("max_position_embeddings")
        limits = [int(told)] if isinstance(told, (int, float)) and 0 < told < _MOST_LENGTH else []
        if isinstance(places, int) and places > 0:
            limits.append(places - 2 if files.config.get("model_type") in _PADS_POSITIONS else places)
        return min(limits, default=_USUAL_LENGTH)

    def tokens(self, text: str) -> Tokens:
        """All tokens of `text`, none of them special. A lone surrogate is read as the replacement character."""
        found = self._loaded.tokenizer.encode(_readable(text), add_special_tokens=False)
        return Tokens(found.ids, found.offsets, found.word_ids)

    @property
    def one(self) -> Template:
        """What stands around one text."""
        return self._loaded.one

    @property
    def two(self) -> Template:
        """What stands around two."""
        return self._loaded.two

    def probabilities(self, rows: Sequence[Row], reads: Reads) -> Iterator[tuple[int, Numbers]]:
        """For each row its number and what the model says: labels (`texts`), or tokens by labels (`tokens`).

        Short rows go first, so that padding is little; the result does not depend on who shares a batch. Raises
        `IncompleteScan` where the model gives no number, and `ConfigError` where it says something else.
        """
        order = sorted(range(len(rows)), key=lambda index: len(rows[index].ids))
        for at in range(0, len(order), self._batch):
            some = order[at : at + self._batch]
            found = self._run([rows[index] for index in some], reads)
            for index, said in zip(some, found, strict=True):
                yield index, said if reads == "texts" else said[: len(rows[index].ids)]

    def _run(self, rows: Sequence[Row], reads: Reads) -> Numbers:
        import numpy as np

        loaded = self._loaded
        width = max(len(row.ids) for row in rows)
        shape = (len(rows), width)
        held = {
            "input_ids": np.full(shape, loaded.pad, np.int64),
            "attention_mask": np.zeros(shape, np.int64),
            "token_type_ids": np.zeros(shape, np.int64),
            "position_ids": np.broadcast_to(np.arange(width, dtype=np.int64), shape).copy(),
        }
        for index, row in enumerate(rows):
            held["input_ids"][index, : len(row.ids)] = row.ids
            held["token_type_ids"][index, : len(row.ids)] = row.types
            held["attention_mask"][index, : len(row.ids)] = 1
        fed = {name: held[name].astype(kind) for name, kind in loaded.runtime.inputs.items()}
        logits = np.asarray(loaded.runtime(fed), dtype=np.float64)
        count = len(self.labels)
        wanted = (*shape, count) if reads == "tokens" else (len(rows), count)
        if logits.shape != wanted:
            raise ConfigError(
                Problem(f"{self.source.name} gives numbers of shape {logits.shape}, and {wanted} were expected")
            )
        if not np.isfinite(logits).all():
            raise IncompleteScan(f"{self.source.name} gave something that is no number")
        several = self.source.files.config.get("problem_type") == "multi_label_classification"
        if several or count == 1:
            squashed: Numbers = 1.0 / (1.0 + np.exp(-np.clip(logits, -500.0, 500.0)))
            return squashed
        raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
        softmax: Numbers = raised / raised.sum(axis=-1, keepdims=True)
        return softmax

    @property
    def _loaded(self) -> _Loaded:
        if self._kept is None:
            with self._lock:
                if self._kept is None:
                    self._kept = self._load()
        return self._kept

    def _load(self) -> _Loaded:
        files = self.source.files
        tokenizer = _tokenizer(files.tokenizer)
        told = files.config.get("pad_token_id")
        pad = told if isinstance(told, int) else 0
        ready = runtime(self.source, self._threads)
        return _Loaded(ready, tokenizer, *_templates(tokenizer, self.source.name), pad)


def _tokenizer(path: Path) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise ConfigError(Problem("encoders need tokenizers", hint=EXTRA)) from None
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise ConfigError(Problem(f"is no tokenizer: {error}", str(path))) from error
    tokenizer.no_truncation()  # a saved tokenizer may bring a limit along, behind which it would see nothing
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True  # a text that says "[SEP]" says five characters, and separates nothing
    return tokenizer


def _templates(tokenizer: Any, name: str) -> tuple[Template, Template]:
    sample = "a"
    length = len(tokenizer.encode(sample, add_special_tokens=False).ids)
    one, two = tokenizer.encode(sample), tokenizer.encode(sample, sample)
    try:
        return (
            template(one.ids, one.type_ids, one.special_tokens_mask, length, 0),
            template(two.ids, two.type_ids, two.special_tokens_mask, length, length),
        )
    except ValueError as error:
        raise ConfigError(Problem(f"the tokenizer of {name} cannot be used: {error}")) from None


def _readable(text: str) -> str:
    """`text` with each lone surrogate replaced, so that no offset changes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text
