"""The wordings of well-known attacks, by what they are after: they explain a score, and are a part of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

from guardrails.patterns import PatternSet, scannable

__all__ = ["KINDS", "Manner", "Phrase", "found", "phrases"]

Phrase: TypeAlias = tuple[int, int, str]
"""Start, end and kind of a phrase."""
Manner: TypeAlias = Literal["none", "said", "hinted", "reported", "turned"]
"""Whether a text has a phrase, whether it has such only as harmless texts have too, and whether it speaks of what
somebody might say."""

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

# What "ignore all previous instructions" is elsewhere, how it begins and how it goes on.
_FOREIGN: dict[str, str] = {
    (
        r"(?:^|[^\pL])(?:olvida|ignora|descarta|esqueça|esqueca|desconsidere|oublie|ignore[rz]|vergiss|ignoriere"
        r"|missachte|dimentica|negeer|vergeet|zignoruj|zapomnij|pomiń|ignorera|glöm|glem|unohda|ohita|zapomeň|ignoruj"
        r"|uită|ignoră|felejtsd|zaboravi|ignoriši|zanemari|lupakan|abaikan|ketepikan|kalimutan|balewalain|puuza|sahau"
        r"|zabudni|oblida|agnoise|xexna|zabud|ignoriruy|ignorirui)[^\pL]"
    ): (
        r"[^.!?]{0,40}(?:instruc|instruç|instruks|instrukt|instrukc|anweisung|consignes|istruzion|poleceni|ohjee|pokyn"
        r"|utasítás|upute|uputstva|naredbe|regler|reglas|règles|regras|regeln|regels|regole|polecenia|zasady|pravidla"
        r"|reguli|szabály|säännöt|sääntöj|direktiv|directives|riktlinjer|retningslinje|richtlijn|wytyczne|smernice"
        r"|aturan|arahan|peraturan|perintah|tagubilin|patakaran|panuto|maagizo|kanuni|odigies|kanones|pravila|ukazani)"
    ),
    r"(?:talimat|kural|komut|yönerge)": r"[^.!?]{0,25}(?:yok say|unut|görmezden|boşver|bosver|çiğne|iptal)",
    r"(?:rules|niyam|instructions|hidayat|nirdesh) (?:\pL+ ){0,2}?(?:bhool ja|bhul ja|chhod d|nazarandaz)": "",
    r"(?:забудь|игнорируй|забути|ігноруй|забрави|игнорирай|пренебрегни|занемари)": (
        r"[^.!?]{0,40}(?:инструкци|указани|правил|інструкці|упутств)"
    ),
    r"(?:ξέχασε|αγνόησε)": r"[^.!?]{0,40}(?:οδηγί|κανόν)",
    r"(?:تجاهل|انس)": r"[^.!?؟]{0,30}(?:التعليمات|الأوامر|القواعد)",
    r"(?:دستور|قوانین|قواعد)": r"[^.!?؟]{0,40}(?:نادیده|فراموش)",
    r"ہدایات": r"[^.!?؟]{0,20}(?:نظر انداز|بھول)",
    r"(?:התעלם|שכח)": r"[^.!?]{0,30}(?:הוראות|כללים)",
    r"(?:निर्देश|नियम|हिदायत)": r"[^.!?।]{0,20}(?:भूल|अनदेखा|नज़रअंदाज़|रद्द|छोड़)",
    r"(?:নির্দেশ|নিয়ম)": r"[^.!?।]{0,20}(?:ভুলে|উপেক্ষা|বাতিল|বাদ)",
    r"(?:விதிக|வழிமுறை|கட்டளை)": r"[^.!?]{0,20}(?:மற|புறக்கணி|ரத்து)",
    r"(?:నియమ|సూచన)": r"[^.!?]{0,20}(?:మర్చి|విస్మరి|రద్దు)",
    r"(?:忽略|无视|無視|忘记|忘記|忽视|忽視|忘掉|抛开|拋開|不要管|别管|別管)": (
        r"[^.。!?,]{0,6}(?:之前|以上|上面|前面|先前|所有|全部|一切)[^.。!?,]{0,8}(?:指令|指示|规则|規則|规定|規定|提示|命令|内容|內容)"
    ),
    r"(?:以前|これまで|上記|すべて|全て)": (
        r"[^.。!?、]{0,10}(?:指示|命令|ルール|プロンプト)[^.。!?、]{0,12}(?:無視|忘れ|取り消し|無効|破棄)"
    ),
    r"(?:이전|위의|지금까지|모든)": r"[^.!?]{0,12}(?:지시|명령|지침|규칙)[^.!?]{0,12}(?:무시|잊|취소|무효|따르지)",
    r"(?:quên|bỏ qua)": r"[^.!?]{0,30}(?:hướng dẫn|chỉ dẫn|chỉ thị|quy tắc|quy định)[^.!?]{0,12}(?:trước|trên)",
    r"(?:ลืม|เพิกเฉย|ละเว้น)": r"[^.!?]{0,8}ค(?:ำ|ํา)สั่ง",
}

_OBEYED = (
    r"(?:^|[\s>*\]#\-])(?:assistant|ai|bot|model|chatgpt|gpt|answer|response|output|a) ?[:>]+ ?"
    r"(?:sure|of course|certainly|absolutely|gladly|happy to|no problem|easy|here is how|here's how|yes, here)"
)
_FAKED_TURNS = 3
"""Turns in which a model is made to obey from which on they are an attack: one is an answer that somebody quotes."""

_HEDGES = (
    r"\b(?:if|when|whenever|unless|whatever|even if) (?:the |a |any |some |your )?"
    r"(?:users?|someone|anyone|somebody|anybody|they|he|she|input|message|players?|visitors?|people|attackers?)\b"
    r"|\b(?:asks?|tells?|wants?|tr(?:y|ies)|attempts?|told|asked|tried|says?|claims?|pretends?) "
    r"(?:(?:you|it|me|them|the (?:model|assistant|bot|ai|system)|an assistant) )?(?:to|that)\b"
    r"|\b(?:attackers?|hackers?|injections?|jailbreaks?|attacks?|users?) (?:often |may |might |can |will |could )?"
    r"(?:is|are|try|tries|use|write|say|send|hide|attempt|ask|tell)\b"
    r"|\b(?:do not|don't|never|must not|should not|cannot) (?:ignore|disregard|forget|override|bypass|skip)\b"
    r"|\b(?:glem ikke|ignorer ikke|vergiss nicht|ignoriere nicht|vergeet niet|negeer niet|jangan abaikan)\b"
)
"""What speaks of somebody who might say such a thing, or forbids it: a defence, a warning or a report."""

KINDS: tuple[str, ...] = tuple(_PHRASES)
"""What a phrase is after."""

_HINTS = frozenset({"false_turn", "concealment", "exfiltration"})
"""Kinds that stand in harmless texts too: in a manual of a chat format, in a plan whom to tell when, in a request to
send a transcript on."""
_HEDGE, _ABROAD, _TURNS = "hedge", "abroad", "turns"
"""What is looked for in the same pass and is no kind."""


@lru_cache(maxsize=1)
def phrases() -> PatternSet:
    """The phrases by kind, for folded text, and besides them: that the text reports them, one in another language, and
    a turn in which a model obeys."""
    patterns = {kind: "|".join(found) for kind, found in _PHRASES.items()} | {_HEDGE: _HEDGES, _TURNS: _OBEYED}
    abroad = "|".join(begin + rest for begin, rest in _FOREIGN.items())
    return PatternSet(patterns | {_ABROAD: abroad}, gates={_ABROAD: "|".join(_FOREIGN)})


def found(text: str, *, turns: bool = False) -> tuple[Manner, list[Phrase]]:
    """The phrases in a folded text, and in what manner it has them.

    With `turns`, those of a pasted conversation in which a model obeys are phrases too, where there are many.
    """
    text = scannable(text)
    present = phrases().present(text)
    phrased = [phrase for kind in KINDS if kind in present for phrase in _places(text, kind, kind)]
    if _ABROAD in present:
        phrased += _places(text, _ABROAD, "override")
    obeyed = _places(text, _TURNS, "false_turn") if turns and _TURNS in present else []
    if len(obeyed) >= _FAKED_TURNS:
        return "turned", phrased + obeyed
    if not phrased:
        return "none", []
    if _HEDGE in present:
        return "reported", phrased
    return "hinted" if _HINTS.issuperset(kind for *_, kind in phrased) else "said", phrased


def _places(text: str, name: str, kind: str) -> list[Phrase]:
    return [(*match.span(), kind) for match in phrases()[name].finditer(text)]
