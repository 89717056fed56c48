"""Names, towns, streets, postal codes and user names, told by the name of their field or the heading of their column.

The value is all that the field holds: to the quote that closes it, to the next tag, to the end of the line or of the
cell. What a field of such a name may hold besides, in code and in forms, is told by its form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from guardrails.pii.near import Near
from guardrails.pii.recogniser import as_latin
from guardrails.pii.residence import address_end
from guardrails.text import lexicon

__all__ = ["COLUMNS", "FIELDS", "PATTERNS", "columns", "field"]

_PERSON = (
    "first name, firstname, fname, last name, lastname, lname, given name, given names, givenname, family name, "
    "surname, forename, middle name, full name, fullname, maiden name, patient name, customer name, client name, "
    "employee name, contact person, contact name, emergency contact, next of kin, account holder, accountholder, "
    "card holder, cardholder, cardholder name, beneficiary name, tenant name, guest name, vorname, nachname, "
    "familienname, geburtsname, vollständiger name, rufname, ansprechpartner, ansprechpartnerin, kontoinhaber, "
    "kontoinhaberin, karteninhaber, karteninhaberin, name des kunden, name der kundin, prénom, prenom, prénoms, "
    "nom de famille, nom complet, nom et prénom, nom du client, titulaire, personne à contacter, nombre completo, "
    "nombre y apellidos, nombre de pila, apellido, apellidos, primer apellido, segundo apellido, persona de contacto, "
    "titular, cognome, nome e cognome, nome completo, intestatario, referente, nome próprio, sobrenome, apelido, "
    "nome do cliente, pessoa de contato, pessoa de contacto, voornaam, voornamen, achternaam, volledige naam, "
    "contactpersoon, rekeninghouder, förnamn, efternamn, fullständigt namn, fornavn, efternavn, etternavn, fulde navn, "
    "fullt navn, kontaktperson, etunimi, sukunimi, koko nimi, yhteyshenkilö, imię, imie, nazwisko, imię i nazwisko, "
    "osoba kontaktowa, jméno, jmeno, příjmení, prijmeni, jméno a příjmení, kontaktní osoba, meno, priezvisko, adı, "
    "soyadı, soyad, adı soyadı, ad soyad, isim, ilgili kişi, prenume, prenumele, nume, numele, nume de familie, "
    "nume și prenume, persoană de contact, keresztnév, vezetéknév, teljes név, όνομα, ονομα, επώνυμο, επωνυμο, "
    "ονοματεπώνυμο, имя, фамилия, отчество, фио, ф.и.о., контактное лицо, ім'я, прізвище, по батькові, नाम, पूरा नाम, "
    "उपनाम, पहला नाम, पिता का नाम, 氏名, お名前, 名前, 姓, 名, フルネーム, 患者名, 担当者, 担当者名, 姓名, 名字, 이름, "
    "성명, 성함, الاسم, الاسم الكامل, الاسم الأول, اسم العائلة, שם, שם פרטי, שם משפחה, שם מלא, họ tên, họ và tên, "
    "nama lengkap, nama depan, nama belakang"
)
_TOWN = (
    "city, town, place of birth, birthplace, birth place, birth city, ort, wohnort, stadt, geburtsort, ville, commune, "
    "localité, lieu de naissance, ville de naissance, ciudad, población, localidad, municipio, lugar de nacimiento, "
    "città, citta, comune, località, luogo di nascita, cidade, município, localidade, naturalidade, "
    "local de nascimento, woonplaats, plaats, gemeente, geboorteplaats, miejscowość, miejscowosc, miasto, "
    "miejsce urodzenia, postort, bostadsort, födelseort, bynavn, postdistrikt, poststed, fødested, fødeby, "
    "paikkakunta, postitoimipaikka, kotikunta, syntymäpaikka, kaupunki, město, obec, místo narození, mesto, şehir, "
    "ilçe, doğum yeri, localitate, localitatea, oraș, oraş, orașul, locul nașterii, település, város, születési hely, "
    "πόλη, τόπος γέννησης, город, населённый пункт, населенный пункт, место рождения, місто, місце народження, शहर, "
    "नगर, जन्म स्थान, 出生地, 出身地, 市区町村, 城市, 도시, 출생지, المدينة, עיר, thành phố, kota"
)
_POSTCODE = (
    "zip, zip code, zipcode, postcode, post code, postal code, postalcode, pin code, pincode, plz, postleitzahl"
    ", code postal, codepostal, codigo postal, código postal, cep, postnummer, postnr, postinumero, kod pocztowy, psč"
    ", posta kodu, cod poștal, cod postal, cod poştal, irányítószám, τ.κ., τκ, t.k., ταχυδρομικός κώδικας, индекс"
    ", почтовый индекс, поштовий індекс, पिन कोड, पिनकोड, 郵便番号, 邮编, 邮政编码, 郵遞區號, 우편번호, kode pos"
    ", الرمز البريدي, מיקוד"
)
_ADDRESS = (
    "address, address line, address line1, line1, street, street address, streetaddress, home address, postal address, "
    "mailing address, billing address, shipping address, delivery address, home, residential address, "
    "registered address, lieferadresse, rechnungsadresse, meldeadresse, adresse de livraison, adresse de facturation, "
    "dirección de entrega, dirección de envío, indirizzo di consegna, endereço de entrega, leveringsadres, "
    "leveransadress, leveringsadresse, toimitusosoite, adres dostawy, adres korespondencyjny, dodací adresa, "
    "teslimat adresi, adresă de livrare, адрес доставки, διεύθυνση παράδοσης, お届け先, 配送先, 送付先, adresse, "
    "anschrift, straße, strasse, hausanschrift, wohnanschrift, privatanschrift, postanschrift, straße nr, "
    "adresse postale, rue, domicile, dirección, direccion, domicilio, calle, calle y número, dirección postal, "
    "indirizzo, residenza, endereço, endereco, morada, rua, logradouro, adres, straat, woonadres, straatnaam, "
    "adres zamieszkania, ulica, gatuadress, adress, bostadsadress, gadeadresse, gade, vejnavn, gateadresse, "
    "katuosoite, osoite, kotiosoite, lähiosoite, ulice, adresa, bydliště, trvalé bydliště, adresi, ev adresi, adresă, "
    "strada, domiciliu, domiciliul, cím, lakcím, διεύθυνση, οδός, адрес, адрес проживания, адрес регистрации, улица, "
    "место жительства, адреса, вулиця, पता, स्थायी पता, 住所, 現住所, 地址, 住址, 주소, العنوان, כתובת, alamat, địa chỉ"
)
_USER = (
    "username, user name, userid, user login, login, login name, login id, loginname, logon, screen name, screenname, "
    "benutzername, nutzername, anmeldename, benutzerkennung, nom d'utilisateur, nom utilisateur, identifiant, "
    "nombre de usuario, usuario, nome utente, nome de usuário, nome de usuario, usuário, utilizador, "
    "nome de utilizador, gebruikersnaam, nazwa użytkownika, användarnamn, brugernavn, brukernavn, käyttäjätunnus, "
    "käyttäjänimi, uživatelské jméno, přihlašovací jméno, kullanıcı adı, kullanici adi, nume de utilizator, "
    "utilizator, felhasználónév, όνομα χρήστη, имя пользователя, логин, ім'я користувача, логін, उपयोगकर्ता नाम, "
    "यूज़रनेम, ユーザー名, ユーザーid, ログインid, 用户名, 使用者名稱, 사용자 이름, 아이디, اسم المستخدم, שם משתמש, "
    "nama pengguna, tên đăng nhập"
)

_COMPANY = (
    "company, company name, employer, employer name, business name, organization, organisation, organization name, "
    "organisation name, firma, firmenname, arbeitgeber, unternehmen, société, raison sociale, entreprise, employeur, "
    "empresa, razón social, razon social, empleador, azienda, ditta, ragione sociale, società, datore di lavoro, "
    "razão social, empregador, bedrijf, bedrijfsnaam, werkgever, företag, arbetsgivare, virksomhed, arbejdsgiver, "
    "bedrift, arbeidsgiver, yritys, työnantaja, pracodawca, nazwa firmy, zaměstnavatel, společnost, şirket, işveren, "
    "companie, angajator, societate, cég, munkáltató, εταιρεία, εργοδότης, επωνυμία, компания, организация, "
    "работодатель, компанія, організація, роботодавець, कंपनी, कंपनी का नाम, 会社名, 勤務先, 公司, 公司名称, 회사, "
    "회사명"
)

_VALUE = r"[^\s\"'`<>|;{}=:,\[\]()*]"
"""What a value may begin with."""
_LONGEST = 120
"""Characters of a value."""


def _names(listed: str) -> list[str]:
    return [" ".join(name.split()) for name in listed.split(",")]


def _pattern(listed: str) -> str:
    """A field with one of the names, up to the first character of what it holds.

    The words of a name may be written as one, with signs or capitals between; a part may stand before it, such as in
    `billing_city` or `customerFirstName`.
    """
    names = _names(listed)
    apart = "|".join(re.escape(name).replace(r"\ ", "[ _-]?") for name in names)
    joined = "|".join(
        name.title().replace(" ", "") for name in names if (name.isascii() and name.isalpha()) or " " in name
    )
    return (
        rf"(?:(?:^|[^\pL\pN\pM])(?i:{apart})|[a-z](?:{joined}))(?:[ _-]?[12])?"
        rf"(?:[\"'`*]{{0,3}}[ \t]?[:=][ \t]{{0,8}}[\"'`*]{{0,3}}[ \t]?|>){_VALUE}"
    )


_GATE = r"(?im)(?:^|[,;|\t(])[ \t\"'`*]{0,3}(?:\w{1,12}[_ ])?"


def _ends(text: str, start: int) -> int:
    """Where the value that begins at `start` ends: where its quotes close, or else its tag, its line or its
    sentence."""
    before = text[start - 1]
    if before in "\"'`":
        end = text.find(before, start, start + _LONGEST + 1)
        return end if end >= 0 else start
    match = _OPEN.search(text, start, start + _LONGEST)
    end = match.start() if match else min(len(text), start + _LONGEST)
    return start + len(text[start:end].rstrip(" \t.,*"))


_OPEN = re.compile(
    r"[\n\r\t|;<>\"{}=&]|,? +[^\W\d_][\w .'’-]{1,24}\w ?[:=]|,(?=\S)(?!\S*[ \n])"
    r"|(?<![A-Z])(?<!\b[Nn]r)(?<!\b[A-Za-zБ-я]{2})"
    r"(?<!\b[A-Za-zБ-я])\. +(?=[^\W\d_a-z])|。|  "
)
"""What ends a value without quotes: a sign, the name of the next field, the end of a sentence."""

_NAMELIKE = re.compile(r"[^\W\d_]+(?:[ .'’,・\-\u00b7]{1,3}[^\W\d_]+)*\.?\Z")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0655\u0900-\u0903\u093a-\u094f\u0955-\u0963]")
"""Vowel signs and accents, which are no letters to `re`."""
_NOBODY = lexicon(
    "none null nil nan na n/a undefined unknown true false yes no string str text varchar char int integer number "
    "bool boolean object any required optional default value name names id type field column key label title test "
    "example anonymous redacted hidden empty missing todo tbd xxx auto self this new void const var let def return "
    "user users first last middle given family full surname firstname lastname username login email password admin "
    "root guest system server client customer host nobody postgres mysql oracle sa www-data ubuntu ec2-user git "
    "github jenkins bot daemon service support info localhost here below above see please enter your the a an and or "
    "not is are was city town country state address street line zip postcode code data input output form page button "
    "page optional unbekannt keine inconnu aucun desconocido ninguno sconosciuto onbekend geen nieznany brak okänd "
    "ukendt неизвестно нет failed success successful denied ok error attempt required disabled enabled expired "
    "invalid successfully choose minimum maximum characters pflichtfeld angabe obligatoire requis obligatorio "
    "requerido obbligatorio richiesto obrigatório verplicht wymagane wymagany obowiązkowe povinné zorunlu gerekli "
    "obligatoriu obligatoris påkrævet pakollinen обязательно обязательное указан υποχρεωτικό आवश्यक 必須 未入力 なし "
    "必填 page screen session token event button method request response with from for via using required basic oauth "
    "smtp imap ftp ssh sftp http https"
)
"""What fields of such a name hold where they hold nobody: nothing, a type, an account of a machine."""
_CODE = re.compile(r"[(){}\[\]$%@\\_#<>*]|::|[a-z]\.[a-z]{2}|\d{3}")


def _is_name(text: str, start: int, end: int) -> bool:
    """Whether the value is a name: words of letters, at most six, that are no type and no word for nobody."""
    value = text[start:end]
    bare = _MARKS.sub("", value)
    if not 1 <= len(bare) <= 60 or not _NAMELIKE.match(bare):
        return False
    words = bare.casefold().split()
    if len(words) > 6 or not _NOBODY.isdisjoint(words):
        return False
    return not value[0].islower() or text[start - 1] in "\"'>" or any(word[0].isupper() for word in bare.split())


def _is_town(text: str, start: int, end: int) -> bool:
    value = _BRACKETS.sub("", text[start:end])
    named = bool(value) and (not value[0].islower() or any(word[0].isupper() for word in value.split()))
    return named and _is_name(text, start, start + len(value))


_BRACKETS = re.compile(r" ?\([^()]*\)$")


def _is_company(text: str, start: int, end: int) -> bool:
    """Whether the value may be the name of a company: a few words, one with a capital or of a script without."""
    value = text[start:end]
    words = value.casefold().split()
    return (
        2 <= len(value) <= 80
        and len(words) <= 9
        and _NOBODY.isdisjoint(words[:1])
        and not _CODE.search(value)
        and any(word[0].isalpha() and not word[0].islower() for word in value.split())
    )


def _is_postcode(text: str, start: int, end: int) -> bool:
    return _POSTAL.match(text[start:end]) is not None


_POSTAL = re.compile(
    r"(?:(?:[A-Z]{1,2}|ΤΚ)[ -])?(?:\d{4,6}|\d{5}-\d{3,4}|\d{3}[ -]\d{2,4}|\d{2}[ -]\d{3}|\d{4}-\d{3}|\d{4} ?[A-Z]{2}"
    r"|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\Z"
)


def _is_postal(text: str, start: int, end: int) -> bool:
    """Whether the value is the address of a house: a number, and a word with a capital or for a street."""
    value = text[start:end]
    if len(value) < 4 or "@" in value or _MACHINE.search(value):
        return False
    named = _NAMED.search(value) is not None or (text[start - 1] in "\"'" and _STREET.search(value) is not None)
    named = named or _STREET.search(value) is not None
    return named and (_HOUSE.search(value) is not None)


_NAMED = re.compile(r"(?:\A|[\W\d_])(?:[^\W\d_a-z][^\W\d_]{2,}|[\u0900-\u0dff]{3,})")
"""A word of three letters that begins with a capital one, or with one of a script that has none."""
_STREET = re.compile(
    r"(?i)(?:street|avenue|road|boulevard|blvd|lane|drive|court|place|square|terrace|highway|parkway|crescent|close"
    r"|st|ave|rd|ln|dr)\b"
)
_HOUSE = re.compile(
    r"(?:\A|[\s,#])(?:\d{1,6}[^\W\d_]?(?:[-/–]\d{1,5}[^\W\d_]?)*(?=[\s,.;]|\Z)|[sS]/[nN]\b)|\d{1,5}(?:号|號|番|丁目|-)"
)
_MACHINE = re.compile(
    r"(?i)://|\b0x|\d\.\d|(?:[0-9a-f]{2}:){2}|[\[\]$%*+\\]|\(\)|\b(?:is|are|was|page|line|section|bytes?|chapter)\b"
)


def _is_user(text: str, start: int, end: int) -> bool:
    """Whether the value is a user's name: one word that is no type, no expression and no account of a machine."""
    value = text[start:end]
    if not _ACCOUNT.match(value) or value.casefold() in _NOBODY:
        return False
    quoted = text[start - 1] in "\"'`"
    if quoted or text[start - 1] == ">":
        return not value.isdigit()
    behind = text[end : end + 1]
    assigned = text[:start].rstrip(" \t").endswith("=") if text[start - 1] == " " else text[start - 1] == "="
    if assigned and (text[start - 1] == " " or behind in (",", ")", ";", "(", "[", ".")):
        return any(map(str.isdigit, value)) and behind in ("", "\n", " ")
    if behind == " " and not _ALONE.match(text, end):
        return any(map(str.isdigit, value))
    return behind in ("", "\n", "\r", " ", ",", ";", "|", "<", "&", "\t", ".") and not value.isdigit()


_ALONE = re.compile(r" +(?:[^\w ]|[\w.-]+ ?[:=]|\n|\Z)")
"""Behind a value of one word that is no sentence: a sign, the name of another field, the end of the line."""


_ACCOUNT = re.compile(r"[^\W_](?:[\w.+-]{1,30})[^\W_]\Z")

_Verify = Callable[[str, int, int], bool]

_KINDS: dict[str, tuple[str, _Verify]] = {
    "person": (_PERSON, _is_name),
    "location": (_TOWN, _is_town),
    "organisation": (_COMPANY, _is_company),
    "postcode": (_POSTCODE, _is_postcode),
    "address": (_ADDRESS, _is_postal),
    "username": (_USER, _is_user),
}
FIELDS = frozenset(_KINDS)
"""The entities that are found so."""
PATTERNS = {entity: _pattern(listed) for entity, (listed, _) in _KINDS.items()}
"""By entity, its fields; a match ends with the first character of the value."""


def field(entity: str, text: str, begin: int, start: int) -> Iterator[tuple[int, int, bool]]:
    """The value that begins at `start` in a field whose name begins at `begin`; none where it cannot be the entity.

    Whether it is sure comes third: an English address that no quotes close is not, as nobody says where it ends.
    """
    end = _ends(text, start)
    sure = True
    if entity == "address" and text[start - 1] not in "\"'`>":
        end = max(end, address_end(text, start))  # it knows which points end no sentence
        sure = _ENGLISH.search(text, begin, start) is None
    if end > start and _KINDS[entity][1](text, start, end):
        yield start, end, sure


_ENGLISH = re.compile("(?i)address|street")


@lru_cache(maxsize=1)
def _headings() -> dict[str, str]:
    """The entity by the words of a heading."""
    return {
        " ".join(re.findall(r"[^\W_]+", read.casefold())): entity
        for entity, (listed, _) in _KINDS.items()
        for name in _names(listed)
        for read in (name, *as_latin(name))
    }


def columns(near: Near, entities: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """The cells of columns whose heading says what they hold, in tables and in the rows of insertions."""
    for table in near.tables:
        kinds = [_of_column(heading) for heading in table.headings]
        others = len([kind for kind in kinds if kind]) > 0 or any(map(_PERSONAL.search, table.headings))
        kinds = [
            "person" if not kind and others and heading.strip() in _BARE else kind
            for kind, heading in zip(kinds, table.headings, strict=True)
        ]
        wanted = [kind if kind in entities else "" for kind in kinds]
        if any(wanted):
            for column, start, end in table.cells(near.text):
                entity = wanted[column] if column < len(wanted) else ""
                if entity and _KINDS[entity][1](near.text, start, end):
                    yield start, end, entity


_BARE = lexicon("name naam namn navn nimi nom nombre nome nume név nama имя customer patient employee contact client")
_PERSONAL = re.compile(" (?:e ?mail|email|phone|mobile|tel|telefon|telefono|teléfono|téléphone|dob|birth|ssn|iban) ")


def _of_column(heading: str) -> str:
    words = heading.split()
    known = _headings()
    for first in range(min(2, len(words))):  # `billing city`, `customer first name`
        if found := known.get(" ".join(words[first:])):
            return found
    return ""


COLUMNS = (
    _GATE
    + "(?:"
    + "|".join(
        re.escape(name).replace(r"\ ", "[ _]?")
        for listed, _ in _KINDS.values()
        for name in (*_names(listed), *sorted(_BARE))
        if len(name) > 2 or not name.isascii()
    )
    + r")[ \t\"'`*]{0,3}(?:[,;|\t)]|$)"
)
"""A cell that may be the heading of such a column."""
