"""Weights in an ONNX graph, run by onnxruntime."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from guardrails.encoders.runtime import INPUTS
from guardrails.encoders.source import EXTRA, Source
from guardrails.errors import ConfigError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["OnnxGraph"]

_KINDS = {"tensor(int64)": "int64", "tensor(int32)": "int32"}


class OnnxGraph:
    """A `Runtime`. The graph itself says what it wants."""

    def __init__(self, source: Source, threads: int) -> None:
        self._session = _session(source, threads)
        self.inputs = {found.name: _KINDS.get(found.type, "") for found in self._session.get_inputs()}
        strange = [name for name, kind in self.inputs.items() if name not in INPUTS or not kind]
        if strange or "input_ids" not in self.inputs:
            raise ConfigError(
                Problem(f"{source.name} wants the inputs {', '.join(self.inputs)}", hint=f"known: {', '.join(INPUTS)}")
            )
        outputs = [found.name for found in self._session.get_outputs()]
        self._output = "logits" if "logits" in outputs else outputs[0]

    def __call__(self, fed: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        logits: NDArray[Any] = self._session.run([self._output], fed)[0]
        return logits


def _session(source: Source, threads: int) -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise ConfigError(Problem("encoders need onnxruntime", hint=EXTRA)) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors: a graph's remarks about itself are no news for an application
    path = str(source.files.weights)
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ConfigError(Problem(f"is no ONNX model that can run here: {type(error).__name__}", path)) from error
