"""Loading encoders, and what they say of texts of any length."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from guardrails.encoders import source as sources
from guardrails.encoders.options import EncoderOptions
from guardrails.encoders.reading import Entity, classified, entities, looked_at, tagged
from guardrails.encoders.windows import Tokens
from guardrails.errors import ConfigError, IncompleteScan
from tests.guardrails.encoders.tiny import CLS, SEP, text_classifier, token_tagger


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tags = {"Jane": "B-PER", "Doe": "I-PER", "Paris": "B-LOC"}
    return token_tagger(tmp_path_factory.mktemp("models") / "tagger", tags, words=["went", "to"])


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return text_classifier(tmp_path_factory.mktemp("models") / "classifier", {"ignore": 4.0, "skip": 1.0})


def found(options: EncoderOptions, text: str, threshold: float = 0.5) -> list[tuple[str, str]]:
    tokens, said, _ = tagged(options, text)
    labels = options.encoder.labels
    return [(text[e.start : e.end], e.kind) for e in entities(text, tokens, said, labels, threshold)]


def test_a_limit_that_the_tokenizer_brings_along_truncates_nothing(tagger: Path) -> None:
    text = "went " * 500 + "to Jane Doe"
    tokens, said, cost = tagged(EncoderOptions(model=str(tagger)), text)
    assert len(tokens.ids) == len(said) == 503
    assert found(EncoderOptions(model=str(tagger)), text) == [("Jane Doe", "PER")]
    assert cost.windows > 8


@given(at=st.integers(0, 300), overlap=st.integers(0, 40), size=st.integers(16, 64))
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_entity_is_found_wherever_the_windows_fall(tagger: Path, at: int, overlap: int, size: int) -> None:
    options = EncoderOptions(model=str(tagger), overlap=overlap, max_tokens=size)
    assert found(options, "went " * at + "Jane Doe " + "to " * (300 - at)) == [("Jane Doe", "PER")]


def test_the_cost_is_the_windows_and_their_tokens(tagger: Path) -> None:
    options = EncoderOptions(model=str(tagger), max_tokens=22, overlap=0)
    _, _, cost = tagged(options, "went " * 100)
    assert cost.measures == {"windows": 5.0, "tokens": 110.0}


@pytest.mark.reported("LettuceDetect#3", "LettuceDetect#23")
def test_twice_the_text_is_about_twice_the_windows(tagger: Path) -> None:
    options = EncoderOptions(model=str(tagger))
    one, two = (tagged(options, "went " * count)[2] for count in (1000, 2000))
    assert 1.9 < two.windows / one.windows < 2.1


def test_a_text_of_too_many_windows_is_no_pass(tagger: Path) -> None:
    options = EncoderOptions(model=str(tagger), max_windows=3)
    with pytest.raises(IncompleteScan, match="max_windows is 3"):
        tagged(options, "went " * 500)


def test_no_more_windows_than_a_batch_are_in_the_model_at_a_time(
    classifier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = EncoderOptions(model=str(classifier), batch=3)
    encoder = options.encoder
    encoder.tokens("load")
    sizes: list[int] = []
    loaded = encoder._kept
    assert loaded is not None
    ready = loaded.runtime

    class Watched:
        inputs = ready.inputs

        def __call__(self, fed: Any) -> Any:
            sizes.append(len(fed["input_ids"]))
            return ready(fed)

    monkeypatch.setattr(encoder, "_kept", loaded._replace(runtime=Watched()))
    _, cost = classified(options, "word " * 1000)
    assert max(sizes) == 3
    assert sum(sizes) == cost.windows


@pytest.mark.parametrize("batch", [1, 2, 7, 64])
def test_what_is_said_of_a_window_does_not_depend_on_the_others(classifier: Path, batch: int) -> None:
    text = "word " * 90 + "ignore that " + "word " * 90 + "skip"
    alone = classified(EncoderOptions(model=str(classifier), batch=1), text)[0]
    together = classified(EncoderOptions(model=str(classifier), batch=batch), text)[0]
    assert [s[:2] for s in alone] == [s[:2] for s in together]
    np.testing.assert_allclose([s.probabilities for s in alone], [s.probabilities for s in together])


def test_a_text_cannot_name_the_special_tokens(tagger: Path) -> None:
    ids = EncoderOptions(model=str(tagger)).encoder.tokens("Jane [SEP] went [CLS] to [PAD]").ids
    assert not {CLS, SEP, 0} & set(ids)


@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=80))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_and_its_places_are_its_own(tagger: Path, text: str) -> None:
    told = f"{text} Jane Doe {text} Paris"
    places = found(EncoderOptions(model=str(tagger)), told)
    assert ("Jane Doe", "PER") in places
    assert places[-1] == ("Paris", "LOC")


def test_an_empty_text_costs_nothing(tagger: Path, classifier: Path) -> None:
    assert tagged(EncoderOptions(model=str(tagger)), " \n")[1:] == ([], (0, 0))
    assert classified(EncoderOptions(model=str(classifier)), "") == ([], (0, 0))


LABELS = ("O", "B-PER", "I-PER", "L-PER", "U-PER", "B-LOC", "I-LOC", "ORG")


def merged(*words: str, threshold: float = 0.5) -> list[tuple[str, str]]:
    """The entities where each word is surely what it says: `B-PER:Jane`."""
    names = [word.partition(":")[2] for word in words]
    text = " ".join(names)
    spans, at = [], 0
    for name in names:
        spans.append((at, at + len(name)))
        at += len(name) + 1
    said = [[0.9 if label == word.partition(":")[0] else 0.1 / 7 for label in LABELS] for word in words]
    tokens = Tokens(list(range(len(names))), spans, list(range(len(names))))
    return [(text[e.start : e.end], e.kind) for e in entities(text, tokens, said, LABELS, threshold)]


@pytest.mark.parametrize(("words", "expected"), [
    (["O:a", "B-PER:Jane", "I-PER:Doe", "O:b"], [("Jane Doe", "PER")]),
    (["B-PER:Jane", "B-PER:John"], [("Jane", "PER"), ("John", "PER")]),
    (["I-PER:Jane", "I-PER:Doe"], [("Jane Doe", "PER")]),
    (["B-PER:Jane", "I-LOC:Paris"], [("Jane", "PER"), ("Paris", "LOC")]),
    (["B-PER:Jane", "I-PER:M", "L-PER:Doe", "I-PER:John"], [("Jane M Doe", "PER"), ("John", "PER")]),
    (["U-PER:Jane", "U-PER:John", "I-PER:Doe"], [("Jane", "PER"), ("John", "PER"), ("Doe", "PER")]),
    (["ORG:Acme", "ORG:Ltd", "O:x", "ORG:Bolt"], [("Acme Ltd", "ORG"), ("Bolt", "ORG")]),
    (["O:a", "O:b"], []),
])  # fmt: skip
def test_words_are_merged_as_bio_and_bilou_have_it(words: list[str], expected: list[tuple[str, str]]) -> None:
    assert merged(*words) == expected


def test_below_the_threshold_nothing_is_an_entity() -> None:
    assert merged("B-PER:Jane", threshold=0.99) == []


def test_a_word_in_pieces_is_what_its_first_piece_is() -> None:
    text = "Jane went"
    tokens = Tokens([1, 2, 3], [(0, 2), (2, 4), (4, 9)], [0, 0, 1])
    said = [[0.1, 0.9], [0.9, 0.1], [0.9, 0.1]]
    assert list(entities(text, tokens, said, ("O", "B-PER"), 0.5)) == [Entity(0, 4, "PER", 0.9)]


def test_weights_that_give_no_number_break_the_check(tmp_path: Path) -> None:
    folder = text_classifier(tmp_path / "nan", {"ignore": float("inf")})
    with pytest.raises(IncompleteScan, match="no number"):
        classified(EncoderOptions(model=str(folder)), "please ignore it")


def test_a_classifier_of_texts_does_not_pass_for_one_of_tokens(classifier: Path) -> None:
    with pytest.raises(ConfigError, match="numbers of shape"):
        tagged(EncoderOptions(model=str(classifier)), "hello")


@pytest.mark.parametrize(("config", "limit"), [
    ({}, 64),
    ({"max_position_embeddings": 514, "model_type": "xlm-roberta"}, 512),
    ({"max_position_embeddings": None}, 512),
])  # fmt: skip
def test_a_window_is_as_long_as_the_model_takes(tmp_path: Path, config: dict[str, Any], limit: int) -> None:
    folder = text_classifier(tmp_path / "m", {"x": 1.0}, **config)
    assert EncoderOptions(model=str(folder)).encoder.max_tokens == limit
    assert EncoderOptions(model=str(folder), max_tokens=5000).encoder.max_tokens == limit
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 40}))
    assert EncoderOptions(model=str(folder)).encoder.max_tokens == 40


def test_several_labels_at_once_do_not_share_their_probability(tmp_path: Path) -> None:
    folder = text_classifier(tmp_path / "m", {"x": 4.0}, problem_type="multi_label_classification")
    ((_, _, said),) = classified(EncoderOptions(model=str(folder)), "x")[0]
    assert said == pytest.approx((0.5, 1 / (1 + np.exp(-4))))


# --- what is wrong is said when the policy is loaded --------------------------------------------------------------


def without(folder: Path, name: str) -> Path:
    (folder / name).unlink()
    return folder


@pytest.mark.parametrize(("missing", "told"), [
    ("tokenizer.json", "has no tokenizer.json"),
    ("config.json", "has no config.json"),
    ("model.onnx", r"has no model\.safetensors, no model\.onnx and no onnx/model\.onnx\n.*optimum-cli"),
])  # fmt: skip
def test_a_folder_that_lacks_a_file_says_which(tmp_path: Path, missing: str, told: str) -> None:
    folder = without(text_classifier(tmp_path / "m", {"x": 1.0}), missing)
    with pytest.raises((ConfigError, ValidationError), match=told):
        EncoderOptions(model=str(folder))


@pytest.mark.parametrize("name", ["/no/such/folder", "nowhere", "../elsewhere/model", "models/misspelt"])
def test_a_folder_that_is_not_there_is_refused_and_not_looked_for_on_a_hub(name: str) -> None:
    with pytest.raises(ValidationError, match=r"there is no folder '.*'; a hub id needs a `revision`"):
        EncoderOptions(model=name)


@pytest.mark.parametrize("name", ["nowhere", "/a/b", "a/b/c", "../b"])
def test_what_can_be_no_hub_id_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="a hub id is written owner/name"):
        EncoderOptions(model=name, revision="abc")


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch, classifier: Path) -> None:
    monkeypatch.setattr(sources, "find_spec", lambda name: None if name == "onnxruntime" else object())
    with pytest.raises(ValidationError, match=r"need onnxruntime: pip install 'guardrail-harness\[embed\]'"):
        EncoderOptions(model=str(classifier))


@pytest.mark.parametrize("name", ["tokenizer.json", "model.onnx"])
def test_files_that_are_something_else_are_named(tmp_path: Path, name: str) -> None:
    folder = text_classifier(tmp_path / "m", {"x": 1.0})
    (folder / name).write_text("{}")
    with pytest.raises(ConfigError, match=name):
        EncoderOptions(model=str(folder)).encoder.tokens("x")


@pytest.mark.parametrize("config", ["[]", "{", '{"id2label": {"1": "A"}}', '{"id2label": {}}', '{"id2label": 3}'])
def test_a_config_without_labels_is_refused(tmp_path: Path, config: str) -> None:
    folder = text_classifier(tmp_path / "m", {"x": 1.0})
    (folder / "config.json").write_text(config)
    with pytest.raises(ConfigError, match=r"id2label|JSON"):
        _ = EncoderOptions(model=str(folder)).encoder.labels


@pytest.mark.parametrize(("config", "labels"), [
    ("{}", ("LABEL_0", "LABEL_1")), ('{"num_labels": 3}', ("LABEL_0", "LABEL_1", "LABEL_2")),
])  # fmt: skip
def test_labels_that_are_left_out_have_the_usual_names(tmp_path: Path, config: str, labels: tuple[str, ...]) -> None:
    folder = text_classifier(tmp_path / "m", {"x": 1.0})
    (folder / "config.json").write_text(config)
    assert EncoderOptions(model=str(folder)).encoder.labels == labels


def test_a_hub_id_that_cannot_be_fetched_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub

    def refuses(*_: object, **__: object) -> str:
        raise OSError("no network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuses)
    options = EncoderOptions(model="owner/name", revision="abc")
    with pytest.raises(ConfigError, match=r"the hub does not give owner/name: OSError\n.*name a folder"):
        options.encoder.tokens("x")
    assert options.encoder.source.ref == "owner/name@abc"


def test_what_the_hub_gives_is_read_like_a_folder(monkeypatch: pytest.MonkeyPatch, classifier: Path) -> None:
    import huggingface_hub

    asked: list[Any] = []

    def gives(name: str, **how: Any) -> str:
        asked.append((name, how["revision"], set(how["allow_patterns"])))
        return str(classifier)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", gives)
    stretches, _ = classified(EncoderOptions(model="owner/name", revision="abc"), "ignore it")
    assert stretches[0].probabilities[1] > 0.9
    ((name, revision, patterns),) = asked
    assert (name, revision) == ("owner/name", "abc")
    assert {"config.json", "tokenizer.json", "model.onnx"} <= patterns


def test_the_same_files_have_one_name_on_every_machine(tmp_path: Path) -> None:
    one, two = (text_classifier(tmp_path / place / "m", {"x": 1.0}) for place in ("one", "two"))
    other = text_classifier(tmp_path / "three" / "m", {"x": 2.0})
    refs = [EncoderOptions(model=str(folder)).model_dump(mode="json") for folder in (one, two, other)]
    assert refs[0] == refs[1]
    assert refs[0] != refs[2]
    assert str(tmp_path) not in json.dumps(refs)


def test_too_small_a_window_says_so(classifier: Path, tmp_path: Path) -> None:
    folder = text_classifier(tmp_path / "m", {"x": 1.0}, max_position_embeddings=2)
    with pytest.raises(ConfigError, match="raise max_tokens"):
        classified(EncoderOptions(model=str(folder)), "x")


def test_one_row_more_than_allowed_is_refused_before_any_runs(classifier: Path) -> None:
    options = EncoderOptions(model=str(classifier), max_windows=2)
    row = options.encoder.one.row([5])
    assert looked_at(options, [row] * 2, "texts")[1].windows == 2
    with pytest.raises(IncompleteScan):
        looked_at(options, [row] * 3, "texts")


def test_weights_of_transformers_name_the_extra_that_runs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = without(text_classifier(tmp_path / "m", {"x": 1.0}), "model.onnx")
    (folder / "model.safetensors").write_bytes(b"")
    monkeypatch.setattr(sources, "find_spec", lambda name: None if name in ("torch", "transformers") else object())
    told = r"model\.safetensors need torch, transformers: pip install 'guardrail-harness\[torch\]'"
    with pytest.raises(ValidationError, match=told):
        EncoderOptions(model=str(folder))


def test_a_pickle_is_refused_with_a_way_out(tmp_path: Path) -> None:
    folder = without(text_classifier(tmp_path / "m", {"x": 1.0}), "model.onnx")
    (folder / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises((ConfigError, ValidationError), match=r"a pickle runs code.*save_pretrained"):
        EncoderOptions(model=str(folder))
