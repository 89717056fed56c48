"""Letters of other scripts that look like a Latin one: those of Greek, Cyrillic, Armenian and a few signs.

Our own table, made by eye for text fonts; letters that only resemble one another in some hands are left out.
"""

from __future__ import annotations

__all__ = ["CONFUSABLES"]

_PAIRS = {
    # Cyrillic
    "a": "аӑӓ", "b": "Ьь", "c": "с", "d": "ԁ", "e": "еѐёҽ", "g": "ԍ", "h": "һ", "i": "іїɩ", "j": "ј", "k": "кҝ",
    "l": "ӏ", "m": "м", "n": "пո", "o": "оӧоσ", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ", "t": "т", "u": "υս",
    "v": "ѵν", "w": "ԝшω", "x": "хχ", "y": "уўүγ", "z": "ᴢ",
    "A": "АӐӒΑ", "B": "ВΒ", "C": "С", "E": "ЕЀЁΕ", "G": "Ԍ", "H": "НΗ", "I": "ІЇΙӀ", "J": "Ј", "K": "КΚ", "M": "МΜ",
    "N": "Ν", "O": "ОӦΟ", "P": "РΡ", "Q": "Ԛ", "S": "Ѕ", "T": "ТΤ", "U": "Ս", "V": "Ѵ", "W": "Ԝ", "X": "ХΧ",
    "Y": "УЎΥҮ", "Z": "Ζ",
}  # fmt: skip
_MORE = {
    # Greek, Armenian, small capitals and letters of the phonetic alphabet
    "a": "αɑᴀ", "b": "ʙ", "c": "ϲᴄ", "d": "ᴅ", "e": "εᴇɛ", "f": "ꜰ", "g": "ɡɢց", "h": "ʜհ", "i": "ιıɪ", "j": "ϳᴊ",
    "k": "κᴋ", "l": "ʟ", "m": "ᴍ", "n": "ηɴ", "o": "οօᴏ", "p": "ᴘ", "q": "գ", "r": "ʀ", "s": "ꜱ", "t": "τᴛ", "u": "ᴜʋ",
    "v": "ᴠ", "w": "ᴡ", "y": "ʏ",
}  # fmt: skip

_LISTED = {other: latin for table in (_PAIRS, _MORE) for latin, others in table.items() for other in others}

CONFUSABLES = _LISTED | {
    other.upper(): latin.upper()
    for other, latin in _LISTED.items()
    if other.islower() and len(other.upper()) == 1 and other.upper() not in _LISTED and not other.upper().isascii()
}
"""Each look-alike with the Latin letter in its case. A capital goes with its small letter: case makes no difference."""
