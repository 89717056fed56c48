"""Which sentences of an answer claim something about the world, so that a document has to stand behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from guardrails.patterns import Pattern, is_within, pattern
from guardrails.text import Segment, sentences

__all__ = ["abstains", "claims", "refuses"]

_REACH = 400
"""Only so much of a sentence is looked at: what it does is said at its beginning."""

_NOT = "(?:n't| not)"  # a curly apostrophe is made straight first
_HELP = (
    r"(?:help|assist|provide|answer|respond|fulfil|comply|complete|engage|discuss|offer|give|share|generate|create|write"
    r"|tell|advise|support|recommend|suggest|encourage|condone|promote|endorse|participate|satisfy|disclose|facilitate"
    r"|speak|talk|comment|speculate|explain|describe|process|follow|do (?:that|this|so)|in good conscience|ethically)"
)
_SOURCE = (
    r"(?:(?:provided|given|available|retrieved|supplied|above|these|those|the|this|any|our|my|your) ){0,3}"
    r"(?:documents?|passages?|context|sources?|texts?|articles?|information|data|materials?|knowledge base"
    r"|documentation|excerpts?|pages?|polic(?:y|ies)|search results)"
)
_SAY = (
    r"(?:say|state|mention|specif|contain|includ|provid|answer|address|cover|give|indicat|discuss|explain|offer|tell|have"
    r"|sufficient|enough|clear|on this)"
)
_SAID = r"(?:mentioned|stated|specified|given|provided|covered|addressed|included|found|answered|available)"


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_REFUSES = _any(
    r"\b(?:i|we)(?:'m| am|'re| are)? (?:\w+ ){0,2}?(?:can(?:no|')?t|can not|won't|will not|unable to|not able to"
    r"|decline to|refuse to|not (?:going|allowed|permitted|programmed|designed|comfortable|willing)"
    rf"|do{_NOT} feel comfortable|could{_NOT}|must not|should{_NOT})(?: \w+){{0,5}}? {_HELP}",
    r"\b(?:i|we)(?:'m| am|'re| are) (?:\w+ )?(?:sorry|afraid),? (?:but )?(?:that )?(?:i|we)"
    rf" (?:can(?:no|')?t|can not|won't|will not|(?:am|are) (?:unable|not able)|do{_NOT} (?:have|know))",
    r"\b(?:that|this|it)(?:'s| is| would be) (?:not (?:something|a topic) (?:that )?(?:i|we) (?:can|will|am|do)\b"
    r"|(?:outside (?:of )?|not within |beyond )(?:my|our|what))",
    rf"\b(?:is{_NOT}|'s not|not|never) (?:\w+ )?(?:appropriate|ethical|acceptable|right|respectful|accurate)"
    r"(?:,? or \w+| and \w+)? (?:for me )?to (?:provide|help|assist|answer|discuss|give|generate|share|write|make"
    r"|create|engage|suggest|say|joke|use|promote|ask|harm)\b",
    r"\bas an (?:ai|artificial)\b[^.!?]{0,80}\b"
    rf"(?:can(?:no|')?t|can not|do{_NOT} (?:have|hold|feel)|unable|not able)\b",
    r"\b(?:against|violates?) (?:my|our) (?:\w+ ){0,3}?(?:guidelines|polic(?:y|ies)|principles|programming|values)",
)
_ABSTAINS = _any(
    rf"\b{_SOURCE}\b[^.!?]{{0,80}}?\b(?:(?:do|does|did){_NOT}|never|fails? to|(?:is|are) (?:silent|not)) ?"
    rf"(?:\w+ ){{0,3}}?{_SAY}",
    r"\b(?:no|not enough|insufficient|not any|without) (?:\w+ ){0,4}?(?:information|details?|mention|answer)\b"
    r"[^.!?]{0,60}?(?:\b(?:in|from|within|by|about|on|to|regarding|provided|given|available|found)\b|[.!]|\Z)",
    # evidence and data may be what the answer is about
    rf"\b(?:no|not enough|insufficient|not any|without) (?:\w+ ){{0,4}}?(?:evidence|data)\b"
    rf"[^.!?]{{0,60}}?\b(?:(?:in|from|within|by) {_SOURCE}|provided|given|available"
    r"|to (?:answer|say|determine|support|tell|conclude))\b",
    rf"\b(?:i|we) do{_NOT} (?:have|know|see|find)\b",
    r"\b(?:i|we) (?:could|can)(?:no| no|n'|')?t (?:find|locate|determine|answer|tell|confirm)",
    r"\bunable to (?:answer|find|determine|locate|provide)",
    r"\bcan(?:no|')t be (?:answered|determined)",
    rf"\b(?:is|are|was|were){_NOT} (?:\w+ )?{_SAID} (?:\w+ ){{0,2}}?(?:in|by) {_SOURCE}",
)
_SOCIAL = re.compile(
    r"\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|welcome|thanks?|thank you"
    r"|you'?re welcome|sure|certainly|of course|absolutely|great question|good question|glad|happy|pleased|no problem"
    r"|my pleasure|cheers|bye|goodbye|take care|kind regards|regards|sincerely|have a (?:great|nice|good|wonderful)"
    rf"|please (?:let|feel|note that i|contact me|ask|do{_NOT} hesitate)|let me know|feel free|i hope"
    r"|hope (?:this|that)|if you (?:have|need) (?:any|more|further|other)"
    r"|i(?:'d| would|'m| am) (?:be )?(?:happy|glad|here)|i can help|i apologi[sz]e|(?:i(?:'m| am) )?sorry)\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\W*(?:(?:sure|certainly|of course|okay|ok)\W+)?(?:here(?:'s| is| are)|below (?:is|are)|the following"
    r"|based on|according to|in (?:summary|short))\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?P<fence>```|~~~)[\s\S]*?(?:(?P=fence)|\Z)|`[^`\n]+`")
_HEADING = re.compile(
    r"^[ \t]{0,3}(?:#{1,6}[ \t]+|(?=\*\*))(?:\*\*)?([^\W\d_](?:[^\n\d.:!?*]){0,60})(?:\*\*)?:?[ \t]*$", re.MULTILINE
)
_PAST = re.compile(r"^(?!what|who|how|why|when|where)\w.* (?:was|were|had|has been) \w+ \w", re.IGNORECASE)
"""A heading, or a line that ends in a colon, with a verb like this is a statement in the dress of one."""
_TABLE = re.compile(r"^[ \t]*(?:\|[ \t]*)?:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)+\|?[ \t]*$", re.MULTILINE)
_ANSWERS = re.compile(
    r"\W*(?:yes|no|yeah|yep|nope|correct|exactly|indeed|true|false|ja|nein|oui|non|s\u00ed)[\s.!,]*", re.IGNORECASE
)
"""An answer to a question that is not before us."""
_LISTS_SOURCES = re.compile(r"\W*(?:sources?|references?|citations?)(?:\W|\d)*(?:\Z|\[|:)", re.IGNORECASE)


def claims(text: str) -> list[Segment]:
    """The sentences of `text` that claim something.

    Greetings and thanks, questions, announcements of what follows ("Here is a summary:"), lists of sources, refusals,
    and statements that the documents do not say claim nothing.
    """
    found = sentences(text)
    if "`" in text or "~~~" in text:
        found = _with_code_whole(found, text)
    heads = _heads(text)
    return [sentence for sentence in found if sentence.start not in heads and _claims(sentence.text)]


def _with_code_whole(found: Sequence[Segment], text: str) -> list[Segment]:
    """The sentences, those joined that a stretch of code has part in: `a. b` between backticks, or a fenced block."""
    code = _CODE.finditer(text)
    span = next(code, None)
    out: list[Segment] = []
    for sentence in found:
        while span is not None and span.end() <= sentence.start:
            span = next(code, None)
        start, end = sentence.start, sentence.end
        if span is not None and out and span.start() < out[-1].end and start < span.end():
            start = out.pop().start
        out.append(Segment(start, end, text[start:end]))
    return out


def _heads(text: str) -> frozenset[int]:
    """Where short headings and the heads of tables begin: they name what follows."""
    found: set[int] = set()
    if "#" in text or "**" in text:
        found.update(match.start(1) for match in _HEADING.finditer(text) if not _PAST.search(match[1]))
    for rule in _TABLE.finditer(text) if "--" in text else ():
        end = max(0, rule.start() - 1)
        begin = text.rfind("\n", 0, end) + 1
        found.update(range(begin, min(end, begin + 8)))
    return frozenset(found)


def refuses(sentence: str) -> bool:
    """Whether the sentence declines to help: "I cannot help with that"."""
    start = _beginning(sentence)
    return _may_decline(start) and _REFUSES.search(start) is not None


def abstains(sentence: str) -> bool:
    """Whether the sentence says that the answer is not known: "The documents do not say"."""
    start = _beginning(sentence)
    return _may_decline(start) and _ABSTAINS.search(start) is not None


@lru_cache(maxsize=1)
def _declines() -> Pattern:
    """Finds something in ASCII wherever one of the two patterns does, and many times faster."""
    return pattern("|".join(each.pattern.replace(r"\Z", r"\z") for each in (_REFUSES, _ABSTAINS)), ignore_case=True)


def _may_decline(start: str) -> bool:
    """Whether it is worth while to look how the sentence refuses or abstains."""
    return not start.isascii() or is_within(_declines(), start)


def _beginning(sentence: str) -> str:
    return sentence[:_REACH].replace("\u2019", "'")


def _claims(sentence: str) -> bool:
    bare = sentence.rstrip(" \t\n*_\"'\u201d\u2019)")
    if _ANSWERS.fullmatch(bare):
        return False
    if bare.endswith(("?", "\uff1f")):
        return False
    start = _beginning(sentence)
    if bare.endswith((":", "\uff1a")) and (
        _ANNOUNCES.match(start) or (bare.count(" ") < _SHORT and not _PAST.search(start))
    ):
        return False
    if _LISTS_SOURCES.match(start):
        return False
    courtesy = _SOCIAL.match(start)
    if courtesy and bare.count(" ") < _LONG_COURTESY:
        return any(_asserts(clause) for clause in _clauses(start)[1:])
    if not _may_decline(start):
        return True
    return not any(_is_all(match, start) for match in (_REFUSES.search(start), _ABSTAINS.search(start)) if match)


def _is_all(match: re.Match[str], start: str) -> bool:
    """Whether the sentence says nothing besides: "The documents do not say, but it costs 20 dollars" does."""
    before = [clause for clause in _clauses(start[: match.start()])[:-1] if not _FRAMES.match(clause)]
    if any(_asserts(clause) for clause in before):
        return False
    turn = _TURN.search(start, match.end())
    if turn is not None:
        rest = start[turn.end() :]
        if rest.strip().count(" ") >= _LEAST_SAID and _SOCIAL.match(rest) is None:
            return False
    return not any(_asserts(clause) for clause in _clauses(start[match.end() :])[1:])


def _clauses(text: str) -> list[str]:
    """Its parts between marks and conjunctions that may join two statements; what hangs on one is a part as well."""
    return _JOINS.split(text)


def _asserts(clause: str) -> bool:
    """Whether a part of a sentence states something by itself: someone, not the speaker, is or did something."""
    told = _TELLS.search(clause)
    return (
        told is not None and not _NO_STATEMENT.match(clause) and not (_may_decline(clause) and _ABSTAINS.search(clause))
    )


_TURN = re.compile(r"\b(?:but|however|although|though|nevertheless|yet|except that|instead)\b,?", re.IGNORECASE)
_JOINS = re.compile(
    r"[;:,!\u2013\u2014]\s|\s-\s|[,;]?\s(?:and|but|so|although|though|because|since|while|whereas|yet)\s", re.IGNORECASE
)
_FRAMES = re.compile(
    r"\W*(?:based on|according to|in|from|within|after|having|as|while|although|though|if|unfortunately|however"
    r"|therefore|to (?:the best|answer|summari[sz]e))\b",
    re.IGNORECASE,
)
"""What leads up to a statement that something is not said: "Based on the passages, there is no ..."."""
_TELLS = re.compile(
    r"\w\W+(?:is|are|was|were|has|have|had|will|would|can|could|must|may|might|do|does|did|costs?|takes?|needs?|holds?"
    r"|(?!(?:provided|given|needed|related|based)\b)\w{3,}ed|fell|rose|sold|bought|lost|won|began|burnt|made|met|said"
    r"|sent|went|came|left|took|paid|kept|built|led|grew|ran|shut)\b\W+\w+\W+\w",
    re.IGNORECASE,
)
"""A subject, a finite verb, and two words at least of what is said of it."""
_NO_STATEMENT = re.compile(
    r"\W*(?:and |but |so |then )?(?:(?:i|we|you|it|this|that|they|please|let|feel|if|when|whether|what|which|who|how|as"
    r"|because|since|while|although|though|there (?:is|are|was|were) (?:no|not|any))\b|not\b|nor\b|or\b|any\b)",
    re.IGNORECASE,
)
"""Speaks of those who talk, of what was said before, or under a condition: not by itself of the world."""
_LEAST_SAID = 2
"""Spaces in what follows a "but": from here on it claims something of its own."""
_SHORT = 8
"""Spaces in a line that ends in a colon: below this it is a heading."""
_LONG_COURTESY = 25
"""Spaces in a sentence that begins with a courtesy: above this it says something besides."""
