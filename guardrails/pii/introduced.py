"""Names of persons where the words around them say so: an introduction, an address, a letter's end, a field.

Introductions in some twenty-five languages, the others in German, French, Spanish, Italian, Portuguese, Dutch and more.
"""

from __future__ import annotations

from guardrails.pii.recogniser import Recogniser
from guardrails.text import lexicon

__all__ = ["RECOGNISERS"]

_WORD = r"\p{Lu}[\p{Ll}\p{Lu}\p{M}'’-]+"
_TIES = r"(?:de|da|das|do|dos|del|della|di|la|las|los|van|von|der|den|ten|ter|zu|zur|bin|ben|ibn|al|el|y|e|af|av)"
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
_SAID_OF_MUCH = (
    r"hier ist|hier spricht|auf den namen|im namen von|soy|a nombre de|de parte de|je suis|au nom de"
    r"|de la part de|sono|a nome di|da parte di|aqui é|aqui fala|sou|sou o|sou a|em nome de|op naam van|namens"
    r"|mitt namn|jag är|i namnet|på namnet|jestem|z tej strony"
)
"""What people say before their name and before other things too: two words with a capital have to follow."""
_LETTERS = r"[\pL\pM]+"

_ADDRESSED = (
    r"Herrn?|Frau|Familie|Monsieur|Madame|Mademoiselle|Mme|Mlle|Señor(?:a|ita)?|Señores|Sra?\.|Srta\.|Doña"
    r"|Signor(?:a|ina|e)?|Sig\.(?:ra|na)?|Senhor(?:a|ita)?|Exmo\. Sr\.|Exma\. Sra\.|[Dd]e heer|[Mm]evrouw"
    r"|[Mm]eneer|Dhr\."
    r"|[Mm]evr\.|Gospodin|Gospođa|Domnul|Doamna|Bay|Bayan|Sayın|Kedves|Vážený pane|Vážená paní|Szanowny Panie"
    r"|Szanowna Pani"
    r"|Господин|Госпожа|Уважаемый|Уважаемая|Шановний|Шановна"
)
_GREETED = (
    r"Liebe[r]?|Hallo|Sehr geehrter?|Guten Tag|Cher|Chère|Bonjour|Bonsoir|Salut|Estimad[oa]|Querid[oa]|Hola|Buenos días"
    r"|Gentile|Egregio|Car[oa]|Ciao|Buongiorno|Prezad[oa]|Car[oa]|Olá|Bom dia|Beste|Lieve|Geachte|Hoi|Kära|Hej"
    r"|Hei|Kjære"
    r"|Kære|Cześć|Drogi|Droga|Ahoj|Drag[aă]|Здравствуйте,|Привет,"
)
_CLOSED = (
    r"Mit (?:freundlichen|besten|herzlichen|lieben) Grü(?:ß|ss)en|(?:Beste|Viele|Liebe|Herzliche"
    r"|Freundliche) Grü(?:ß|ss)e"
    r"|Hochachtungsvoll|Cordialement|Bien cordialement|Bien à vous|Sincères salutations|Amicalement|Atentamente"
    r"|(?:Un )?(?:cordial )?saludo|Saludos(?: cordiales)?|Cordiali saluti|Distinti saluti|Un saluto|Saluti"
    r"|Atenciosamente|Cumprimentos|Com os melhores cumprimentos|Abraços?|Met vriendelijke groeten?|Hartelijke groeten?"
    r"|Groeten|Hoogachtend|Med vänliga hälsningar|Vänliga hälsningar|Med vennlig hilsen|Med venlig hilsen"
    r"|Ystävällisin terveisin|Z poważaniem|Pozdrawiam|S pozdravem|Saygılarımla|С уважением|З повагою|Με εκτίμηση"
    r"|Üdvözlettel|Cu stimă|Salam hormat|Trân trọng"
)
_FIELD = (
    r"Vor- und Nachname|Vorname|Nachname|Familienname|Ansprechpartner(?:in)?|Kontoinhaber(?:in)?|Karteninhaber(?:in)?"
    r"|Patient(?:in)?|Kunde|Kundin|Nom et prénom|Nom|Prénom|Nom de famille|Titulaire|Nombre(?: y apellidos?"
    r"| completo)?|Apellidos?"
    r"|Titular|Cliente|Paciente|Nome(?: completo)?|Cognome|Nome e cognome|Intestatario|Sobrenome|Apelido|Naam"
    r"|Voornaam|Achternaam"
    r"|Rekeninghouder|Namn|Förnamn|Efternamn|Navn|Fornavn|Etternavn|Efternavn|Nimi|Etunimi|Sukunimi|Imię"
    r"(?: i nazwisko)?"
    r"|Nazwisko|Jméno(?: a příjmení)?|Příjmení|Adı|Soyadı|Ad Soyad|Имя|Фамилия|ФИО|Ім'я|Прізвище|Όνομα|Επώνυμο"
    r"|Nume|Prenume"
    r"|Név|Nama|Họ (?:và )?tên"
)
_PERSON = rf"({_WORD}(?: (?:{_TIES} ){{0,3}}(?:{_WORD}|\p{{Lu}}\b\.?)){{0,3}})"
_OFFICES = lexicon(
    "präsident präsidentin kanzler kanzlerin minister ministerin direktor direktorin doktor professor professorin"
    " president président présidente presidente ministre ministro ministra directeur directrice director directora"
    " docteur doctor doctora dottore dottoressa professore professoressa avvocato ingegnere diputado juez alcalde"
    " damen herren kollegen kolleginnen kunde kundin kunden team zusammen alle welt monsieur madame messieurs mesdames"
    " client cliente clientes señor señora señores tutti todos todas amigos monde klant collega allemaal iedereen"
    " frau herr doctor dame heer mevrouw pane panie pani sir or and und et y e la le les el los das der die den mr mrs"
)
"""What people are called in place of a name."""


def _is_name(value: str) -> bool:
    """Whether none of its words is an office or a word for anybody."""
    return _OFFICES.isdisjoint(value.casefold().split()[:1])


RECOGNISERS = (
    Recogniser("person", rf"(?:^|[^\pL])(?i:{_SAID})(?: |: ){_NAME}", joins=""),
    Recogniser(
        "person",
        rf"(?:^|[^\pL])(?i:{_SAID_OF_MUCH}) ({_WORD} (?:{_TIES} ){{0,3}}{_WORD}(?: {_WORD})?)",
        _is_name,
        joins="",
    ),
    Recogniser("person", rf"\"(?i:{_FIELD})\" ?: ?\"{_PERSON}\"", _is_name, joins=""),
    Recogniser(
        "person", rf"(?:^|[^\pL])(?:{_ADDRESSED})(?: (?:Dr|Prof|Ing|Dott|Mag)\.){{0,2}} {_PERSON}", _is_name, joins=""
    ),
    Recogniser(
        "person",
        rf"(?m)^(?:{_GREETED})(?: (?:Herrn?|Frau|Monsieur|Madame|Señora?|Signora?|Sra?\.|Sig\.(?:ra)?|Senhora?"
        rf"|heer|mevrouw))?"
        rf" (?:(?:Dr|Prof|Ing|Dott)\. ){{0,2}}{_PERSON} ?[,!:\n]",
        _is_name,
        joins="",
    ),
    Recogniser(
        "person", rf"(?:^|[^\pL])(?:{_CLOSED})[,.!]?\s{{0,3}}\n\s{{0,8}}{_PERSON} ?(?:\n|$)", _is_name, joins=""
    ),
    Recogniser("person", rf"(?m)(?:^|[,;|{{\"\t])\s*(?:{_FIELD})\"? ?[:=] ?\"?{_PERSON}", _is_name, joins=""),
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
