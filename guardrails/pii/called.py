"""What stands between the word for a number and the number, in some twenty languages: `number`, `is`, a colon."""

from __future__ import annotations

__all__ = ["ANSWER", "LINK", "WORD"]

WORD = (
    r"(?i:number|num|no|nr|numero|número|numéro|nummer|nummeret|numret|numer|numeri|numeru|numerze|číslo|číslem|čísla"
    r"|numărul|număr|numarası|numara|номер|номером|номера|αριθμός|αριθμό|n[°ºo]|n\.[°ºo]|№|#|id|code|番号|號碼|号码|번호"
    r"|संख्या|नंबर|क्रमांक"
    r"|серия|серии|series|seria|série|и|and|et|και|numero on)"
)
_SAYS = r"(?i:is|are|was|ist|lautet|war|est|es|è|é|är|er|on|to|je|este|είναι|seria|serie|serii|série|serija)"
LINK = rf"(?:[ _-]?{WORD}\.?){{0,3}}[\"'\]]?(?:[ \t]?(?:[:=#(>—–-]|는|은|は)|[ \t]{_SAYS}(?:[ \t]|:))?[ \t]?[\"'(]?"
"""Up to the first character of the number; a verb is a word of its own, so that `ON` may begin the number."""
ANSWER = r"[^\n?\pN]{0,40}\?[ \t\r]{0,2}\n?(?:[^\n\pN:]{1,24}: )?[^\n\pN?]{0,24}"
"""A question that ends behind the word, and what comes before the number in its answer, perhaps somebody else's."""
