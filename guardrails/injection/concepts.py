"""What words are about, across languages: the few concepts that orders to a model are made of.

"Ignore your rules", "olvida tus normas" and "отбрось свои правила" have no word in common, but the same concepts in
the same order. So do two attacks that nobody has listed together. What a text says in these concepts, in runs of one
to three, is what carries over to wordings that were not learned from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from guardrails.normalise.confusables import CONFUSABLES

__all__ = ["CONCEPTS", "RUNS", "Concepts", "concept_of", "runs"]

# `*` stands for any ending. Accents do not count, and of scripts without spaces each letter is a word. A word of one
# language that is a common one of another (Hungarian "most", now) is left out.
_WORDS: dict[str, str] = {
    "drop": (
        "ignore ignores ignoring ignored disregard* forget forgets override* overrid* bypass* "
        "overlook neglect* discard* dismiss* abandon* erase erased cancel* revok* revert reset "
        "violate disobey* circumvent* supersede* overrul* void obsolete outdated olvid* ignora "
        "ignorad ignorar descart* desobede* esquec* desconsider* oublie* ignorez neglige* vergiss "
        "vergesst ignorier* missacht* dimentic* trascur* negeer* vergeet* zignoruj* zapomnij* pomin* "
        "ignorera glom glem* ignorer* unohda* ohita* zapomen* ignoruj* uita* ignora* felejtsd* hagyd "
        "zaborav* ignorisi zanemari* lupakan abaikan kalimutan huwag puuza sahau забуд* игнорир* "
        "пренебрег* отбрось* забут* ігнор* забрав* игнорирай* zanemar* ξεχασ* αγνοησ* unut* yoksay* "
        "تجاهل انس فراموش نادیده بھول התעלם שכח 忽 略 无 無 忘 omiso olvidar* oubli* contourne* omzeil* "
        "scorda* aggira* porzuc* odrzuc* bortse strunta tilsidesat* sivuuta* zapomin* prehlizej* "
        "felejts mellozd neglija* gormezden bosver hiraukan kesampingkan acuhkan pansinin balewalain "
        "achana bhool bhul nazarandaz zabud quen проигнорир* игнорь забей наплюй отмени отринь "
        "пренебреч* обойди відкинь* нехтуй* зневаж* заборав* занемар* игнориши ξεχν* αγνοε* παρακαμψ* "
        "התעלמי התעלמו תתעלם תתעלמי תשכח תשכחי שכחי תתעלמו עקוף تجاهلي تجاهلوا تجاهلك انسى انسي تخط "
        "نظرانداز بھلا 抛 撇 棄 弃 infrang* transgred* enfrein* overtreed* zlam obejdz obejdi porus* "
        "narus* наруш* поруш* prekrsi* szegd labagin vunja langgar* cigne umgehe umgehst umgeh elude "
        "eludir burle saltate kringga kwepa lusutan παραβλεψ* תפר خالف annul* anul* annuller zrus* "
        "iptal batalkan ponist* скасу* отмени* kanselahin ακυρωσ* בטל torold torolj herroep huy ألغ "
        "لغو منسوخ 违 違 绕 破 भूल* भुला* अनदेखा अनदेखी नज़रअंदाज़ उपेक्षा रद्द तोड़* ভুলে ভুলো উপেক্ষা "
        "বাতিল ভাঙো অগ্রাহ্য மறந்து* புறக்கணி* ரத்து மீறு"
    ),
    "rules": (
        "instruct* rule rules guideline* directive* directions constraint* restrict* policy policies "
        "programming safeguard* guardrail* regulations protocol* briefing orders instrucci* instruc* "
        "regla* norma* directric* consigne* regle* anweisung* regel* vorgabe* vorschrift* istruzion* "
        "regol* instrucoes regra* instructie* instrukc* instrukt* zasad* polecen* pokyn* pravid* "
        "pravil* ohje* saanto* saannot reguli instructiun* utasit* szabaly* upute uputstva naredb* "
        "instruksi* aturan arahan peraturan panuto maelekezo kanuni инструкци* правил* указани* "
        "інструкці* упутства οδηγι* κανον* talimat* kural* komut* تعليمات التعليمات قواعد القواعد "
        "الأوامر قوانین دستور* ہدایات הוראות כללים 指 令 规 則 则 規 indicaci* lineamiento* weisung* "
        "richtlin* ordine ordini diretriz* diretiv* richtsnoer* wytyczn* nakaz* regulamin* narizen* "
        "smernic* riktlinj* instruks* retningslinj* maarays* directiv* regulile iranyelv* yonerge* "
        "yonlendirme* pedoman perintah tagubilin patakaran kautusan sheria agizo maagizo niyam "
        "nirdesh указан* директив* распоряжен* приказ* запрет* вказівк* настанов* заборон* нареждан* "
        "наредб* кодекс* упут* εντολ* הנחיות ההנחיות הכללים ההוראות מההוראות מהכללים חוקים החוקים "
        "בהוראות הוראותיך تعليماتك توجيهات* التوجيهات أوامر* قواعدك إرشادات* الارشادات ضوابط مقررات "
        "قوانینت ہدایت اصول احکام नियम* निर्देश* आदेश* हिदायत* पाबंदी पाबंदिय* नीति* নিয়ম* নির্দেশ* "
        "আদেশ* নীতি* নিষেধ* விதி விதிகள* வழிமுறை* கட்டளை* கட்டுப்பாடு*"
    ),
    "earlier": (
        "previous previously prior above earlier preceding foregoing former initial original before "
        "existing hidden preceded anterior* previas previos previo precedent* vorherig* bisherig* "
        "obig* fruher* davor oben vorher ursprunglich* sopra eerder* vorige bovenstaand* poprzedni* "
        "wczesniej* powyzej predchoz* predesl* tidigare tidligere forrige aiemm* edelli* anterioare "
        "elozo* prethodn* sebelum* sebelumnya terdahulu nakaraang предыдущ* прежн* выше раньше "
        "попередн* предишн* προηγουμεν* παραπανω onceki yukaridaki السابقة أعلاه قبلی بالا پچھلی "
        "הקודמות לעיל 之 前 以 上 先 arriba previamente prealable* anterieur* dessus vorangeh* "
        "vorangegang* zuvor vorstehend* obenstehend* acima voorgaand* eerdere dotychczas* dosavad* "
        "predtim foregaende ovan ovanstaende ovenfor ovenstaende ylla aikaisem* edella dinainte "
        "korabb* fenti eddigi* onceden yukari* truoc naunang* awali yaliyotangulia tangulia ранее "
        "вышеизложен* вышеуказан* изначальн* первоначальн* исходн* раніше вище дотеперішн* предходн* "
        "горните претходн* раниј* ranij* πρωτυτερ* αρχικ* הקודמים קודמות קודם למעלה שמעל سابق* "
        "السابق* سبق پیشین پچھلے سابقہ اوپر rejtett ukryt* скрыт* прихован* cachee cachees oculto "
        "ocultas oculta verborgen verborgene* nascost* skryt* dold dolda skjult* sakli ascuns* מוסתר "
        "המוסתר מוסתרת المخفي مخفي پنهان tersembunyi nakatago पिछल* पहले ऊपर शुरुआती पूर्व आरंभिक "
        "আগের আগে উপরের পূর্ববর্তী প্রাথমিক முந்தைய முன்பு மேலே முன்"
    ),
    "prompt": (
        "prompt prompts system sysprompt preprompt configuration config context preamble persona "
        "setup sistema systeme systemprompt* systemprompten systeemprompt systemowy systemov* "
        "jarjestelm* rendszer* систем* συστηματος sistem النظام المتن 系 统 提 示 промпт* promptu "
        "promptem prompta prompty promptet prompten promptul promptot promptun promptunu konfigur* "
        "configuraci* configurac* configurazion* конфигурац* конфігурац* налаштуван* yapilandirma* "
        "systemow* systemet systemu συστημ* istemi istemini mfumo המערכת מערכת ההגדרות הגדרות "
        "إعدادات* الإعدادات سیستم سامانه سسٹم پرامپٹ सिस्टम प्रॉम्प्ट* प्रणाली সিস্টেম প্রম্পট* "
        "சிஸ்டம் ப்ராம்ப்ட* அமைப்பு*"
    ),
    "tell": (
        "say says saying print prints output outputs reveal* show tell repeat display respond reply "
        "replies recite leak dump echo expose disclose spell paste quote confess whisper type return "
        "returns announce confirm di dime decir muestra muestrame revela* repite responde imprime "
        "escribe dis montre montrez repete affiche* reponds revele* ecris sag sage sagen zeig zeige "
        "verrat* wiederhol* gib nenn* antwort* schreib* mostra* dimmi ripeti rispondi stampa scrivi "
        "diga diz mostre mostra repita responda escreva zeg toon herhaal onthul geef vertel powiedz "
        "pokaz powtorz ujawnij odpowied* napisz rekni ukaz zopakuj odhal visa upprepa avsloja svara "
        "sig vis gentag afslor svar gjenta sano nayta toista paljasta spune arata repeta raspunde "
        "mond mutasd ismeteld ird reci pokazi ponovi otkrij katakan tunjukkan ulangi ungkapkan jawab "
        "sabihin ipakita sema onyesha скажи покажи повтори раскрой ответь отвечай выведи напиши "
        "назови кажи відповідай πες δειξε επαναλαβε αποκαλυψε soyle goster tekrarla yaz قل اكشف أظهر "
        "كرر اطبع بگو نشان بتاؤ הצג חזור אמור 说 出 告 诉 显 输 言 教 表 答 ensename cuentame dame recita* "
        "deletrea confiesa dites donne donnez recopie* devoile* divulgue* erzahl* offenbare ausgib "
        "kopier* rivela* svela* dammi elenca trascrivi transcreva* solta verklap noem citeer schrijf "
        "podaj wypisz wyswietl zdradz wyjaw beratta fortael fortell kerro kirjoita tulosta vastaa "
        "napis vypis prozrad sdel mondd aruld spuneti dezvaluie afiseaza gosterin soyleyin yazdir "
        "beritahu sebutkan tampilkan tuliskan bocorkan paparkan dedahkan ilabas ibigay ulitin ibunyag "
        "niambie nionyeshe rudia batao dikhao dikha pokazhi skazhi расскажи* сообщи* озвучь "
        "перечисли* процитируй* распечатай* скопируй* выдай раскрыть покажите скажите ответьте "
        "розкажи розкрий виведи назви перекажи разкрий изведи отговори реци откриј понови ispisi "
        "αποκαλυψ* γραψε επαναλαβ* απαντησ* εμφανισ* τυπωσε αντιγραψε תגיד תראה תגלה גלה הדפס ענה "
        "תענה כתוב תכתוב הראה اكتب أخبرني اعرض أعطني اذكر أجب انسخ احك احكيلي قولي بنویس افشا تکرار "
        "دکھاؤ بتائیں دکھائیں لکھو बताओ बताएँ बताइए बता दिखाओ दिखाएँ लिखो लिखें दोहराओ कहो बोलो বলো "
        "বল লেখো লিখো দেখাও জানাও சொல் சொல்லு கூறு காட்டு எழுது"
    ),
    "secret": (
        "password* passphrase* passcode* passwd pwd pw pass secret secrets code codeword codes key "
        "keys flag token tokens credentials pin confidential classified forbidden contrasena* clave "
        "secreto secreta secretas secretos motdepasse secrete secretes passwort kennwort geheim* "
        "zauberwort codice segret* senha wachtwoord haslo tajn* heslo losenord* hemlig* kodeord "
        "adgangskode hemmelig* passord salasana salai* parola secret* jelszo titk* lozink* tajna "
        "sifra kata sandi rahasia katalaluan rahsia nenosiri пароль пароля паролю секрет* тайн* код "
        "κωδικ* μυστικ* sifre gizli* السر المرور السري رمز محرمانه پاس خفیہ סיסמ* סוד* 密 码 碼 暗 号 秘 "
        "claves schlussel chave chiave klucz sleutel nyckel anahtar kunci kod kodu koden koder kode "
        "koodi senhas passwort* kennwort* zugangsdaten zugangscode losungswort hasl* sekret* poufn* "
        "hesl* tajemstv* adgangskod* salasan* jelszav* parolei parolayi sifre* khau sikreto* lihim "
        "nywila parol парол* ключ ключа ключи шифр* кодов* таємн* лозинк* тајн* sifr* συνθηματικ* "
        "הסיסמ* הסוד* קוד הקוד سري سرية السرية الرمز باسورد مفتاح گذرواژه راز 鑰 钥 losenordet "
        "passordet passordene kodeordet jelszot salasanani sandinya parolamı पासवर्ड* गुप्त गोपनीय "
        "राज़ रहस्य* छिपा* छुपा* कोड পাসওয়ার্ড* গোপন* রহস্য* কোড கடவுச்சொல்* ரகசிய* குறியீடு*"
    ),
    "you": (
        "you your youre yours yourself u ur thou thy tu tus tuyo usted su sus te ti toi ton ta tes "
        "vous votre vos du dich dir dein* ihr ihre sie tuo tua tuoi tue voce seu sua seus suas je jij "
        "jouw ty twoj* twoje ciebie tvuj tve din dit dina sinun sina tau tvoj* kamu anda kau mu iyong "
        "ikaw wewe ты тебя тебе твои твоя твое вы ваш* ти твої σου εσυ sen senin sana أنت ك لك تو شما "
        "آپ אתה את שלך आप 你 您 的 너 तुम तू तुम्हारे तुम्हें अपने अपना अपनी তুমি তুই তোর তোমার আপনি "
        "আপনার நீ உன் நீங்கள் உங்கள்"
    ),
    "machine": (
        "ai assistant assistants chatbot* chatgpt gpt bot model llm claude gemini copilot machine "
        "robot agent openai anthropic ia ki asistente assistente assistent* asystent* asistent* "
        "avustaja tekoaly модел* ассистент* бот ии νοημοσυνη βοηθος asistan yapay yz المساعد الذكاء "
        "دستیار הבינה העוזר एआई 助 手 模 型 intelligenz asisten* msaidizi asszisztens* mesterseges zeka "
        "zekasi помощник* нейросет* чатбот* интеллект* помічник* асистент* штучн* مساعد مساعدي "
        "النموذج نموذج روبوت بوت ربات مدل هوش בינה עוזר מודל בוט הבוט معاون اسسٹنٹ βοηθε सहायक* "
        "असिस्टेंट चैटबॉट* मॉडल* रोबोट* বট রোবট* সহকারী* মডেল* চ্যাটবট* உதவியாளர* ரோபோ* மாதிரி"
    ),
    "role": (
        "act acts acting pretend* roleplay* simulate* simulation imagine become behave impersonat* "
        "character embody emulate hypothetical* fictional actua actuar finge fingir eres seras simula "
        "imagina agis incarne joue verhalte spiele spiel stell agisci fingi comportati sei aja finja "
        "seja gedraag doe speel zachowuj udawaj jestes chovej predstirej agera latsas opfor esita "
        "kuvittele comporta viselkedj tegyel ponasaj bertindak berpura* kumilos jifanye действуй "
        "притвор* веди представь дій προσποι* davran rol تصرف تظاهر وانمود התנהג העמד 扮 演 假 装 振 舞 "
        "comportate hazte interpreta* imaginate semblant schlupf* rolle finta alsof wciel* wyobraz* "
        "predstav* hraj foregiv nayttele teeskentele jatszd kepzeld joaca pretinde imagineaza davran* "
        "canlandir* perankan jadilah berlagak magpanggap umasta gumanap jifanya* igiza представьте "
        "вообрази* изобрази* роль роли сыграй прикинься уяви* удавай поводься роля преструвай* глуми "
        "понашај pretvaraj* glumi zamisli υποδυσου φαντασου ρολο תתנהג שחק תשחק דמיין תדמיין תעמיד "
        "تخيل العب تقمص نقش बनकर बनो अभिनय नाटक किरदार সাজো অভিনয় ভান চরিত্র நடி நடிக்க*"
    ),
    "free": (
        "unrestricted unfiltered uncensored unlimited unethical amoral immoral lawless jailbr* "
        "jailbreak* unbound unchained liberated freed dan anything filter filters censor* limits "
        "limitation* ethics ethical moral morals illegal warnings disclaimer* refuse refuses refusing "
        "refusal comply complies obey obeys freedom restriccion* filtros censura limites libre "
        "restrictions filtre* einschrankung* frei beschrankung* zensur restrizion* filtri liberi "
        "restric* livre beperking* vrij ogranicz* omezeni begransning* begraensning* rajoituks* "
        "restrictii korlatozas* ogranicenj* batasan sekatan ограничен* фильтр* цензур* обмежен* "
        "περιορισμ* φιλτρα kisitlama* filtre sinir* قيود بدون محدودیت* פילטר* הגבלות 限 制 sparrar "
        "granser graenser grenser rajoja rajat suodat* cenzur* filtrow filtru omezen* korlat* szurok "
        "limite sansur* mipaka vizuizi limitasyon морал* этик* фільтр* обмеж* ορια απαγορευσ* מגבלות "
        "הגבל* מסננ* צנזור* قيد مرشحات رقابة فیلتر سانسور پابندی پابندیاں सीमा बंधन* सेंसर* फ़िल्टर* "
        "বাধা* সীমা* সেন্সর* தடை* வரம்பு*"
    ),
    "not": (
        "not no never none don doesn didn won isn shouldn mustn dont without cannot cant neither nor "
        "stop longer nunca sin ne pas jamais sans nicht kein* nie ohne non mai senza nao sem niet "
        "geen zonder bez ikke inte ingen ei ala fara nem nincs tidak jangan tanpa не нет никак* без "
        "δεν χωρις degil yok asla لا ليس نه لن לא בלי मत 不 没 别 勿 마 nigdy nikdy zadne aldrig aldri "
        "koskaan niciodata soha hakuna khong нельзя никогда ніколи никога אין هیچ لم نہیں नहीं बिना "
        "कभी না নেই ছাড়া இல்லை இல்லாமல்"
    ),
    "only": (
        "now only exactly just must always instead immediately verbatim nothing else henceforth "
        "simply solely strictly ahora solo siempre maintenant seulement toujours jetzt nur ab immer "
        "stattdessen ora sempre agora apenas nu alleen teraz tylko nyni jen bara nyt vain acum doar "
        "csak sada samo sekarang hanya сейчас теперь только всегда τωρα μονο simdi sadece artik الآن "
        "فقط اکنون עכשיו רק अब এখন 现 在 只 今 만 केवल सिर्फ़ बस अभी শুধু কেবল மட்டும் இனி இப்போது"
    ),
    "master": (
        "developer* admin administrator* owner creator root sudo dev devs debug* maintenance "
        "emergency authorized authorised authenticated verified permission clearance boss ceo "
        "desarrollador administrador creador programador developpeur administrateur createur "
        "entwickler* chef amministrator* sviluppatore desenvolvedor ontwikkelaar programista vyvojar "
        "utvecklare udvikler kehittaja fejleszto разработчик* администратор* создатель розробник "
        "διαχειριστ* gelistirici yonetici المطور المسؤول توسعه מפתח 开 发 者 管 理 員 админ* адміністратор* "
        "власник* владел* създател* מנהל مطور* المدير مدير المشرف pengembang* pemilik pencipta "
        "msimamizi mmiliki utvecklar* yllapitaj* omistaja rendszergazda tulajdonos dezvoltator* "
        "beheerder* ontwikkelaar* udvikler* yonetici* spravce tworca programist* مدیر سازنده मालिक* "
        "प्रशासक* व्यवस्थापक* एडमिन डेवलपर* মালিক* প্রশাসক* ডেভেলপার* முதலாளி* நிர்வாகி*"
    ),
    "mode": (
        "mode modes enabled activated unlocked enable activate unlock switch modo activado modus "
        "aktivier* attiv* ativ* tryb rezim lage tila mod режим включ* активир* λειτουργια modu وضع "
        "حالت מצב 式 режимі rezimu trybu modalita modalidad modalidade"
    ),
    "if": (
        "if when unless whenever otherwise except once until si cuando quand wenn falls sonst se "
        "quando als wanneer jesli gdy kdyz pokud om nar hvis jos daca ako jika kalau если когда иначе "
        "αν eger إذا اگر אם अगर 如 果 若 indien jezeli qualora hogyha ikiwa якщо ако когато οταν εαν "
        "כאשר לו لو چنانچہ यदि যদি ধরো என்றால்"
    ),
    "they": (
        "user users player visitor customer someone anyone anybody somebody people they them he she "
        "attacker* hacker* stranger* student guest usuario utilisateur* benutzer* nutzer* utent* "
        "gebruiker* uzytkownik* uzivatel* anvandar* bruger* bruker* kayttaja* utilizator* felhasznal* "
        "korisnik* pengguna пользовател* користувач* χρηστ* kullanici* المستخدم کاربر המשתמש 用 户 "
        "mtumiaji gumagamit felhasznalo* клиент* صارف مستخدم* posjetitel* उपयोगकर्ता* ग्राहक* "
        "ব্যবহারকারী* গ্রাহক* பயனர*"
    ),
    "open": (
        "access granted grant grants denied deny correct accepted welcome enter login permitted entry "
        "acceso concedido acces accorde zugang gewahrt accesso acesso toegang dostep pristup доступ "
        "разрешен* erisim الدخول 访 问"
    ),
    "cipher": (
        "base rot hex decode* encode* decrypt* encrypt* cipher* morse binary backwards reverse* "
        "letter letters characters leetspeak unscramble acrostic concatenate* translate* anagram "
        "obfuscat* descifra decodifica dechiffre* entschlussel* buchstab* lettera letra letre буквы "
        "расшифруй* декодируй*"
    ),
    "frame": "end begin start new task note message instruction input inst endoftext next",
    "ask": (
        "what which who how why where can could please give que cual quel quelle welche wie cosa qual "
        "co vad hvad mika ce mi sto apa какой как что τι nedir ما چه מה 什 何 뭐 क्या क्यों कैसे कौन কী "
        "কেন কীভাবে কে என்ன ஏன் எப்படி"
    ),
}
CONCEPTS: tuple[str, ...] = tuple(_WORDS)
_BASE = len(CONCEPTS) + 1
RUNS = _BASE**3
"""How many runs of one to three concepts there are."""
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ς": "σ"})
_ALIKE = str.maketrans(CONFUSABLES)
_LEAST_ALIKE = 4
"""Letters of the shortest word that also stands as the Latin letters it looks like: Greek "αν", if, looks like Swedish
"av", of."""
_LONGEST = 24
"""Letters of a word that is remembered; there are longer ones only in noise, and that is not kept."""
_MOST_REMEMBERED = 30_000
_SHORTEST = 3
"""Letters of the shortest beginning of a word that stands for all that begin so."""


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.translate(_STROKES))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _listed() -> tuple[dict[str, int], dict[str, int]]:
    """The concepts of words, and of beginnings, from 1 on. What was listed first counts."""
    whole: dict[str, int] = {}
    begun: dict[str, int] = {}
    for number, words in enumerate(_WORDS.values(), start=1):
        for word in words.split():
            kept = begun if word.endswith("*") else whole
            plain = _plain(word.rstrip("*"))
            kept.setdefault(plain, number)
            # folding makes Latin letters of a word that has look-alikes alone, as Russian "теперь", now, has
            if len(plain) >= _LEAST_ALIKE and (alike := plain.translate(_ALIKE)).isascii():
                kept.setdefault(alike, number)
    return whole, begun


_WHOLE, _BEGUN = _listed()
_LONGEST_BEGUN = max(map(len, _BEGUN))


def concept_of(word: str) -> int:
    """The number of what a folded word is about, 0 if of nothing here."""
    if word.isascii():
        if not word.isalnum():
            return 0
    else:
        word = _plain(word)
    found = _WHOLE.get(word, 0)
    for size in range(min(len(word), _LONGEST_BEGUN), _SHORTEST - 1, -1) if not found else ():
        found = _BEGUN.get(word[:size], 0)
        if found:
            break
    return found


class Concepts(dict[str, int]):
    """What words are about, remembered as far as there is room."""

    def __missing__(self, word: str) -> int:
        number = concept_of(word)
        if len(word) <= _LONGEST and len(self) < _MOST_REMEMBERED:
            self[word] = number
        return number


def runs(concepts: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
    """The places in a table of the runs of one, two and three neighbours among some concepts, none of which is 0."""
    pairs = [first * _BASE + second for first, second in pairwise(concepts)]
    return list(concepts), pairs, [pair * _BASE + third for pair, third in zip(pairs, concepts[2:], strict=False)]
