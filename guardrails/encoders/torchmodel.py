"""Weights as Hugging Face's libraries save them, `model.safetensors`, run by PyTorch through transformers."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from guardrails.encoders.runtime import INPUTS
from guardrails.encoders.source import EXPORT, TORCH_EXTRA, Source
from guardrails.errors import ConfigError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TorchModel"]

_KINDS = {
    "ForTokenClassification": "AutoModelForTokenClassification",
    "ForSequenceClassification": "AutoModelForSequenceClassification",
}
"""How the name of an architecture ends, and what of transformers loads it."""


class TorchModel:
    """A `Runtime`, on the processor. It fetches nothing, reads no pickle, and runs no code that comes with weights."""

    def __init__(self, source: Source) -> None:
        self._model = _model(source)
        taken = inspect.signature(self._model.forward).parameters
        # positions are the model's own affair: some families count them from behind the padding
        self.inputs = {name: "int64" for name in INPUTS if name in taken and name != "position_ids"}

    def __call__(self, fed: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        import torch

        with torch.inference_mode():
            said = self._model(**{name: torch.from_numpy(numbers) for name, numbers in fed.items()})
        logits: NDArray[Any] = said.logits.numpy()
        return logits


def _model(source: Source) -> Any:
    try:
        import transformers
    except ImportError:
        raise ConfigError(Problem("weights in model.safetensors need transformers", hint=TORCH_EXTRA)) from None
    files = source.files
    told = files.config.get("architectures")
    name = str(told[0]) if isinstance(told, list) and told else ""
    kind = next((kind for ending, kind in _KINDS.items() if name.endswith(ending)), None)
    if kind is None:
        raise ConfigError(
            Problem(f"{source.name} is {name or 'of no named architecture'}, and not one of {', '.join(_KINDS)}")
        )
    if "auto_map" in files.config:
        raise ConfigError(Problem(f"{source.name} comes with code of its own, which is not run here", hint=EXPORT))
    folder = str(files.weights.parent)
    try:
        with _quietly():
            config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            if hasattr(config, "reference_compile"):
                config.reference_compile = False  # ModernBERT would spend its first minute on compiling itself
            model, found = getattr(transformers, kind).from_pretrained(
                folder,
                config=config,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                ignore_mismatched_sizes=True,  # what does not fit is told below, by name
                output_loading_info=True,
            )
    except Exception as error:
        raise ConfigError(Problem(f"is no model that can run here: {error}", str(files.weights))) from error
    # what is missing would be drawn by chance, and a head drawn by chance says anything
    if missing := sorted({*found["missing_keys"], *(key for key, *_ in found["mismatched_keys"])}):
        raise ConfigError(Problem(f"has no weights for {missing[0]} of {name}", str(files.weights)))
    return model.float().eval()


@contextmanager
def _quietly() -> Iterator[None]:
    """Without transformers' progress bars and remarks, which are no news for an application."""
    from transformers.utils import logging

    shown, verbosity = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if shown:
            logging.enable_progress_bar()
