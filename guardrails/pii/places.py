"""Postal addresses and codes, and dates."""

from __future__ import annotations

import re

from guardrails.pii.recogniser import Recogniser, phrases
from guardrails.text import lexicon

__all__ = ["RECOGNISERS"]

_NAME = r"\p{Lu}(?:[\pL'’-]|\.\pL)*"
_TYPE = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Way"
    r"|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Close|Crescent|Cres|Grove|Mews|Row|Walk|Trail|Trl|Alley|Plaza|Loop|Pike"
    r"|Turnpike|Gardens|Hill|Green|Quay|Wharf|Rise|View|Bypass|Path|Point|Ridge|Heights|Esplanade|Parade)\b\.?"
)
_UNIT = r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm|Building|Bldg|No|#)\.? ?#?[\pL\pN-]{1,6})?"
_TITLED = r"\p{Lu}[\p{Ll}'’][\pL'’-]*"
_UK = (
    r"(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d|[A-HK-Y]\d\d|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRV-Y])"
    r" ?\d[ABD-HJLNP-UW-Z]{2})"
)
_TOWN = (
    rf"(?:,? {_TITLED}(?: {_TITLED}){{0,2}})?(?:,? (?:[A-Z]{{2,3}}|{_TITLED}),? \d{{4,5}}(?:-\d{{4}})?\b|,? {_UK}\b)?"
)
_STATE = (
    r"(?:A[AEKLPRSZ]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]|O[HKR]|P[ARW]|RI|S[CD]"
    r"|T[NX]|UT|V[AIT]|W[AIVY])"
)
"""The states, districts and territories of the USA, and the regions of its armed forces."""
_STATE_IN_FULL = (
    r"(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho"
    r"|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi"
    r"|Missouri|Montana|Nebraska|Nevada|New (?:Hampshire|Jersey|Mexico|York)|(?:North|South) (?:Carolina|Dakota)|Ohio"
    r"|Oklahoma|Oregon|Pennsylvania|Rhode Island|Tennessee|Texas|Utah|Vermont|(?:West )?Virginia|Washington|Wisconsin"
    r"|Wyoming|District of Columbia|Puerto Rico)"
)
_PROVINCE = (
    r"(?:AB|BC|MB|NB|NL|NS|NT|NU|ON|PE|QC|SK|YT|Alberta|British Columbia|Manitoba|New Brunswick"
    r"|Newfoundland and Labrador"
    r"|Nova Scotia|Northwest Territories|Nunavut|Ontario|Prince Edward Island|Qu[eé]bec|Saskatchewan"
    r"|Yukon(?: Territory)?)"
)
_SIDE = r"(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.? )?"
_CITY = (
    rf"(?:(?:La|Le|Les|El|Los|Las|San|Santa|Den|Bad) )?{_NAME}(?:[ -](?:(?:am|an der|de|del|de la|di|do|da) )?{_NAME})?"
)
"""A town of one or two words; a longer one is cut, so that no name behind it is taken along."""
_HOME = r"(?:(?:Flat|Apt\.?|Apartment|Studio|Suite|Unit|Level|Floor) ?#?[\pL\pN-]{1,6},? )?"
"""A part of a house, as it stands before its number."""
_PARTICLE = r"(?:d(?:e|u|es|el|i|ella|a|os|as)|la|le|les|l'|d'|van|der|von|am|an|im)"

_NUMBER = r"\d{1,4}(?: ?[a-zA-Z]\b)?(?:[-/]\d{1,4}[a-zA-Z]?)?"
"""Of a house."""
_THERE = (
    rf"{_NUMBER}(?:(?:, ?|,? ?\n)(?:[A-Z]{{1,2}}-)?(?:\d{{5}}|\d{{3}} \d{{2}}|\d{{2}}-\d{{3}}|\d{{4}} ?[A-Z]{{2}},?"
    rf"|\d{{4}}-\d{{3}})"
    r"|,? ?\n[1-9]\d{3})"
)
"""The number of a house and the code of its town, behind a comma or on the next line."""
_YEARS = re.compile(r"\n(?:19|20)\d\d ")

_UK_CODE = rf"(?i)\b{_UK}"

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)"
)
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth"
    r"|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-(?:first|second|third|fourth|fifth|sixth"
    r"|seventh|eighth|ninth)|thirtieth|thirty-first)"
)
_MONTH_ELSEWHERE = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre|janvier|février"
    r"|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|gennaio|febbraio|aprile|maggio|giugno"
    r"|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro"
    r"|januari|februari|maart|mei|juni|juli|augustus|oktober|december|augusti|maj|januar|februar|marts|august"
    r"|desember|tammikuuta|helmikuuta|maaliskuuta|huhtikuuta|toukokuuta|kesäkuuta|heinäkuuta|elokuuta|syyskuuta"
    r"|lokakuuta|marraskuuta|joulukuuta|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września"
    r"|października|listopada|grudnia|ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu"
    r"|prosince|ocak|şubat|mart|nisan|may[ıi]s|haziran|temmuz|ağustos|eylül|ekim|kas[ıi]m|aral[ıi]k|ianuarie"
    r"|februarie|martie|aprilie|iunie|iulie|septembrie|octombrie|noiembrie|decembrie|января|февраля|марта|апреля|мая"
    r"|июня|июля|августа|сентября|октября|ноября|декабря|січня|лютого|березня|квітня|травня|червня|липня|серпня"
    r"|вересня|жовтня|листопада|грудня|ιανουαρίου|φεβρουαρίου|μαρτίου|απριλίου|μαΐου|ιουνίου|ιουλίου|αυγούστου"
    r"|σεπτεμβρίου|οκτωβρίου|νοεμβρίου|δεκεμβρίου|يناير|فبراير|مارس|أبريل|ابريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر"
    r"|نوفمبر|ديسمبر|जनवरी|फ़रवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर"
    r"|[בל]?(?:ינואר|פברואר|מרץ|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר))"
)
"""The months as they stand in a date, in some twenty more languages: where a day stands before and a year behind."""
_DATE_ELSEWHERE = (
    rf"(?:[12]\d|3[01]|0?[1-9])(?:\.|er|º)? ?(?:de |d')?{_MONTH_ELSEWHERE}(?: del? |,? ?)(?:19|20)\d{{2}}"
    r"|(?:19|20)\d{2} ?[年년] ?(?:1[0-2]|0?[1-9]) ?[月월] ?(?:[12]\d|3[01]|0?[1-9]) ?[日일]"
    rf"|(?:[12]\d|3[01]|0?[1-9]) (?:tháng|thg) (?:1[0-2]|0?[1-9])(?:,? (?:năm )?(?:19|20)\d{{2}})"
)
DATE = (
    rf"(?i)\b(?:{_DATE_ELSEWHERE}|(?:19|20)\d{{2}}[-/.](?:1[0-2]|0?[1-9])[-/.](?:[12]\d|3[01]|0?[1-9])"
    r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|(?:[12]\d|3[01]|0?[1-9])[-/.](?:1[0-2]|0?[1-9])[-/.](?:(?:19|20)\d{2}|\d{2})"
    r"|(?:1[0-2]|0?[1-9])[-/.](?:[12]\d|3[01]|0?[1-9])[-/.](?:(?:19|20)\d{2}|\d{2})"
    rf"|(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|\.)?[ -](?:of )?{_MONTH}\.?(?:,?[ -](?:\d{{4}}|\d{{2}})\b)?"
    rf"|{_ORDINAL}(?: day)? of {_MONTH}(?:,? (?:19|20)\d{{2}})?|{_MONTH} (?:the )?{_ORDINAL}(?:,? (?:19|20)\d{{2}})?"
    r"|(?:[12]\d|3[01]|0?[1-9])\. ?(?:XI{0,2}|IX|IV|VI{0,3}|I{1,3})\. ?(?:19|20)\d{2}"
    rf"|{_MONTH}\.? (?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?:,? (?:19|20)\d{{2}})?"
    rf"|{_MONTH}(?:, ?|[ -])(?:19|20)\d{{2}}|(?:1[0-2]|0?[1-9])/(?:19|20)\d{{2}})"
)

_BORN = phrases(
    "born, birth, birthday, birthdate, bday, dob, d o b, date of birth, gebor*, geburts*, geb, né le, née le, né,"
    " née, nar, ur, г р, g r, γεν, nașter*, naşter*, fødd, dogum*"
    ", naissance, nacid*, nací, nació, nacimiento, nato, nata, nascit*, nascid*, nasci, nasceu, nascimento"
    ", geboortedatum, född*, födels*, født*, fødsels*, syntyn*, syntymä*, urodz*, naroz*, doğum*, doğdu*, născut*"
    ", született*, születés*, родил*, рожден*, рождён*, народив*, народил*, народження, γεννήθηκ*, γέννησ*"
    ", ولد*, ولدت, مواليد, الميلاد, נולד*, לידה, जन्म*, sinh, lahir, 出生, 生于, 生日, 生まれ"
    ", 生年月日, 태어*, 생년월일, 출생, เกิด"
)


_GERUND = re.compile(r"(?i)[a-z]*(?:[aeiou]|[bps]|st)ring ")
"""English words in `ring` where German has a street: Spring, Engineering; not Südring or Kaiserring."""
_TYPE_IN_FULL = (
    r"(?:street|avenue|road|boulevard|blvd|lane|drive|court|place|square|terrace|highway|parkway|crescent|close|st|ave"
    r"|rd|ln|dr)\b"
)
_BETWEEN = lexicon("a an the and or of to in into on off at by for from with down up over per around across is are was")
"""Words that stand before `drive` or `court` where it is no street: `12 units down the drive`."""


_GERMANIC = (
    r"(?i:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|steig|straat|laan|plein|gracht|kade|singel|dijk"
    r"|steeg|dreef|gatan|vägen|stigen|gränd|gade|vej)"
)
_NORDIC = r"(?:tie|katu|kuja|polku|gatan|vägen|gade|vej|gata|veien|vegen|allé)"
_SLAVIC = (
    r"(?:ul\.|ulica|ulicy|al\.|aleja|aleje|os\.|pl\.|plac|ulice|nám\.|ул\.|улица|улице|пр\.|проспект|пер\.|вул\."
    r"|вулиця|вулиці)"
)
_HUNGARIAN = r"(?:utca|út|útja|tér|tere|körút|krt\.|sétány|köz|u\.)"
_TURKISH = r"(?:Caddesi|Cad\.|Sokak|Sokağı|Sok\.|Bulvarı|Mahallesi|Mah\.)"


def _one_case(value: str) -> bool:
    """Whether its letters are all capitals or all small: `T38th` is a rank."""
    return value == value.upper() or value == value.lower()


RECOGNISERS = (
    Recogniser(
        "address",
        rf"\b{_HOME}\d{{1,6}}[A-Za-z]?(?:[-/]\d{{1,5}})?,? {_SIDE}(?:{_NAME}|\d{{1,3}}(?:st|nd|rd"
        rf"|th))(?: {_NAME}){{0,3}} {_TYPE}"
        rf"{_UNIT}{_TOWN}",
    ),
    Recogniser(
        "address",
        rf"\b\p{{Lu}}\p{{Ll}}[\pL-]*{_GERMANIC} {_NUMBER}\b"
        rf"(?:(?:,? |,? ?\n)(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?: ?[A-Z]{{2}},?)? {_CITY})?",
        lambda value: not _GERUND.match(value),
        gate=rf"{_GERMANIC} \d",
    ),
    Recogniser(
        "address",
        rf"(?i:\b\d{{1,4}}(?: bis| ter)?,? (?:rue|avenue|boulevard|place|chemin|allée|impasse|quai|route|cours|bd))"
        rf"(?: {_PARTICLE})*(?: {_NAME}){{1,4}}(?:,? \d{{5}} {_CITY})?",
    ),
    Recogniser(
        "address",
        rf"(?i:\b(?:calle|c/|avenida|av\.|avda\.|plaza|paseo|ronda|cuesta|glorieta|travesía|camino|cañada|alameda"
        rf"|pasaje"
        r"|via|viale|piazza|corso|vicolo|borgo|rotonda|contrada|rua|travessa|praça|largo|ladeira|viela))"
        rf"(?: {_PARTICLE})*(?: {_NAME}){{1,4}},?(?: n[º°.]?)? \d{{1,4}}\b"
        rf"(?:,? \d{{1,2}}[º°ª]?(?: ?[A-Z])?,)?(?:,? \d{{4,5}} {_CITY})?",
    ),
    Recogniser(  # Poland, the Czech lands, Russia, Ukraine
        "address",
        rf"{_SLAVIC} ?{_NAME}(?: {_NAME}){{0,2}},?(?: (?:д\.|дом|буд\.|nr))? ?\d{{1,4}}[\pL]?(?:/\d{{1,4}})?"
        rf"(?:(?:,? |,? ?\n)\d{{2,3}}[ -]\d{{2,3}} {_NAME}(?: {_NAME})?)?",
        joins="",
        gate=rf"{_SLAVIC} ?\p{{Lu}}",
    ),
    Recogniser(  # whatever the street is called: its number, and the code and the town behind it
        "address",
        rf"(?:{_NAME}[ -](?:{_PARTICLE} )*){{0,4}}{_NAME},? {_THERE} {_CITY}\b",
        lambda value: not _YEARS.search(value),
        gate=rf"{_THERE} \p{{Lu}}",
    ),
    Recogniser(  # France and Belgium, with the town on the next line; Switzerland, with the number behind
        "address",
        rf"(?i:(?:\b\d{{1,4}}(?: bis| ter)?,? )?\b(?:rue|avenue|boulevard|place|chemin|allée|impasse|quai|route|cours"
        rf"|bd))(?: {_PARTICLE})*"
        rf"(?: {_NAME}){{1,4}}(?:,? {_NUMBER})?(?:, ?|,? ?\n)\d{{4,5}} {_CITY}\b",
        gate=r"(?:, ?|,? ?\n)\d{4,5} \p{Lu}",
    ),
    Recogniser(  # Finland, and the Nordic countries with the code behind
        "address",
        rf"\b\p{{Lu}}[\pL-]+{_NORDIC} \d{{1,4}}(?: ?[A-Za-z] ?\d{{0,3}})?"
        rf"(?:, \d{{3}} ?\d{{1,2}} {_NAME})?",
        gate=rf"{_NORDIC} \d",
    ),
    Recogniser(  # Hungary, with or without the town before
        "address",
        rf"(?:\b\d{{4}} {_NAME},? )?{_NAME}(?: {_NAME}){{0,2}} {_HUNGARIAN}"
        r" \d{1,4}(?:/[A-Z])?\.?(?: (?:\d{1,2}|[IVX]+)\.? em(?:elet|\.)(?: \d{1,3}\.?)?)?",
        gate=r" (?:utca|út|útja|tér|tere|körút|krt\.|sétány|köz|u\.) \d",
    ),
    Recogniser(  # Romania
        "address",
        rf"\b(?:[Ss]tr\.|[Ss]trada|[Bb]d\.|[Bb]ulevardul|[Cc]alea|[Aa]leea|[Șș]oseaua|[Șș]os\.) {_NAME}"
        rf"(?: {_NAME}){{0,3}},?"
        rf" [Nn]r\.? ?\d{{1,4}}[A-Z]?(?:,? (?:[Bb]l|[Ss]c|[Ee]t|[Aa]p)\.? ?[A-Z0-9]{{1,4}}){{0,4}}"
        rf"(?:,? \d{{6}} {_NAME})?",
        gate=r" [Nn]r\.? ?\d",
    ),
    Recogniser(  # Greece, Cyprus
        "address",
        rf"(?:[Οο]δός|[Οο]δό|[Λλ]εωφόρος|[Λλ]εωφ\.|[Λλ]\.|[Ππ]λατεία) {_NAME}(?: {_NAME}){{0,2}} \d{{1,4}}"
        rf"(?:,? \d{{3}} ?\d{{2}} {_NAME})?",
        joins="",
    ),
    Recogniser(  # Mexico and the rest of Spanish America: the number behind a sign, the quarter, the code
        "address",
        rf"(?i:\b(?:calle|c/|avenida|av\.|avda\.|carrera|cra\.|kr|calzada|blvd\.|bulevar|jirón|jr\.|pasaje))"
        rf"(?: (?:{_NAME}|de|la|las|los|del|\d{{1,3}}[A-Z]?)){{1,6}},? ?(?:#|[Nn]o\.?|[Nn][º°]) ?\d{{1,5}}(?:[A-Z])?"
        rf"(?:[ -]{{1,3}}\d{{1,4}})?(?:,? (?:[Cc]ol\.|[Cc]olonia|[Bb]arrio) {_NAME}(?: {_NAME}){{0,2}})?"
        rf"(?:,? (?:C\.? ?P\.? ?)?\d{{5}}(?: {_NAME}){{0,3}})?",
        gate=r"(?i)\b(?:calle|c/|avenida|av\.|avda\.|carrera|cra\.|kr|calzada|blvd\.|bulevar|jirón|jr\.|pasaje) ",
    ),
    Recogniser(  # Brazil: quarter, town, state and code
        "address",
        rf"(?i:\b(?:rua|r\.|avenida|av\.|travessa|alameda|praça|rodovia|estrada))(?: (?:{_NAME}|d[aeo]s?|e)){{1,6}},"
        rf" (?:n[º°.]? ?)?\d{{1,5}}(?:,? (?:apto?\.?|bloco|casa|sala) ?[A-Z0-9]{{1,5}}){{0,2}}"
        rf"(?:(?:,| -) {_NAME}(?: (?:{_NAME}|d[aeo]s?)){{0,4}}){{0,2}}(?:(?: -|,|/) ?[A-Z]{{2}})?(?:,? "
        rf"(?:CEP:? )?\d{{5}}-\d{{3}})?",
        gate=r"(?i)\b(?:rua|r\.|avenida|av\.|travessa|alameda|praça|rodovia|estrada) ",
    ),
    Recogniser(  # Indonesia, Malaysia
        "address",
        rf"\b(?:Jl\.|Jln\.|Jalan|Gg\.|Lorong) {_NAME}(?: (?:{_NAME}|\d{{1,3}}(?:/\d{{1,3}})?)){{0,4}},? "
        rf"(?:No\.? ?)?\d{{1,4}}[A-Z]?"
        rf"(?:,? \d{{5}} {_NAME}(?: {_NAME})?|,? {_NAME}(?: {_NAME})? \d{{5}})?",
        gate=r"\b(?:Jl\.|Jln\.|Jalan|Gg\.|Lorong) ",
    ),
    Recogniser(  # Vietnam
        "address",
        rf"(?:[Ss]ố )?\d{{1,4}}[A-Z]?(?:/\d{{1,4}})? (?:[Đđ]ường|[Pp]hố|[Nn]gõ) {_NAME}(?: {_NAME}){{1,4}}"
        rf"(?:, (?:[Pp]hường|[Qq]uận|[Hh]uyện|[Tt]hành phố|TP\.?) ?(?:{_NAME}|\d{{1,2}})(?: {_NAME}){{0,3}}){{0,3}}",
        gate=r" (?:[Đđ]ường|[Pp]hố|[Nn]gõ) ",
        joins="",
    ),
    Recogniser(  # India: a flat or house, a road, the town and its code of six digits
        "address",
        rf"(?:(?:Flat|House|Plot|Door|H\.)(?: No\.?)? ?#?[A-Z0-9/-]{{1,8}}|\b\d{{1,4}}(?:/\d{{1,4}})?[A-Z]?),"
        rf" {_NAME}(?:,? (?:{_NAME}|\d{{1,3}}(?:st|nd|rd|th))){{0,9}}(?: ?[-–] ?|,? )\d{{3}} ?\d{{3}}\b",
        gate=r"[ –-]\d{3} ?\d{3}\b",
    ),
    Recogniser(  # Canada and Ireland: a street, the town and a code of letters and digits
        "address",
        rf"\b\d{{1,6}}[A-Za-z]?,? {_SIDE}{_NAME}(?: {_NAME}){{0,4}}\.?{_UNIT}(?:,? |,?\n ?){_TITLED}"
        rf"(?: {_TITLED}){{0,2}}"
        rf",? (?:(?:{_PROVINCE},? )?[A-Z]\d[A-Z] ?\d[A-Z]\d"
        r"|[AC-FHKNPRTV-Y]\d[\dW] ?[AC-FHKNPRTV-Y\d]{4})\b",
        gate=r"\b(?:[A-Z]\d[A-Z] ?\d[A-Z]\d|[AC-FHKNPRTV-Y]\d[\dW] ?[AC-FHKNPRTV-Y\d]{4})\b",
    ),
    Recogniser(  # Israel, and the countries that write Arabic
        "address",
        r"(?:רחוב|רח'|שדרות|שד'|شارع|طريق|جادة) [\pL\pM'\"״׳]+(?: [\pL\pM'\"״׳]+){0,3}?,? (?:رقم )?\pN{1,4}"
        r"(?:,? [\pL\pM]+(?: [\pL\pM]+)?)?",
        joins="",
    ),
    Recogniser(  # Turkey
        "address",
        rf"{_NAME}(?: {_NAME}){{0,3}} {_TURKISH}"
        rf"(?:,? {_NAME}){{0,3}}(?:,? No[.:]? ?\d{{1,4}}(?:/\d{{1,4}})?)(?:,? {_NAME}(?:/{_NAME})?)?",
        gate=r" (?:Caddesi|Cad\.|Sokak|Sokaği|Sokağı|Sok\.|Bulvarı|Bulvari|Mahallesi|Mah\.)",
    ),
    Recogniser(  # China, Taiwan, Japan
        "address",
        r"(?:[我你您他她它]们?|地址|住所|现|現|家)*(?:住在|位于|位於|在|到|至|是|为"
        r"|為)?(\p{Han}{2,9}[省市区區縣州都道府県][\p{Han}\p{Hiragana}\p{Katakana}\pN、，, -]{0,40}?(?:\pN{1,5}(?:号"
        r"|號|弄|室|番地|楼|樓)(?:\pN{1,4}[室楼樓号])?|\pN{1,3}丁目\pN{1,3}(?:番地?\pN{0,3}号?|-\pN{1,3})"
        r"|\pN{1,4}-\pN{1,4}(?:-\pN{1,4})?))",
        joins="",
    ),
    Recogniser(  # Korea
        "address",
        r"\p{Hangul}{1,8}(?:특별시|광역시|특별자치시|시"
        r"|도) (?:\p{Hangul}{1,6}[시군구] ?){1,2}(?:\p{Hangul}{1,6}[읍면동] ?)?"
        r"\p{Hangul}{0,8}\pN{0,3}[로길가] ?\pN{1,4}(?:-\pN{1,4})?",
        joins="",
    ),
    Recogniser(  # the USA: a number, words, and a state with its code, whatever the street is called
        "address",
        rf"\b\d{{1,6}}[A-Za-z]? {_SIDE}{_NAME}(?: {_NAME}){{0,4}}\.?{_UNIT}(?:,? |,?\n ?)"
        rf"{_TITLED}(?: {_TITLED}){{0,3}},? (?:{_STATE}|{_STATE_IN_FULL}),? \d{{5}}(?:-\d{{4}})?\b",
        gate=rf"\b(?:{_STATE}|{_STATE_IN_FULL}),? \d{{5}}",
    ),
    Recogniser(  # Britain and Australia: a number, words, the town and its code, whatever the street is called
        "address",
        rf"\b{_HOME}\d{{1,4}}[A-Za-z]?(?:[-/]\d{{1,4}})?,? {_NAME}(?: {_NAME}){{0,4}}(?:(?:,|,? ?\n) ?{_TITLED}"
        rf"(?: {_TITLED}){{0,2}}){{1,2}}(?:,? |,? ?\n ?)(?:{_UK}|(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT),? \d{{4}})\b",
        gate=rf"\b{_UK}\b|\b(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT),? \d{{4}}\b",
    ),
    Recogniser(  # as people type it: the word for a street in small letters counts where somebody lives or it is sent
        "address",
        rf"(?i)\b\d{{1,6}}[a-z]?,? (?:[a-z'.-]+ ){{1,3}}{_TYPE_IN_FULL}{_UNIT}",
        lambda value: _BETWEEN.isdisjoint(value.casefold().split()),
        needs="words",
        words=phrases(
            "address, live at, lives at, living at, lived at, moved, deliver, delivered, ship, shipped, send it, sent"
            ", home, flat, resident, residing"
        ),
    ),
    Recogniser(
        "address",
        r"\b(?:PSC|Unit|CMR|USNS|USNV|USS|USCGC) [\pL\pN]{1,12}(?:,? Box \d{1,6})?(?:,? "
        r"|,?\n ?)[FAD]PO,? A[AEP] \d{5}\b",
    ),
    Recogniser("address", r"(?i)\b(?:P\.? ?O\.? ?Box|Postfach|Apartado|Casella postale) \d{1,7}"),
    Recogniser("postcode", _UK_CODE, _one_case, ("GB",), joins="-"),
    Recogniser(
        "postcode",
        r"\b\d{5}-\d{4}|\b\d{4,6}|\b[A-Z]\d[A-Z] ?\d[A-Z]\d|\b\d{4} ?[A-Z]{2}",
        None,
        needs="words",
        words=phrases(
            "zip code, zipcode, postcode, postal code, post code, plz, postleitzahl, code postal, código postal"
        ),
    ),
    Recogniser("postcode", r"\b(?:CAP|C\.?P\.?|CEP):? (\d{5}(?:-\d{3})?)\b"),
    Recogniser("postcode", r"(?i)(?:\b|_)zip[\"']?(?: is)?[ :=]{1,3}[\"']?(\d{5}(?:-\d{4})?)\b"),
    Recogniser("postcode", rf"{_TITLED}, ?{_STATE},? (\d{{5}}(?:-\d{{4}})?)\b", gate=rf", ?{_STATE},? \d{{5}}"),
    Recogniser("birth_date", DATE, None, needs="words", words=_BORN, nearest=True),
    Recogniser("date", DATE),
)
