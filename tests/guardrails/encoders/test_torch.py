"""Encoders whose weights lie as transformers saves them, run by PyTorch. The models are made here, and know nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from pydantic import ValidationError
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from guardrails.checks.classifier import Classifier
from guardrails.checks.groundedness import Groundedness
from guardrails.checks.pii_encoder import PiiEncoder
from guardrails.encoders import source as sources
from guardrails.encoders.options import EncoderOptions
from guardrails.encoders.reading import classified, looked_at, tagged
from guardrails.errors import ConfigError
from guardrails.types import Document, Exchange, Verdict

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
WORDS = (*SPECIAL, "jane", "went", "to", "paris", "ignore", "that", "please", "the", "fee", "is", "ten", "euros")
SMALL = {"vocab_size": len(WORDS), "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
SMALL |= {"intermediate_size": 32, "max_position_embeddings": 64, "pad_token_id": 0}


def saved(
    folder: Path,
    family: str = "bert",
    task: str = "TokenClassification",
    *,
    labels: tuple[str, ...] = ("O", "B-PER", "B-LOC"),
    types: bool = True,
    shard: str = "1GB",
    dtype: torch.dtype = torch.float32,
    **more: Any,
) -> Path:
    """A folder with a model of a family, its weights drawn by chance, the same each time."""
    torch.manual_seed(7)
    names = {"id2label": dict(enumerate(labels)), "label2id": {label: at for at, label in enumerate(labels)}}
    config = transformers.AutoConfig.for_model(family, **{**SMALL, **more}, **names)
    model = getattr(transformers, f"AutoModelFor{task}").from_config(config)
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    model.to(dtype).save_pretrained(folder, max_shard_size=shard)
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    second = 1 if types else 0
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair=f"[CLS] $A [SEP] $B:{second} [SEP]:{second}",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.enable_truncation(8)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def told(folder: Path, task: str, ids: list[int]) -> Any:
    """What transformers itself says of one row."""
    model = getattr(transformers, f"AutoModelFor{task}").from_pretrained(folder).float().eval()
    with torch.inference_mode():
        return torch.softmax(model(torch.tensor([ids])).logits[0], -1).numpy()


FAMILIES: Mapping[str, dict[str, Any]] = {
    "bert": {},
    "distilbert": {"dim": 16, "hidden_dim": 32, "n_layers": 2, "n_heads": 2, "types": False},
    "roberta": {"max_position_embeddings": 66, "type_vocab_size": 1, "types": False},
    "modernbert": {"global_attn_every_n_layers": 1, "types": False, "cls_token_id": 2, "sep_token_id": 3},
    "deberta-v2": {"relative_attention": True, "position_biased_input": False, "type_vocab_size": 0},
    "electra": {"embedding_size": 16},
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("task", ["TokenClassification", "SequenceClassification"])
def test_a_family_says_what_it_says_in_transformers(tmp_path: Path, family: str, task: str) -> None:
    folder = saved(tmp_path / "m", family, task, **FAMILIES[family])
    options = EncoderOptions(model=str(folder))
    tokens = options.encoder.tokens("please ignore that jane went to paris")
    row = options.encoder.one.row(tokens.ids)
    (said,), _ = looked_at(options, [row], "tokens" if task.startswith("Token") else "texts")
    np.testing.assert_allclose(said, told(folder, task, row.ids), atol=1e-5)
    assert said.std() > 0.01


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_said_of_a_window_does_not_depend_on_the_others(tmp_path: Path, family: str) -> None:
    folder = saved(tmp_path / "m", family, "SequenceClassification", labels=("SAFE", "INJECTION"), **FAMILIES[family])
    text = "please " * 150 + "ignore that"
    alone, together = (classified(EncoderOptions(model=str(folder), batch=batch), text)[0] for batch in (1, 8))
    assert [stretch[:2] for stretch in alone] == [stretch[:2] for stretch in together]
    assert alone[-1].end == len(text)
    np.testing.assert_allclose(
        [stretch.probabilities for stretch in alone], [stretch.probabilities for stretch in together], atol=1e-5
    )


def test_no_token_of_a_long_text_is_left_out(tmp_path: Path) -> None:
    options = EncoderOptions(model=str(saved(tmp_path / "m")), max_tokens=22, overlap=0)
    tokens, said, cost = tagged(options, "went " * 100)
    assert len(tokens.ids) == len(said) == 100
    assert cost.measures == {"windows": 5.0, "tokens": 110.0}


def test_weights_in_several_files_are_read_and_named_whole(tmp_path: Path) -> None:
    one, many = saved(tmp_path / "one" / "m"), saved(tmp_path / "many" / "m", shard="4KB")
    assert len(list(many.glob("model-*.safetensors"))) > 1
    whole, parted = (tagged(EncoderOptions(model=str(folder)), "jane went to paris")[1] for folder in (one, many))
    np.testing.assert_allclose(whole, parted)
    before = EncoderOptions(model=str(many)).encoder.source.ref
    shard = max(many.glob("model-*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:-1] + b"\x01")
    assert EncoderOptions(model=str(many)).encoder.source.ref != before


def test_half_precision_is_computed_in_full(tmp_path: Path) -> None:
    folder = saved(tmp_path / "m", dtype=torch.bfloat16)
    _, said, _ = tagged(EncoderOptions(model=str(folder)), "jane went to paris")
    np.testing.assert_allclose(np.sum(said, axis=1), 1.0, atol=1e-6)


def test_a_graph_beside_the_weights_is_what_runs(tmp_path: Path) -> None:
    folder = saved(tmp_path / "m")
    (folder / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(ConfigError, match="no ONNX model"):
        EncoderOptions(model=str(folder)).encoder.tokens("x")


def test_checks_and_tiers_run_on_it(tmp_path: Path) -> None:
    tagger = saved(tmp_path / "names")
    pairs = saved(tmp_path / "pairs", task="SequenceClassification", labels=("no", "entailment"))
    text = "please ignore that jane went to paris"
    assert PiiEncoder(model=str(tagger))(Exchange(text=text)).state in ("pass", "fail")
    scored = Classifier(model=str(pairs), labels=["no"])(Exchange(text=text))
    assert 0.0 < (scored.score or 0.0) < 1.0
    grounded = Groundedness(tier="encoder", encoder={"model": str(pairs)})
    answer = Exchange(surface="output", text="The fee is ten euros.", documents=[Document(id="d", text="ten euros")])
    verdict = grounded(answer)
    assert isinstance(verdict, Verdict)
    assert 0.0 < (verdict.score or 0.0) < 1.0
    assert verdict.measures["windows"] == 1.0


def test_nothing_is_printed_while_it_loads(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = saved(tmp_path / "m")
    transformers.utils.logging.enable_progress_bar()
    capfd.readouterr()
    tagged(EncoderOptions(model=str(folder)), "jane")
    assert capfd.readouterr() == ("", "")
    assert transformers.utils.logging.is_progress_bar_enabled()


# --- what it refuses -------------------------------------------------------------------------------------------------


def test_a_head_that_was_never_trained_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "architectures": ["BertForSequenceClassification"]}))
    with pytest.raises(ConfigError, match=r"has no weights for bert\.pooler\.dense\.bias"):
        EncoderOptions(model=str(folder)).encoder.tokens("x")


def test_a_head_of_another_size_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "id2label": {"0": "O", "1": "B-PER"}}))
    with pytest.raises(ConfigError, match=r"has no weights for classifier\.bias"):
        EncoderOptions(model=str(folder)).encoder.tokens("x")


@pytest.mark.parametrize("change", [{"architectures": ["BertModel"]}, {"architectures": None}, {"architectures": []}])
def test_a_model_that_classifies_nothing_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    folder = saved(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(ConfigError, match="ForTokenClassification, ForSequenceClassification"):
        EncoderOptions(model=str(folder)).encoder.tokens("x")


def test_code_that_comes_with_weights_is_not_run(tmp_path: Path) -> None:
    folder = saved(tmp_path / "m")
    (folder / "own.py").write_text("raise SystemExit('run')")
    config = json.loads((folder / "config.json").read_text())
    own = {"AutoModelForTokenClassification": "own.Own", "AutoConfig": "own.OwnConfig"}
    (folder / "config.json").write_text(json.dumps({**config, "auto_map": own}))
    with pytest.raises(ConfigError, match=r"code of its own, which is not run here\n.*optimum-cli"):
        EncoderOptions(model=str(folder)).encoder.tokens("x")


def test_weights_that_are_something_else_are_named(tmp_path: Path) -> None:
    folder = saved(tmp_path / "m")
    (folder / "model.safetensors").write_bytes(b"{}")
    with pytest.raises(ConfigError, match="is no model that can run here"):
        EncoderOptions(model=str(folder)).encoder.tokens("x")


def test_of_a_hub_the_weights_are_fetched_only_where_it_has_no_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    folder, asked = saved(tmp_path / "m"), []

    def gives(_: str, **how: Any) -> str:
        asked.append(set(how["allow_patterns"]))
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", gives)
    _, said, _ = tagged(EncoderOptions(model="owner/name", revision="abc"), "jane")
    assert len(said) == 1
    assert ["model.safetensors" in patterns for patterns in asked] == [False, True]
    asked.clear()
    (folder / "model.onnx").write_bytes(b"a graph")
    assert sources.Source("owner/name", revision="abc").files.is_graph
    assert len(asked) == 1


def test_a_pickle_is_refused_when_the_policy_is_loaded(tmp_path: Path) -> None:
    folder = saved(tmp_path / "m")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises((ConfigError, ValidationError), match="a pickle runs code when it is read"):
        EncoderOptions(model=str(folder))
