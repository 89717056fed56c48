"""Costs from usage: hand-computed examples, the table in litellm, and litellm's own arithmetic beside ours."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from guardrails.errors import ConfigError
from guardrails.models.prices import Prices, _bundled
from guardrails.policy.model import Price
from guardrails.types import Usage

ROWS: dict[str, Any] = {
    "sample_spec": {"mode": "one of: chat, embedding", "litellm_provider": "one of https://example.org"},
    "plain": {"input_cost_per_token": 2e-6, "output_cost_per_token": 8e-6, "litellm_provider": "acme"},
    "caching": {
        "input_cost_per_token": 3e-6,
        "output_cost_per_token": 15e-6,
        "cache_read_input_token_cost": 0.3e-6,
        "cache_creation_input_token_cost": 3.75e-6,
        "litellm_provider": "acme",
    },
    "long": {
        "input_cost_per_token": 1e-6,
        "input_cost_per_token_above_128k_tokens": 2e-6,
        "input_cost_per_token_above_200k_tokens": 4e-6,
        "output_cost_per_token": 10e-6,
        "output_cost_per_token_above_200k_tokens": 15e-6,
        "cache_read_input_token_cost": 0.1e-6,
        "cache_read_input_token_cost_above_200k_tokens": 0.4e-6,
        "litellm_provider": "acme",
    },
    "tiered": {
        "tiered_pricing": [
            {"range": [0, 1000], "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6},
            {"range": [1000, 9000], "input_cost_per_token": 5e-6},
        ],
        "output_cost_per_token": 7e-6,
        "litellm_provider": "acme",
    },
    "thinking": {
        "input_cost_per_token": 1e-6,
        "output_cost_per_token": 2e-6,
        "output_cost_per_reasoning_token": 5e-6,
        "litellm_provider": "acme",
    },
    "inclusive": {
        "input_cost_per_token": 1e-6,
        "input_cost_per_token_above_128k_tokens": 2e-6,
        "output_cost_per_token": 1e-6,
        "litellm_provider": "xai",
    },
    "zero": {"input_cost_per_token": 0, "output_cost_per_token": 0, "litellm_provider": "acme"},
    "local": {"input_cost_per_token": 0, "output_cost_per_token": 0, "litellm_provider": "ollama"},
    "half": {"input_cost_per_token": 1e-6, "litellm_provider": "acme"},
}


@pytest.fixture
def prices(tmp_path: Path) -> Prices:
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(ROWS), "utf-8")
    return Prices(file=path)


@pytest.mark.parametrize(
    ("model", "usage", "dollars"),
    [
        ("plain", Usage(input_tokens=1000, output_tokens=500), 1000 * 2e-6 + 500 * 8e-6),
        ("plain", Usage(), 0.0),
        # cached input is part of the input, and costs what other input costs where the table has no price for it
        ("plain", Usage(input_tokens=1000, cached_input_tokens=400), 1000 * 2e-6),
        ("caching", Usage(input_tokens=1000, cached_input_tokens=400), 600 * 3e-6 + 400 * 0.3e-6),
        (
            "caching",
            Usage(input_tokens=1000, cached_input_tokens=400, cache_write_tokens=500, output_tokens=10),
            100 * 3e-6 + 400 * 0.3e-6 + 500 * 3.75e-6 + 10 * 15e-6,
        ),
        # reasoning is part of the output
        ("plain", Usage(output_tokens=100, reasoning_tokens=90), 100 * 8e-6),
        ("thinking", Usage(output_tokens=100, reasoning_tokens=90), 10 * 2e-6 + 90 * 5e-6),
        # above a threshold the whole request has the higher price; at the threshold it has not
        ("long", Usage(input_tokens=128_000, output_tokens=1), 128_000 * 1e-6 + 10e-6),
        ("long", Usage(input_tokens=128_001, output_tokens=1), 128_001 * 2e-6 + 10e-6),
        (
            "long",
            Usage(input_tokens=200_001, cached_input_tokens=1, output_tokens=1),
            200_000 * 4e-6 + 0.4e-6 + 15e-6,
        ),
        # but for xAI it has
        ("inclusive", Usage(input_tokens=128_000), 128_000 * 2e-6),
        ("tiered", Usage(input_tokens=1000, output_tokens=1), 1000 * 1e-6 + 2e-6),
        ("tiered", Usage(input_tokens=1001, output_tokens=1), 1001 * 5e-6 + 7e-6),
        ("tiered", Usage(input_tokens=99_999, cached_input_tokens=99_999), 99_999 * 5e-6),
        # counts that contradict one another are never paid twice, nor negatively
        ("caching", Usage(input_tokens=10, cached_input_tokens=50), 10 * 0.3e-6),
        ("local", Usage(input_tokens=10, output_tokens=10), 0.0),
    ],
)
def test_a_worked_example(prices: Prices, model: str, usage: Usage, dollars: float) -> None:
    assert prices.cost(model, usage) == pytest.approx(dollars, rel=1e-12)


@pytest.mark.parametrize("model", ["unheard-of", "zero", "half", "", "acme/unheard-of", "sample_spec"])
def test_a_model_without_a_known_price_costs_none_and_not_nothing(prices: Prices, model: str) -> None:
    assert prices.cost(model, Usage(input_tokens=1, output_tokens=1)) is None


def test_a_name_with_its_provider_finds_the_bare_row_of_that_provider_only(prices: Prices) -> None:
    used = Usage(input_tokens=1)

    assert prices.cost("acme/plain", used) == prices.cost("plain", used)
    assert prices.cost("other/plain", used) is None


def test_an_override_comes_before_the_table_in_dollars_per_million(prices: Prices) -> None:
    listed = {"plain": Price(input=1.0, output=2.0, cached_input=0.1), "mine": Price(input=3, output=4)}
    own = Prices(listed, prices.file)
    used = Usage(input_tokens=1_000_000, cached_input_tokens=500_000, output_tokens=1_000_000)

    assert own.cost("plain", used) == pytest.approx(0.5 * 1.0 + 0.5 * 0.1 + 2.0)
    assert own.cost("mine", used) == pytest.approx(3.0 + 4.0)
    assert own.cost("caching", used) == prices.cost("caching", used)


def test_the_revision_is_the_blob_id_that_git_gives_the_table(prices: Prices) -> None:
    assert prices.file is not None
    blob = subprocess.run(["git", "hash-object", str(prices.file)], capture_output=True, text=True, check=True)

    assert prices.revision == blob.stdout.strip()


def test_overrides_are_part_of_the_revision(prices: Prices) -> None:
    one, other = (Prices({"plain": Price(input=1, output=cost)}, prices.file) for cost in (1, 2))

    assert prices.revision is not None
    assert one.revision is not None
    assert one.revision.startswith(f"{prices.revision}+")
    assert one.revision != other.revision


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_broken_table_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "prices.json"
    path.write_text(content, "utf-8")

    with pytest.raises(ConfigError, match=r"prices\.json"):
        Prices(file=path).cost("plain", Usage())


# --- the table that litellm ships -----------------------------------------------------------------------------------

PRICED = [
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-4.1-nano",
    "o3",
    "o4-mini",
    "gpt-5",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "gemini/gemini-2.5-pro",
    "gemini/gemini-2.5-flash",
    "vertex_ai/gemini-2.5-pro",
    "mistral/mistral-large-latest",
    "groq/openai/gpt-oss-120b",
    "deepseek/deepseek-reasoner",
    "azure/gpt-4.1",
    "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "dashscope/qwen-plus-2025-07-28",
    "dashscope/qwen-flash",
    "perplexity/sonar",
]
USAGES = [
    Usage(input_tokens=1000, output_tokens=200),
    Usage(input_tokens=1000, cached_input_tokens=600, output_tokens=200, reasoning_tokens=150),
    Usage(input_tokens=250_000, cached_input_tokens=100_000, output_tokens=9000),
    Usage(input_tokens=300_000, output_tokens=9000, reasoning_tokens=8000),
]


@pytest.mark.filterwarnings("ignore:::litellm")
@pytest.mark.parametrize("usage", USAGES)
@pytest.mark.parametrize("model", PRICED)
def test_ours_is_the_cost_that_litellm_computes(model: str, usage: Usage) -> None:
    import os

    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    import litellm
    from litellm.types.utils import CompletionTokensDetailsWrapper, PromptTokensDetailsWrapper
    from litellm.types.utils import Usage as TheirUsage

    theirs = TheirUsage(
        prompt_tokens=usage.input_tokens,
        completion_tokens=usage.output_tokens,
        prompt_tokens_details=PromptTokensDetailsWrapper(cached_tokens=usage.cached_input_tokens),
        completion_tokens_details=CompletionTokensDetailsWrapper(reasoning_tokens=usage.reasoning_tokens),
    )
    expected = sum(litellm.cost_per_token(model=model, usage_object=theirs))

    assert Prices().cost(model, usage) == pytest.approx(expected, rel=1e-9)


def test_the_shipped_table_prices_the_usual_models_with_and_without_their_provider() -> None:
    used = Usage(input_tokens=1_000_000, output_tokens=1_000_000)
    shipped = Prices()

    for model, provider in (("gpt-4.1-mini", "openai"), ("claude-sonnet-4-5", "anthropic")):
        assert shipped.cost(model, used) == shipped.cost(f"{provider}/{model}", used)
        assert shipped.cost(model, used) is not None
    assert shipped.cost("scripted", used) is None
    assert shipped.revision is not None
    assert len(shipped.revision) == 40


def test_no_row_of_the_table_is_an_error_at_any_size() -> None:
    path = _bundled()
    assert path is not None
    sizes = [Usage(input_tokens=tokens, output_tokens=1) for tokens in (1, 300_000)]

    found = {name: [Prices().cost(name, size) for size in sizes] for name in json.loads(path.read_bytes())}

    assert found["exa_ai/search"] == [None, None]  # priced by results and not by tokens
    assert sum(None not in costs for costs in found.values()) > 1000
