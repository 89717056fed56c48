"""Every name that our traces use, in one table: the GenAI conventions of OpenTelemetry still move.

`gen_ai.*` follows the GenAI semantic conventions (status: development), `llm.*`, `input.*`, `output.*` and
`openinference.*` the OpenInference conventions, which Phoenix, MLflow and Langfuse need to show a span properly.
What neither knows (policies, rules, verdicts, our cache, cost) is `guardrails.*`. The verdict, what a check advises, is
kept apart from the action, what was really done, with the value sets of the proposed `gen_ai.guardrail.*` attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from guardrails.models import ADDRESS
from guardrails.types import Action

SCOPE = "guardrails"
"""Name of the instrumentation scope."""

# What a span is: shown by every backend.
SPAN_KIND = "openinference.span.kind"
KIND_CHAIN, KIND_LLM, KIND_GUARDRAIL = "CHAIN", "LLM", "GUARDRAIL"

# Spans and operations. The logical call is a workflow and not a `chat`: its attempts are, and are counted once.
OPERATION = "gen_ai.operation.name"
WORKFLOW, CHAT, GUARDRAIL = "invoke_workflow", "chat", "run_guardrail"
WORKFLOW_NAME = "gen_ai.workflow.name"

# One request to a model.
PROVIDER = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
REQUEST_TEMPERATURE = "gen_ai.request.temperature"
REQUEST_TOP_P = "gen_ai.request.top_p"
REQUEST_MAX_TOKENS = "gen_ai.request.max_tokens"
REQUEST_SEED = "gen_ai.request.seed"
REQUEST_STOP = "gen_ai.request.stop_sequences"
OUTPUT_TYPE = "gen_ai.output.type"
RESPONSE_MODEL = "gen_ai.response.model"
RESPONSE_ID = "gen_ai.response.id"
FINISH_REASONS = "gen_ai.response.finish_reasons"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE_TOKENS = "gen_ai.usage.cache_write.input_tokens"
CACHE_WRITE_TOKENS_OPENINFERENCE = "llm.token_count.prompt_details.cache_write"
"""Phoenix does not read the name above; a second `gen_ai.usage.*` name would be counted twice by Langfuse."""
REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens"
COST = "llm.cost.total"
"""On attempts only: backends add it up over the spans of a trace."""
ERROR_TYPE = "error.type"

# Text: only where it was asked for.
INPUT_VALUE = "input.value"
OUTPUT_VALUE = "output.value"
INPUT_MIME_TYPE = "input.mime_type"
OUTPUT_MIME_TYPE = "output.mime_type"
JSON, PLAIN = "application/json", "text/plain"
INPUT_MESSAGES = "gen_ai.input.messages"
OUTPUT_MESSAGES = "gen_ai.output.messages"

# The logical call.
POLICY_NAME = "guardrails.policy.name"
POLICY_DIGEST = "guardrails.policy.digest"
OUTCOME = "guardrails.outcome"
DELIVERED, BLOCKED, FAILED = "delivered", "blocked", "failed"
OUTCOME_REASON = "guardrails.outcome.reason"
FLAGS = "guardrails.flags"
RECEIPT = "guardrails.receipt.id"
MODEL = "guardrails.model"
CACHE = "guardrails.cache.status"
ATTEMPTS = "guardrails.attempts"
DISCARDED = "guardrails.discarded"
DEADLINE_LEFT = "guardrails.deadline.left"
TOTAL_COST = "guardrails.cost.total"
PRICED = "guardrails.cost.priced"
TOTAL_INPUT_TOKENS = "guardrails.usage.input_tokens"
TOTAL_OUTPUT_TOKENS = "guardrails.usage.output_tokens"

# One attempt, beyond the conventions.
ATTEMPT_REASON = "guardrails.attempt.reason"
ATTEMPT_NUMBER = "guardrails.attempt.number"

# One rule.
RULE_EVENT = "guardrails.rule"
RULE_ID = "guardrails.rule.id"
RULE_CHECK = "guardrails.rule.check"
RULE_CHECK_VERSION = "guardrails.rule.check.version"
RULE_SURFACE = "guardrails.rule.surface"
RULE_MODE = "guardrails.rule.mode"
RULE_STATUS = "guardrails.rule.status"
RULE_SECONDS = "guardrails.rule.seconds"
RULE_COST = "guardrails.rule.cost"
VERDICT_STATE = "guardrails.verdict.state"
VERDICT_TYPE = "guardrails.verdict.type"
VERDICT_SCORE = "guardrails.verdict.score"
VERDICT_REASON = "guardrails.verdict.reason"
ACTION = "guardrails.action"
ACTION_TYPE = "guardrails.action.type"

# Metrics. What the conventions know has their name as of version 1.41, which is what dashboards read.
REQUEST_DURATION = "gen_ai.client.operation.duration"
TOKEN_USAGE = "gen_ai.client.token.usage"  # noqa: S105 - a name in telemetry
TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105
CALLS = "guardrails.calls"
CALL_DURATION = "guardrails.call.duration"
POLICY_BLOCKS = "guardrails.blocks.policy"
FAILURE_BLOCKS = "guardrails.blocks.failure"
CACHE_LOOKUPS = "guardrails.cache.lookups"
SPENT = "guardrails.cost"
UNPRICED = "guardrails.unpriced"
SKIPPED = "guardrails.skipped"
SKIPPED_WHY = "guardrails.skipped.why"
CHECK_DURATION = "guardrails.check.duration"
BREAKER_STATE = "guardrails.breaker.state"
BUDGET_LEFT = "guardrails.budget.left"
BUDGET_LIMIT = "guardrails.budget.limit"
BUDGET_PER = "guardrails.budget.per"
BUDGET_WINDOW = "guardrails.budget.window"
HUNG_CHECKS = "guardrails.checks.hung"

VERDICT_OF_ACTION: Mapping[Action, str] = MappingProxyType(
    {"block": "deny", "drop": "deny", "redact": "modify", "flag": "warn", "escalate": "escalate", "reask": "escalate"}
)
"""What a check advised, told by the action that its rule has for it: allow, deny, modify, warn or escalate."""

TYPE_OF_ACTION: Mapping[Action, str] = MappingProxyType(
    {
        "block": "block",
        "drop": "modify",
        "redact": "modify",
        "flag": "allow",
        "escalate": "escalate",
        "reask": "escalate",
    }
)
"""What was really done: allow, block, modify or escalate."""

PROVIDERS: Mapping[str, str] = MappingProxyType(
    {
        "azure": "azure.ai.openai",
        "azure_ai": "azure.ai.inference",
        "bedrock": "aws.bedrock",
        "gemini": "gcp.gemini",
        "mistral": "mistral_ai",
        "moonshot": "moonshot_ai",
        "vertex_ai": "gcp.vertex_ai",
        "watsonx": "ibm.watsonx.ai",
        "xai": "x_ai",
    }
)
"""Well-known provider names that differ from the prefix that model names have here."""

_FAMILIES = (("gpt-", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"), ("claude", "anthropic"))

EMBEDDED = frozenset({"extractive", "scripted", "replay"})
"""Models that run inside the process."""


@lru_cache(maxsize=1024)
def provider_and_model(name: str) -> tuple[str, str]:
    """Provider and model of a model name as policies write it: `azure/gpt-4.1` is `azure.ai.openai` and `gpt-4.1`."""
    if name.startswith(ADDRESS):  # the address may be an inner one, and belongs to nobody who reads traces
        return ADDRESS.rstrip(":"), name.rpartition("#")[2]
    prefix, slash, rest = name.partition("/")
    if slash and prefix and rest:
        return PROVIDERS.get(prefix, prefix), rest
    if name in EMBEDDED:
        return SCOPE, name
    return next((provider for start, provider in _FAMILIES if name.startswith(start)), "unknown"), name
