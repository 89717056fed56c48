"""Where somebody is, with which browser, and how old."""

from __future__ import annotations

import re

from guardrails.pii.recogniser import Recogniser, phrases

__all__ = ["RECOGNISERS"]

_DEGREES = r"[-+−]?\d{1,3}\.\d{3,15}"
_ANGLE = r"\d{1,3} ?° ?\d{1,2} ?['′’] ?(?:\d{1,2}(?:[.,]\d{1,4})? ?(?:[\"″”]|['′’]{2}) ?)?"
_PLACE = phrases(
    "coordinate, coordinates, coords, gps, geo, geolocation, geotag, geotagged, lat, latitude, long, longitude, "
    "latlng, latlong, lat long, lat lon, location, located, position, seen, near, nearby, around, meet, meeting, met, "
    "pin, pickup, pick up, drop off, live, lives, residence, map, maps, place, site, visited, travel*, whereabouts, "
    "tracked, parked, koordinaten, standort, treffpunkt, breitengrad*, coordonnées, position, localisation, situé*, "
    "coordenadas, ubicación, ubicad*, localização, localizado, coordinate, posizione, coördinaten, locatie, "
    "spreken af, bij, współrzędne, lokalizacja, położenie, koordinater*, plats*, posisjon, koordinaatit, sijainti, "
    "souřadnice, poloha, koordinat*, konum*, coordonate*, locație, координат*, місцезнаходження, συντεταγμένες, 座標, "
    "坐标, 좌표"
)


def _is_on_earth(value: str) -> bool:
    """Whether it is two angles of which one is at most 90 degrees and the other at most 180."""
    first, second = sorted(abs(float(number.replace("−", "-"))) for number in _NUMBER.findall(value)[:2])
    return first <= 90 and second <= 180 and second > 0


_NUMBER = re.compile(_DEGREES)


def _is_age(value: str) -> bool:
    return 0 < int(value) <= 120


_YEARS = r"(?:years?|yrs?\.?|Jahren?|ans|años|anni|jaar|anos|lat|år|let|yaş|vuotta|лет)"

RECOGNISERS = (
    Recogniser(
        "coordinates",
        rf"\[{_DEGREES}[,;] ?{_DEGREES}\]|\({_DEGREES}[,;] ?{_DEGREES}\)|{_DEGREES} ?[,;] ?{_DEGREES}"
        rf"|{_DEGREES} {_DEGREES}",
        _is_on_earth,
        needs="words",
        words=_PLACE,
        joins=".",
    ),
    Recogniser(
        "coordinates",
        rf"{_DEGREES} ?°? ?[NS][,; ]{{1,2}}{_DEGREES} ?°? ?[EWO]\b|{_DEGREES} ?°[,; ]{{1,2}}{_DEGREES} ?°",
        _is_on_earth,
        joins=".",
    ),
    Recogniser("coordinates", rf"{_ANGLE}[NSns][,; ]{{0,2}}{_ANGLE}[EWOewo]\b", joins=""),
    Recogniser(
        "coordinates",
        r"(?:^|[\n:=>|,;\t(])[ \t]{0,3}[\"'`]?([-+]?\d{1,3}\.\d{3,15})\b",
        needs="field",
        words=phrases(
            "lat, lng, lon, long, latitude, longitude, breitengrad, längengrad, latitud, longitud, latitudine"
        ),
        joins=".",
    ),
    Recogniser(
        "user_agent",
        r"\b(?:Mozilla/\d\.\d|Opera/\d{1,3}\.\d{1,4}|Dalvik/\d\.\d\.\d) \([^\(\)\n]{3,300}\)"
        r"(?: (?:[A-Za-z][\w-]{1,40}/[\w.+-]{1,60}|like Gecko|\([^\(\)\n]{1,200}\)))*",
        joins="",
    ),
    Recogniser(
        "age",
        r"(?i)\b(\d{1,3})(?:[ -]?(?:years?|yrs?\.?)[ -](?:old\b|of age\b)|[ -]?(?:y/o\b|yo\b|y\.o\.)| Jahre alt\b"
        r"|-jährige| años de edad| anni (?:d'età|di età)| jaar oud\b|-jarige| anos de idade| år gamm[ae]l"
        r"|-åri(?:ng|ge?)| yaşında|-vuotia| ?(?:歳|岁|歲|세))",
        _is_age,
        joins="-.,/",
    ),
    Recogniser(
        "age",
        r"(?i)(?:^|[^\pL\pN_])(?:aged?|age (?:is|was|of)|âgée?s? d[e']|im alter von|de edad|edad de|età di|età"
        r"|leeftijd(?: van)?"
        r"|idade de?|wiek(?:u)?|ålder|alder|ikä|yaş[ıi]?m?|věk(?:u)?|vârst[ăa](?: de)?|возраст|ηλικία)[\"']?[ :=]{1,3}"
        r"(?:(?:is|ist|est|es|è|é|är|er|van|de|di) )?[\"']?(\d{1,3})\b",
        _is_age,
        joins="-.,/+",
    ),
    Recogniser(
        "age",
        r"(?i)(?:^|[^\pL\pN_])(?:I am|I'm|j'ai|il a|elle a|ich bin|er ist|sie ist|tengo|tiene|ho|ha|tenho|tem|mam|ma"
        r"|mám|má"
        rf"|jag är|är|ik ben|is|benim|(?:hombre|mujer|niñ[oa]|paciente|var[óo]n|homme|femme|patiente?|uomo|donna"
        rf"|paziente|homem|mulher) d[ei]) (\d{{1,3}}) {_YEARS}(?:[ ,.!?\n]|$)",
        _is_age,
    ),
    Recogniser("age", rf"(?:\p{{Lu}}\p{{Ll}}+|^),? (\d{{1,3}}) {_YEARS}[ ,.;)]", _is_age),
    Recogniser("age", r"\p{Lu}\p{Ll}+ \p{Lu}[\p{Ll}’'-]+(?:, | \()(1[89]|[2-9]\d)(?:,|\))"),
    Recogniser(
        "age",
        r"(?:^|[\n:=>|,;\t(])[ \t]{0,3}[\"'`]?(\d{1,3})\b",
        _is_age,
        needs="field",
        words=phrases(
            "age, alter, âge, edad, età, leeftijd, idade, wiek, ålder, alder, ikä, věk, yaş, yaşı, vârsta, vârstă, "
            "életkor, ηλικία, возраст, 年齢, 年龄, 나이"
        ),
        joins="-.,/",
    ),
)
