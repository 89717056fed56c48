"""Where the weights of an encoder lie: a folder, or a hub id whose files are fetched once into the hub's own cache."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from guardrails.errors import ConfigError, Problem

__all__ = ["EXTRA", "Files", "Source", "needs_extra", "resolved"]

EXTRA = "pip install 'guardrail-harness[embed]'"

_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*\Z")
_WEIGHTS = ("model.onnx", "onnx/model.onnx")
_EXPORT = "export it: optimum-cli export onnx --model NAME FOLDER, or name the file with `file`"


class Files(NamedTuple):
    """The files of an encoder, all of them there."""

    weights: Path
    tokenizer: Path
    config: Mapping[str, Any]
    """Of `config.json`."""
    tokenizer_config: Mapping[str, Any]
    """Of `tokenizer_config.json`, empty where there is none."""


class Source:
    """Where an encoder comes from. Nothing is read before it is asked for, and nothing fetched before `files`."""

    def __init__(self, name: str, file: str | None = None, revision: str | None = None) -> None:
        self.name = name
        self.file = file
        self.revision = revision

    @property
    def is_folder(self) -> bool:
        """Whether `name` is a folder here; else it is taken for a hub id."""
        return Path(self.name).is_dir()

    @property
    def is_hub_id(self) -> bool:
        """Whether `name` could be one."""
        return _HUB_ID.match(self.name) is not None

    @cached_property
    def ref(self) -> str:
        """Names exactly these weights on every machine: a folder by its name and a digest of its files.

        A revision that is a branch names whatever the hub has there. Reads the whole folder. Raises `ConfigError`.
        """
        if not self.is_folder:
            return f"{self.name}@{self.revision}"
        files = self.files
        hashed = hashlib.blake2b(digest_size=16)
        beside = sorted(files.weights.parent.glob(f"{files.weights.name}?data*"))  # large weights lie beside the graph
        told = [files.tokenizer.parent / name for name in ("config.json", "tokenizer_config.json")]
        for path in (files.weights, *beside, files.tokenizer, *(path for path in told if path.is_file())):
            with path.open("rb") as stream:
                hashed.update(hashlib.file_digest(stream, "blake2b").digest())
        return f"{Path(self.name).resolve().name}@{hashed.hexdigest()}"

    @cached_property
    def files(self) -> Files:
        """The files, fetched first where they are on a hub. Raises `ConfigError`."""
        folder = Path(self.name) if self.is_folder else self._fetched()
        config = _json(folder / "config.json")
        tokenizer = folder / "tokenizer.json"
        if not tokenizer.is_file():
            raise ConfigError(
                Problem(
                    f"{self.name} has no tokenizer.json",
                    hint="write one: AutoTokenizer.from_pretrained(NAME, use_fast=True).save_pretrained(FOLDER)",
                )
            )
        told = folder / "tokenizer_config.json"
        return Files(self._weights(folder), tokenizer, config, _json(told) if told.is_file() else {})

    def _weights(self, folder: Path) -> Path:
        if self.file is not None:
            path = folder / self.file
            if not path.is_file():
                raise ConfigError(Problem(f"{self.name} has no file {self.file!r}"))
            return path
        for name in _WEIGHTS:
            if (folder / name).is_file():
                return folder / name
        raise ConfigError(Problem(f"{self.name} has no {' and no '.join(_WEIGHTS)}", hint=_EXPORT))

    def _fetched(self) -> Path:
        try:
            from huggingface_hub import snapshot_download
        except ImportError:
            raise ConfigError(Problem("a hub id needs huggingface_hub", hint=EXTRA)) from None
        wanted = [self.file] if self.file is not None else list(_WEIGHTS)
        patterns = ["config.json", "tokenizer.json", "tokenizer_config.json", *wanted, *(f"{w}?data*" for w in wanted)]
        try:
            return Path(snapshot_download(self.name, revision=self.revision, allow_patterns=patterns))
        except Exception as error:
            raise ConfigError(
                Problem(
                    f"the hub does not give {self.name}: {type(error).__name__}",
                    hint="fetch it beforehand (hf download NAME) or name a folder that holds it",
                )
            ) from error


def needs_extra() -> str | None:
    """What to install so that encoders can run, None where all is there. Imports nothing."""
    missing = [name for name in ("numpy", "onnxruntime", "tokenizers") if find_spec(name) is None]
    return f"encoders need {', '.join(missing)}: {EXTRA}" if missing else None


def resolved(name: Any, folder: Path) -> Any:
    """`name` as it must be read from here where it was written in a file in `folder`; anything else is left alone."""
    if not isinstance(name, str) or Path(name).is_absolute() or not (folder / name).is_dir():
        return name
    return str(folder / name)


def _json(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(Problem(f"{path.parent.name} has no {path.name}")) from None
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(Problem(f"cannot be read as JSON: {type(error).__name__}", str(path))) from None
    if not isinstance(found, dict):
        raise ConfigError(Problem("is no JSON object", str(path)))
    return found
