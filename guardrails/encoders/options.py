"""What a person says of an encoder: where it lies, and what it may cost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, PrivateAttr, field_serializer, model_validator

from guardrails.encoders.model import Encoder
from guardrails.encoders.source import Source, resolved
from guardrails.types import Written

__all__ = ["EncoderOptions"]


class EncoderOptions(Written):
    """An encoder and its limits. Made by a policy, it is checked for everything short of loading the weights."""

    model: str
    """A folder with `config.json`, `tokenizer.json` and the weights: `model.onnx` (or `onnx/model.onnx`), else
    `model.safetensors`. Or with a `revision` a hub id `owner/name` whose files are fetched once. A relative folder is
    looked for beside the file that names it."""
    file: str | None = None
    """The ONNX file inside of it, where it has another name."""
    revision: str | None = None
    """The revision of a hub id, best a commit, so that the weights stay what was measured. Without one `model` is a
    folder and nothing is ever fetched."""
    max_tokens: Annotated[int, Field(ge=16)] | None = None
    """Tokens of one window; what the model takes where this is left out."""
    overlap: Annotated[int, Field(ge=0)] = 32
    """Tokens that two windows share."""
    batch: Annotated[int, Field(ge=1, le=256)] = 8
    """Windows that go through the model at a time: what bounds its memory."""
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    """Threads of one run of an ONNX graph; PyTorch has one setting for the whole process."""
    max_windows: Annotated[int, Field(ge=1)] = 2000
    """Windows of one text; a text with more is an error of the check, never a pass."""

    _encoder: Encoder | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        source = Source(self.model, self.file, self.revision)
        if (missing := source.needs_extra) is not None:
            raise ValueError(missing)
        if source.is_folder:
            _ = source.files  # what is missing is said when the policy is loaded
        elif self.revision is None:
            raise ValueError(f"there is no folder {self.model!r}; a hub id needs a `revision`")
        elif not source.is_hub_id:
            raise ValueError(f"there is no folder {self.model!r}, and a hub id is written owner/name")
        return self

    @field_serializer("model", when_used="json")
    def _by_content(self, _model: str) -> str:
        """On every machine the same, and another for other weights: it goes into the digest of a policy."""
        return self.encoder.source.ref

    def model_post_init(self, context: Any, /) -> None:  # noqa: ARG002
        source = Source(self.model, self.file, self.revision)
        self._encoder = Encoder(source, self.max_tokens, batch=self.batch, threads=self.threads)

    @property
    def encoder(self) -> Encoder:
        """The encoder, whose weights are loaded when it runs for the first time."""
        assert self._encoder is not None
        return self._encoder

    @classmethod
    def prepared(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """`options` with a relative folder found beside the file that they were written in."""
        if "model" not in options:
            return dict(options)
        return {**options, "model": resolved(options["model"], folder)}
