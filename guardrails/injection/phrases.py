"""The wordings of well-known attacks, by what they are after: they explain a score, and are a part of it."""

from __future__ import annotations

from functools import lru_cache

from guardrails.patterns import PatternSet

__all__ = ["KINDS", "phrases"]

_RULES = (
    r"(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|commands?|programming|training"
    r"|restrictions?)"
)
_EARLIER = r"(?:previous|prior|above|earlier|preceding|foregoing|former|existing|original|initial|past|system|safety)"
_FEW = r"(?: \w+){0,3}?"
_MODEL = r"(?:ai|artificial intelligence|llm|chatbot|language|large language)"
_MODE = r"(?:developer|debug|god|admin|maintenance|sudo) mode"

# Matched on folded text: lower case, NFKC, no invisible characters, single spaces.
_PHRASES: dict[str, tuple[str, ...]] = {
    "override": (
        (
            rf"\b(?:ignore|disregard|forget|override|bypass|neglect|discard|skip)\b{_FEW}"
            rf" (?:{_EARLIER}|(?:all|any|every)(?: of)? (?:the|your|these|those|my)|your)\b{_FEW} {_RULES}\b"
        ),
        (
            rf"\b(?:ignore|disregard|forget) (?:all|everything|anything){_FEW}"
            r" (?:above|before|said|told|written|previously)\b"
        ),
        rf"\b(?:do not|don't|stop|no longer) (?:follow|obey|following|obeying){_FEW} {_RULES}\b",
        (
            rf"\b(?:ignora|olvida|ignorez|oubliez|oublie|ignoriere|vergiss|ignorar?){_FEW}"
            r" (?:instrucciones|instructions|anweisungen|instruções|consignes|istruzioni)\b"
        ),
    ),
    "new_role": (
        (
            r"\byou are (?:now |no longer )(?:\w+ ){0,3}?(?:dan|jailbroken|unrestricted|unfiltered|uncensored|free|evil"
            rf"|bound|restricted|limited|in {_MODE})\b"
        ),
        r"\bfrom now on,? you (?:are|will|must|shall|should|have|can|only)\b",
        (
            r"\b(?:act|behave|respond|answer|pretend|roleplay|role-play|simulate)\b[^.!?]{0,80}"
            r"\b(?:without|with no|ha(?:s|ve) no|free of|ignoring|not bound by) (?:\w+ ){0,3}?"
            r"(?:restrictions?|filters?|limits?|limitations?|rules|guidelines|censorship|morals?|ethics|ethical)\b"
        ),
        r"\bstay in character\b",
        rf"\bdo anything now\b|\bjailbreak(?:ed)? (?:mode|prompt)|\b{_MODE} (?:enabled|activated|on|output)\b",
        r"\bhas (?:no|neither) (?:\w+ ){0,3}?(?:ethical|moral)(?: \w+){0,3} guidelines\b",
        r"\b(?:broken|freed?) (?:free )?(?:of|from) the (?:typical )?(?:confines|restrictions) of (?:ai|openai)\b",
    ),
    "prompt_extraction": (
        (
            r"\b(?:reveal|print|show|repeat|output|display|tell me|give me|write|leak|dump|share|expose|recite)\b"
            r"(?: \w+){0,4}? (?:your|the) (?:\w+ )?"
            r"(?:system|initial|hidden|secret|developer|original|full|entire|above|previous) "
            r"(?:system )?(?:prompt|instructions?|message|text|rules|configuration)\b"
        ),
        (
            r"\b(?:what (?:is|are|were)|repeat|print) your (?:exact |full |secret |system |initial |original )+"
            r"(?:prompt|instructions?|rules)\b"
        ),
    ),
    "false_turn": (
        r"<\|?(?:im_start|im_end|system|endoftext|end_of_text|eot_id|start_header_id)\|?>|\[/?inst\]|<</?sys>>",
        r"### ?(?:system|new|updated) (?:prompt|instructions?)",
        r"\[(?:system|admin|developer)(?: message| note| override)?\]",
        (
            r"\b(?:new|updated|revised|real|actual|important|additional) (?:system )?instructions? ?"
            r"(?:for (?:the )?(?:ai|assistant|model|bot|llm|agent))? ?:"
        ),
        r"\bend of (?:the )?(?:document|context|prompt|user input|instructions)\b ?[\]\-=:#*]",
    ),
    "to_the_model": (
        (
            r"\b(?:attention|note|message|instructions?|notice|dear|important|hey|hello)(?: to| for)?"
            rf"(?: the| all| any| every)? {_MODEL}(?: (?:assistants?|models?|systems?|agents?|bots?))?\b ?[:,!\-]"
        ),
        r"\b(?:if|when) you(?:'re| are) an? (?:ai|llm|language model|large language model|automated|assistant)\b",
        (
            r"\b(?:ai|llm)s? (?:assistants?|models?|agents?|systems?)? ?"
            r"(?:reading|processing|summari[sz]ing|that reads?) this\b"
        ),
        (
            r"\b(?:assistant|ai|model|chatbot)s? (?:must|should|shall) (?:now )?"
            r"(?:ignore|instead|say|reply|respond|answer|tell|output|recommend|not mention)\b"
        ),
        (
            r"\bwhen (?:asked|the user asks|someone asks|users? asks?|answering|summari[sz]ing)\b[^.!?]{0,80}"
            r"\b(?:you must|always|instead|only) (?:say|reply|respond|answer|tell|output|recommend|state)\b"
        ),
    ),
    "concealment": (
        (
            r"\b(?:do not|don't|never|without) "
            r"(?:tell|telling|inform|informing|mention|mentioning|reveal|revealing|notify|notifying|alert|alerting)"
            rf"{_FEW} (?:the )?user\b"
        ),
        (
            r"\b(?:do not|don't) (?:mention|reveal|disclose|acknowledge)(?: \w+){0,2}?"
            r" (?:instructions?|prompt|message|note)\b"
        ),
    ),
    "exfiltration": (
        (
            r"\b(?:send|forward|email|post|upload|transmit|exfiltrate|append|leak)\b(?: \w+){0,6}?"
            r" (?:conversation|chat (?:history|log)|credentials|the password|passwords|api keys?|system prompt|session"
            r"|user's (?:\w+ )?(?:data|details|information|messages?))(?: \w+){0,4}? (?:to|at)\b"
        ),
        r"!\[[^\]]{0,80}\]\(https?://[^)\s]{0,200}(?:\{|\$|<|=\[|%7b)",
    ),
}

KINDS: tuple[str, ...] = tuple(_PHRASES)
"""What a phrase is after."""


@lru_cache(maxsize=1)
def phrases() -> PatternSet:
    """The phrases by kind, for folded text."""
    return PatternSet({kind: "|".join(alternatives) for kind, alternatives in _PHRASES.items()})
