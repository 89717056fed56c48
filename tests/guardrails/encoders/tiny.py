"""Small encoders with known behaviour, made of a few ONNX nodes and a tokenizer that knows whole words.

They are no models: what they say of a text can be told by looking at it, so that a test can say what must come out.
"""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

PAD, UNK, CLS, SEP = range(4)
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


@lru_cache(maxsize=1)
def a_folder() -> Path:
    """A folder for encoders that many tests share; it is gone with the process."""
    folder = Path(tempfile.mkdtemp(prefix="guardrails-encoders-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def token_tagger(folder: Path, tags: Mapping[str, str], *, words: Sequence[str] = (), **config: Any) -> Path:
    """A token classifier that calls each word of `tags` what it says there, and every other one `O`."""
    labels = ["O", *dict.fromkeys(tags.values())]
    vocabulary = _vocabulary([*tags, *words])
    table = np.zeros((len(vocabulary), len(labels)), np.float32)
    table[:, 0] = 4.0
    for word, label in tags.items():
        table[vocabulary[word]] = 0.0
        table[vocabulary[word], labels.index(label)] = 6.0
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["logits"], axis=0)]
    return _written(folder, vocabulary, nodes, {"table": table}, labels, "TokenClassification", 3, config)


def text_classifier(
    folder: Path, weights: Mapping[str, float], labels: Sequence[str] = ("SAFE", "INJECTION"), **config: Any
) -> Path:
    """A text classifier whose second label weighs what its heaviest word in `weights` does, and the others 0."""
    vocabulary = _vocabulary(list(weights))
    table = np.full((len(vocabulary), len(labels)), -50.0, np.float32)
    table[:, 0] = 0.0
    for index in range(1, len(labels)):
        table[:, index] = -4.0
    for word, weight in weights.items():
        table[vocabulary[word], -1] = weight
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["each"], axis=0),
        helper.make_node("ReduceMax", ["each"], ["logits"], axes=[1], keepdims=0),
    ]
    return _written(folder, vocabulary, nodes, {"table": table}, labels, "SequenceClassification", 2, config)


def pair_classifier(folder: Path, words: Sequence[str], labels: Sequence[str] = ("no", "entailment")) -> Path:
    """A pair classifier: it entails where every token of the second text stands in the first one too."""
    nodes = [
        *_missing(),
        helper.make_node("ReduceSum", ["missing", "last"], ["count"], keepdims=1),
        helper.make_node("Mul", ["count", "minus"], ["less"]),
        helper.make_node("Add", ["less", "sure"], ["entails"]),
        helper.make_node("Mul", ["entails", "nothing"], ["other"]),
        helper.make_node("Concat", ["other", "entails"], ["logits"], axis=1),
    ]
    given = {**_CONSTANTS, "last": np.array([1], np.int64)}
    return _written(folder, _vocabulary(words), nodes, given, labels, "SequenceClassification", 2, {})


def support_tagger(folder: Path, words: Sequence[str], labels: Sequence[str] = ("supported", "hallucinated")) -> Path:
    """A token classifier of pairs: a token of the second text is hallucinated where the first one has none such."""
    nodes = [
        *_missing(),
        helper.make_node("Unsqueeze", ["missing", "at_the_end"], ["column"]),
        helper.make_node("Mul", ["column", "minus"], ["less"]),
        helper.make_node("Add", ["less", "sure"], ["supported"]),
        helper.make_node("Mul", ["supported", "nothing"], ["other"]),
        helper.make_node("Concat", ["supported", "other"], ["logits"], axis=2),
    ]
    given = {**_CONSTANTS, "at_the_end": np.array([2], np.int64)}
    return _written(folder, _vocabulary(words), nodes, given, labels, "TokenClassification", 3, {})


_CONSTANTS: dict[str, np.ndarray] = {
    "one": np.array(1, np.int64),
    "minus": np.array(-8.0, np.float32),
    "sure": np.array(4.0, np.float32),
    "nothing": np.array(0.0, np.float32),
    "second_axis": np.array([1], np.int64),
    "third_axis": np.array([2], np.int64),
}


def _missing() -> list[onnx.NodeProto]:
    """`missing`: 1 for each token of the second text that the first one does not have."""
    make = helper.make_node
    return [
        make("Sub", ["one", "token_type_ids"], ["is_first"]),
        make("Mul", ["is_first", "attention_mask"], ["first"]),
        make("Mul", ["token_type_ids", "attention_mask"], ["second"]),
        make("Unsqueeze", ["input_ids", "third_axis"], ["down"]),
        make("Unsqueeze", ["input_ids", "second_axis"], ["across"]),
        make("Equal", ["down", "across"], ["equal"]),
        make("Cast", ["equal"], ["same"], to=TensorProto.FLOAT),
        make("Cast", ["first"], ["firstly"], to=TensorProto.FLOAT),
        make("Unsqueeze", ["firstly", "third_axis"], ["column_of_first"]),
        make("MatMul", ["same", "column_of_first"], ["hits"]),
        make("Squeeze", ["hits", "third_axis"], ["found"]),
        make("Cast", ["found"], ["known"], to=TensorProto.BOOL),
        make("Not", ["known"], ["unknown"]),
        make("Cast", ["unknown"], ["absent"], to=TensorProto.FLOAT),
        make("Cast", ["second"], ["of_second"], to=TensorProto.FLOAT),
        make("Mul", ["absent", "of_second"], ["missing"]),
    ]


def _vocabulary(words: Sequence[str]) -> dict[str, int]:
    return {word: index for index, word in enumerate(dict.fromkeys([*SPECIAL, *words]))}


def _written(
    folder: Path,
    vocabulary: Mapping[str, int],
    nodes: Sequence[onnx.NodeProto],
    constants: Mapping[str, np.ndarray],
    labels: Sequence[str],
    architecture: str,
    rank: int,
    config: Mapping[str, Any],
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {name for node in nodes for name in node.input}
    fed = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in wanted]
    shape: list[str | int | None] = ["batch", "length", len(labels)] if rank == 3 else ["batch", len(labels)]
    graph = helper.make_graph(
        list(nodes),
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in fed],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(folder / "model.onnx"))
    tokenizer = Tokenizer(models.WordLevel(dict(vocabulary), unk_token="[UNK]"))
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)]
    )
    tokenizer.enable_truncation(8)  # as many saved tokenizers have it: whoever honours it sees eight tokens
    tokenizer.enable_padding(length=8)
    tokenizer.save(str(folder / "tokenizer.json"))
    told = {
        "architectures": [f"TinyFor{architecture}"],
        "id2label": {str(index): label for index, label in enumerate(labels)},
        "max_position_embeddings": 64,
        "pad_token_id": PAD,
        **config,
    }
    (folder / "config.json").write_text(json.dumps(told), encoding="utf-8")
    return folder
