"""Passwords and PINs beside the words for them, user names and handles, and pages that are a person's own."""

from __future__ import annotations

import re

from guardrails.pii.called import ANSWER, LINK
from guardrails.pii.recogniser import Recogniser, phrases
from guardrails.text import lexicon

__all__ = ["RECOGNISERS"]

_WORDS = (
    r"passwords?|passwd|passcode|passphrase|passwort|kennwort|pwd|psw|pw|mot de passe|mdp|contraseña|contrasena"
    r"|clave de acceso|parola d'ordine|parola|wachtwoord|senha|palavra[ -]passe|hasł(?:o|em|a)|haslo|lösenord(?:et)?"
    r"|adgangskoden?|kodeord(?:et)?|passord(?:et)?|salasana(?:ni)?|hesl(?:o|em)|şifre(?:m|si|niz)?|jelszó|jelszavam"
    r"|parolă|parola mea|κωδικός πρόσβασης|пароль|паролем|סיסמה|كلمة (?:المرور|السر)|पासवर्ड|パスワード|密码|密碼|口令"
    r"|비밀번호|รหัสผ่าน|mật khẩu|kata sandi"
)
_FOR = (
    r"(?: (?:for|of|to|on|für|von|zum|zur|pour|de|du|del|per|di|van|voor|do|da|para|för|till|til|dla|pro|için)"
    r"(?: [^\s:=\"?]{1,40}){1,3}?)?"
)
"""Whose it is, or what it opens."""
_SAYS = (
    r"(?:[ \t]?(?::|=|=>|->)|,?[ \t](?i:is|was|to|as|now|is now|used to be|(?:(?:has been|was|is) )?(?:changed|reset"
    r"|set) to|lautet|ist|war|est|es|era|è|é|är|var|er|on|je|este|είναι|это|:))"
)
_QUOTE = "[\"'“”„«»`]"
_CLOSES = {'"': '"', "'": "'", "“": "”", "”": "”", "„": "“", "«": "»", "»": "«", "`": "`"}
_TRAILS = re.compile(r"(?:[.,;:]|[)\]}>](?=[.,;:)\]}>]*\Z)|\?(?=[.,;:]*\Z)|[\"'”“»«`*]|&quot)+\Z")
_LONGEST = 64


def password_end(text: str, start: int) -> int:
    """Where the password that begins at `start` ends: with its quotes, or before what closes the sentence."""
    closing = _CLOSES.get(text[start - 1] if start else "")
    if closing:
        end = text.find(closing, start, start + _LONGEST)
        if end > start and not _SPACES.search(text, start, end):
            return end
    match = _TOKEN.match(text, start)
    token = match[0] if match else ""
    for bracket, closer in ("()", "[]", "<>"):
        if token.endswith(closer) and bracket not in token:
            token = token[:-1]
    trimmed = _TRAILS.sub("", token)
    return start + len(trimmed)


_SPACES = re.compile(r"\s")
_TOKEN = re.compile(rf"[^\s\"“”„«»`|<]{{1,{_LONGEST}}}")
_NO_PASSWORD = lexicon(
    "sha1 sha256 sha512 md5 base64 utf8 utf-8 oauth2 oauth2.0 aes128 aes256 aes-256 pbkdf2 argon2 argon2id bcrypt "
    "scrypt ntlmv2 1password log-in sign-in"
)
_CODE = re.compile(
    r"[${<%\[(]|https?:|[a-z]+://|\*+\Z|[•·x]+\Z|[A-Za-z_][\w.]{2,}\(|.*(?:\[\w*\]|\$\{|=>|::|->|\.(?:get|env|value|password|text"
    r"|encode)\b)"
    r"|[\w.]+@[\w-]+\.\w|/[\w./-]*\Z|[\d\s:./-]+\Z"
)
"""A variable, a call, a path, a mask, an address, a date."""


def _is_password(value: str) -> bool:
    """Whether nobody would take it for a word: letters and digits, a sign within, or capitals among small letters."""
    if not 4 <= len(value) <= _LONGEST or _CODE.match(value) or value.casefold() in _NO_PASSWORD:
        return False
    letters = any(map(str.isalpha, value))
    if letters and any(map(str.isdigit, value)):
        return not _MEASURE.match(value)
    return letters and (_SIGN.search(value) is not None or _MIXED.search(value) is not None)


_SIGN = re.compile(r"[^\W_][@#$%^&*!?+=~][^\W_]|[^\W_][@#$%^&*!?+=~]+\Z|[^\W_][@#$%^&*~]")
_MIXED = re.compile(r"[a-z][A-Z].*[a-z][A-Z]|[A-Z]{2}[a-z].*[a-z][A-Z]|[a-z][A-Z]{2}.*[a-z]")
_MEASURE = re.compile(r"(?i)\d+(?:st|nd|rd|th|s|ms|px|min|h|d|k|x)?\Z|v?\d+(?:\.\d+)+\Z|\d+-[a-z]+\Z|[a-z]{1,2}\d\Z")


def _is_assigned(value: str) -> bool:
    """The same behind a colon, where it may be digits alone as well."""
    return _is_password(value) or (value.isdigit() and 4 <= len(value) <= 16 and not _YEAR.match(value))


_YEAR = re.compile(r"(?:19|20)\d\d\Z")


def _is_quoted(value: str) -> bool:
    return _CODE.match(value) is None and value.casefold() not in _SAID_OF_IT


_SAID_OF_IT = lexicon(
    "password passwort required incorrect invalid wrong empty null none true false string expired correct secret "
    "changed reset forgotten missing default text hidden redacted weak strong"
)
_CODE_WORDS = r"(?:[ -]?(?:code|number|num|no\.?|nummer|nr\.?|kode[n]?|kod(?:en|u)?|koodi|numero|número|#))"
_SITES = (
    r"(?:[a-z]{2,3}\.)?linkedin\.com/(?:in|pub)/[\w%.-]{3,100}"
    r"|(?:www\.|m\.)?facebook\.com/(?:profile\.php\?id=\d{5,20}|people/[\w.-]{2,60}/\d{5,20}|[\w.]{5,60})"
    r"|(?:www\.)?instagram\.com/[\w.]{2,30}|(?:www\.)?tiktok\.com/@[\w.]{2,30}|(?:www\.|mobile\.)?(?:twitter"
    r"|x)\.com/\w{2,20}|t\.me/\w{4,32}|(?:www\.|old\.)?reddit\.com/u(?:ser)?/[\w-]{3,20}"
    r"|(?:www\.)?snapchat\.com/add/[\w.-]{3,20}|(?:www\.)?youtube\.com/@[\w.-]{3,40}|medium\.com/@[\w.-]{2,40}"
    r"|(?:www\.)?xing\.com/profile/[\w.-]{3,60}|vk\.com/(?:id\d{3,12}|[\w.]{5,32})"
    r"|(?:www\.)?threads\.net/@[\w.]{2,30}|bsky\.app/profile/[\w.-]{3,60}|(?:www\.)?pinterest\.com/[\w.]{3,40}"
    r"|orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]|(?:www\.)?flickr\.com/people/[\w@.-]{3,40}|keybase\.io/\w{3,30}"
    r"|[a-z0-9-]{2,40}\.(?:blogspot|wordpress|tumblr)\.com(?:/[\w./-]{0,60})?"
)
_NO_PAGE = re.compile(
    r"(?i).*/(?:home|login|signup|share|sharer|sharer\.php|intent|search|explore|hashtag|about|help|privacy|terms|legal"
    r"|settings|jobs|pages|groups|events|watch|marketplace|dialog|plugins|tr|developers|business|i|p|reel|reels|tv"
    r"|stories|login\.php|policies|share\.php|download|apps|docs|joinchat|status)\Z"
)
_NETWORKS = phrases(
    "twitter, instagram, insta, tiktok, telegram, handle, handles, snapchat, mastodon, discord, bluesky, follow, "
    "followed, follower, follows, tweet, tweeted, tweets, dm, username, user name, nickname, screen name, suivez, "
    "folgt, sígueme, síguenos, seguimi, siga, volg"
)
_USERS = phrases(
    "user, profile, account, posted, threads, konto, compte, cuenta, perfil, utente, gebruiker, usuário, benutzer"
    ", utilisateur, usuario, x"
)
"""Words that stand in programs as well: a handle beside one has a digit or a sign within."""
_HANDLE = r"(?:^|\S[ \t]|[(\"'“:,])(@[A-Za-z0-9_][A-Za-z0-9_.]{1,28}[A-Za-z0-9_])"
_NOT_A_HANDLE = lexicon(
    "property staticmethod classmethod override param return returns throws author version since deprecated see media "
    "import keyframes font-face pytest dataclass test types typing everyone here channel all todo id nullable "
    "autowired component service entity data getter setter inject injectable input output angular babel org"
)


def _is_handle(value: str) -> bool:
    return value[1:].casefold() not in _NOT_A_HANDLE and any(map(str.isalpha, value))


_WORDED = lexicon(
    "the a an is not and or required invalid taken available already must should unknown missing incorrect wrong too"
    " correct empty valid your my this that optional unique field password email name admin root"
)

_WORD_GATE = rf"(?:^|[^0-9A-Za-z])(?i:{_WORDS})"
_PIN_GATE = r"(?i)\b[mn]?pin(?:[ -]?(?:code|kode?|kood))?(?:en|et|n)?\b"

RECOGNISERS = (
    Recogniser(  # in a field, a column, an assignment
        "password",
        r"(?:^|[\n:=>|,;\t(])[ \t]{0,3}[\"'`]?([^\s\"'`<>|,;])",
        _is_assigned,
        needs="field",
        words=phrases(
            "password, passwd, passcode, passphrase, passwort, kennwort, pwd, pw, mot de passe, mdp, motdepasse"
            ", contraseña, contrasena, parola, wachtwoord, senha, palavra passe, hasło, haslo, lösenord*, adgangskode*"
            ", kodeord, passord, salasana, heslo, şifre*, sifre, jelszó, parolă, κωδικός πρόσβασης, пароль, סיסמה"
            ", كلمة المرور, पासवर्ड, パスワード, 密码, 密碼, 비밀번호, mật khẩu, kata sandi"
        ),
        goes_on=password_end,
        gate=rf"(?i:{_WORDS.replace(' ', '[ _-]?')})",
        joins="",
    ),
    Recogniser(  # in a sentence
        "password",
        rf"(?:^|[^\pL\pN])(?i:{_WORDS})(?:{_FOR}{_SAYS})?(?:: )?[ \t]{_QUOTE}?([^\s\"'“”„«»`<>|,;()])",
        _is_password,
        goes_on=password_end,
        gate=_WORD_GATE,
        joins="",
    ),
    Recogniser(
        "password",
        rf"(?:^|[^\pL\pN])(?i:{_WORDS}){_FOR}(?:{_SAYS}[ \t]{{0,2}}|[ \t])[\"“„«`]([^\s\"“”„«»`<>]{{4,64}})[\"”“»`]",
        _is_quoted,
        gate=_WORD_GATE,
        joins="",
    ),
    Recogniser(
        "password",
        r"\b(?:curl|wget|http|ssh|mysql|psql)\b[^\n]{0,200} (?:-u|--user"
        r"|--auth) ?[\"']?[\w.@-]{1,64}:([^\s\"':]{4,64})",
        lambda value: _CODE.match(value) is None,
        gate=r" (?:-u|--user|--auth)\b",
        joins="",
    ),
    Recogniser(  # a second time: "I have since changed it to"
        "password",
        rf"(?i:{_WORDS})\b[^\n]{{4,90}} (?i:changed|reset|set|updated) it to {_QUOTE}?([^\s\"'“”„«»`<>|,;()])",
        _is_password,
        goes_on=password_end,
        gate=_WORD_GATE,
        joins="",
    ),
    Recogniser(
        "pin",
        rf"(?:^|[^\pL\pN])(?:(?:PIN|Pin){_CODE_WORDS}?|(?i:pin[ -]?(?:code|koden?|koden|koodi"
        rf"|nummer)))(?:{_FOR}{LINK}|{ANSWER})(\d{{4}}|\d{{6}}|\d{{8}})\b",
        gate=_PIN_GATE,
        joins="-./",
    ),
    Recogniser(
        "pin",
        rf"(?:^|[^\pL\pN])(?i:pin|npin|mpin)(?i:{_CODE_WORDS})?"
        rf"(?:{_FOR}(?:[ \t]?[:=]|[ \t](?i:is|was|ist|lautet|est|es|è|é|är|er|on|to|je|este|of|as))[ \t]?[\"'(]?"
        rf"|{ANSWER})"
        r"(\d{4}|\d{6}|\d{8})\b",
        gate=_PIN_GATE,
        joins="-./",
    ),
    Recogniser(
        "pin",
        r"(?:^|[\n:=>|,;\t(])[ \t]{0,3}[\"'`]?(\d{4,8})\b",
        None,
        needs="field",
        words=phrases("pin, pin number, account pin, card pin, mpin, geheimzahl, code pin, código pin, codice pin"
        ", kod pin"),
        gate=r"(?i:(?:^|[^a-z])pin(?:[^a-z]|n|c)|geheimzahl)|Pin[^a-z]",
        joins="-./:",
    ),
    Recogniser("username", _HANDLE, _is_handle, needs="words", words=_NETWORKS, gate="@", joins="@/("),
    Recogniser(
        "username",
        _HANDLE,
        lambda value: _is_handle(value) and not value[1:].isalpha(),
        needs="words",
        words=_USERS,
        gate="@",
        joins="@/(",
    ),
    Recogniser(
        "username",
        r"(?i)(?:password|account|login|profile|access|credentials) (?:of|for) (?:user )?[\"'“]?"
        r"([a-z][a-z0-9]*[._-]?[a-z0-9]*(?:\d|[._][a-z0-9]+))\b",
        lambda value: len(value) > 3,
        gate=r"(?i)(?:password|account|login|profile|access|credentials) (?:of|for) ",
        joins="@:/(",
    ),
    Recogniser(  # one of letters alone, with its password behind it
        "username",
        rf"(?i)\b(?:user ?name|user|login|benutzername|identifiant|usuario|nome utente|usuário|utilizador"
        rf"|gebruikersnaam|login|användarnamn|brugernavn|käyttäjätunnus|uživatelské jméno|kullanıcı adım?)(?: is| ist"
        rf"| est| es| è| é| is| är| er| on| to| je|:)? [\"'“]?([a-z][a-z0-9._-]{{2,30}})[\"'”]?(?:,| and| und| et| y"
        rf"| e| en| och| og| i| ja| a){{1,2}} (?:\pL{{1,6}} ){{0,2}}(?:{_WORDS})\b",
        lambda value: value.casefold() not in _WORDED,
        gate=_WORD_GATE,
        joins="@:/(",
    ),
    Recogniser(
        "username",
        r"\b(?:curl|wget|ssh|mysql|psql)\b[^\n]{0,200} (?:-u|--user) ?[\"']?([\w.-]{2,64}):[^\s\"':]{4,64}",
        lambda value: value.casefold() not in _WORDED,
        gate=r" (?:-u|--user)\b",
        joins="",
    ),
    Recogniser(  # the common log format
        "username",
        r"\b\d{1,3}(?:\.\d{1,3}){3} \S{1,64} ([\w.@-]{2,40}) \[\d{1,2}/[A-Z][a-z]{2}/\d{4}:",
        gate=r" \[\d{1,2}/[A-Z][a-z]{2}/\d{4}:",
        joins="",
    ),
    Recogniser(
        "profile_url",
        rf"(?i)\b(?:https?://)?(?:www\.)?(?:{_SITES})/?",
        lambda value: _NO_PAGE.match(value.rstrip("/")) is None,
        gate=r"(?i)(?:linkedin|facebook|instagram|tiktok|twitter|reddit|snapchat|youtube|medium|xing|pinterest|flickr"
        r"|blogspot|wordpress|tumblr)\.com/?|\b(?:t\.me|x\.com|vk\.com|threads\.net|bsky\.app|orcid\.org|keybase\.io)/",
        joins="@.",
    ),
    Recogniser(
        "profile_url",
        r"(?i)\bhttps?://[^\s'\"<>)\]]{3,300}?[?&;](?:user|username|user_?id|uid|email|e-?mail|phone|msisdn|first_?name"
        r"|last_?name|fullname|name|customer_?id|ssn|dob|login|patient_?id|member_?id"
        r"|account_?id)=[^\s'\"<>)\]&=]{2,100}"
        r"[^\s'\"<>)\]]{0,500}",
        gate=r"[?&;]\w{3,12}=",
        joins="@",
    ),
)  # fmt: skip
