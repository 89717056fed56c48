"""What users of other guardrail projects reported, and what we read in their code: each is a test that we pass.

`PROJECT#NUMBER` is an issue or a pull request, `PROJECT:PLACE` a file with a line, a paper or a page. A test says which
of them it holds us to by `@pytest.mark.reported(…)`, so that they stand in its id.
"""

from __future__ import annotations

__all__ = ["FAILURES", "FIGURES", "OTHERS", "UNREAD"]

FAILURES: dict[str, tuple[str, ...]] = {
    "checks that did not run, and nobody was told": (
        "LiteLLM#41787", "LiteLLM#14152", "LiteLLM#13844", "LiteLLM#15027", "LiteLLM#32201", "LiteLLM#39007",
        "LiteLLM#35260", "LiteLLM#31389", "LiteLLM#38721", "NeMo#317", "NeMo#386", "NeMo#761", "NeMo#1485", "NeMo#1981",
        "NeMo#2057", "NeMo#2073", "NeMo#2096", "NeMo#2275", "NeMo#2276", "NeMo#2352", "aisix#204", "aisix#640",
    ),
    "errors taken for a pass, a refusal or a success": (
        "NeMo#2045", "NeMo#2318", "LiteLLM#38568", "LiteLLM#18976", "LiteLLM#19779", "LiteLLM#21245", "LiteLLM#32026",
        "langwatch#6157", "aisix#520", "OpenAI:runtime.py:346", "OpenAI:hallucination_detection.md",
        "LlamaFirewall:llamafirewall.py:136", "PurpleLlama#185", "RAGAS:no-score",
    ),
    "streams that let a value out, or said things twice": (
        "LiteLLM#41611", "LiteLLM#28197", "LiteLLM#28316", "LiteLLM#29123", "LiteLLM#20718", "NeMo#588", "NeMo#1197",
        "NeMo#1470", "NeMo:stream_first", "NeMo:rail-outcomes", "GuardrailsAI#1090", "GuardrailsAI#1118",
        "GuardrailsAI:sequential_validator_service.py:328", "LLM-Guard#83", "OpenAI:_streaming.py:34",
        "elizaOS#15348", "elizaOS#15356", "varlock#981",
    ),
    "values not put back, put back wrong, or for somebody else": (
        "LiteLLM#31950", "LiteLLM#14516", "LiteLLM#24291", "LiteLLM#23037", "LiteLLM#19950", "openmed#204",
        "Presidio#1102", "Presidio#1106", "Presidio:encrypt-only", "LLM-Guard:app.py:69", "LLM-Guard:Deanonymize",
        "LLM-Guard:use_faker", "GuardrailsAI:validator-state", "LiteLLM#30542",
    ),
    "personal data in verdicts, records and logs": ("OpenAI:checked_text", "LlamaFirewall:reason", "LiteLLM:logs"),
    "loops blocked, models loaded anew, patterns that explode": (
        "LlamaFirewall:llamafirewall.py:118", "LlamaFirewall:llamafirewall.py:175", "PurpleLlama#116",
        "PurpleLlama#130", "PurpleLlama#131", "PurpleLlama#132", "OpenAI:runtime.py:70", "OpenAI#91",
        "mcp-context-forge#1958", "Presidio#1461", "Presidio#2063",
    ),
    "good texts taken for attacks or personal data": (
        "LLM-Guard#263", "LLM-Guard#107", "LLM-Guard#113", "PurpleLlama#114", "Presidio#1063", "Presidio#999",
        "Presidio#71", "Presidio#47", "Presidio:lemma_context_aware_enhancer.py:41", "PromptGuard2:60619375606",
        "PIGuard:NotInject", "ProtectAI-v2:legit-traffic", "detect-secrets:prose-and-hashes", "fox-in-the-box#6",
        "OpenAI:recall-at-1-percent", "OpenAI:auc-without-operating-point",
    ),
    "attacks that got past: disguised, encoded, far down, out of place": (
        "LLM-Guard#179", "LLM-Guard:512-tokens", "LlamaFirewall:512-tokens", "LlamaFirewall:roles",
        "LlamaFirewall:hidden-ascii", "GLiNER:long-prompts", "DeBERTa-PII:long-prompts", "fullsend#168",
        "BIPIA:provenance", "provenance-gate:base64", "provenance-gate:unicode", "provenance-gate:German",
        "arXiv:2504.11168", "OpenAI:encoded-pii",
    ),
    "hosts, models and packages that a check needs": (
        "LLM-Guard#97", "LLM-Guard#114", "LLM-Guard#172", "LLM-Guard#174", "guardrails-ai#1387", "guardrails-ai#1560",
        "guardrails-ai#1591", "guardrails-ai:113-packages", "guardrails-ai:telemetry", "NeMo:telemetry", "NeMo#407",
        "NeMo#30", "NeMo#201", "NeMo#234", "NeMo#287", "LettuceDetect#69", "otari#1244",
    ),
    "accounts of what was blocked, spent, watched and cited": (
        "litellm-rs#1277", "LiteLLM#19985", "LiteLLM#12154", "LiteLLM#37362", "LiteLLM#37225", "LiteLLM#38387",
        "LiteLLM-docs#1520", "agentgateway#2348", "aisix#731", "conductai#1393", "praxis-proxy#1119",
        "openai-cookbook#2880", "LettuceDetect#74", "LettuceDetect#11", "LettuceDetect#3", "LettuceDetect#4",
        "LettuceDetect#23",
    ),
}  # fmt: skip
"""By what went wrong."""

OTHERS: dict[str, str] = {
    "agent-governance-toolkit#81": "a queue in which people review answers",
    "UiPath#308": "a queue in which people review answers",
    "LettuceDetect#15": "a request for a tier of rules; the lexical tier is one",
    "guardrails-ai#1473": "a release with malware in it",
    "guardrails-ai#1444": "a pin against a release with malware in it",
    "guardrails-ai#1590": "the removal of a format of theirs",
    "guardrails-ai#1592": "the removal of a loop of theirs",
    "guardrails-ai#1597": "the removal of an option of theirs",
    "NeMo#1806": "the change that ended #30",
    "gram#3579": "checks written in Python share one interpreter lock; so do ours",
    "arXiv:2506.24068": "attacks in stages on several layers of models",
}
"""Named with them, and no failure that a check could have; why."""

FIGURES: dict[str, str] = {
    "NeMo#154": "40 s a call",
    "NeMo#831": "15 s a call",
    "LLM-Guard#209": "the processor at its limit",
}
"""Figures of time: ours stand in docs/filters.md, and no test asserts one."""

UNREAD: tuple[str, ...] = (
    "NeMo#2056", "GuardrailsAI#928", "GuardrailsAI#1238", "GuardrailsAI#1606", "LiteLLM#30924", "LiteLLM#38722",
    "Presidio#638",
)  # fmt: skip
"""Named by their number alone, and not to be read from here."""
