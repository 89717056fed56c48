"""The wordings of well-known attacks, by what they are after: they explain a score, and are a part of it."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Literal, TypeAlias

from guardrails.patterns import PatternSet, scannable

__all__ = ["KINDS", "Manner", "Phrase", "found", "manner", "phrases"]

Phrase: TypeAlias = tuple[int, int, str]
"""Start, end and kind of a phrase."""
Manner: TypeAlias = Literal["none", "said", "reported"]
"""Whether a text has a phrase, and whether it speaks of what somebody might say."""

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

_HEDGES = (
    r"\b(?:if|when|whenever|unless|whatever|even if) (?:the |a |any |some |your )?"
    r"(?:users?|someone|anyone|somebody|anybody|they|he|she|input|message|players?|visitors?|people|attackers?)\b"
    r"|\b(?:asks?|tells?|wants?|tr(?:y|ies)|attempts?|told|asked|tried|says?|claims?|pretends?) "
    r"(?:(?:you|it|me|them|the (?:model|assistant|bot|ai|system)|an assistant) )?(?:to|that)\b"
    r"|\b(?:attackers?|hackers?|injections?|jailbreaks?|attacks?|users?) (?:often |may |might |can |will |could )?"
    r"(?:is|are|try|tries|use|write|say|send|hide|attempt|ask|tell)\b"
)
"""What speaks of somebody who might say such a thing: a defence, a warning or a report."""

KINDS: tuple[str, ...] = tuple(_PHRASES)
"""What a phrase is after."""

_HEDGE = "hedge"


def manner(present: Collection[str]) -> Manner:
    """How a text has phrases, of the names of the `phrases` that are in it."""
    if not any(kind in present for kind in KINDS):
        return "none"
    return "reported" if _HEDGE in present else "said"


@lru_cache(maxsize=1)
def phrases() -> PatternSet:
    """The phrases by kind, for folded text, and one that is of no kind: that the text reports them."""
    return PatternSet({kind: "|".join(found) for kind, found in _PHRASES.items()} | {_HEDGE: _HEDGES})


def found(text: str) -> tuple[Manner, list[Phrase]]:
    """The phrases in a folded text, and in what manner it has them."""
    text = scannable(text)
    present = phrases().present(text)
    kinds = [kind for kind in KINDS if kind in present]
    return manner(present), [(*match.span(), kind) for kind in kinds for match in phrases()[kind].finditer(text)]
