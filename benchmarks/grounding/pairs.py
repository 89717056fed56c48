"""Contexts, and what may and may not be said on their strength: written by hand, in many domains and some languages.

`PAIRS` have guided the rules of the comparison; `UNSEEN`, of other domains, were written before those rules and
tell what they do for texts that nobody had in mind. A faulty pair names the reasons that tell its fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from guardrails.grounding.evidence import SUPPORTED
from guardrails.grounding.support import assess
from guardrails.types import Document

__all__ = ["PAIRS", "UNSEEN", "Pair", "misjudged", "pairs_table"]


class Pair(NamedTuple):
    """One answer beside its documents."""

    kind: str
    documents: tuple[str, ...]
    answer: str
    wrong: str = ""
    """The codes that name its fault, split by `|`; none where it is sound."""


def misjudged(pair: Pair) -> str:
    """How the lexical tier is wrong about a pair; "" where it is right, the reason of a faulty one included."""
    documents = [Document(id=f"d{at}", text=text) for at, text in enumerate(pair.documents)]
    weakest = min(assess(pair.answer, documents), key=lambda claim: claim.support.score, default=None)
    if weakest is None or weakest.support.score >= SUPPORTED:
        return f"supported, though {pair.wrong}" if pair.wrong else ""
    reason = weakest.support.reason
    return "" if reason in pair.wrong.split("|") else f"unsupported, {reason}" + f" for {pair.wrong}" * bool(pair.wrong)


def pairs_table(pairs: Iterable[Pair]) -> Iterable[str]:
    """By kind, how many are judged rightly of those that are sound and of those that are not."""
    pairs = list(pairs)
    count = Counter((kind, bool(pair.wrong)) for pair in pairs for kind in (pair.kind, "all"))
    right = Counter((kind, bool(pair.wrong)) for pair in pairs if not misjudged(pair) for kind in (pair.kind, "all"))
    yield "| kind | sound: supported | faulty: unsupported, with its reason |"
    yield "|---|---|---|"
    for kind in dict.fromkeys(kind for kind, _ in count):
        yield f"| {kind} | " + " | ".join(f"{right[kind, way]} of {count[kind, way]}" for way in (False, True)) + " |"


SHOP = (
    "All appliances come with a one-year warranty. Unused items may be returned within 30 days of delivery. "
    "Shipping is free for orders above $50; smaller orders cost $4.95 to ship. Gift cards cannot be refunded. "
    "The shop opens at 9:00 and closes at 18:30 from Monday to Saturday."
)
CLINIC = (
    "The recommended dose of Velarin is 250 mg twice a day, taken with food. Do not give Velarin to children "
    "under six. "
    "In the trial of 1,187 patients, 48 % reported no side effects and 312 stopped early. Blood pressure fell in most "
    "patients after eight weeks. Dr. Hanna Okafor led the trial at Lund University Hospital."
)
BANK = (
    "Revenue rose 12 % to 2.4 billion euros in the third quarter of 2023. Net profit fell to 310 million euros from "
    "355 million a year earlier. The board proposed a dividend of 1.20 euros per share. Chief executive Paul "
    "Renner will "
    "step down on 31 March 2024 and be succeeded by Ines Carvalho. Two thousand jobs will be cut in Germany."
)
TRIP = (
    "The night train leaves Vienna at 22:10 and reaches Venice at 8:25 the next morning. A bed in a shared compartment "
    "costs 79 euros, a seat 39 euros. Bicycles are not allowed on board. Breakfast is included in the price of a bed. "
    "The journey is 612 km long. Tickets go on sale six months before departure."
)
SOFTWARE = (
    "Version 4.2 of the client requires Python 3.11 or later. The default timeout is 30 seconds and can be set with "
    "`--timeout`. Uploads are limited to 25 MB. Retries are disabled by default. The function `fetch_all()` returns a "
    "list; `fetch_one()` returns None if nothing is found. Support for Windows was added in version 4.0."
)
STAFF = (
    "Full-time employees receive 25 days of paid leave per year. Unused leave expires at the end of March. Every "
    "employee must complete the safety training within two weeks of joining. Remote work is permitted on up to three "
    "days a week. Managers approve expenses below 500 euros; the finance team approves all others. Some teams work "
    "in shifts."
)
SALES = (
    "The fund sold 1.5 million shares. About 640 people attended. Sales increased from 80 to 120 units. The old "
    "price was higher than the new one."
)
HOTEL = (
    '{"name": "Hotel Alma", "stars": 4, "city": "Porto", "pool": false, "breakfast": "included", '
    '"checkin": "15:00", "rooms": 82, "price_per_night": 118.5, "pets": true, "parking": "street"}'
)
ORDERS = (
    '[{"order": "A-1007", "status": "shipped", "total": 64.2, "items": 3}, {"order": "A-1011", "status": '
    '"cancelled", "total": 18.0, "items": 1}]'
)
TABLE = (
    "| Plan | Price | Seats | Support |\n|---|---|---|---|\n| Basic | $12 | 5 | email |\n| Team | $45 | 25 | "
    "phone |\n| Company | $190 | unlimited | dedicated |"
)
GERMAN = (
    "Die Bibliothek ist montags geschlossen. Mitglieder dürfen bis zu zwölf Bücher für drei Wochen ausleihen. Die "
    "Jahresgebühr beträgt 1.250,50 Euro für Firmen und 24 Euro für Studenten. Das Haus wurde am 4. Mai 1987 eröffnet."
)
FRENCH = (
    "Le musée est fermé le mardi. L'entrée coûte douze euros et elle est gratuite pour les enfants de moins de "
    "six ans. "
    "La tour mesure 1 250 mètres. Le musée a ouvert le 4 mai 1987."
)
SPANISH = (
    "La tienda abre a las 10:00 y cierra a las 20:30. El envío cuesta cinco euros. Los animales no están "
    "permitidos. Se fundó el 3 de marzo de 2011."
)
CZECH = "Muzeum je v pondělí zavřeno. Vstupné stojí 120 korun. Bylo otevřeno v roce 1931."
GREEK = "Το μουσείο άνοιξε το 1987 και έχει 230 μοντέλα πλοίων. Το εισιτήριο κοστίζει 12 ευρώ."
RUSSIAN = "Музей открылся в 1987 году и показывает 230 моделей кораблей. Билет стоит 12 евро."
JAPANESE = "博物館は1987年に開館し、230隻の模型船を展示しています。入場料は1200円です。"
HALVES = (
    "The Norrland bridge is 812 metres long and was built by the engineer Sigrid Falk.",
    "The Norrland bridge opened to traffic in June 1962. It carries two lanes.",
)


CHOIR = (
    "Marta Lind led the Haven choir from 1988 to 2003. In 1999 the choir moved into the old mill; three "
    "years later it bought the building. Rehearsals start at 18:45 and end at 20:15. The tour began on 3 May "
    "and ended on 11 May."
)
BUDGET = (
    "The village spent 640 euros on paint and 260 euros on brushes. Each of the three schools received 45 "
    "chairs. The caretaker is paid 1,500 euros a month. Of the 12,000 residents, 6,050 voted. The debt fell "
    "by 25 thousand euros. There were 18 teams in 2019 and 24 in 2020."
)
FLAT = "Rent: 870 euros\nHeating: 95 euros\nParking: 40 euros\nKitchen: not fitted\nBalcony: glazed"
EXPORTS = (
    "| Year | Exports | Imports |\n|---|---|---|\n| 2020 | 14.5 | 9.1 |\n| 2021 | 17.2 | 8.8 |\n| 2022 | "
    "16.1 | 12.4 |\n\nExports and imports in million euros."
)
HOUSE = (
    "Camping is forbidden in the park. The south gate is closed on Sundays. Visitors must not feed the deer. "
    "The council refused the permit for the kiosk. Dogs may enter only if they are on a lead. The tower can "
    "be climbed without a ticket. The cafe is open every day except Monday. Boats may not be hired unless a "
    "deposit is paid."
)
PLANS = (
    "The museum may reopen in June. The director hopes to buy the painting. The city plans to widen the "
    "bridge, but has not decided yet. Critics doubt that the statue is genuine. The committee proposed to "
    "close the library. Nadia Brook might resign in spring. Engineers believe that the leak was caused by "
    "frost."
)
CLASH = (
    "Delivery is excluded from the price. A helmet is recommended but not required. Greta Holt declined the "
    "offer. The pool was open in August. Paul Weiss resigned in March. Smoking is allowed only on the "
    "balcony. The cover protects against rain, not against hail. The warranty covers the engine but not the "
    "tyres. Two climbers died. The tenant pays the electricity."
)
WHO = (
    "Harbour beat Rovers 3-1 on Saturday. Ines gave Tomas the key. Leah is allergic to nuts. Viktor cooks on "
    "Fridays. The mayor criticised the bishop. Anna Berg, the director of the theatre, met Carl Roth, the "
    "head of the bank. The small tent costs 80 euros and the large tent 130 euros. The north team has 12 "
    "players and the south team 15."
)
CENSUS = (
    "One of the locks is listed. Some of the mills are empty. Union citizens need no visa. The scheme is "
    "valid within Norway. The app runs on Windows only. A reader may keep up to five books. At least nine "
    "boats were damaged. The red pony is 9 years old, the grey one 14."
)
NEWS = (
    "The Lowmoor council said on Tuesday that the swimming hall may be closed next winter because of rising "
    "energy costs. Mayor Hanna Reid, who has led the town since 2017, hopes to find a sponsor, while "
    "opposition leader Tom Ashe called the plan a mistake. A footbridge over the canal has been planned "
    "since 2019, but has not been approved. According to a legend, which historians doubt, the hall stands "
    "on a Roman bath. The hall was designed by Ruth Calder and built by the firm of Emil Sand. Westfield "
    "defeated Lowmoor 2-0 in the regional final. Kessler, the airport's director, welcomed the proposal of "
    "Ortiz, the head of the ferry company."
)
TALK = (
    "Nora: I'd rather take the bus, but perhaps I'll drive.\nOmar: I booked the hotel for three "
    "nights.\nNora: Great. I will bring the tent and the stove.\nOmar: My sister lends us her kayak. I can't "
    "swim, though.\nNora: I paid the deposit yesterday."
)
MINUTES = (
    "Attendees: Frida, Jonas, Petra. Frida presented the budget. Jonas asked for a second quote. Petra will "
    "contact the printer by Friday. The group agreed to postpone the move. Jonas offered to write the "
    "leaflet. Petra proposed to hire a second cook; this was rejected."
)
DRUG = (
    "Zelrin may cause dizziness in some patients. In the study, Zelrin lowered blood pressure but had no "
    "effect on weight. Up to four tablets may be taken a day. It must not be taken together with alcohol. "
    "Patients over 65 should start with a lower dose. The tablets are available on prescription only."
)
OWNERS = (
    '[{"owner": "Lund", "action": "approved", "ticket": 41}, {"owner": "Marsh", "action": "rejected", "ticket": 57}]'
)
DE = (
    "Das Freibad öffnet am 1. Mai und schließt Ende September. Rauchen ist auf dem Gelände verboten. Hunde "
    "dürfen nicht auf die Liegewiese. Die Jahreskarte kostet einundzwanzig Euro mehr als im Vorjahr. Kinder "
    "unter sechs Jahren zahlen keinen Eintritt. Der Verein hat fünfunddreißig Mitglieder. Der Vorstand "
    "könnte im Herbst zurücktreten."
)
NL = (
    "De winkel is op maandag gesloten. Retourneren kan binnen twee maanden. Roken is niet toegestaan. De "
    "vereniging heeft vijfentwintig leden. Een kaartje kost elf euro."
)
IT = (
    "La piscina è chiusa il lunedì. Il corso dura ventitré settimane. I cani non sono ammessi. Il biglietto "
    "costa sedici euro. Il sindaco potrebbe dimettersi a giugno."
)
FR = (
    "La piscine est fermée le lundi. Le stage dure vingt-trois jours. Les chiens ne sont pas admis. Aucun "
    "remboursement n'est possible. Le maire pourrait démissionner en juin. Le délai est de 21 jours."
)
ES = (
    "La piscina está cerrada los lunes. El curso dura veintitrés semanas. No se admiten perros. La entrada "
    "cuesta dieciséis euros. El alcalde podría dimitir en junio."
)


def _pairs(kind: str, documents: str | tuple[str, ...], *answers: str | tuple[str, str]) -> list[Pair]:
    given = (documents,) if isinstance(documents, str) else documents
    return [
        Pair(kind, given, answer) if isinstance(answer, str) else Pair(kind, given, answer[0], answer[1])
        for answer in answers
    ]


PAIRS: list[Pair] = [
    *_pairs(
        "number",
        SHOP,
        "Unused items can be returned within thirty days.",
        "Smaller orders cost 4.95 dollars to ship.",
        ("Unused items may be returned within 90 days of delivery.", "number"),
        ("Unused items may be returned within sixty days of delivery.", "number"),
        ("Shipping is free for orders above $75.", "number"),
        ("Smaller orders cost $9.95 to ship.", "number"),
    ),
    *_pairs(
        "number",
        BANK,
        "Revenue rose by 12 percent to 2.4 billion euros.",
        "The company will cut 2,000 jobs in Germany.",
        "Revenue was \u20ac2,400 million in the third quarter of 2023.",
        "The dividend is 1.2 euros per share.",
        ("Revenue rose 21 % to 2.4 billion euros.", "number"),
        ("The company will cut 3,000 jobs in Germany.", "number"),
        ("Twenty thousand jobs will be cut in Germany.", "number"),
        ("Net profit fell to 310 billion euros.", "number"),
        ("Revenue was 2.4 million euros in the third quarter of 2023.", "number"),
        ("Net profit fell from 355 million to 301 million euros.", "number"),
    ),
    *_pairs(
        "number words",
        "The stadium holds 2,500 people. It cost 500,000 dollars and has 24 gates. It is the 21st of its kind. "
        "One in four visitors comes by bus.",
        "The stadium holds two thousand five hundred people.",
        "The stadium holds two and a half thousand people.",
        "The stadium holds 2.5k people.",
        "It cost half a million dollars.",
        "It has two dozen gates.",
        "It has twenty-four gates.",
        "It is the twenty-first of its kind.",
        "A quarter of visitors comes by bus.",
        "25 % of visitors come by bus.",
        ("The stadium holds five thousand people.", "number"),
        ("The stadium holds two thousand three hundred people.", "number"),
        ("It cost a quarter of a million dollars.", "number"),
        ("It has forty-two gates.", "number"),
        ("It has a dozen gates.", "number"),
        ("It is the twenty-third of its kind.", "number"),
        ("Three quarters of visitors come by bus.", "number"),
    ),
    *_pairs(
        "unit",
        TRIP,
        "The journey is 612 kilometres long.",
        "Tickets go on sale half a year before departure.",
        ("The journey is 612 miles long.", "number|detail|attribute"),
        ("Tickets go on sale six weeks before departure.", "number|detail|attribute|date"),
        ("A seat costs 39 dollars.", "number|detail|attribute"),
    ),
    *_pairs(
        "unit",
        SOFTWARE,
        "Uploads may not be larger than 25 megabytes.",
        "The default timeout is half a minute.",
        ("Uploads are limited to 25 GB.", "number|detail|attribute"),
        ("The default timeout is 30 minutes.", "number|detail|attribute"),
        ("The default timeout is 30 milliseconds.", "number|detail|attribute"),
    ),
    *_pairs(
        "unit",
        CLINIC,
        "The recommended dose of Velarin is 0.25 g twice a day.",
        "Blood pressure fell in most patients after two months.",
        ("The recommended dose of Velarin is 250 g twice a day.", "number|detail|attribute"),
        ("The recommended dose of Velarin is 250 micrograms twice a day.", "number|detail|attribute"),
    ),
    *_pairs(
        "rounding",
        CLINIC,
        "About 1,200 patients took part in the trial.",
        "Almost 1,200 patients were in the trial.",
        "Nearly half of the patients reported no side effects.",
        "Over 300 patients stopped early.",
        "More than 300 patients stopped early.",
        "Roughly 50 % of patients reported no side effects.",
        ("About 1,800 patients took part in the trial.", "number"),
        ("About 1,100 patients took part in the trial.", "number"),
        ("Over 400 patients stopped early.", "number"),
        ("More than 312 patients stopped early.", "number|contradiction|detail"),
        ("Fewer than 300 patients stopped early.", "number|contradiction"),
        ("Almost a third of the patients reported no side effects.", "number"),
        ("Exactly 1,200 patients took part in the trial.", "number"),
    ),
    *_pairs(
        "date",
        BANK,
        "Paul Renner will step down on March 31, 2024.",
        "Paul Renner steps down on 2024-03-31.",
        "Revenue rose 12 % in Q3 2023.",
        ("Paul Renner will step down on 31 May 2024.", "date|number"),
        ("Paul Renner will step down on 31 March 2025.", "date|number"),
        ("Paul Renner will step down on March 13, 2024.", "date|number"),
        ("Revenue rose 12 % to 2.4 billion euros in the second quarter of 2023.", "date|number"),
        ("Revenue rose 12 % to 2.4 billion euros in the third quarter of 2022.", "date|number"),
    ),
    *_pairs(
        "date",
        STAFF,
        "Unused leave expires at the end of March.",
        ("Unused leave expires at the end of May.", "date|detail|number"),
        ("Unused leave expires at the beginning of March.", "date|detail|contradiction"),
    ),
    *_pairs(
        "time",
        SHOP,
        "The shop opens at nine.",
        "It opens at 9 am and closes at 6:30 pm.",
        "The shop is open from 9:00 to 18:30, Monday to Saturday.",
        "The shop closes at half past six.",
        ("The shop opens at ten.", "number|date|attribute"),
        ("The shop opens at 9 pm.", "number|date|attribute"),
        ("The shop closes at 20:30.", "number|date|attribute"),
        ("The shop opens at 18:30.", "number|date|attribute|contradiction|detail"),
        ("The shop is open on Sundays.", "date|attribute|detail|number|contradiction"),
    ),
    *_pairs(
        "time",
        TRIP,
        "The train leaves Vienna at ten past ten in the evening.",
        "The train arrives in Venice at 8:25 am.",
        ("The train leaves Vienna at 22:40.", "number|date|attribute"),
        ("The train reaches Venice at 9:25 the next morning.", "number|date|attribute"),
        ("The night train reaches Venice at 8:25 the same evening.", "contradiction|detail|attribute|date"),
    ),
    *_pairs(
        "name",
        BANK,
        "Ines Carvalho will succeed Paul Renner.",
        "Paul Renner will be succeeded by Ines Carvalho.",
        ("Paul Renner will be succeeded by Marta Silva.", "entity"),
        ("Chief executive Peter Renner will step down on 31 March 2024.", "entity"),
        ("Ines Carvalho will be succeeded by Paul Renner.", "entity|contradiction|detail"),
        ("Two thousand jobs will be cut in France.", "entity"),
    ),
    *_pairs(
        "name",
        CLINIC,
        "The trial was led by Hanna Okafor.",
        "Dr. Okafor led the trial at Lund University Hospital.",
        ("The trial was led by Hanna Berg.", "entity"),
        ("Dr. Hanna Okafor led the trial at Malmo University Hospital.", "entity"),
        ("The recommended dose of Solarin is 250 mg twice a day.", "entity"),
    ),
    *_pairs(
        "negation",
        SHOP,
        "Gift cards are not refundable.",
        "You cannot get a refund for gift cards.",
        ("Gift cards can be refunded.", "negation|contradiction"),
        ("All appliances come without a warranty.", "negation|contradiction"),
        ("Unused items may not be returned within 30 days of delivery.", "negation"),
    ),
    *_pairs(
        "negation",
        TRIP,
        "You are not allowed to take a bicycle on board.",
        "Bicycles are prohibited on board.",
        ("Bicycles are allowed on board.", "negation|contradiction"),
        ("Breakfast is not included in the price of a bed.", "negation"),
    ),
    *_pairs(
        "negation",
        SOFTWARE,
        "Retries are off by default.",
        "Retries are not enabled by default.",
        ("Retries are enabled by default.", "negation|contradiction"),
        ("`fetch_one()` never returns None.", "negation"),
        ("The default timeout cannot be set with `--timeout`.", "negation"),
    ),
    *_pairs(
        "negation",
        CLINIC,
        "Velarin should not be given to children under six.",
        ("Velarin can be given to children under six.", "negation|contradiction"),
        ("Give Velarin to children under six.", "negation|contradiction"),
        ("Do not take Velarin with food.", "negation"),
    ),
    *_pairs(
        "quantifier",
        STAFF,
        "All employees must complete the safety training within two weeks of joining.",
        "Some teams work shifts.",
        "Not all teams work in shifts.",
        ("All teams work in shifts.", "contradiction|detail"),
        ("No teams work in shifts.", "negation|contradiction"),
        ("Most teams work in shifts.", "contradiction|detail"),
        ("Employees may complete the safety training within two weeks of joining.", "contradiction|detail"),
    ),
    *_pairs(
        "quantifier",
        CLINIC,
        "Most patients had lower blood pressure after eight weeks.",
        ("Blood pressure fell in all patients after eight weeks.", "contradiction|detail"),
        ("Blood pressure fell in few patients after eight weeks.", "contradiction|detail"),
    ),
    *_pairs(
        "comparative",
        SALES,
        "Sales went up from 80 to 120 units.",
        "Sales grew from 80 to 120 units.",
        "The new price was lower than the old one.",
        ("Sales decreased from 80 to 120 units.", "contradiction"),
        ("Sales increased from 120 to 80 units.", "number|contradiction|detail"),
        ("The old price was lower than the new one.", "contradiction"),
        ("The new price was higher than the old one.", "contradiction"),
    ),
    *_pairs(
        "comparative",
        BANK,
        "Net profit dropped to 310 million euros.",
        "Net profit declined to 310 million euros.",
        ("Net profit rose to 310 million euros.", "contradiction"),
        ("Net profit increased to 310 million euros from 355 million a year earlier.", "contradiction"),
        ("Revenue fell 12 % to 2.4 billion euros.", "contradiction"),
        ("Revenue declined 12 %.", "contradiction"),
    ),
    *_pairs(
        "comparative",
        STAFF,
        "Managers approve expenses under 500 euros.",
        "Remote work is allowed on at most three days a week.",
        ("Managers approve expenses above 500 euros.", "contradiction"),
        ("Remote work is permitted on at least three days a week.", "contradiction"),
        ("The finance team approves expenses below 500 euros.", "contradiction|detail|entity|attribute"),
    ),
    *_pairs(
        "attribute",
        SHOP,
        "Appliances have a warranty of one year.",
        "Appliances have a 12-month warranty.",
        ("All appliances come with a lifetime warranty.", "attribute|number|contradiction|detail"),
        ("All appliances come with a two-year warranty.", "number|attribute"),
        ("All appliances come with an unlimited warranty.", "attribute|number|contradiction|detail"),
        ("Used items may be returned within 30 days of delivery.", "contradiction|attribute|detail"),
        ("Shipping is free for all orders.", "contradiction|detail|number"),
    ),
    *_pairs(
        "attribute",
        TRIP,
        "A seat costs 39 euros and a bed in a shared compartment 79 euros.",
        ("A bed in a shared compartment costs 39 euros.", "attribute|number|detail"),
        ("A seat costs 79 euros.", "attribute|number|detail"),
        ("A bed in a private compartment costs 79 euros.", "attribute|contradiction|detail"),
        ("Dinner is included in the price of a bed.", "attribute|contradiction|detail"),
        ("The day train leaves Vienna at 22:10.", "attribute|contradiction|detail"),
    ),
    *_pairs(
        "record",
        HOTEL,
        "Hotel Alma is in Porto and has 82 rooms.",
        "The hotel has no pool.",
        "Breakfast is included.",
        "Check-in is at 3 pm.",
        "A night costs 118.50.",
        "Pets are allowed.",
        "It is a four-star hotel.",
        ("Hotel Alma is in Lisbon.", "entity|attribute"),
        ("The hotel has a pool.", "attribute"),
        ("The hotel has 28 rooms.", "number|attribute"),
        ("Check-in is at 2 pm.", "number|attribute|date"),
        ("Pets are not allowed.", "attribute|negation"),
        ("It is a five-star hotel.", "number|attribute"),
        ("Breakfast is not included.", "attribute|negation"),
    ),
    *_pairs(
        "record",
        ORDERS,
        "Order A-1007 has been shipped.",
        "Order A-1011 was cancelled.",
        "Order A-1007 has 3 items for a total of 64.20.",
        ("Order A-1007 was cancelled.", "attribute|contradiction|detail"),
        ("Order A-1011 has been shipped.", "attribute|contradiction|detail"),
        ("Order A-1007 has 5 items.", "number|attribute"),
    ),
    *_pairs(
        "table",
        TABLE,
        "The Team plan costs $45.",
        "| Plan | Price |\n|---|---|\n| Basic | $12 |\n| Team | $45 |",
        "- Basic: $12, 5 seats\n- Team: $45, 25 seats",
        ("The Team plan costs $12.", "attribute|number|detail"),
        ("The Basic plan has 25 seats.", "attribute|number|detail"),
        ("| Plan | Price |\n|---|---|\n| Basic | $45 |\n| Team | $12 |", "attribute|number|detail"),
        ("- Basic: $15, 5 seats", "number|attribute"),
    ),
    *_pairs(
        "quotation",
        SHOP,
        'The policy says that "gift cards cannot be refunded".',
        ('The policy says: "Gift cards can always be refunded in store."', "negation|contradiction|detail"),
        ('The policy says "unused items may be returned within 14 days of delivery".', "number"),
    ),
    *_pairs(
        "absence",
        TRIP,
        "The documents do not say whether there is Wi-Fi on board.",
        "The price of a private compartment is not mentioned.",
        "I could not find any information about luggage in the text.",
        ("The documents do not say how fast it is, but there is free Wi-Fi in every carriage.", "detail|no_evidence"),
    ),
    *_pairs(
        "talk",
        SHOP,
        "Hello! How can I help you today?",
        "Would you like to return something?",
        "I'm sorry, but I can't help with that.",
        "Sure! Unused items may be returned within 30 days.",
        "You're welcome! Is there anything else?",
        ("Sure! Our founder, Greta Holm, opened the first shop in 1921.", "entity|detail|date|no_evidence|number"),
    ),
    *_pairs(
        "short",
        BANK,
        "2.4 billion euros",
        "Ines Carvalho",
        "31 March 2024",
        "12 %",
        "310 million euros.",
        ("2.9 billion euros", "number"),
        ("Marta Silva", "entity|no_evidence"),
        ("14 %", "number|no_evidence"),
        ("31 April 2024", "date|number"),
    ),
    *_pairs(
        "yes or no",
        SHOP,
        "No, gift cards cannot be refunded.",
        "Yes, unused items may be returned within 30 days.",
        "Yes.",
        ("Yes, gift cards can be refunded.", "negation|contradiction"),
        ("No, unused items may not be returned.", "negation"),
    ),
    *_pairs(
        "code",
        SOFTWARE,
        "Use `fetch_one()`; it returns None if nothing is found.",
        "Set the timeout with `--timeout`:\n\n```sh\nclient --timeout 30\n```",
        "It requires Python 3.11 or later.",
        ("It requires Python 3.9 or later.", "number"),
        ("`fetch_all()` returns a dictionary.", "detail|attribute|contradiction"),
        ("Support for Windows was added in version 3.0.", "number"),
        ("Support for Linux was added in version 4.0.", "entity|attribute|detail"),
    ),
    *_pairs(
        "together",
        HALVES,
        "The Norrland bridge, built by Sigrid Falk, opened to traffic in June 1962.",
        "The 812 metre long Norrland bridge carries two lanes.",
        ("The Norrland bridge, built by Sigrid Falk, opened to traffic in June 1926.", "date|number"),
        ("The Norrland bridge, built by Karin Falk, opened to traffic in June 1962.", "entity"),
        ("The 812 metre long Norrland bridge carries four lanes.", "number"),
    ),
    *_pairs(
        "arithmetic",
        BANK,
        "Net profit fell by 45 million euros.",
        ("Net profit fell by 85 million euros.", "number"),
    ),
    *_pairs(
        "paraphrase",
        STAFF,
        "If you work full time, you get 25 paid days off each year.",
        "Expenses of less than 500 euros are signed off by managers.",
        "You may work from home up to three days per week.",
        ("If you work full time, you get 35 paid days off each year.", "number"),
        ("You may work from home up to five days per week.", "number"),
    ),
    *_pairs(
        "detail",
        SHOP,
        ("Gift cards cannot be refunded because they are printed in Poland.", "detail|entity"),
        ("Shipping is free for orders above $50 and takes two days with FastBox.", "detail|entity|number"),
    ),
    *_pairs(
        "German",
        GERMAN,
        "Die Bibliothek ist am Montag geschlossen.",
        "Mitglieder dürfen bis zu 12 Bücher für 3 Wochen ausleihen.",
        "Firmen zahlen 1250,50 Euro.",
        "Das Haus wurde am 04.05.1987 eröffnet.",
        ("Mitglieder dürfen bis zu zwanzig Bücher für drei Wochen ausleihen.", "number"),
        ("Die Bibliothek ist montags geöffnet.", "contradiction|detail|negation"),
        ("Die Bibliothek ist montags nicht geschlossen.", "negation"),
        ("Das Haus wurde am 4. Juni 1987 eröffnet.", "date|number|detail|entity"),
        ("Mitglieder dürfen bis zu zwölf Bücher für fünf Wochen ausleihen.", "number"),
    ),
    *_pairs(
        "French",
        FRENCH,
        "L'entrée coûte 12 euros.",
        "Le musée a ouvert le 04/05/1987.",
        "Le musée est fermé le mardi.",
        ("L'entrée coûte quinze euros.", "number"),
        ("Le musée est ouvert le mardi.", "contradiction|detail"),
        ("Le musée n'est pas fermé le mardi.", "negation"),
        ("Le musée a ouvert le 4 juin 1987.", "date|number|detail"),
    ),
    *_pairs(
        "Spanish",
        SPANISH,
        "El envío cuesta 5 euros.",
        "La tienda abre a las diez.",
        "Se fundó el 3/3/2011.",
        ("El envío cuesta ocho euros.", "number"),
        ("Los animales están permitidos.", "negation|contradiction"),
        ("La tienda cierra a las 22:30.", "number|date|attribute"),
        ("Se fundó el 3 de mayo de 2011.", "date|number|detail"),
    ),
    *_pairs(
        "Czech",
        CZECH,
        "Vstupné stojí 120 korun.",
        ("Vstupné stojí 150 korun.", "number"),
        ("Muzeum bylo otevřeno v roce 1913.", "date|number"),
    ),
    *_pairs(
        "other scripts",
        GREEK,
        "Το μουσείο άνοιξε το 1987.",
        ("Το μουσείο άνοιξε το 1978.", "date|number"),
    ),
    *_pairs(
        "other scripts",
        RUSSIAN,
        "Музей открылся в 1987 году.",
        ("Билет стоит 15 евро.", "number"),
    ),
    *_pairs(
        "other scripts",
        JAPANESE,
        "博物館は1987年に開館しました。",
        ("入場料は1500円です。", "number"),
    ),
    *_pairs(
        "invisible",
        SHOP,
        "Unused items may be re\u00adturned with\u200bin 30 days of de\u2060livery.",
        "U\u200bn\u200bu\u200bs\u200be\u200bd items may be returned within 30 days of delivery.",
        "Gift cards cannot be re\ufb01nded.".replace("\ufb01", "fu"),
        ("Unused items may be re\u200bturned with\u200bin 9\u200b0 days of delivery.", "number"),
    ),
    *_pairs(
        "duration",
        CHOIR,
        "Marta Lind led the Haven choir for fifteen years.",
        "Marta Lind led the choir for 15 years.",
        "Rehearsals last 90 minutes.",
        "Rehearsals take an hour and a half.",
        "The choir bought the building in 2002.",
        "The tour lasted eight days.",
        ("Marta Lind led the Haven choir for twelve years.", "number|date"),
        ("Rehearsals last 75 minutes.", "number|date"),
        ("Rehearsals last two hours.", "number|date"),
        ("The choir bought the building in 2004.", "number|date"),
        ("The tour lasted eleven days.", "number|date"),
        ("Marta Lind led the choir for 18 years.", "number|date"),
    ),
    *_pairs(
        "sum",
        BUDGET,
        "The village spent 900 euros on paint and brushes.",
        "Paint and brushes cost the village 900 euros in total.",
        "The paint cost 380 euros more than the brushes.",
        "The three schools received 135 chairs in total.",
        "The three schools received 135 chairs.",
        "The caretaker is paid 18,000 euros a year.",
        "About half of the residents voted.",
        "Roughly half of the 12,000 residents voted.",
        "The debt was reduced by 25 thousand euros.",
        "There were six more teams in 2020 than in 2019.",
        ("The village spent 800 euros on paint and brushes.", "number"),
        ("The three schools received 145 chairs in total.", "number"),
        ("The caretaker is paid 15,000 euros a year.", "number"),
        ("About a third of the residents voted.", "number"),
        ("The debt was reduced by 35 thousand euros.", "number"),
        ("There were eight more teams in 2020 than in 2019.", "number"),
    ),
    *_pairs(
        "sum",
        FLAT,
        "Rent and heating together come to 965 euros.",
        "The total monthly cost is 1,005 euros.",
        "Rent and parking come to 910 euros.",
        ("Rent and heating together come to 985 euros.", "number"),
        ("The flat has a fitted kitchen.", "attribute|negation|contradiction"),
        ("The kitchen is fitted.", "attribute|negation|contradiction"),
        "The kitchen is not fitted.",
        "The flat has no fitted kitchen.",
        ("The balcony is not glazed.", "attribute|negation|contradiction"),
        "The flat has a glazed balcony.",
    ),
    *_pairs(
        "caption",
        EXPORTS,
        "Exports came to 17.2 million euros in 2021.",
        "In 2021 exports were 17.2 million euros.",
        "Imports were highest in 2022.",
        "Exports rose from 14.5 to 17.2 million euros between 2020 and 2021.",
        "Exports were highest in 2021.",
        ("In 2021 exports were 17.2 billion euros.", "number"),
        ("In 2021 exports were 16.1 million euros.", "number|attribute"),
        ("Exports were highest in 2022.", "contradiction|attribute"),
        ("Imports were lowest in 2020.", "contradiction|attribute"),
    ),
    *_pairs(
        "other word",
        HOUSE,
        "You can't camp in the park.",
        "Camping is not allowed in the park.",
        "You must not camp in the park.",
        "The south gate is not open on Sundays.",
        "It is forbidden to feed the deer.",
        "Feeding the deer is not allowed.",
        "The permit for the kiosk was not granted.",
        "The council did not grant the permit for the kiosk.",
        "Dogs may not enter unless they are on a lead.",
        "You need no ticket to climb the tower.",
        "The cafe is not open on Mondays.",
        "The cafe is closed on Mondays.",
        "Boats may be hired only if a deposit is paid.",
        ("You can camp in the park.", "negation|contradiction"),
        ("Camping is allowed in the park.", "negation|contradiction"),
        ("Camping is not forbidden in the park.", "negation|contradiction"),
        ("The south gate is not closed on Sundays.", "negation|contradiction"),
        ("Feeding the deer is allowed.", "negation|contradiction"),
        ("Visitors may feed the deer.", "negation|contradiction"),
        ("The council granted the permit for the kiosk.", "negation|contradiction"),
        ("The permit for the kiosk was granted.", "negation|contradiction"),
        ("The cafe is open on Mondays.", "negation|contradiction|date"),
        ("The tower cannot be climbed without a ticket.", "negation|contradiction"),
    ),
    *_pairs(
        "certainty",
        PLANS,
        "The museum might reopen in June.",
        "Possibly the museum will reopen in June.",
        "The director wants to buy the painting.",
        "The city intends to widen the bridge.",
        "There are plans to widen the bridge.",
        "It is doubted that the statue is genuine.",
        "The committee suggested closing the library.",
        "Engineers think that frost caused the leak.",
        ("The museum will reopen in June.", "contradiction"),
        ("The museum reopens in June.", "contradiction"),
        ("The director bought the painting.", "contradiction"),
        ("The director has bought the painting.", "contradiction"),
        ("The city has decided to widen the bridge.", "contradiction|negation"),
        ("The city is widening the bridge.", "contradiction"),
        ("The statue is genuine.", "contradiction"),
        ("The committee closed the library.", "contradiction"),
        ("Nadia Brook will resign in spring.", "contradiction"),
        ("Nadia Brook resigned in spring.", "contradiction"),
    ),
    *_pairs(
        "antonym",
        CLASH,
        "Delivery is not included in the price.",
        "The price does not include delivery.",
        "A helmet is not required.",
        "You should wear a helmet, but you need not.",
        "Greta Holt did not accept the offer.",
        "Greta Holt turned down the offer.",
        "Paul Weiss stepped down in March.",
        "Smoking is permitted on the balcony.",
        "The cover does not protect against hail.",
        "The tyres are not covered by the warranty.",
        ("Delivery is included in the price.", "negation|contradiction"),
        ("The price includes delivery.", "negation|contradiction"),
        ("A helmet is required.", "negation|contradiction"),
        ("Greta Holt accepted the offer.", "negation|contradiction"),
        ("The pool was closed in August.", "negation|contradiction"),
        ("Paul Weiss was dismissed in March.", "contradiction"),
        ("Paul Weiss was fired in March.", "contradiction"),
        ("Smoking is allowed everywhere.", "contradiction|detail"),
        ("The cover protects against hail.", "negation|contradiction"),
        ("The warranty covers the tyres.", "negation|contradiction"),
        ("The warranty covers the engine and the tyres.", "negation|contradiction"),
        ("Nobody died.", "negation|contradiction"),
        ("The landlord pays the electricity.", "contradiction|entity"),
        ("No climbers died.", "negation|contradiction"),
        ("Smoking is forbidden on the balcony.", "contradiction|negation"),
    ),
    *_pairs(
        "roles",
        WHO,
        "Rovers lost to Harbour on Saturday.",
        "Harbour won 3-1 against Rovers.",
        "Tomas got the key from Ines.",
        "The bishop was criticised by the mayor.",
        "Carl Roth is the head of the bank.",
        "The large tent costs 130 euros.",
        "The south team has 15 players.",
        "Anna Berg is the director of the theatre.",
        "Leah is allergic to nuts, and Viktor cooks on Fridays.",
        ("Rovers beat Harbour 3-1 on Saturday.", "contradiction|entity"),
        ("Tomas gave Ines the key.", "contradiction|entity"),
        ("Viktor is allergic to nuts.", "contradiction|entity"),
        ("Leah cooks on Fridays.", "contradiction|entity"),
        ("The bishop criticised the mayor.", "contradiction|entity"),
        ("Carl Roth, the director of the theatre, met Anna Berg.", "contradiction|entity"),
        ("Anna Berg is the head of the bank.", "contradiction|entity"),
        ("The large tent costs 80 euros.", "number|attribute|contradiction"),
        ("The small tent costs 130 euros and the large tent 80 euros.", "number|attribute"),
        ("The north team has 15 players.", "number|attribute"),
        ("The small tent costs 130 euros.", "number|attribute"),
    ),
    *_pairs(
        "scope",
        CENSUS,
        "One lock is listed.",
        "Not all mills are empty.",
        "Citizens of the Union do not need a visa.",
        "A reader may keep five books at most.",
        "Nine boats or more were damaged.",
        "The grey pony is 14 years old.",
        ("All locks are listed.", "contradiction"),
        ("All of the locks are listed.", "contradiction"),
        ("All mills are empty.", "contradiction"),
        ("The mills are all empty.", "contradiction|detail"),
        ("The scheme is valid worldwide.", "contradiction|detail"),
        ("The app runs everywhere.", "contradiction|detail"),
        ("A reader may keep at least five books.", "contradiction"),
        ("At most nine boats were damaged.", "contradiction"),
        ("The grey pony is 9 years old.", "number|attribute"),
        ("The red pony is 14 years old, the grey one 9.", "number|attribute"),
    ),
    *_pairs(
        "certainty",
        NEWS,
        "The swimming hall in Lowmoor may be closed next winter.",
        "Hanna Reid would like to find a sponsor.",
        "A footbridge over the canal is planned.",
        "Historians doubt the legend that the hall stands on a Roman bath.",
        "Rising energy costs may force the closure of the swimming hall.",
        ("The swimming hall in Lowmoor will be closed next winter.", "contradiction"),
        ("Lowmoor's swimming hall will be closed next winter because of rising energy costs.", "contradiction"),
        ("The council said that the swimming hall will be closed next winter.", "contradiction"),
        ("Mayor Hanna Reid has found a sponsor.", "contradiction"),
        ("A footbridge over the canal has been approved.", "negation|contradiction"),
        ("The hall stands on a Roman bath.", "contradiction"),
        ("The swimming hall closes next winter because of energy costs.", "contradiction"),
    ),
    *_pairs(
        "roles",
        NEWS,
        "Ruth Calder designed the hall.",
        "Emil Sand's firm built the hall.",
        "Lowmoor lost 2-0 to Westfield in the regional final.",
        "Kessler is the director of the airport.",
        "Tom Ashe thinks that the plan is a mistake.",
        "Hanna Reid has been mayor since 2017.",
        ("Emil Sand designed the hall.", "entity|contradiction"),
        ("Ruth Calder's firm built the hall.", "entity|contradiction"),
        ("The hall was designed by Emil Sand and built by the firm of Ruth Calder.", "entity|contradiction"),
        ("Lowmoor defeated Westfield 2-0 in the regional final.", "entity|contradiction"),
        ("Kessler, the head of the ferry company, welcomed the proposal.", "entity|contradiction"),
        ("Ortiz is the airport's director.", "entity|contradiction"),
        ("Ortiz welcomed the proposal of Kessler.", "entity|contradiction"),
        ("Hanna Reid called the plan a mistake.", "entity|contradiction"),
        ("Tom Ashe hopes to find a sponsor.", "entity|contradiction"),
        ("Tom Ashe has led the town since 2017.", "entity|contradiction"),
    ),
    *_pairs(
        "dialogue",
        TALK,
        "Omar booked the hotel for three nights.",
        "Nora will bring the tent and the stove.",
        "Nora paid the deposit.",
        "Omar cannot swim.",
        "Omar's sister lends them a kayak.",
        "Nora would prefer to take the bus.",
        ("Nora booked the hotel for three nights.", "entity|contradiction"),
        ("Omar will bring the tent and the stove.", "entity|contradiction"),
        ("Omar paid the deposit.", "entity|contradiction"),
        ("Nora cannot swim.", "entity|contradiction"),
        ("Nora's sister lends them a kayak.", "entity|contradiction"),
        ("Nora takes the bus.", "contradiction"),
        ("Nora will drive.", "contradiction"),
    ),
    *_pairs(
        "minutes",
        MINUTES,
        "Frida presented the budget.",
        "Petra will contact the printer by Friday.",
        "Jonas wants a second quote.",
        "The proposal to hire a second cook was rejected.",
        "The move was postponed.",
        ("Jonas presented the budget.", "entity|contradiction"),
        ("Frida will contact the printer by Friday.", "entity|contradiction"),
        ("Petra asked for a second quote.", "entity|contradiction"),
        ("Frida offered to write the leaflet.", "entity|contradiction"),
        ("A second cook will be hired.", "negation|contradiction"),
        ("Petra's proposal to hire a second cook was accepted.", "contradiction|negation"),
        ("The group hired a second cook.", "contradiction|negation"),
    ),
    *_pairs(
        "scope",
        DRUG,
        "Some patients may feel dizzy from Zelrin.",
        "Zelrin had no effect on weight.",
        "At most four tablets a day may be taken.",
        "You need a prescription to get the tablets.",
        "Zelrin and alcohol must not be combined.",
        ("Zelrin causes dizziness in all patients.", "contradiction"),
        ("Zelrin causes dizziness.", "contradiction"),
        ("Zelrin lowered weight.", "negation|contradiction"),
        ("Zelrin lowered blood pressure and weight.", "negation|contradiction"),
        ("At least four tablets must be taken a day.", "contradiction"),
        ("Zelrin may be taken together with alcohol.", "negation|contradiction"),
        ("Patients under 65 should start with a lower dose.", "contradiction"),
        ("The tablets are available without a prescription.", "contradiction|negation"),
        ("Patients over 65 should start with a higher dose.", "contradiction"),
    ),
    *_pairs(
        "owners",
        OWNERS,
        "Lund approved ticket 41.",
        "Marsh rejected ticket 57.",
        ("Lund rejected ticket 57.", "entity|attribute|contradiction"),
        ("Marsh approved ticket 41.", "entity|attribute|contradiction"),
        ("Lund approved ticket 57.", "entity|attribute|contradiction|number"),
        ("Marsh approved ticket 57.", "entity|attribute|contradiction"),
    ),
    *_pairs(
        "German",
        DE,
        "Das Freibad wird am 1. Mai geöffnet.",
        "Ende September wird das Freibad geschlossen.",
        "Auf dem Gelände darf man nicht rauchen.",
        "Auf der Liegewiese sind Hunde nicht erlaubt.",
        "Der Verein hat 35 Mitglieder.",
        "Das Rauchen ist auf dem Gelände nicht erlaubt.",
        "Die Karte für das Jahr kostet 21 Euro mehr als im Vorjahr.",
        "Möglicherweise tritt der Vorstand im Herbst zurück.",
        ("Der Verein hat fünfundzwanzig Mitglieder.", "number"),
        ("Das Freibad schließt am 1. Mai.", "contradiction|date|detail|negation"),
        ("Rauchen ist auf dem Gelände erlaubt.", "contradiction|negation"),
        ("Hunde dürfen auf die Liegewiese.", "negation|contradiction"),
        ("Kinder unter sechs Jahren zahlen Eintritt.", "negation"),
        ("Der Vorstand wird im Herbst zurücktreten.", "contradiction"),
    ),
    *_pairs(
        "Dutch",
        NL,
        "Op maandag is de winkel dicht.",
        "U kunt binnen 2 maanden retourneren.",
        "De vereniging heeft 25 leden.",
        "Een kaartje kost 11 euro.",
        "Je mag er niet roken.",
        ("Retourneren kan binnen drie maanden.", "number"),
        ("De winkel is op maandag open.", "contradiction|negation"),
        ("Roken is toegestaan.", "negation|contradiction"),
        ("De vereniging heeft zesentwintig leden.", "number"),
        ("Een kaartje kost twaalf euro.", "number"),
    ),
    *_pairs(
        "Italian",
        IT,
        "Il corso dura 23 settimane.",
        "Il biglietto costa 16 euro.",
        "I cani non sono ammessi.",
        ("La piscina è aperta il lunedì.", "contradiction|negation"),
        ("Il corso dura ventisei settimane.", "number"),
        ("I cani sono ammessi.", "negation"),
        ("Il biglietto costa diciotto euro.", "number"),
        ("Il sindaco si dimetterà a giugno.", "contradiction|detail"),
    ),
    *_pairs(
        "French",
        FR,
        "Le stage dure 23 jours.",
        "Le délai est de trois semaines.",
        "Le lundi, la piscine n'est pas ouverte.",
        "Un remboursement n'est pas possible.",
        ("Le stage dure vingt-six jours.", "number"),
        ("Les chiens sont admis.", "negation"),
        ("La piscine est ouverte le lundi.", "contradiction|negation"),
        ("Un remboursement est possible.", "negation"),
        ("Le délai est de deux semaines.", "number"),
    ),
    *_pairs(
        "Spanish",
        ES,
        "El curso dura 23 semanas.",
        "La entrada cuesta 16 euros.",
        "Los perros no se admiten.",
        ("La piscina está abierta los lunes.", "contradiction|negation"),
        ("El curso dura veintiséis semanas.", "number"),
        ("Se admiten perros.", "negation"),
        ("La entrada cuesta dieciocho euros.", "number"),
    ),
]

CLUB = (
    "The Aldgate Rowing Club was founded in 1894 by Thomas Wray. It has 436 members, two thirds of them students. The "
    "annual fee is 85 pounds; members over 65 pay nothing. The boathouse is open daily from 6:30 to 21:00. Guests are "
    "not insured. Last season the club won seven of its nine races."
)
LEASE = (
    "The flat on the third floor measures 74 square metres and has a south-facing balcony. The monthly rent is "
    "980 euros "
    "without heating. The landlord may terminate the lease with three months' notice. Dogs are forbidden; cats are "
    "tolerated. The deposit equals two months' rent and is paid back within 60 days."
)
FARM = (
    "Olive harvest at the Kanelis farm begins in late October. Last year the farm pressed 18.6 tonnes of oil, "
    "less than "
    "the 22 tonnes of 2021. About a fifth of the oil is exported to Denmark. The trees are watered every "
    "second week in "
    "summer. None of the fields is treated with pesticides."
)
RECIPE = (
    "Bake the loaf at 230 degrees for 40 minutes. The dough needs 500 g of rye flour, 10 g of salt and 3.5 dl "
    "of water, "
    "and must rest overnight in a cold place. The bread keeps for up to five days. It contains no nuts."
)
MOON = (
    '{"mission": "Selene-3", "launch": "2031-02-14", "crew": 4, "lander": true, "reusable": false, '
    '"agency": "ESA", "mass_kg": 8150, "status": "delayed"}'
)
COURSE = (
    "The course in marine biology lasts eighteen months and is taught in English. Applications close on 15 January. "
    "Sixty places are available. The written exam counts for 40 % of the grade, the oral exam for the rest. Students "
    "who fail twice must leave the programme. Attendance at the seminars is optional."
)

UNSEEN: list[Pair] = [
    *_pairs(
        "number",
        CLUB,
        "The club has four hundred and thirty-six members.",
        "Last season it won 7 of 9 races.",
        "The annual fee is \u00a385.",
        "More than 400 people are members of the club.",
        "About two in three members are students.",
        ("The club has four hundred and sixty-three members.", "number"),
        ("The annual fee is \u00a358.", "number"),
        ("More than 500 people are members of the club.", "number"),
        ("Last season the club won nine of its nine races.", "number"),
        ("A third of its members are students.", "number"),
    ),
    *_pairs(
        "date",
        CLUB,
        "The boathouse opens at half past six every day.",
        "The boathouse is open until 9 pm.",
        "Thomas Wray founded the club in 1894.",
        ("The boathouse opens at half past seven every day.", "number|date|attribute"),
        ("The boathouse is open until 10 pm.", "number|date|attribute"),
        ("Thomas Wray founded the club in 1984.", "date|number"),
        ("Thomas Gray founded the club in 1894.", "entity"),
    ),
    *_pairs(
        "negation",
        CLUB,
        "Guests have no insurance.",
        "Members above 65 pay no fee.",
        ("Guests are insured.", "negation|contradiction"),
        ("Members under 65 pay nothing.", "contradiction"),
        ("The club lost seven of its nine races last season.", "contradiction"),
        ("The monthly fee is 85 pounds.", "attribute|contradiction|detail"),
    ),
    *_pairs(
        "attribute",
        LEASE,
        "The flat has 74 square metres and a balcony that faces south.",
        "Rent is 980 euros a month, not counting heating.",
        "You may not keep a dog.",
        "The deposit is two months' rent.",
        "The deposit is repaid within two months.",
        ("The flat has a north-facing balcony.", "contradiction|attribute|detail"),
        ("The flat is on the fifth floor.", "number|attribute"),
        ("The monthly rent is 980 euros including heating.", "contradiction|negation|detail|attribute"),
        ("Cats are forbidden.", "contradiction|attribute|detail"),
        ("Dogs are allowed.", "contradiction|negation"),
        ("The tenant may terminate the lease with three months' notice.", "contradiction|entity|detail|attribute"),
        ("The landlord may terminate the lease with three weeks' notice.", "number|attribute|detail"),
        ("The yearly rent is 980 euros.", "attribute|contradiction|detail"),
        ("The deposit is paid back within 90 days.", "number"),
    ),
    *_pairs(
        "comparative",
        FARM,
        "Last year the farm pressed less oil than in 2021.",
        "The farm pressed almost 19 tonnes of oil last year.",
        "Roughly 20 % of the oil goes to Denmark.",
        "No pesticides are used on the fields.",
        "The trees get water every two weeks in summer.",
        ("Last year the farm pressed more oil than in 2021.", "contradiction"),
        ("The farm pressed almost 16 tonnes of oil last year.", "number"),
        ("About half of the oil is exported to Denmark.", "number|contradiction"),
        ("About a fifth of the oil is exported to Sweden.", "entity"),
        ("About a fifth of the oil is imported from Denmark.", "contradiction|detail"),
        ("Some of the fields are treated with pesticides.", "negation|contradiction"),
        ("The trees are watered every second week in winter.", "attribute|contradiction|date|detail"),
        ("Olive harvest at the Kanelis farm begins in early October.", "contradiction|date|detail"),
    ),
    *_pairs(
        "unit",
        RECIPE,
        "The dough needs half a kilo of rye flour.",
        "Bake it for two thirds of an hour at 230 degrees.",
        "Let the dough rest overnight in the cold.",
        "It is free of nuts.",
        "The bread will keep five days at most.",
        ("The dough needs half a kilo of wheat flour.", "attribute|entity|detail|contradiction"),
        ("The dough needs 100 g of salt.", "number"),
        ("Bake the loaf at 230 degrees for 40 seconds.", "number|attribute|detail"),
        ("The dough must rest overnight in a warm place.", "contradiction|attribute"),
        ("It contains nuts.", "negation|contradiction"),
        ("The bread keeps for at least five days.", "contradiction"),
    ),
    *_pairs(
        "record",
        MOON,
        "Selene-3 launches on 14 February 2031 with a crew of four.",
        "The mission is delayed.",
        "Selene-3 is not reusable.",
        "It has a mass of about 8 tonnes.",
        ("Selene-3 launches on 14 March 2031.", "date|number|attribute"),
        ("Selene-3 is reusable.", "attribute|negation"),
        ("Selene-3 has a crew of six.", "number|attribute"),
        ("Selene-3 is run by NASA.", "entity|attribute"),
        ("Selene-3 has no lander.", "attribute|negation"),
    ),
    *_pairs(
        "modal",
        COURSE,
        "The course takes a year and a half.",
        "There are 60 places.",
        "The deadline for applications is January 15.",
        "Seminars are not mandatory.",
        "The oral exam counts for 60 % of the grade.",
        ("The course lasts eighteen weeks.", "number|attribute|detail"),
        ("There are sixteen places available.", "number"),
        ("Applications open on 15 January.", "contradiction"),
        ("Attendance at the seminars is mandatory.", "contradiction"),
        ("The oral exam counts for 40 % of the grade.", "attribute|number|detail|contradiction"),
        ("Students who fail once must leave the programme.", "number|contradiction|detail"),
        ("Students who fail twice may stay in the programme.", "contradiction|negation|detail"),
        ("The course in marine biology is taught in French.", "entity|attribute"),
    ),
]
"""Never looked at one by one while anything was mended."""
