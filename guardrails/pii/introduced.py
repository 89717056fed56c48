"""Names of persons behind the words with which people introduce themselves, in some twenty-five languages."""

from __future__ import annotations

from guardrails.pii.recogniser import Recogniser

__all__ = ["RECOGNISERS"]

_WORD = r"\p{Lu}[\p{Ll}\p{Lu}\p{M}'’-]+"
_TIES = r"(?:de|da|do|dos|del|della|di|la|las|los|van|von|der|den|ten|ter|zu|zur|bin|ben|ibn|al|el|y|e|af|av)"
_NAME = rf"({_WORD}(?: (?:{_TIES} ){{0,3}}(?:{_WORD}|\p{{Lu}}\b\.?)){{0,4}})"
"""Words with capitals, small ties between them."""
_SAID = (
    "my name is|my full name is|ich heiße|ich heisse|mein name ist|mein name lautet|je m'appelle|je m’appelle"
    "|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|meu nome é|chamo-me|me chamo|ik heet|mijn naam is"
    "|nazywam się"
    "|mam na imię|jmenuji se|jag heter|mitt namn är|jeg hedder|jeg heter|mit navn er|nimeni on|olen nimeltäni"
    "|меня зовут|моё имя|мое имя|мене звати|моє ім'я|ad[ıi]m|ismim|mă numesc|numele meu este|με λένε|ονομάζομαι"
    "|το όνομά μου είναι|tên tôi là|tôi tên là|nama saya adalah|nama saya|a nevem"
)
_LETTERS = r"[\pL\pM]+"

RECOGNISERS = (
    Recogniser("person", rf"(?:^|[^\pL])(?i:{_SAID})(?: |: ){_NAME}", joins=""),
    Recogniser(  # scripts without capitals: two words
        "person",
        rf"(?:اسمي(?: هو)?|إسمي|שמי|קוראים לי|मेरा नाम|मेरा पूरा नाम) ({_LETTERS} {_LETTERS})",
        joins="",
    ),
    Recogniser(
        "person",
        r"(?:我叫做?|我的名字(?:是|叫)|我的姓名(?:是|为)|姓名[:：])(\p{Han}{2,4})(?:[^\p{Han}]|$)",
        joins="",
    ),
    Recogniser(
        "person",
        r"(?:名前は|氏名は|氏名[:：])([\p{Han}\p{Katakana}ー・ ]{2,12}?)(?:です|と申します|といいます|。|、)",
        joins="",
    ),
    Recogniser("person", r"(?:이름은|성함은) ?(\p{Hangul}{2,4}?)(?:입니다|이고|이며|라고|예요|이에요)", joins=""),
)
