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

__all__ = ["EXPORT", "EXTRA", "TORCH_EXTRA", "Files", "Source", "resolved"]

EXTRA = "pip install 'guardrail-harness[embed]'"
TORCH_EXTRA = "pip install 'guardrail-harness[torch]'"
EXPORT = "export it: optimum-cli export onnx --model NAME FOLDER, or name the file with `file`"

_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*\Z")
_GRAPHS = ("model.onnx", "onnx/model.onnx")
_STATES = ("model.safetensors", "model.safetensors.index.json")
"""What transformers writes, in one file or in several that the index names."""
_SHARDS = "model-*.safetensors"
_PICKLE = "a pickle runs code when it is read: save the model with save_pretrained(FOLDER, safe_serialization=True)"


class Files(NamedTuple):
    """The files of an encoder, all of them there."""

    weights: Path
    tokenizer: Path
    config: Mapping[str, Any]
    """Of `config.json`."""
    tokenizer_config: Mapping[str, Any]
    """Of `tokenizer_config.json`, empty where there is none."""

    @property
    def is_graph(self) -> bool:
        """Whether the weights lie in an ONNX graph; else they are a model of transformers'."""
        return self.weights.suffix != ".safetensors" and self.weights.name not in _STATES


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
        parts = f"{files.weights.name}?data*" if files.is_graph else _SHARDS
        beside = sorted(files.weights.parent.glob(parts))  # large weights lie beside the graph, or the index of them
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
        for name in (*_GRAPHS, *_STATES):
            if (folder / name).is_file():
                return folder / name
        hint = _PICKLE if (folder / "pytorch_model.bin").is_file() else EXPORT
        raise ConfigError(Problem(f"{self.name} has no {_STATES[0]}, no {' and no '.join(_GRAPHS)}", hint=hint))

    def _fetched(self) -> Path:
        try:
            from huggingface_hub import snapshot_download
        except ImportError:
            raise ConfigError(Problem("a hub id needs huggingface_hub", hint=EXTRA)) from None
        described = ["config.json", "tokenizer.json", "tokenizer_config.json"]
        graphs = [self.file] if self.file is not None else list(_GRAPHS)
        tries = [[*described, *graphs, *(f"{graph}?data*" for graph in graphs)]]
        if self.file is None and not _missing(*_TORCH):
            tries.append([*described, *_STATES, _SHARDS])  # only where there is no graph: they hold the same numbers
        try:
            for patterns in tries:
                folder = Path(snapshot_download(self.name, revision=self.revision, allow_patterns=patterns))
                if any((folder / graph).is_file() for graph in graphs):
                    break
        except Exception as error:
            raise ConfigError(
                Problem(
                    f"the hub does not give {self.name}: {type(error).__name__}",
                    hint="fetch it beforehand (hf download NAME) or name a folder that holds it",
                )
            ) from error
        return folder

    @property
    def needs_extra(self) -> str | None:
        """What to install so that it can run, None where all is there. Imports nothing.

        Raises `ConfigError` for a folder that lacks a file.
        """
        if self.is_folder and not self.files.is_graph:
            missing = _missing(*_TORCH, *_EVER)
            return f"weights in {self.files.weights.name} need {', '.join(missing)}: {TORCH_EXTRA}" if missing else None
        missing = _missing("onnxruntime", *_EVER)
        if missing == ["onnxruntime"] and not self.is_folder and not _missing(*_TORCH):
            return None  # it may have weights for torch
        return f"encoders need {', '.join(missing)}: {EXTRA}" if missing else None


_TORCH = ("torch", "transformers")
_EVER = ("numpy", "tokenizers")


def _missing(*names: str) -> list[str]:
    """Which of these modules are not installed."""
    return [name for name in names if find_spec(name) is None]


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
