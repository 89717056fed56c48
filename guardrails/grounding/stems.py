"""Words without their endings, and the words that say nothing by themselves."""

from __future__ import annotations

from guardrails.text import lexicon

__all__ = ["STOP", "stem"]

STOP = lexicon(
    "a an the and or but if then else of to in on at by for with from as into about over after before between during "
    "under above is are was were be been being am do does did done has have had having it its this that these those "
    "there here he she they them his her their our your we you i me my us him not no nor so such than too very can "
    "could will would shall should may might must also just only own same both each few more most other some any all "
    "which who whom whose what when where why how while because until though although however within without upon per "
    "via again once therefore thus overall additionally according based provided include includes including "
    "included following mention mentions mentioned mentioning note "
    "s t re ve ll d m it's that's there's don't doesn't isn't aren't can't won't "
    "de la le les el los las del du des une der das dem ein eine einem einen et und il lo gli dei della "
    "di een het och att est ist sind sont mit von zu au aux auf fur im wird werden wurde wurden haben "
    "kann konnen darf durfen sich nach bei zum zur vom dass einer eines un une uno una dans sur avec ce "
    "cette ces qui que ont ete etre peut peuvent unos unas por para se esta estan es puede pueden che si "
    "ha hanno alla nella della delle degli puo possono op een voor je zijn wordt worden er ook naar bij "
    "aan dat mag mogen kan kunnen"
)
"""The last lines, from `de` on, are of other languages, and no words of English."""

_SPELLINGS = (
    "acknowledgement acknowledgment|ageing aging|aluminium aluminum|catalogue catalog|centre center|"
    "centres center|defence defense|dialogue dialog|doughnut donut|doughnuts donut|fibre fiber|fibres fiber|gray grey|"
    "jewellery jewelry|judgement judgment|licence license|licences license|mould mold|mum mom|offence offense|"
    "offences offense|pajamas pyjamas|plough plow|programme program|programmes program|skeptical sceptical|"
    "theatre theater|theatres theater|yoghurt yogurt"
)
"""Other spellings of a word, the one that is kept behind them; the regular ones are `_spelled`."""
_IRREGULAR = dict([spelling.split() for spelling in _SPELLINGS.split("|")]) | {
    form: forms[-1]
    for forms in map(
        str.split,
        [
            "arose arisen arise",
            "ate eaten eat",
            "beaten beat",
            "became become",
            "bent bend",
            "bitten bite",
            "bled bleed",
            "blew blown blow",
            "began begun begin",
            "bought buy",
            "bred breed",
            "broke broken break",
            "brought bring",
            "built build",
            "came come",
            "caught catch",
            "children child",
            "chose chosen choose",
            "crises crisis",
            "dealt deal",
            "drank drunk drink",
            "drew drawn draw",
            "drove driven drive",
            "dug dig",
            "feet foot",
            "fed feed",
            "fell fallen fall",
            "felt feel",
            "fled flee",
            "flew flown fly",
            "forbade forbidden forbid",
            "forgot forgotten forget",
            "found find",
            "fought fight",
            "froze frozen freeze",
            "gave given giving give",
            "geese goose",
            "gone went go",
            "got gotten get",
            "grew grown grow",
            "heard hear",
            "held hold",
            "hid hidden hide",
            "hung hang",
            "kept keep",
            "knew known know",
            "laid lay",
            "led lead",
            "lent lend",
            "lost lose",
            "made make",
            "meant mean",
            "men man",
            "met meet",
            "overcame overcome",
            "oversaw overseen oversee",
            "mice mouse",
            "paid pay",
            "people person",
            "proven prove",
            "ran run",
            "rang rung ring",
            "rode ridden ride",
            "rose risen rise",
            "said say",
            "sang sung sing",
            "sank sunk sink",
            "saw seen see",
            "sent send",
            "shot shoot",
            "shook shaken shake",
            "shown show",
            "shrank shrunk shrink",
            "slept sleep",
            "sold sell",
            "sought seek",
            "spent spend",
            "spoke spoken speak",
            "stole stolen steal",
            "stood stand",
            "struck strike",
            "stuck stick",
            "swam swum swim",
            "swept sweep",
            "swore sworn swear",
            "taken took take",
            "taught teach",
            "teeth tooth",
            "thought think",
            "threw thrown throw",
            "told tell",
            "tore torn tear",
            "understood understand",
            "underwent undergone undergo",
            "used using use",
            "wives wife",
            "withdrew withdrawn withdraw",
            "women woman",
            "woke woken wake",
            "won win",
            "wore worn wear",
            "written wrote write",
        ],
    )
    for form in forms[:-1]
}


def stem(word: str) -> str:
    """The stem of an English word, by its commonest endings only: what it gets wrong, it gets wrong on both sides."""
    if not word.isascii():
        word = word.replace("\u2019", "'")
    word = word.removesuffix("'s")
    word = _IRREGULAR.get(word, word)
    if len(word) <= 3 or not word.isascii():
        return word
    for ending, instead in _ENDINGS.get(word[-1], ()):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + instead
            if len(word) == 3 and ending in _HIDE_AN_E and _is_short(word):
                return word + "e"
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    if len(word) > _SPELLED:
        return _spelled(word)
    return word[:-1] + "y" if len(word) > 3 and word.endswith("i") else word


_SPELLED = 4
"""Letters of a stem up to which it is spelled in one way."""


def _spelled(word: str) -> str:
    """As it is spelled in America: `organiz`, `behavior`, `travel` for `organis`, `behaviour`, `travell`."""
    if "our" in word and word.startswith(_OUR):
        word = word.replace("our", "or", 1)
    if len(word) > _SPELLED + 1:
        if word.endswith(("is", "ys")) and word[-3] not in _VOWELS:
            return word[:-1] + "z"
        if word.endswith("ll"):
            return word[:-1]
        word = word.replace("isation", "ization")
    return word[:-1] + "y" if word.endswith("i") else word


_OUR = tuple(
    f"{start}our"
    for start in (
        "arm", "behavi", "col", "endeav", "fav", "flav", "glam", "harb", "hon", "hum", "lab", "neighb", "od", "rum",
        "sav", "vap", "vig",
    )
)  # fmt: skip


_ENDINGS = {
    "s": (("sses", "ss"), ("ies", "y"), ("ss", "ss"), ("es", ""), ("s", "")),
    "y": (("edly", ""), ("ly", "")),
    "g": (("ing", ""),),
    "d": (("ed", ""),),
}
"""By their last letter, which most words do not have: what is taken off, and what is put instead."""
_HIDE_AN_E = frozenset({"ing", "ed", "es"})


def _is_short(word: str) -> bool:
    """Of the kind that would double its last letter, so that an `e` has gone: `rising`, `rates`; not `sitting`."""
    return word[0] not in _VOWELS and word[1] in _VOWELS and word[2] not in _VOWELS and word[2] not in "wxy"


_VOWELS = "aeiou"
