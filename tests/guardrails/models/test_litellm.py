"""The litellm adapter: what it does on its own, and what becomes of litellm's exceptions.

What it has in common with the direct adapter is tested for both in `test_adapters`.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from guardrails import errors
from guardrails.models import ask_model
from guardrails.models.litellm import CERTAIN, LIKELY, LiteLLM, translated
from guardrails.types import Usage
from tests.guardrails.models.provider import ANTHROPIC, BOTH, KEY, OPENAI, Provider, asking
from tests.loopback import Says

pytestmark = [
    pytest.mark.usefixtures("closing"),
    # What litellm's own code warns of would be raised inside it, and come out as a broken stream.
    pytest.mark.filterwarnings("ignore:::litellm"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier:UserWarning:pydantic"),
]


@BOTH
async def test_tokens_written_to_anthropics_cache_are_input_too(provider: Provider, stream: bool) -> None:
    provider.says = Says("4", input_tokens=100, cached=30, written=50)

    reply = await ask_model(provider.model(ANTHROPIC, stream=stream), asking())

    assert reply.usage == Usage(input_tokens=100, output_tokens=5, cached_input_tokens=30, cache_write_tokens=50)


async def test_a_reply_carries_no_cost_of_litellms(provider: Provider) -> None:
    assert (await ask_model(provider.model(OPENAI), asking())).cost is None


async def test_a_name_that_no_provider_has_is_a_bad_request() -> None:
    with pytest.raises(errors.BadRequest):
        await ask_model(LiteLLM("nonsense"), asking())


# --- the border -----------------------------------------------------------------------------------------------------


def exceptions_of_litellm() -> dict[str, type[BaseException]]:
    from litellm import exceptions

    return {
        name: kind
        for name, kind in vars(exceptions).items()
        if isinstance(kind, type) and issubclass(kind, BaseException) and kind.__module__ == exceptions.__name__
    }


def test_no_exception_of_litellm_is_forgotten() -> None:
    assert exceptions_of_litellm().keys() == CERTAIN.keys() | LIKELY.keys()
    assert not CERTAIN.keys() & LIKELY.keys()


@pytest.mark.parametrize("name", sorted(CERTAIN.keys() | LIKELY.keys()))
def test_each_exception_of_litellm_becomes_a_model_error(name: str) -> None:
    kind = exceptions_of_litellm()[name]
    bare: Any = kind.__new__(kind)  # their constructors all differ, and only the class is of interest here
    bare.message, bare.num_retries, bare.max_retries, bare.original_exception = "told", None, None, None

    assert type(translated(bare, "m")) is {**CERTAIN, **LIKELY}[name]


def test_an_exception_that_litellm_did_not_map_is_still_ours() -> None:
    assert isinstance(translated(TypeError("odd"), "m"), errors.MalformedReply)
    assert isinstance(translated(ConnectionResetError("gone"), "m"), errors.ModelUnavailable)
    assert isinstance(translated(TimeoutError(), "m"), errors.ModelTimeout)


SILENT = """
import asyncio, os, socket, sys

def refuse(*_):
    raise AssertionError("the network was touched")

from guardrails.models import resolve
from guardrails.models.prices import Prices
from guardrails.types import Call, Message, Usage

model = resolve("openai/gpt-4.1-mini")
assert Prices().cost("gpt-4.1-mini", Usage(input_tokens=1)) is not None
assert "litellm" not in sys.modules, "resolving and pricing must not import litellm"
socket.getaddrinfo = socket.socket.connect = refuse
before = dict(os.environ)

async def main():
    try:
        await model(Call(messages=(Message(role="user", content="hi"),)))
    except Exception as error:
        print(type(error).__name__)
    await model.aclose()

asyncio.run(main())
import litellm
assert litellm.disable_hf_tokenizer_download and litellm.suppress_debug_info
added = set(os.environ) - set(before)
assert added <= {"LITELLM_LOCAL_MODEL_COST_MAP", "LITELLM_MODE", "TIKTOKEN_CACHE_DIR"}, added
"""


def test_litellm_is_imported_by_the_first_request_and_touches_neither_network_nor_environment() -> None:
    env = {"PATH": "", "OPENAI_API_KEY": KEY}
    done = subprocess.run([sys.executable, "-W", "error", "-c", SILENT], capture_output=True, text=True, env=env)

    assert (done.stdout, done.stderr, done.returncode) == ("ModelUnavailable\n", "", 0)
