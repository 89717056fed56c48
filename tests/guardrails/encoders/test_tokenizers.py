"""Every usual kind of tokenizer gives rows as it would put them together itself, and places in the text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from guardrails.encoders.options import EncoderOptions
from tests.guardrails.encoders.tiny import text_classifier

CORPUS = [
    "The library opens at nine and closes at six; it is closed on Mondays. Jane's card costs 12.50 euros a year.",
    "Über die Straße gehen, señor? Ça va. Naïve café, 東京 and 🏳️‍🌈 too.",
] * 3


def bert() -> Tokenizer:
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    made.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=150, special_tokens=special))
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return made


def roberta() -> Tokenizer:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet)
    made.train_from_iterator(CORPUS, trainer)
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return made


def sentencepiece() -> Tokenizer:
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<pad>", "<unk>", "<s>", "</s>"]
    trainer = trainers.UnigramTrainer(vocab_size=160, special_tokens=special, unk_token="<unk>")
    made.train_from_iterator(CORPUS, trainer)
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 2), ("</s>", 3)]
    )
    return made


def bare() -> Tokenizer:
    made = Tokenizer(models.WordLevel({"[UNK]": 0, "library": 1, "the": 2}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


@pytest.fixture(scope="module", params=[bert, roberta, sentencepiece, bare])
def kind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tokenizer, Any]:
    make: Callable[[], Tokenizer] = request.param
    tokenizer = make()
    folder: Path = text_classifier(tmp_path_factory.mktemp("models") / make.__name__, {"x": 1.0})
    told = json.loads(tokenizer.to_str())
    told["truncation"] = {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0}
    (folder / "tokenizer.json").write_text(json.dumps(told), encoding="utf-8")
    return tokenizer, EncoderOptions(model=str(folder)).encoder


@given(first=st.text(min_size=1, max_size=60), second=st.text(min_size=1, max_size=60))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_row_is_what_the_tokenizer_would_have_made(kind: tuple[Tokenizer, Any], first: str, second: str) -> None:
    tokenizer, encoder = kind
    one, two = encoder.tokens(first), encoder.tokens(second)
    if not one.ids or not two.ids:
        return
    alone, both = tokenizer.encode(first), tokenizer.encode(first, second)
    row = encoder.one.row(one.ids)
    assert (row.ids, row.types) == (alone.ids, alone.type_ids)
    row = encoder.two.row(one.ids, two.ids)
    assert (row.ids, row.types) == (both.ids, both.type_ids)
    assert row.ids[row.second : row.second + len(two.ids)] == two.ids


@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=80))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_places_are_code_points_of_the_text_in_order(kind: tuple[Tokenizer, Any], text: str) -> None:
    tokens = kind[1].tokens(text)
    assert len(tokens.ids) == len(tokens.spans) == len(tokens.words)
    for start, end in tokens.spans:
        assert 0 <= start <= end <= len(text)
    assert [start for start, _ in tokens.spans] == sorted(start for start, _ in tokens.spans)


def test_a_word_stands_where_its_tokens_say(kind: tuple[Tokenizer, Any]) -> None:
    text = "🏳️‍🌈 東京: the library"
    tokens = kind[1].tokens(text)
    at = text.index("library")
    assert any(start <= at < end for start, end in tokens.spans)
    assert tokens.spans[-1][1] == len(text)
