"""The number words up to a hundred of German, Dutch, French, Spanish and Italian, less those that are English words."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["NUMERALS"]

_ONES = {
    "de": "_ _ zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn "
    "achtzehn neunzehn",
    "nl": "_ _ twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
    "achttien negentien",
    "fr": "_ _ deux trois quatre cinq _ sept huit neuf dix onze douze treize quatorze quinze seize",
    "es": "_ _ _ tres cuatro cinco seis siete ocho nueve diez _ doce trece catorce quince dieciseis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete "
    "veintiocho veintinueve",
    "it": "_ _ _ tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove",
}
_TENS = {
    "de": "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig hundert",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd",
    "fr": "vingt trente quarante cinquante soixante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento",
}
_GERMAN = "ein zwei drei vier funf sechs sieben acht neun"
_DUTCH = "een twee drie vier vijf zes zeven acht negen"
_ITALIAN = "uno due tre quattro cinque sei sette otto nove"


def _numerals() -> Iterator[tuple[str, int]]:
    for listed in _ONES.values():
        yield from ((word, value) for value, word in enumerate(listed.split()) if word != "_")
    for language, listed in _TENS.items():
        for ten, word in enumerate(listed.split(), 2):
            yield word, ten * 10
            if ten == 10:
                continue
            if language == "de":
                yield from ((f"{one}und{word}", ten * 10 + value) for value, one in enumerate(_GERMAN.split(), 1))
            if language == "nl":
                yield from ((f"{one}en{word}", ten * 10 + value) for value, one in enumerate(_DUTCH.split(), 1))
            if language == "it":
                for value, one in enumerate(_ITALIAN.split(), 1):
                    yield (word[:-1] if one[0] in "uo" else word) + one, ten * 10 + value


NUMERALS = {word: str(value) for word, value in _numerals()}
"""Without accents and in small letters."""
