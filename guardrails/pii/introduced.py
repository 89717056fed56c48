"""Names of persons where the words around them say so: an introduction, an address, a letter's end, a field.

Introductions in some twenty-five languages, the others in German, French, Spanish, Italian, Portuguese, Dutch and more.
"""

from __future__ import annotations

import re

from guardrails.pii.recogniser import Recogniser
from guardrails.text import lexicon

__all__ = ["RECOGNISERS"]

_WORD = r"\p{Lu}[\p{Ll}\p{Lu}\p{M}'’-]+"
_TIES = r"(?:de|da|das|do|dos|del|della|di|la|las|los|van|von|der|den|ten|ter|zu|zur|bin|ben|ibn|al|el|y|e|af|av)"
_NAME = rf"({_WORD}(?: (?:{_TIES} ){{0,3}}(?:{_WORD}|\p{{Lu}}\b\.?)){{0,4}})"
"""Words with capitals, small ties between them."""
_FORM = (
    r"(?:Stiftung|GmbH|AG|mbH|SE)(?: & Co\.? ?(?:KGaA|KG|OHG)(?: ?mbH)?)?|KGaA|OHG(?: mbH)?|KG|e\.V\.|e\.G\."
    r"|S\.?A\.?R\.?L\.?|S\.A\.S\.?"
    r"|SAS|SARL|S\.A\.U?\.?|S\.L\.(?:U\.|N\.E\.?)?|S\.L\.L\.|S\.Coop\.|S\.Com\.|C\.B\.|S\. ?p\.?A\.?|SPA|S\.r\.l\."
    r"|s\.r\.l\.|SRL|S\.n\.c\.|s\.n\.c\."
    r"|B\.V\.|BV|N\.V\.|V\.O\.F\.|VOF|[Ss]p\. ?z ?o\.o\.|[Ss]p\.[jkp]\.|[Ss]p\. [jkp]\.|s\.c\.|s\.r\.o\.|a\.s\."
    r"|v\.o\.s\.|k\.s\.|o\.p\.s\.|Oyj?|Ky|AB|HB|ApS|A/S|I/S|P/S|K/S"
    r"|Lda\.?|Ltda\.?|EIRELI|Ltd\. ?Şti\.|A\.Ş\.|Α\.Ε\.|ΕΠΕ|Ο\.Ε\.|Ε\.Ε\.|Kft\.|Zrt\."
)
"""The forms of companies."""
_FIRM = r"[\p{Lu}][\pL\pM&'’.-]*"
_SAID = (
    "my name is|my full name is|ich heiße|ich heisse|mein name ist|mein name lautet|je m'appelle|je m’appelle"
    "|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|meu nome é|chamo-me|me chamo|ik heet|mijn naam is"
    "|nazywam się|mam na imię|jmenuji se|jag heter|mitt namn är|jeg hedder|jeg heter|mit navn er|nimeni on"
    "|olen nimeltäni|меня зовут|моё имя|мое имя|мене звати|моє ім'я|ad[ıi]m|ismim|mă numesc|numele meu este|με λένε"
    "|ονομάζομαι|το όνομά μου είναι|tên tôi là|tôi tên là|nama saya adalah|nama saya|a nevem"
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
    r"|(?:[Ll]e|[Dd]er|[Dd]ie|[Dd]e[rmn]|[Bb]eim|[Vv]on|[Vv]om|[Ii]l|[Dd]al|[Dd]el|[Ll]a|[Hh]ausarzt|[Hh]ausärztin"
    r"|[Mm]édecin) (?:Dr|Dre|Dra|Dott)\.?"
    r"|Dott\.(?:ssa)?|Maître|D\.ª|Dña\.|[,:] D\.|[Dd]on|pan|pana|panu|panem|pani|panią|paní|fru|herra|rouva|[Hh]r\."
    r"|κ\.|κα|κος|кος|k\."
    r"|[Гг]-н|[Гг]-жа|[Гг]ражданин\pL{0,2}|[Гг]ражданк\pL{1,2}|господина?|госпож\pL|[Dd]omnul(?:ui)?|[Dd]oamnei"
    r"|[Dd]l\.|[Dd]na\.?"
)
_ROLES = (
    r"Zeug(?:e|in|en)|Beschuldigte[rn]?|Angeklagte[rn]?|Geschädigte[rn]?|Kläger(?:in)?|Beklagte[rn]?|Patient(?:in"
    r"|en)?|Mieter(?:in)?|Mitarbeiter(?:in)?"
    r"|Antragsteller(?:in)?|Versicherte[rn]?|Fahrer(?:in)?|Halter(?:in)?|[Tt]émoin|[Pp]atiente?|[Cc]onducteur"
    r"|[Cc]onductrice|[Ss]alariée?|[Ll]ocataire"
    r"|[Pp]ersonne de confiance|[Pp]révenue?|[Dd]enunciante|[Tt]estigo|[Pp]aciente|[Cc]onductora?|[Ii]nquilin[oa]"
    r"|[Ee]mpleado|[Ee]mpleada|[Aa]cusad[oa]|[Pp]aziente"
    r"|[Tt]estimone|[Cc]onducente|[Ii]ndagato|[Dd]ipendente|[Tt]estemunha|[Cc]ondutora?|[Mm]otorista"
    r"|[Ff]uncionári[oa]|[Gg]etuige|[Vv]erdachte|[Pp]atiënte?"
    r"|[Bb]estuurder|[Hh]uurder|[Ww]erknemer|[Śś]wiadek|[Pp]acjent(?:ka)?|[Kk]ierowc[aą]|[Oo]skarżon[ya]"
    r"|[Vv]ittne[t]?|[Pp]atienten|[Ff]öraren|[Hh]yresgästen|[Vv]idnet"
    r"|[Ff]øreren|[Tt]odistaja|[Kk]uljettaja|[Pp]otilas|[Ss]vědek|[Pp]acient(?:ka)?|[Řř]idič(?:ka)?|[Oo]bviněný"
    r"|[Tt]anık|[Hh]asta|[Ss]ürücü|[Mm]artorul|[Pp]acient(?:ul|a)"
    r"|[Șș]oferul|[Mm]artora|μάρτυρας|ασθενής|οδηγός|[Сс]видетель(?:ница)?|[Пп]ациент(?:ка)?|[Вв]одитель"
    r"|[Пп]отерпевш(?:ий|ая)|[Оо]бвиняем(?:ый|ая)|[Сс]отрудник|[Рр]аботник|[Ss]oussignée?|[Ss]ottoscritt[oa]"
    r"|[Ff]irmante|[Aa]baixo assinad[oa]|[Nn]umit(?:ul|a)|[Pp]odpisan[ya]"
    r"|Unterzeichner(?:in|te)?|Arbeitnehmer(?:in)?|[Pp]racowni(?:k|ca)|[Zz]aměstnan(?:ec|kyně)|[Aa]ngajat(?:ul|a)"
    r"|[Çç]alışan|[Aa]nställde?|[Mm]edarbejder"
    r"|[Tt]yöntekijä|εργαζόμεν(?:ος|η)|[Сс]відок"
)
"""What somebody is in a report: a name of two words has to follow."""
_GREETED = (
    r"Liebe[r]?|Hallo|Sehr geehrter?|Guten Tag|Cher|Chère|Bonjour|Bonsoir|Salut|Estimad[oa]|Querid[oa]|Hola"
    r"|Buenos días|Gentile|Egregio|Car[oa]|Ciao|Buongiorno|Prezad[oa]|Car[oa]|Olá|Bom dia|Beste|Lieve|Geachte|Hoi"
    r"|Kära|Hej|Hei|Kjære|Kære|Cześć|Drogi|Droga|Ahoj|Drag[aă]|Здравствуйте,|Привет,"
)
_CLOSED = (
    r"Mit (?:freundlichen|besten|herzlichen|lieben) Grü(?:ß|ss)en|(?:Beste|Viele|Liebe|Herzliche"
    r"|Freundliche) Grü(?:ß|ss)e"
    r"|Hochachtungsvoll|Cordialement|Bien cordialement|Bien à vous|Sincères salutations|Amicalement|Atentamente"
    r"|(?:Un )?(?:cordial )?saludo|Saludos(?: cordiales)?|Cordiali saluti|Distinti saluti|Un saluto|Saluti"
    r"|Atenciosamente|Cumprimentos|Com os melhores cumprimentos|Abraços?|(?:Met )?[Vv]riendelijke groet(?:en)?"
    r"|Hartelijke groet(?:en)?"
    r"|Groeten|Hoogachtend|Med vänliga hälsningar|Vänliga hälsningar|Med vennlig hilsen|Med venlig hilsen"
    r"|Ystävällisin terveisin|Z poważaniem|Pozdrawiam|S pozdravem|Saygılarımla|С уважением|З повагою|Με εκτίμηση"
    r"|Üdvözlettel|Cu (?:stimă|respect)|Cu drag|Cordial|Un abrazo|Obrigad[oa]|Grazie|Gracias|Merci|Danke|Dziękuję"
    r"|Děkuji|Tack|Tak|Kiitos"
    r"|Teşekkürler|Teşekkür ederim|Mulțumesc|Ευχαριστώ|Спасибо|Дякую|Dank u|Bedankt|Ystävällisin|Parhain terveisin"
    r"|Hälsningar|Hilsen"
    r"|Venlig hilsen|Mvh|Vänligen|Saygılar|Salam hormat|Trân trọng"
)
_FIELD = (
    r"Vor- und Nachname|Vorname|Nachname|Familienname|Ansprechpartner(?:in)?|Kontoinhaber(?:in)?|Karteninhaber(?:in)?"
    r"|Patient(?:in)?|Kunde|Kundin|Nom et prénom|Nom|Prénom|Nom de famille|Titulaire|Nombre(?: y apellidos?"
    r"| completo)?|Apellidos?|Titular|Cliente|Paciente|Nome(?: completo)?|Cognome|Nome e cognome|Intestatario"
    r"|Sobrenome|Apelido|Naam|Voornaam|Achternaam|Rekeninghouder|Namn|Förnamn|Efternamn|Navn|Fornavn|Etternavn"
    r"|Efternavn|Nimi|Etunimi|Sukunimi|Imię(?: i nazwisko)?|Nazwisko|Jméno(?: a příjmení)?|Příjmení|Adı|Soyadı"
    r"|Ad Soyad|Имя|Фамилия|ФИО|Ім'я|Прізвище|Όνομα|Επώνυμο|Nume|Prenume|Név|Nama|Họ (?:và )?tên"
)
_BARE_PERSON = rf"{_WORD}(?: (?:{_TIES} ){{0,3}}(?:{_WORD}|\p{{Lu}}\b\.?)){{0,3}}"
_PERSON = f"({_BARE_PERSON})"
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


def _is_japanese_name(value: str) -> bool:
    """Whether it is a name and not a word for a customer or for all."""
    return not _NOT_NAMED.search(value) and 2 <= len(value.replace(" ", "")) <= 8


_NOT_NAMED = re.compile("[客皆各神王殿者員社方店人屋長様奥娘息子供父母]|お|ご|の|は|が|を")


def _is_no_verb(value: str) -> bool:
    return value.rsplit(maxsplit=1)[-1] not in {"है", "का", "की", "के", "को", "ने", "हैं", "और", "में", "से", "जी"}


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
        "person",
        rf"(?:^|[^\pL])(?:{_ADDRESSED})(?: (?:Dr|Prof|Ing|Dott|Mag)\.){{0,2}} ((?:{_TIES} )?{_BARE_PERSON})",
        _is_name,
        joins="",
    ),
    Recogniser(
        "person",
        rf"(?:^|[^\pL])(?:{_ROLES})(?: ?[:,])?(?: (?:Herrn?|Frau|pan|pani|paní|p\.|dr\.?|Dr\.|D\.|Dña\.|Sr\.|Sra\."
        rf"|Mme|M\.)){{0,2}}"
        rf" ({_WORD} (?:{_TIES} ){{0,3}}{_WORD}(?: (?:{_TIES} ){{0,2}}{_WORD})?)",
        _is_name,
        joins="",
        gate=rf"(?:{_ROLES})(?: ?[:,])? [\pL.]",
    ),
    Recogniser("person", r"(?:श्री|श्रीमती|सुश्री|कुमारी|डॉ\.?|डॉक्टर) ([\pL\pM]+ [\pL\pM]+)", _is_no_verb, joins=""),
    Recogniser(
        "person",
        r"(?:^|[^\p{Han}\p{Hiragana}\p{Katakana}ー])([\p{Han}]{1,4} ?[\p{Han}\p{Hiragana}\p{Katakana}ー]{1,6}?)"
        r"(?:様|さん|氏|先生|殿|と申します|と申し|といいます)",
        _is_japanese_name,
        joins="",
    ),
    Recogniser(
        "person",
        r"(?:[はがをの]|こちら|担当の)([\p{Han}]{2,3} ?[\p{Han}\p{Hiragana}]{1,4}?)(?:様|と申します)",
        _is_japanese_name,
        joins="",
    ),
    Recogniser(  # the place of birth behind its date
        "location",
        rf"(?:^|[^\pL])(?i:born|geb\.|geboren|née?|nat[oa]|nacid[oa]|nascid[oa]|ur\.|urodzon[ya]|nar\.|narozena?|född"
        rf"|født|fødd|născută?)"
        rf" [^\n;]{{0,24}}(?:19|20)\d{{2}}\)?,? (?:in|à|au|a|ad|te|en|em|w|we|v|ve|i|på|în|la)"
        rf" (?:miejscowości |der Stadt |obci )?({_WORD}(?:[ -](?:sur|am|an der|di|del|de la|de|da|do|nad|upon|la"
        rf"|le) ?[ -]?{_WORD}|[ -]{_WORD}){{0,3}})",
        joins="",
    ),
    Recogniser(  # the place of birth before its date
        "location",
        rf"(?:^|[^\pL])(?i:born|geboren|née?|nat[oa]|nacid[oa]|nascid[oa]|urodzon[ya]|narozená?|född|født|fødd"
        rf"|născută?|syntynyt|родил(?:ся|ась))"
        rf" (?:in|à|au|a|ad|te|en|em|w|we|v|ve|i|på|în|la|в) (?:г\. ?|r\. ?"
        rf"|городе )?({_WORD}(?:[ -]{_WORD}){{0,3}})(?:,? \([A-Z]{{2}}\))?"
        rf"(?:,| (?:il|le|el|am|op|em|la|dnia|dne|den|on|i)) ",
        joins="",
    ),
    Recogniser("location", rf"(?i:postnr|postnummer)\.?:? ?\d{{4}}\n *By: ?({_WORD}(?: {_WORD})?)", joins=""),
    Recogniser(  # the forms of companies elsewhere
        "organisation",
        rf"(?:^|[^\pL\pN])((?:{_FIRM}(?: (?:{_TIES} |& |und |et |e |y |i |og |och |a )?|, )){{1,6}}(?:{_FORM}))",
        joins="",
        gate=rf" (?:{_FORM})",
    ),
    Recogniser(
        "organisation",
        r"((?:ООО|OOO|ОАО|OAO|ЗАО|3AO|ПАО|NAO|АО|AO|НПО|HNO|РАО|PAO|ИП|ГК|ТОВ|TOB) [«\"„][^»\"“\n]{2,60}[»\"“])",
        joins="",
    ),
    Recogniser(
        "organisation",
        r"((?:株式会社|有限会社|合同会社)[\p{Han}\p{Katakana}ー\pN]{1,16}|[\p{Han}\p{Katakana}ー]{2,14}(?:株式会社|有限会社|合同会社))",
        joins="",
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
