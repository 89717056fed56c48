"""Declining in the words of many languages: which sentences of an answer do it, and whether the rest answers.

The phrases are first persons: what a shop or a law does not allow is no refusal of the one who says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from guardrails.grounding.claims import refuses
from guardrails.patterns import Pattern, PatternSet, pattern, scannable
from guardrails.text import Segment, count_words

__all__ = ["LATE", "declines", "declines_late", "is_draft", "is_partial", "may_decline"]

_REACH = 400
"""Only so much of a sentence is looked at: what it does is said at its beginning."""

_CANNOT = r"(?:can ?not|can'?t|could ?n[o']t|won'?t|will not|unable to|not able to|must not|may not|shall not)"
_DO = (
    r"(?:help|assist|provide|answer|respond|fulfil|comply|complete|engage|discuss|offer|give|share|generate|create"
    r"|write|tell you|advise|condone|promote|endorse|participate|satisfy|disclose|facilitate|comment|speculate"
    r"|explain|describe|process (?:that|this|your)|do (?:that|this|so|it)|go into|proceed|continue with"
    r"|support (?:that|this|your))"
)
_ENGLISH = "|".join(
    (
        (
            rf"^\W*(?:(?:i'm |i am |we're |we are )?(?:so |very |really |truly |deeply )?(?:sorry|afraid)|apologies"
            rf"|(?:my|our) apologies|i apologi[sz]e|unfortunately|regrettably|no|nope"
            rf"|as an ai[^.!?]{{0,40}})\b[^.!?\n]{{0,60}}?"
            rf"\b{_CANNOT}\b[^.!?\n]{{0,60}}?\b{_DO}"
        ),
        (
            rf"^\W*(?:sorry|apologies|unfortunately)?\W*{_CANNOT} (?:help|assist|comply|answer|discuss|share|provide"
            rf"|do that)"
        ),
        (
            r"\b(?:i|we)(?:'m| am|'re| are|'ll| will|'d)? (?:(?:must|have to|need to|going to|like to"
            r"|afraid i) )?(?:\w+ly )?"
            r"(?:have to |must )?(?:decline|refuse|refrain from|abstain from)\b"
        ),
        r"\b(?:i|we)(?:'d| would) (?:rather|prefer) not\b",
        (
            r"\b(?:i|we) do(?:n't| not) (?:provide|engage in|assist with|help with|generate|create content"
            r"|write content|offer|give out|discuss|produce|participate in|feel (?:comfortable|right|at ease)"
            r"|support (?:that|this|such)|think (?:i|we) (?:can|should) (?:help|assist|answer|do that))"
        ),
        (
            r"\b(?:i|we)(?:'m| am|'re| are|'ve been| have been| was| were) (?:just |only "
            r"|specifically )?(?:programmed|designed"
            r"|trained|instructed|built|told|asked|configured) (?:not|never) to\b"
        ),
        (
            r"\bnot (?:something|anything|a (?:topic|request|question|subject|task)) (?:that )?(?:i|we)(?:'m| am|'ll"
            r"| will| can|'re| are| could| may|'d| would)\b"
        ),
        (
            r"\b(?:this|your|that|the) (?:request|question|prompt|query) (?:can ?not be|can'?t be|won't be"
            r"|is not something"
            r"|violates|goes against|is against|conflicts with|falls outside|is outside|lies outside"
            r"|is inappropriate)"
        ),
        (
            r"\b(?:i|we)(?:'m| am|'re| are| can| could| may|'ll| will)? (?:only (?:able|here|allowed|permitted) to"
            r"|only|able only to) (?:help|assist|answer|discuss|respond|talk|support)\b"
        ),
        (
            r"\b(?:i|we)(?:'m| am|'re| are) not (?:in a position|at liberty|permitted|allowed|authori[sz]ed|prepared"
            r"|equipped|qualified) to\b"
        ),
    )
)
_NOT_MEANT = re.compile(
    r"(?i)\bcan(?:no|')?t (?:\w+ )?(?:(?:recommend|stress|emphasi[sz]e|thank|praise)\b[^.!?]{0,40}\benough|wait"
    r"|help but|tell you how (?:much|happy|glad|excited|many)|say enough)"
)
"""Praise that has the form of a refusal."""

_OTHERS = {
    "de": r"\b(?:ich|wir) (?:kann|können|darf|dürfen|werde|werden|möchte|möchten|bin|sind)\b[^.!?\n]{0,100}"
    r"\b(?:nicht|keine[nrms]?|kein|außerstande)\b[^.!?\n]{0,80}"
    r"(?:helfen|unterstützen|antworten|bereitstellen|geben|erstellen|schreiben|liefern|anbieten|teilen|nachkommen"
    r"|erfüllen|sagen|zeigen|beraten|behilflich|der lage|verraten|generieren|diskutieren|erklären|tun|machen)"
    r"|\b(?:kann|darf|werde|möchte|können|dürfen) (?:ich|wir)\b[^.!?\n]{0,60}\b(?:nicht|keine[nrms]?"
    r"|kein)\b[^.!?\n]{0,60}"
    r"(?:helfen|unterstützen|antworten|geben|erstellen|schreiben|dienen|teilen|nachkommen|sagen|tun|behilflich)"
    r"|\b(?:ich|wir) (?:muss|müssen|möchte|möchten)\b[^.!?\n]{0,60}\bablehnen\b",
    "fr": r"\b(?:je|nous) (?:ne |n')(?:peux|puis|suis|vais|saurais|pourrai|veux|souhaite|dois|pouvons|sommes)\b"
    r"[^.!?\n]{0,80}(?:aider|assister|fournir|répondre|donner|écrire|créer|partager|satisfaire|discuter|mesure"
    r"|autoris|accéder|générer|produire|expliquer|conseiller|traiter|poursuivre|faire)|\b(?:je (?:dois|préfère"
    r"|me vois)[^.!?\n]{0,30}(?:refuser|décliner)|il m'est impossible)",
    "es": r"\bno (?:puedo|podemos|podré|voy a|vamos a|estoy (?:autorizad|en condiciones|programad|capacitad)|debo"
    r"|me es posible|soy capaz)[^.!?\n]{0,60}(?:ayudar|asistir|proporcionar|responder|dar|escribir|crear|compartir"
    r"|cumplir|ofrecer|generar|brindar|atender|discutir|hablar|explicar|facilitar|hacer)"
    r"|\bdebo (?:negarme|declinar|rechazar)",
    "it": r"\bnon (?:posso|possiamo|potrò|sono (?:in grado|autorizzat|programmat)|intendo"
    r"|mi è possibile)[^.!?\n]{0,60}(?:aiutar|assister|fornir|risponder|dar|scriver|crear|condivider|offrir|generar"
    r"|soddisfar|discuter|parlar|spiegar|eseguir|far)|\bdevo (?:rifiutar|declinar)",
    "pt": r"\bnão (?:posso|podemos|poderei|vou|estou (?:autorizad|programad|em condições)|consigo|devo|sou capaz"
    r"|me é possível)[^.!?\n]{0,60}(?:ajudar|auxiliar|fornecer|responder|dar|escrever|criar|compartilhar|partilhar"
    r"|oferecer|gerar|atender|cumprir|discutir|falar|explicar|fazer)|\b(?:devo|tenho (?:de|que)) (?:recusar|negar)",
    "nl": r"\b(?:ik|we|wij) (?:kan|kunnen|mag|mogen|zal|zullen|ga|gaan|wil|ben)\b[^.!?\n]{0,60}\b(?:niet|geen)\b"
    r"[^.!?\n]{0,60}(?:helpen|assisteren|geven|verstrekken|antwoorden|schrijven|maken|delen|voldoen|bieden|bespreken"
    r"|genereren|staat|ondersteunen|uitleggen|doen)|\b(?:kan|mag|zal) ik\b[^.!?\n]{0,50}\b(?:niet"
    r"|geen)\b[^.!?\n]{0,50}(?:helpen|geven|antwoorden|schrijven|delen|doen)",
    "pl": r"nie (?:mogę|możemy|będę|jestem w stanie|zamierzam|wolno mi|potrafię)[^.!?\n]{0,60}(?:pom[oóa]"
    r"|odpowied|udziel"
    r"|poda|dostarcz|napisa|stworzy|udost|spełni|wygener|omawia|rozmawia|wyjaśni|zrobić)|muszę odmówić",
    "cs": r"(?:nemohu|nemůžu|nemůžeme|nesmím|nebudu|nejsem schop|nejsem oprávn)[^.!?\n]{0,60}(?:pomo|poskyt|odpov"
    r"|dát|napsa"
    r"|vytvoř|sdíl|vyhov|splni|generov|vysvětl|diskutov|udělat)",
    "sv": r"\b(?:(?:jag|vi) (?:kan|får|kommer|vill|är)|(?:kan|får|vill) (?:jag|vi))\b[^.!?\n]{0,30}\b(?:inte"
    r"|ej)\b[^.!?\n]{0,60}(?:hjälpa|bistå|ge|svara|tillhandahålla|skriva|skapa|dela|uppfylla|erbjuda|diskutera"
    r"|generera|förklara|göra)",
    "da no": r"\b(?:(?:jeg|vi) (?:kan|må|vil|får|er)|(?:kan|må|vil) (?:jeg"
    r"|vi))\b[^.!?\n]{0,30}\bikke\b[^.!?\n]{0,60}(?:hj[æe]lpe|bistå|give?|svare"
    r"|levere|tilby|skrive|skabe|lage|dele|op?pfylde|oppfylle|diskutere|generere|forklare|i stand|gj?øre)",
    "fi": r"\b(?:en|emme) (?:voi|pysty|saa|halua|aio)[^.!?\n]{0,60}(?:autta|vasta|anta|kirjoit|luo|tarjo|jaka|toteut"
    r"|keskustel|selit|tehdä|tuotta)",
    "ru": r"не (?:могу|можем|буду|смогу|имею права|в состоянии|стану|вправе)[^.!?\n]{0,60}(?:помо|предостав|ответ"
    r"|дать|дава"
    r"|напис|созда|подел|выполн|обсужд|генерир|объясн|сделать|посовет)|вынужден[а ]*отказать",
    "uk": r"не (?:можу|можемо|буду|зможу|маю права)[^.!?\n]{0,60}(?:допом|нада|відпові|дати|написа|створ|поділ|викона"
    r"|обговор|генер|поясн|зробити)",
    "tr": r"(?:yardım(?:cı)? (?:olam|edem)|sağlayam|verem|cevaplayam|yanıtlayam|yazam|oluşturam|yapam|paylaşam|üretem"
    r"|karşılayam|destekleyem|tartışam)(?:am|em|ıyor|iyor|ay|ey)",
    "ar": r"(?:لا (?:أستطيع|استطيع|يمكنني|يمكننا|أقدر|يسعني)|لن (?:أستطيع|أتمكن|أقوم)|لست قادر|غير قادر|يتعذر علي"
    r"|ليس بإمكاني)[^.!؟\n]{0,60}(?:ساعد|تقديم|إجابة|اجابة|توفير|إعطاء|كتابة|إنشاء|مشاركة|تلبية|مناقشة|قيام|تزويد|شرح)",
    "he": r"(?:לא (?:יכול|אוכל|נוכל|מסוגל)|איני יכול|אינני יכול)[^.!?\n]{0,60}(?:לעזור|לסייע|לספק|לענות|לתת|לכתוב"
    r"|ליצור"
    r"|לשתף|למלא|לדון|להסביר|לעשות)",
    "hi": r"(?:मदद|सहायता|जानकारी|उत्तर|जवाब|प्रदान|अनुरोध|साझा|पूरा)[^।.!?\n]{0,50}(?:नहीं (?:कर|दे|बता|लिख"
    r"|बना) सक|असमर्थ)",
    "zh": r"(?:我|本助手|抱歉|对不起|對不起)[^。！？\n]{0,20}(?:无法|不能|不可以|不会|無法|不會|没有办法|没办法"
    r"|沒辦法|拒绝|拒絕|不便|不方便)[^。！？\n]{0,30}(?:帮|幫|协助|協助|提供|回答|给|給|写|寫|创|創|分享|满足|滿足"
    r"|讨论|討論|生成|透露|执行|執行|建议|建議|解释|解釋|回应|回應|处理|處理)",
    "ja": r"(?:手伝い|答え|回答|提供|協力|支援|対応|応え|作成|共有|説明|応じる|教え|生成|お話し|案内"
    r"|サポート)[^。！？\n]{0,14}"
    r"(?:できません|できかね|出来ません|いたしかね|しかねます|致しかね|ことはできない|お断り|差し控え)",
    "ko": r"(?:도와|도움|제공|답변|대답|지원|작성|공유|알려|응할|말씀|생성|설명)[^.!?\n]{0,20}(?:수 없|수는 없"
    r"|어렵습니다|불가능|거절|않겠)",
    "vi": r"(?:tôi|mình)[^.!?\n]{0,30}(?:không thể|không được phép|không có khả năng"
    r"|từ chối)[^.!?\n]{0,40}(?:giúp|hỗ trợ"
    r"|cung cấp|trả lời|viết|tạo|chia sẻ|đáp ứng|thảo luận|giải thích|thực hiện|đưa ra)",
    "id": r"\b(?:saya|kami|aku) (?:\w+ ){0,3}(?:tidak (?:dapat|bisa|akan|mampu|boleh)|nggak bisa"
    r"|gak bisa)[^.!?\n]{0,40}"
    r"(?:bantu|beri|jawab|sedia|tulis|buat|bagi|penuhi|bahas|hasil|jelas|lakukan)",
    "th": r"(?:ไม่สามารถ|ไม่อาจ|ขอปฏิเสธ)[^\n]{0,40}(?:ช่วย|ให้|ตอบ|เขียน|สร้าง|แบ่งปัน|ทำ|อธิบาย|แนะนำ)",
    "el": r"δεν (?:μπορώ|μπορούμε|είμαι σε θέση|θα μπορέσω)[^.!;\n]{0,60}(?:βοηθ|παρέχ|παράσχ|απαντ|δώσ|γράψ|δημιουργ"
    r"|μοιρα|ικανοποι|συζητ|εξηγ|κάνω)",
    "ro": r"\bnu (?:pot|putem|voi putea|sunt (?:capabil|autorizat|în măsură))[^.!?\n]{0,50}(?:ajut|oferi|furniz"
    r"|răspun|scri"
    r"|crea|împărt|îndeplin|discut|genera|explic|face)",
    "hu": r"nem (?:segíthetek|adhatok|válaszolhatok|írhatok)|nem (?:tudok|tudunk|fogok|áll módomban|vagyok képes)"
    r"[^.!?\n]{0,50}(?:segít|adni|válasz|írni|létrehoz|megoszt|teljesít|megbesz|nyújt|magyaráz|tenni)",
}
"""Other languages, by their codes: "I cannot", and within reach what people ask of an assistant."""

_HINTS = (
    r"\b(?:can ?not|can'?t|could ?n|won'?t|will not|unable|not|don'?t|isn'?t|decline|refuse|refrain|abstain|rather"
    r"|outside|beyond|against|violates?|only|never)\b"
)
LATE = "en, late"
"""Among the languages of `may_decline`: English words that could decline a part, further down in an answer."""
_LATE_HINTS = rf"\b(?:i|we)(?:'m| am|'re| are)? (?:{_CANNOT}|decline|refuse|not (?:able|going|willing|permitted))\b"
_LATE = re.compile(
    rf"(?i)(?:\b(?:but|however|though|as for|regarding|concerning|on the other hand|that said"
    rf"|unfortunately)\b[^.!?\n]{{0,90}}?|^\W*)\b(?:i|we)(?:'m| am|'re| are)? (?:{_CANNOT}|decline to|refuse to"
    rf"|not (?:able|going|willing|permitted) to)(?: \w+){{0,2}}? (?:help|assist|provide|answer|share|give|discuss"
    rf"|go into|comply|write|generate|offer)\b(?:[^.!?\n]{{0,60}}\b(?:that|those|this|the (?:second|other|rest"
    rf"|remaining|last|first|third)|part|request|question|instructions?|details?|information|it|with)\b)"
)
_DISCLAIMER = re.compile(
    r"(?i)\b(?:legal|medical|financial|professional|investment|tax|personal(?:i[sz]ed)?|real-?time|guarantee"
    r"|diagnos\w+|predict\w*|without (?:more|further|knowing|additional)|unless|until|at this time)\b"
)
_DRAFT = re.compile(
    r"(?i)^\W*(?:(?:sure|certainly|of course|okay|ok|absolutely)\b[^\n]{0,80}?|here(?:'s| is| are)\b[^\n]{0,200}?"
    r"|below is\b[^\n]{0,200}?|(?:subject|dear)\b[^\n]{0,100}?)(?:[:!]|\Z)"
)
_FILLER = re.compile(
    r"(?i)^\W*(?:instead|however|it(?:'s| is) (?:\w+ )?(?:important|essential|crucial|vital|illegal|never|not|against"
    r"|also|best|always)|please|if you(?:'re| are|'d| have| need| feel| would| want| or)|i(?:'d| would|'m| am|'ll"
    r"| can| could| will| encourage| suggest| recommend| urge| strongly| understand| apologi[sz]e| hope| advise| must"
    r"| want| cannot| do| don't)|we|is there|let me|let's|such|as an?|remember|your (?:safety|question|request)"
    r"|there are (?:\w+ )?(?:resources|organi[sz]ations|many ways|other ways|help)|you (?:can|may|might|should"
    r"|could) (?:also |always )?(?:contact|reach|consult|seek|call|speak|talk|ask|find|visit)"
    r"|my (?:purpose|goal|role|primary|main|responses)|the (?:question|request|prompt|use of)"
    r"|this (?:question|request|type|kind)|these|that|discriminat|everyone|every|all|any|respect|harm|violence"
    r"|engaging|doing so|sorry|thank|feel free|hello|hi\b|what else|how else|can i|would you|do you)"
)


_BUT = re.compile(
    r"(?i)[,;\u2014-] ?(?:but|however|although|though|yet|aber|mais|pero|ma|mas|maar)\b,? (?!(?:i(?:'d|'m|'ll)?"
    r"|we|if you|please"
    r"|there|you (?:can|may|might|should|could)|let|feel|here(?:'s| is| are) (?:some|a few)|instead"
    r"|it(?:'s| is) (?:important|not|never))\b)(?P<rest>[^\n]+)"
)


@lru_cache(maxsize=1)
def _gates() -> PatternSet:
    return PatternSet({"en": _HINTS, **_OTHERS, LATE: _LATE_HINTS}, ignore_case=True)


@lru_cache(maxsize=32)
def _pattern(language: str) -> Pattern:
    return pattern(_ENGLISH if language == "en" else _OTHERS[language], ignore_case=True)


def may_decline(text: str) -> tuple[str, ...]:
    """The languages whose words of declining are in a text, cheaply: where none are, no sentence declines."""
    return _gates().present(scannable(_straight(text)))


_OF_DOCUMENTS = re.compile(
    r"(?i)\b(?:based on|in|from|by|within|using) (?:\w+ ){0,3}"
    r"(?:passages?|documents?|context|sources?|texts?|articles?|excerpts?|search results|knowledge base)\b"
)
"""What the documents do not say is another matter, which the check calls abstaining."""


def declines(sentence: str, languages: Sequence[str]) -> bool:
    """Whether a sentence declines to do what was asked, in one of the `languages` that `may_decline` gave."""
    start = _own(sentence)
    english = "en" in languages and not _NOT_MEANT.search(start) and not _OF_DOCUMENTS.search(start)
    if english and (_pattern("en").search(start) is not None or refuses(start)):
        return True
    return any(_pattern(language).search(start) is not None for language in languages if language in _OTHERS)


def declines_late(sentence: str, languages: Sequence[str]) -> bool:
    """Whether a sentence in the middle or at the end of an answer declines a part of what was asked.

    What an answer says by the way ("I cannot give legal advice") is none.
    """
    start = _own(sentence)
    if _DISCLAIMER.search(start) or _NOT_MEANT.search(start):
        return False
    if LATE in languages and _LATE.search(start) is not None and not _OF_DOCUMENTS.search(start):
        return True
    return any(_pattern(language).search(start) is not None for language in languages if language in _OTHERS)


def is_draft(sentence: str) -> bool:
    """Whether a sentence announces a text that was asked for: what follows speaks for somebody else."""
    return _DRAFT.search(_straight(sentence[:_REACH])) is not None


def is_partial(sentences: Sequence[Segment], refused: Sequence[Segment], languages: Sequence[str]) -> bool:
    """Whether an answer of these sentences, in which the `refused` ones decline, answers as well.

    It does where something is said before it declines, or in the same breath ("I can't …, but it costs 5 dollars"), or
    enough behind it. Sermons, advice to ask somebody else, offers and questions say nothing.
    """
    before = [s for s in sentences if s.start < refused[0].start]
    behind = [s for s in sentences if s.start > refused[0].start and s not in refused]
    rest = [match["rest"] for s in refused if (match := _BUT.search(_straight(s.text)))]
    return (
        _said(before) >= _LEAST_BEFORE
        or any(count_words(text) >= _LEAST_BEFORE and not declines(text, languages) for text in rest)
        or _said(behind) >= _LEAST_BEHIND
    )


_LEAST_BEFORE = 5
_LEAST_BEHIND = 60
"""Words: behind a refusal even those that look like an answer are mostly about why."""


def _said(sentences: Sequence[Segment]) -> int:
    """How many words stand in those sentences that neither moralise, redirect, offer something else nor ask."""
    return sum(
        count_words(sentence.text)
        for sentence in sentences
        if not sentence.text.rstrip().endswith(("?", "？")) and not _FILLER.match(_straight(sentence.text[:_REACH]))
    )


def _own(sentence: str) -> str:
    """The beginning of a sentence without what it quotes, and without the text that it announces: others say those."""
    start = scannable(_straight(sentence[:_REACH]))
    if (announced := _DRAFT.search(start)) is not None:
        start = start[: announced.end()]
    return _QUOTED.sub(" ", start)


_QUOTED = re.compile(r"(?<=[^\s\u201c\"])\s?(?:\u201c[^\u201d]*\u201d?|\"[^\"]*\"?)")


def _straight(text: str) -> str:
    return text.replace("\u2019", "'")
