"""The seam between an encoder and what runs its weights: an ONNX graph, or a model of Hugging Face's in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from guardrails.encoders.source import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.float64]

__all__ = ["INPUTS", "Runtime", "runtime"]

INPUTS = ("input_ids", "attention_mask", "token_type_ids", "position_ids")
"""What an encoder can be fed: each an array of whole numbers, windows by tokens."""


class Runtime(Protocol):
    """Weights that are ready to run. It may be called from many threads."""

    @property
    def inputs(self) -> Mapping[str, str]:
        """Which of `INPUTS` it takes, each with numpy's name of its type."""
        ...

    def __call__(self, fed: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """The logits of the windows, or of their tokens."""
        ...


def runtime(source: Source, threads: int) -> Runtime:
    """What runs the weights of `source`; it reads them. Raises `ConfigError` where it cannot.

    `threads` is for a graph. PyTorch has one setting for the whole process, which is the application's.
    """
    if source.files.is_graph:
        from guardrails.encoders.onnxgraph import OnnxGraph

        return OnnxGraph(source, threads)
    from guardrails.encoders.torchmodel import TorchModel

    return TorchModel(source)
