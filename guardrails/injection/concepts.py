"""What words are about, across languages: the few concepts that orders to a model are made of.

"Ignore your rules", "olvida tus normas" and "отбрось свои правила" have no word in common, but the same concepts in
the same order. So do two attacks that nobody has listed together. What a text says in these concepts, in runs of one
to three, is what carries over to wordings that were not learned from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from guardrails.injection.unspaced import Spelled
from guardrails.normalise.confusables import CONFUSABLES

__all__ = ["CONCEPTS", "RUNS", "SPELLED", "Concepts", "concept_of", "runs"]

# `*` stands for any ending. Accents do not count. A word of one language that is a common one of another (Hungarian
# "most", now) is left out. Those of scripts without spaces are elsewhere.
_WORDS: dict[str, str] = {
    "drop": (
        "ignore ignores ignoring ignored disregard* forget forgets override* overrid* bypass* overlook "
        "neglect* discard* dismiss* abandon* erase erased cancel* revok* revert reset violate disobey* "
        "circumvent* supersede* overrul* void obsolete outdated olvid* ignora ignorad ignorar descart* "
        "desobede* esquec* desconsider* oublie* ignorez neglige* vergiss vergesst ignorier* missacht* "
        "dimentic* trascur* negeer* vergeet* zignoruj* zapomnij* pomin* ignorera glom glem* ignorer* "
        "unohda* ohita* zapomen* ignoruj* uita* ignora* felejtsd* hagyd zaborav* ignorisi zanemari* "
        "lupakan abaikan kalimutan huwag puuza sahau забуд* игнорир* пренебрег* отбрось* забут* ігнор* "
        "забрав* игнорирай* zanemar* ξεχασ* αγνοησ* unut* yoksay* تجاهل انس فراموش نادیده بھول התעלם "
        "שכח omiso olvidar* oubli* contourne* omzeil* scorda* aggira* porzuc* odrzuc* bortse strunta "
        "tilsidesat* sivuuta* zapomin* prehlizej* felejts mellozd neglija* gormezden bosver hiraukan "
        "kesampingkan acuhkan pansinin balewalain achana bhool bhul nazarandaz zabud quen проигнорир* "
        "игнорь забей наплюй отмени отринь пренебреч* обойди відкинь* нехтуй* зневаж* заборав* занемар* "
        "игнориши ξεχν* αγνοε* παρακαμψ* התעלמי התעלמו תתעלם תתעלמי תשכח תשכחי שכחי תתעלמו עקוף تجاهلي "
        "تجاهلوا تجاهلك انسى انسي تخط نظرانداز بھلا infrang* transgred* enfrein* overtreed* zlam obejdz "
        "obejdi porus* narus* наруш* поруш* prekrsi* szegd labagin vunja langgar* cigne umgehe umgehst "
        "umgeh elude eludir burle saltate kringga kwepa lusutan παραβλεψ* תפר خالف annul* anul* "
        "annuller zrus* iptal batalkan ponist* скасу* отмени* kanselahin ακυρωσ* בטל torold torolj "
        "herroep huy ألغ لغو منسوخ भूल* भुला* अनदेखा अनदेखी नज़रअंदाज़ उपेक्षा रद्द तोड़* ভুলে ভুলো "
        "উপেক্ষা বাতিল ভাঙো অগ্রাহ্য மறந்து* புறக்கணி* ரத்து மீறு deja dejad desactiva* quita omite "
        "omitir salta pasa laisse laissez desactive* supprim* jette zappe lass streich* losch* schalte "
        "abschalt* wirf vernachlassig* umgeh* togli lascia disattiv* elimina schakel uitschakel* schrap "
        "wyrzuc* skasuj* usun wylacz* daruj pomijaj vypni vykasli zahod smaz preskoc renunta* sterge "
        "dezactiv* ocoleste slapp stang skippa strunt skit drop slet slukk sla dropp jata poista kytke "
        "heita unohtakaa vesd kapcsold hagyj dobd αφησε παρατα πετα σβησε απενεργοποι* birak kapat sil "
        "kaldir* atla gec отключ* брось оставь сотри удали выключ* сними выбрось вимкни викинь облиш "
        "зітри видали вимикай откажи изключи спри изтрий престани iskljuci obrisi ukini искључи обриши "
        "اترك أوقف عطل احذف امسح ارم دعك اتركي إلغاء تخلص بگذار خاموش حذف پاک رها کنار چھوڑ چھوڑو بند "
        "مٹا הפסק תפסיק עזוב תעזוב מחק כבה השלך הסר छोड़ो छोड़ छोड़कर हटाओ हटा मिटा मिटाओ बंद হটাও "
        "ছেড়ে বাদ মুছে বন্ধ விடு விட்டுவிடு நீக்கு அழி தவிர் tinggalkan hapus matikan buang singkirkan "
        "hentikan ketepikan padam alisin tanggalin patayin burahin itapon futa ondoa chhodo hatao mita "
        "xoa rusi upphavd* ophaevet opphevet kumota* kumottu hatalyat ακυρων* gecersiz gecersizdir "
        "iptaldir скасован* отменен* ألغيت رد מבוטל* मंसूख dibatalkan batal kanselado yamefutwa "
        "imefutwa futwa suspendid* suspendues sospes* ausser kraft vervallen uitgeschakeld ingetrokken "
        "scadut* caduc* perimee veraltet"
    ),
    "rules": (
        "instruct* rule rules guideline* directive* directions constraint* restrict* policy policies "
        "programming safeguard* guardrail* regulations protocol* briefing orders instrucci* instruc* "
        "regla* norma* directric* consigne* regle* anweisung* regel* vorgabe* vorschrift* istruzion* "
        "regol* instrucoes regra* instructie* instrukc* instrukt* zasad* polecen* pokyn* pravid* "
        "pravil* ohje* saanto* saannot reguli instructiun* utasit* szabaly* upute uputstva naredb* "
        "instruksi* aturan arahan peraturan panuto maelekezo kanuni инструкци* правил* указани* "
        "інструкці* упутства οδηγι* κανον* talimat* kural* komut* تعليمات التعليمات قواعد القواعد "
        "الأوامر قوانین دستور* ہدایات הוראות כללים indicaci* lineamiento* weisung* richtlin* ordine "
        "ordini diretriz* diretiv* richtsnoer* wytyczn* nakaz* regulamin* narizen* smernic* riktlinj* "
        "instruks* retningslinj* maarays* directiv* regulile iranyelv* yonerge* yonlendirme* pedoman "
        "perintah tagubilin patakaran kautusan sheria agizo maagizo niyam nirdesh указан* директив* "
        "распоряжен* приказ* запрет* вказівк* настанов* заборон* нареждан* наредб* кодекс* упут* εντολ* "
        "הנחיות ההנחיות הכללים ההוראות מההוראות מהכללים חוקים החוקים בהוראות הוראותיך تعليماتك توجيهات* "
        "التوجيهات أوامر* قواعدك إرشادات* الارشادات ضوابط مقررات قوانینت ہدایت اصول احکام नियम* "
        "निर्देश* आदेश* हिदायत* पाबंदी पाबंदिय* नीति* নিয়ম* নির্দেশ* আদেশ* নীতি* নিষেধ* விதி விதிகள* "
        "வழிமுறை* கட்டளை* கட்டுப்பாடு* zachowan* wymog* ograniczen* zalecen* predpis* rozkaz* povel* "
        "forskrift* palaegg* maarayk* kasky* parancs* eloiras* dispozit* ordin ordinele cerint* comenzi "
        "διαταγ* kisit* emir emirler* yonerg* yasa* kaide* распоряд* предписан* инструктаж* регламент* "
        "устав* вимог* статут* notka ukaz* uput* zapovest* nalog* أمر الأمر وصايا التزامات بروتوكول "
        "فرمان* مقرر* قانون ضابط* ہدایت* חוק צו פקודה פקודות נוהל נהלים आज्ञा* क़ानून प्रोटोकॉल "
        "দিকনির্দেশ* আইন বিধি* প্রোটোকল விதிமுறை* சட்ட* ஆணை* நெறிமுறை* ketentuan panduan tatacara "
        "suruhan utos alituntunin batas tuntunin miongozo taratibu masharti huongdan quydinh niyam* "
        "hidayat* qoidalar"
    ),
    "earlier": (
        "previous previously prior above earlier preceding foregoing former initial original before "
        "existing hidden preceded anterior* previas previos previo precedent* vorherig* bisherig* obig* "
        "fruher* davor oben vorher ursprunglich* sopra eerder* vorige bovenstaand* poprzedni* "
        "wczesniej* powyzej predchoz* predesl* tidigare tidligere forrige aiemm* edelli* anterioare "
        "elozo* prethodn* sebelum* sebelumnya terdahulu nakaraang предыдущ* прежн* выше раньше "
        "попередн* предишн* προηγουμεν* παραπανω onceki yukaridaki السابقة أعلاه قبلی بالا پچھلی "
        "הקודמות לעיל arriba previamente prealable* anterieur* dessus vorangeh* vorangegang* zuvor "
        "vorstehend* obenstehend* acima voorgaand* eerdere dotychczas* dosavad* predtim foregaende ovan "
        "ovanstaende ovenfor ovenstaende ylla aikaisem* edella dinainte korabb* fenti eddigi* onceden "
        "yukari* truoc naunang* awali yaliyotangulia tangulia ранее вышеизложен* вышеуказан* изначальн* "
        "первоначальн* исходн* раніше вище дотеперішн* предходн* горните претходн* раниј* ranij* "
        "πρωτυτερ* αρχικ* הקודמים קודמות קודם למעלה שמעל سابق* السابق* سبق پیشین پچھلے سابقہ اوپر "
        "rejtett ukryt* скрыт* прихован* cachee cachees oculto ocultas oculta verborgen verborgene* "
        "nascost* skryt* dold dolda skjult* sakli ascuns* מוסתר המוסתר מוסתרת المخفي مخفي پنهان "
        "tersembunyi nakatago पिछल* पहले ऊपर शुरुआती पूर्व आरंभिक আগের আগে উপরের পূর্ববর্তী প্রাথমিক "
        "முந்தைய முன்பு மேலே முன்"
    ),
    "prompt": (
        "prompt prompts system sysprompt preprompt configuration config context preamble persona setup "
        "sistema systeme systemprompt* systemprompten systeemprompt systemowy systemov* jarjestelm* "
        "rendszer* систем* συστηματος sistem النظام المتن промпт* promptu promptem prompta prompty "
        "promptet prompten promptul promptot promptun promptunu konfigur* configuraci* configurac* "
        "configurazion* конфигурац* конфігурац* налаштуван* yapilandirma* systemow* systemet systemu "
        "συστημ* istemi istemini mfumo המערכת מערכת ההגדרות הגדרות إعدادات* الإعدادات سیستم سامانه سسٹم "
        "پرامپٹ सिस्टम प्रॉम्प्ट* प्रणाली সিস্টেম প্রম্পট* சிஸ்டம் ப்ராம்ப்ட* அமைப்பு*"
    ),
    "tell": (
        "say says saying print prints output outputs reveal* show tell repeat display respond reply "
        "replies recite leak dump echo expose disclose spell paste quote confess whisper type return "
        "returns announce confirm di dime decir muestra muestrame revela* repite responde imprime "
        "escribe dis montre montrez repete affiche* reponds revele* ecris sag sage sagen zeig zeige "
        "verrat* wiederhol* gib nenn* antwort* schreib* mostra* dimmi ripeti rispondi stampa scrivi "
        "diga diz mostre mostra repita responda escreva zeg toon herhaal onthul geef vertel powiedz "
        "pokaz powtorz ujawnij odpowied* napisz rekni ukaz zopakuj odhal visa upprepa avsloja svara sig "
        "vis gentag afslor svar gjenta sano nayta toista paljasta spune arata repeta raspunde mond "
        "mutasd ismeteld ird reci pokazi ponovi otkrij katakan tunjukkan ulangi ungkapkan jawab sabihin "
        "ipakita sema onyesha скажи покажи повтори раскрой ответь отвечай выведи напиши назови кажи "
        "відповідай πες δειξε επαναλαβε αποκαλυψε soyle goster tekrarla yaz قل اكشف أظهر كرر اطبع بگو "
        "نشان بتاؤ הצג חזור אמור ensename cuentame dame recita* deletrea confiesa dites donne donnez "
        "recopie* devoile* divulgue* erzahl* offenbare ausgib kopier* rivela* svela* dammi elenca "
        "trascrivi transcreva* solta verklap noem citeer schrijf podaj wypisz wyswietl zdradz wyjaw "
        "beratta fortael fortell kerro kirjoita tulosta vastaa napis vypis prozrad sdel mondd aruld "
        "spuneti dezvaluie afiseaza gosterin soyleyin yazdir beritahu sebutkan tampilkan tuliskan "
        "bocorkan paparkan dedahkan ilabas ibigay ulitin ibunyag niambie nionyeshe rudia batao dikhao "
        "dikha pokazhi skazhi расскажи* сообщи* озвучь перечисли* процитируй* распечатай* скопируй* "
        "выдай раскрыть покажите скажите ответьте розкажи розкрий виведи назви перекажи разкрий изведи "
        "отговори реци откриј понови ispisi αποκαλυψ* γραψε επαναλαβ* απαντησ* εμφανισ* τυπωσε "
        "αντιγραψε תגיד תראה תגלה גלה הדפס ענה תענה כתוב תכתוב הראה اكتب أخبرني اعرض أعطني اذكر أجب "
        "انسخ احك احكيلي قولي بنویس افشا تکرار دکھاؤ بتائیں دکھائیں لکھو बताओ बताएँ बताइए बता दिखाओ "
        "दिखाएँ लिखो लिखें दोहराओ कहो बोलो বলো বল লেখো লিখো দেখাও জানাও சொல் சொல்லு கூறு காட்டு எழுது "
        "explica* cuentanos enumera habla hablame transcribe contesta escriba conteste explique* parle "
        "raconte* liste enumere* traduis reproduis colle cite fournis ecrivez indique* uebersetze "
        "ubersetze zitier* sprich spuck gebe ruck offenbar* zeigen beantworte* formuliere druck* "
        "traduci incolla cita parla spiega riporta fornisci riproduci scrivere fale traduza cole copie "
        "forneca vertaal plak praat przepisz wymien cytuj mow tlumacz opisz wydrukuj przetlumacz "
        "skopiuj podziel opis opakuj vypovez vyjmenuj preloz cituj vypisz scrie traduce copiaza "
        "listeaza citeaza afisezi skriv saeg citera oversatt oversaet citer opgiv naevn oversett lim "
        "fortelle gjengi luettele kaanna lainaa puhu kopioi listaa ilmoita sorold forditsd masold irj "
        "mondj arulj beszelj idezd μου μιλα μεταφρασ* αντεγραψ* παραθεσε λιστα anlat sirala yapistir "
        "cevir konus aktar dok acikla* yazin говори переводи перепиши пересказ* опиши изложи дословно "
        "перечисл* продиктуй переклади перелічи процитуй випиши дослівно преведи изброй цитирай prevedi "
        "nabroj kopiraj ispricaj napisi pricaj испричај наброј انقل ترجم اسرد لخص عدد الصق صف سرب تكلم "
        "حدد أخبر وقل واكتب أعد ترجمه توضیح فهرست کپی بنویسید پاسخ لیست جواب بیان نقل תרגם תעתיק צטט "
        "מנה פרט תדפיס תרשום תשלח ספר תספר הקרא अनुवाद जवाब लिखिए सुनाओ कॉपी बोलिए गिनाओ उत्तर অনুবাদ "
        "উত্তর জবাব পড়ো শোনাও கூறுங்கள் மொழிபெயர்* பதில் காண்பி நகலெடு பட்டியலிடு விளக்கு terjemahkan "
        "tulis salin lampirkan jelaskan kirim sebut ceritakan tulislah tempel jawablah isalin isulat "
        "ikuwento isalaysay sagutin sagot ilista andika tafsiri nakili eleza taja orodhesha jibu sunao "
        "likho bata likhna chep ke liet hien biet xem answer answers answering answered respuesta "
        "respuestas respond* repondre reponse* risposta risposte risponde resposta respostas antwoord* "
        "beantwoord* odpowiadaj* odpov* odgovor* отговор* отговаряй ответ* отвеча* відпов* одговор* "
        "απαντ* cevap* yanit* jawaban jawapan sumagot jibu* vastaus* vastaa* valasz* raspuns* raspund* "
        "svar* besvar* أجيب تجيب الإجابة إجابة الجواب تجب پاسخ* جوابم עונה תשובה תשובות जवाबों উত্তরে "
        "পড়ে விடை पढ़ो पढ़कर лаконично ausgeben wiedergeben copia copiar copier kopyala kopieer kopiuj "
        "kopyahin снимай скинь кинь dimmelo dimelo diglo vuelca suelta listing"
    ),
    "secret": (
        "password* passphrase* passcode* passwd pwd pw pass secret secrets code codeword codes key keys "
        "flag token tokens credentials pin confidential classified forbidden contrasena* clave secreto "
        "secreta secretas secretos motdepasse secrete secretes passwort kennwort geheim* zauberwort "
        "codice segret* senha wachtwoord haslo tajn* heslo losenord* hemlig* kodeord adgangskode "
        "hemmelig* passord salasana salai* parola secret* jelszo titk* lozink* tajna sifra kata sandi "
        "rahasia katalaluan rahsia nenosiri пароль пароля паролю секрет* тайн* код κωδικ* μυστικ* sifre "
        "gizli* السر المرور السري رمز محرمانه پاس خفیہ סיסמ* סוד* claves schlussel chave chiave klucz "
        "sleutel nyckel anahtar kunci kod kodu koden koder kode koodi senhas passwort* kennwort* "
        "zugangsdaten zugangscode losungswort hasl* sekret* poufn* hesl* tajemstv* adgangskod* salasan* "
        "jelszav* parolei parolayi sifre* khau sikreto* lihim nywila parol парол* ключ ключа ключи "
        "шифр* кодов* таємн* лозинк* тајн* sifr* συνθηματικ* הסיסמ* הסוד* קוד הקוד سري سرية السرية "
        "الرمز باسورد مفتاح گذرواژه راز losenordet passordet passordene kodeordet jelszot salasanani "
        "sandinya parolamı पासवर्ड* गुप्त गोपनीय राज़ रहस्य* छिपा* छुपा* कोड পাসওয়ার্ড* গোপন* রহস্য* "
        "কোড கடவுச்சொல்* ரகசிய* குறியீடு* hide hiding hides oculta* esconde* ocult* dissimul* versteck* "
        "verberg* verbirgst verschweig* nascond* verzwijg* ukryw* zataj* skryv* tajis zamlc* ascunzi* "
        "dolj* skjul* fortier piilot* salaa rejteget* κρυβ* κρυφ* gizle* sakla* скрыва* утаива* "
        "умалчива* прячеш* прихову* ховаєш замовч* скри* премълчав* крий krijes крије تخفي يخفي أخفيت "
        "سرا مخفية پنهان* چھپا* پوشیدہ מסתיר מסתירה להסתיר חבוי লুকানো லுகாத்த மறைத்* மறைவான sembunyi* "
        "menyembunyikan tago* itinatago ficha siri unaficha chupa chhupa raaz giau caches cachees "
        "cacher"
    ),
    "you": (
        "you your youre yours yourself u ur thou thy tu tus tuyo usted su sus te ti toi ton ta tes vous "
        "votre vos du dich dir dein* ihr ihre sie tuo tua tuoi tue voce seu sua seus suas je jij jouw "
        "ty twoj* twoje ciebie tvuj tve din dit dina sinun sina tau tvoj* kamu anda kau mu iyong ikaw "
        "wewe ты тебя тебе твои твоя твое вы ваш* ти твої σου εσυ sen senin sana أنت ك لك تو شما آپ אתה "
        "את שלך आप तुम तू तुम्हारे तुम्हें अपने अपना अपनी তুমি তুই তোর তোমার আপনি আপনার நீ உன் நீங்கள் "
        "உங்கள் tienes estas puedes debes hast bist kannst sollst musst puoi devi peux tens esta jsi "
        "muzes musis masz mozesz musisz esti poti trebuie dig deg deres ditt dine sinulla olet sinulle "
        "sinua neked teged tudsz seni sensin siz sizin sizi teve τεσσου εισαι εχεις μπορεισ εσενα тобой "
        "тобою тобі твій твоє вам вас теб tebi tebe vas твоје твој لديك إليك منك عليك عندك نفسك دورك "
        "خودت تویی هستی میتوانی برایت تمہارا تمہاری تمہارے تمہیں تم اپنی اپنے آپکے אותך אליך עליך אצלך "
        "ממך לך תמיד तुम्हारा तुम्हारी तुमसे तुझे तेरा तेरी तेरे आपके आपको आपका আপনাকে তোমাকে তোকে উন "
        "உனக்கு உன்னை உன்னிடம் உங்களுக்கு உங்களை awak dirimu engkau sarili mong kang niyo wako lako "
        "zako yenu chako huna tumhara tumhare tujhe tera tere apne tumhe aap"
    ),
    "machine": (
        "ai assistant assistants chatbot* chatgpt gpt bot model llm claude gemini copilot machine robot "
        "agent openai anthropic ia ki asistente assistente assistent* asystent* asistent* avustaja "
        "tekoaly модел* ассистент* бот ии νοημοσυνη βοηθος asistan yapay yz المساعد الذكاء دستیار הבינה "
        "העוזר एआई intelligenz asisten* msaidizi asszisztens* mesterseges zeka zekasi помощник* "
        "нейросет* чатбот* интеллект* помічник* асистент* штучн* مساعد مساعدي النموذج نموذج روبوت بوت "
        "ربات مدل هوش בינה עוזר מודל בוט הבוט معاون اسسٹنٹ βοηθε सहायक* असिस्टेंट चैटबॉट* मॉडल* रोबोट* "
        "বট রোবট* সহকারী* মডেল* চ্যাটবট* உதவியாளர* ரோபோ* மாதிரி bota botu botem robota sztuczn* "
        "inteligenc* intelligent* inteligent* intelligen* intellig* kecerdasan buatan akili bandia "
        "modelo* modele modell* modelul modelem modelis* malli* assistant* vavust* pomocnik* umela "
        "umeli umele kunstig* artificial* artificiel* konstgjord tekoalyn kunstmatige τεχνητ* помагач* "
        "vestack* вештачк* اصطناعي الاصطناعي البرنامج الآلي آلة هوشمند مصنوعی مشین ذہانت מכונה רובוט "
        "बुद्धिमत्ता कृत्रिम यंत्र মেশিন কৃত্রিম যন্ত্র இயந்திர* செயற்கை pembantu mesin katulong makina "
        "roboti tro ly mo hinh trituenhantao"
    ),
    "role": (
        "act acts acting pretend* roleplay* simulate* simulation imagine become behave impersonat* "
        "character embody emulate hypothetical* fictional actua actuar finge fingir eres seras simula "
        "imagina agis incarne joue verhalte spiele spiel stell agisci fingi comportati sei aja finja "
        "seja gedraag doe speel zachowuj udawaj jestes chovej predstirej agera latsas opfor esita "
        "kuvittele comporta viselkedj tegyel ponasaj bertindak berpura* kumilos jifanye действуй "
        "притвор* веди представь дій προσποι* davran rol تصرف تظاهر وانمود התנהג העמד comportate hazte "
        "interpreta* imaginate semblant schlupf* rolle finta alsof wciel* wyobraz* predstav* hraj "
        "foregiv nayttele teeskentele jatszd kepzeld joaca pretinde imagineaza davran* canlandir* "
        "perankan jadilah berlagak magpanggap umasta gumanap jifanya* igiza представьте вообрази* "
        "изобрази* роль роли сыграй прикинься уяви* удавай поводься роля преструвай* глуми понашај "
        "pretvaraj* glumi zamisli υποδυσου φαντασου ρολο תתנהג שחק תשחק דמיין תדמיין תעמיד تخيل العب "
        "تقمص نقش बनकर बनो अभिनय नाटक किरदार সাজো অভিনয় ভান চরিত্র நடி நடிக்க* haz fais jouons "
        "imagine* invente spielst spielen stelle fiktiv* fingere faz interprete atue stel verbeeld "
        "odgrywaj odegraj graj udavej zahraj hrajes joci inchipui* interpretezi spela spil forestil "
        "foretag esitat leikitaan roolissa roolipeli* leiki jatssz szerep* παιξε υποθεσ* ρολος σεναριο "
        "rolunu varsay farz hayal сыграем представим ролев* отыграй грай зіграй рольов* уявімо влез "
        "прави представи играй igraj pravi замисли مثل تصور افترض دور شخصية بازی فرض کردار بنو اداکاری "
        "שחקי תשחקי נניח דמות בתפקיד תפקיד मान मानो भूमिका कल्पना बन খেলো কল্পনা ভূমিকা அபிநய* கற்பனை "
        "பாத்திர* வேடம் மாறு bayangkan anggap berperan lakonkan kunwari isipin ganap fikiria cheza "
        "mhusika tuseme maano natak kirdar vai gia tuong hayup role roles rollen rola roli ruolo "
        "personaje personagem personagens personnage* rolul rolu rolden rolunden peran jukumu rooli* "
        "rollespel* rollspel* rollespil* juego jogo gioco gra hra joc lek leken oyun игр* гру παιχνιδι "
        "لعبة משחק खेल খেলা permainan laro mchezo"
    ),
    "free": (
        "unrestricted unfiltered uncensored unlimited unethical amoral immoral lawless jailbr* "
        "jailbreak* unbound unchained liberated freed dan anything filter filters censor* limits "
        "limitation* ethics ethical moral morals illegal warnings disclaimer* refuse refuses refusing "
        "refusal comply complies obey obeys freedom restriccion* filtros censura limites libre "
        "restrictions filtre* einschrankung* frei beschrankung* zensur restrizion* filtri liberi "
        "restric* livre beperking* vrij ogranicz* omezeni begransning* begraensning* rajoituks* "
        "restrictii korlatozas* ogranicenj* batasan sekatan ограничен* фильтр* цензур* обмежен* "
        "περιορισμ* φιλτρα kisitlama* filtre sinir* قيود بدون محدودیت* פילטר* הגבלות sparrar granser "
        "graenser grenser rajoja rajat suodat* cenzur* filtrow filtru omezen* korlat* szurok limite "
        "sansur* mipaka vizuizi limitasyon морал* этик* фільтр* обмеж* ορια απαγορευσ* מגבלות הגבל* "
        "מסננ* צנזור* قيد مرشحات رقابة فیلتر سانسور پابندی پابندیاں सीमा बंधन* सेंसर* फ़िल्टर* বাধা* "
        "সীমা* সেন্সর* தடை* வரம்பு* grenze* limites* limiti limitat* granic* hranic* meze zabran* "
        "graens* raja* morale moral* moraal* censur* censuur* sensuur* sensor* cenzor* etik* etiikka* "
        "ethiek* etyk* eetti* tabou* interdit* interdiction* prohibi* verboten verbot* verbod* zakaz* "
        "forbud* forbjud* kielto* kielletty* kiellet* tilos tilalom tiltott interzis* divieti divieto "
        "proibi* vietat* απαγορε* ηθικ* λογοκρισ* yasak* ahlak* ozgur* engel* запрещ* свобод* вольн* "
        "вільн* забран* ogranic* obmezen* ограничав* ilegal* illegal* ممنوع* حدود الحدود الرقابة أخلاق "
        "أخلاقيات أخلاقية حرر حرا القيود محظور مرز اخلاق* آزاد بیسانسور سنسر איסור* גבול* מגבל* מוסר* "
        "חופשי משוחרר אסור नैतिक* रोक रोकटोक प्रतिबंध* आज़ाद মানা নৈতিক* নিষেধাজ্ঞা* মুক্ত স্বাধীন "
        "சுதந்திர* நெறி* bebas larangan terlarang tabu halangan bawal malaya sensura maadili vikwazo "
        "huru marufuku ukomo pabandi azad cam gioi kiem duyet odpor* vagra* weiger* ablehn* lehnst "
        "nekt* negarte rechaz* recus* refus* rifiut* odmaw* odmow* odmit* refuz* neit* kieltay* "
        "visszautas* αρνη* reddet* отказ* відмов* odbij* يرفض ترفض رفض امتناع انکار סירוב תסרב מסרב "
        "लगाम मनाही इनकार अस्वीकार অস্বীকার மறு* menolak tolak tumanggi kataa choi filtro filter* "
        "filtru* filtr* филтр* филтер* φιλτρ* szuro* vichuj* penapis saringan तहफ़िल्टर ফিল্টার* فلٹر* "
        "فیلتر* المرشحات مرشح מסנן המסננים வடிகட்டி* unzensiert ungefiltert ongecensureerd bezcenzur* "
        "usensurert ucensureret ocensurerad ofiltrerat ufiltrert sensuroimat* ελευθερ* freies freie "
        "svoboden slobod* volny volni wolny wolna vapaa szabad livres libres libero libera fritt"
    ),
    "not": (
        "not no never none don doesn didn won isn shouldn mustn dont without cannot cant neither nor "
        "stop longer nunca sin ne pas jamais sans nicht kein* nie ohne non mai senza nao sem niet geen "
        "zonder bez ikke inte ingen ei ala fara nem nincs tidak jangan tanpa не нет никак* без δεν "
        "χωρις degil yok asla لا ليس نه لن לא בלי मत nigdy nikdy zadne aldrig aldri koskaan niciodata "
        "soha hakuna khong нельзя никогда ніколи никога אין هیچ لم نہیں नहीं बिना कभी না নেই ছাড়া "
        "இல்லை இல்லாமல் nada ningun* rien aucun* niemand nichts niente nessun* niets nic nikt zaden "
        "zadn* nikdo nicego nimeni nimic niciun* inget ingenting ingen* intet mikaan mitaan semmi "
        "semmit senki τιποτα κανεις κανενα* μην μη hicbir hic degilsin ничего никто никому ніхто нічого "
        "жодн* немає нема нищо никой няма nista nikakv* nema ништа ничег بلا دون أي لست نکن نیست کوئی "
        "مت بغیر אף שום नाही कोई बगैर নয় বিনা கூடாது வேண்டாம் யாருக்கும் bukan tiada takda wala walang "
        "hapana nahi bina"
    ),
    "only": (
        "now only exactly just must always instead immediately verbatim nothing else henceforth simply "
        "solely strictly ahora solo siempre maintenant seulement toujours jetzt nur ab immer "
        "stattdessen ora sempre agora apenas nu alleen teraz tylko nyni jen bara nyt vain acum doar "
        "csak sada samo sekarang hanya сейчас теперь только всегда τωρα μονο simdi sadece artik الآن "
        "فقط اکنون עכשיו רק अब এখন केवल सिर्फ़ बस अभी শুধু কেবল மட்டும் இனி இப்போது vanaf fortan "
        "desormais dorenavant sofort lediglich ausschliesslich adesso subito soltanto esclusivamente "
        "exactamente enseguida luego inmediatamente partir imediatamente meteen enkel uitsluitend "
        "voortaan natychmiast wylacznie jedynie odtad zawsze od hned pouze vyhradne naporad vzdy odted "
        "imediat exclusiv mereu direkt enbart hadanefter omedelbart straks altid alltid omgaende kuten "
        "heti aina ainoastaan tasta azonnal mostantol mindig kizarolag αμεσως παντα αποκλειστικα hemen "
        "yalnizca bundan daima derhal сразу немедленно лишь исключительно впредь отныне відтепер лише "
        "негайно завжди зараз тільки веднага само винаги odmah uvek одмах увек сад сада فورا حالا دائما "
        "حصرا بدلا همیشه صرف ابھی تولید מעכשיו מיד בלבד तुरंत हमेशा এখনই সবসময় உடனே எப்போதும் இனிமேல் "
        "saja segera harus selalu mulai sahaja mesti dapat agad palagi ngayon sasa lazima papo abhi "
        "sirf ngay luon immediatement sogleich unverzuglich genast ihned okamzite"
    ),
    "master": (
        "developer* admin administrator* owner creator root sudo dev devs debug* maintenance emergency "
        "authorized authorised authenticated verified permission clearance boss ceo desarrollador "
        "administrador creador programador developpeur administrateur createur entwickler* chef "
        "amministrator* sviluppatore desenvolvedor ontwikkelaar programista vyvojar utvecklare udvikler "
        "kehittaja fejleszto разработчик* администратор* создатель розробник διαχειριστ* gelistirici "
        "yonetici المطور المسؤول توسعه מפתח админ* адміністратор* власник* владел* създател* מנהל مطور* "
        "المدير مدير المشرف pengembang* pemilik pencipta msimamizi mmiliki utvecklar* yllapitaj* "
        "omistaja rendszergazda tulajdonos dezvoltator* beheerder* ontwikkelaar* udvikler* yonetici* "
        "spravce tworca programist* مدیر سازنده मालिक* प्रशासक* व्यवस्थापक* एडमिन डेवलपर* মালিক* "
        "প্রশাসক* ডেভেলপার* முதலாளி* நிர்வாகி* jefe dueno soporte auditor* tecnico ingenier* patron "
        "maitre responsable directeur auditeur* betreiber* inhaber vorgesetzt* prufer techniker "
        "sicherheitsbeauftragt* proprietario titolare responsabile capo creatore operador operatore "
        "dono chefe suporte baas eigenaar wlasciciel* szef kierownik* audytor* wydawca provozovatel* "
        "majitel* sef sefu proprietar* operator* agare chefen agaren granskare ejer ejeren eier sjefen "
        "isanta valvoja paakayttaja rendszergaz* uzemeltet* fonok tulajdonos* ιδιοκτητ* προγραμματιστ* "
        "αφεντικ* διευθυντ* sahib* kurucu* mudur* denetci* gelistiric* хозяин* директор* начальник* "
        "аудитор* проверк* безопасност* господар* керівник* адміністрац* шеф* собственик* газда "
        "vlasnik* gazda مسؤول المالك مالك مهندس مدقق صاحب المبرمج مالکت ارباب منتظم بانی ניהול הבעלים "
        "בעלים המפתח מפתחים אדמין मैनेजर इंजीनियर मालकिन ऑडिटर কর্তা ইঞ্জিনিয়ার உரிமையாளர* "
        "உருவாக்கியவர் நிர்வாக* bos tuan atasan pengurus pentadbir pengaudit tagapangasiwa bosi msanidi "
        "mkaguzi mabosi malik maalik"
    ),
    "mode": (
        "mode modes enabled activated unlocked enable activate unlock switch modo activado modus "
        "aktivier* attiv* ativ* tryb rezim lage tila mod режим включ* активир* λειτουργια modu وضع حالت "
        "מצב режимі rezimu trybu modalita modalidad modalidade moduna tilstand* modalita* modalidad* "
        "trybie tilaan tilassa modba uzemmod* режиме режим* الوضع وضعية بوضع نمط موڈ מצבי מוד मोड মোড "
        "ஓட் முறை பயன்முறை desactiv* deaktivier* deactiv* vypn* avaktiver* inaktiver* deaktiver* "
        "kapcsol* απενεργ* devre вимкн* изключ* iskljuc* تعطيل غیرفعال השבת"
    ),
    "if": (
        "if when unless whenever otherwise except once until si cuando quand wenn falls sonst se quando "
        "als wanneer jesli gdy kdyz pokud om nar hvis jos daca ako jika kalau если когда иначе αν eger "
        "إذا اگر אם अगर indien jezeli qualora hogyha ikiwa якщо ако когато οταν εαν כאשר לו لو چنانچہ "
        "यदि যদি ধরো என்றால்"
    ),
    "they": (
        "user users player visitor customer someone anyone anybody somebody people they them he she "
        "attacker* hacker* stranger* student guest usuario utilisateur* benutzer* nutzer* utent* "
        "gebruiker* uzytkownik* uzivatel* anvandar* bruger* bruker* kayttaja* utilizator* felhasznal* "
        "korisnik* pengguna пользовател* користувач* χρηστ* kullanici* المستخدم کاربر המשתמש mtumiaji "
        "gumagamit felhasznalo* клиент* صارف مستخدم* posjetitel* उपयोगकर्ता* ग्राहक* ব্যবহারকারী* "
        "গ্রাহক* பயனர* usuari* cliente* kunde* klient* zakaznik* klienci kund asiakas* asiakk* ugyfel* "
        "πελατ* musteri* покупател* клієнт* العميل العملاء عميل مشتری گاہک לקוח לקוחות खरीदार pelanggan "
        "mteja wateja kostumer khach"
    ),
    "open": (
        "access granted grant grants denied deny correct accepted welcome enter login permitted entry "
        "acceso concedido acces accorde zugang gewahrt accesso acesso toegang dostep pristup доступ "
        "разрешен* erisim الدخول"
    ),
    "cipher": (
        "base rot hex decode* encode* decrypt* encrypt* cipher* morse binary backwards reverse* letter "
        "letters characters leetspeak unscramble acrostic concatenate* translate* anagram obfuscat* "
        "descifra decodifica dechiffre* entschlussel* buchstab* lettera letra letre буквы расшифруй* "
        "декодируй* traduc* tradui* ubersetz* tradu* vertaal* przeklad* preloz* oversett* overset* "
        "oversatt* kaann* fordit* leford* cevir* перевод* перевед* перекла* превод* prevod* ترجم* "
        "الترجمة תרגום תרגמ* ulta अनुवाद* অনুবাদ* மொழிபெயர்ப்* terjemah* tafsir* anuvaad abeceda* "
        "initiale* anfangsbuchstab* beginletter* alfavit* akrostich* akrostych* acrosti* base64 rot13 "
        "umgekehrt ruckwarts omgekeerd baglaens baklenges baklanges vzad odzadu wspak visszafele "
        "takaperin tersten наоборот задом навпаки обратно أبجد* حرف الحرف أحرف حروف حرفا معكوس بالمقلوب "
        "برعکس الٹا אות אותיות הפוך आखर अक्षर* उल्टा অক্ষর* উল্টো எழுத்து* தலைகீழ* huruf terbalik titik "
        "pabaliktad herufi kinyume betu* pismen* bogstav* bokstav* kirjain* kirjaim* γραμμα γραμματα "
        "harf* букв* літер* slovo* letra* pozpatku achterstevoren baklengs reves envers ανάποδα наопаки "
        "отзад зворот* letter* литера litery literami"
    ),
    "frame": "end new task note instruction input inst endoftext next",
    "ask": (
        "what which who how why where can could please give que cual quel quelle welche wie cosa qual "
        "co vad hvad mika ce mi sto apa какой как что τι nedir ما چه מה क्या क्यों कैसे कौन কী কেন "
        "কীভাবে কে என்ன ஏன் எப்படி"
    ),
    "text": (
        "text texts message messages word words sentence sentences lines paragraph conversation texto* "
        "mensaje* palabra* frase* parrafo mensagem mensagens palavra* texte* mot mots phrase* ligne* "
        "nachricht* wort worter satz satze zeile* absatz testo testi messaggi* parole riga righe frasi "
        "tekst* woord* bericht* zin zinnen regel tekscie wiadomos* zdani* linij* zprav* slov* radk* "
        "text* mesaj* cuvant* cuvint* propozit* fraz* meddelande* ord ordet orden rader besked* linje* "
        "saetning* setning* melding* sanan sanat sanaa viesti* lause* rivi* szoveg* uzenet* szo szot "
        "szavak mondat* sorok κειμεν* μηνυμ* λεξ* προτασ* γραμμη γραμμες metin metni metnin kelime* "
        "sozcuk* cumle* satir* yazi* текст* слово слова словом словами сообщени* предложени* фраз* "
        "строк* строчк* речення повідомленн* слів дума думата думи съобщени* изречени* poruk* recenic* "
        "порук* реч реченица نص النص نصوص رسالة الرسالة رسالتي رسالتك كلمة الكلمة كلمات الكلمات جملة "
        "الجملة سطر السطر سطور متن پیام* خط پیغام لفظ الفاظ عبارت טקסט הטקסט הודע* ההודע* מילה המילה "
        "מילים מלים משפט המשפט שורה שורות सन्देश* संदेश* शब्द* वाक्य* पंक्ति* पाठ टेक्स्ट लेख वार्ता* "
        "বার্তা* শব্দ* বাক্য* লেখা লেখাটা লেখাটি পাঠ* கடித* உரை உரையை செய்தி* வார்த்தை* சொற்* வரி "
        "வரிகள* வாக்கிய* teks pesan* mesej* kalimat* ayat baris perkataan mensahe* salita* pangungusap "
        "linya neno maneno sentensi ujumbe jumbe mstari maandishi shabd sandesh vakya baat tekct "
        "soobshenie kalam kelma jomla missatge* paraula* slowo slowa slowem mening meningen meningar "
        "linea lineas"
    ),
    "begin": (
        "first begin begins beginning start starts starting initially primer* comienza* empieza* "
        "empezar inicio inicial* principio comenc* comec* primeir* premier* debut commence* commencant "
        "abord erste* zuerst beginn* anfang* fangst starte startet inizi* cominci* eerst* begin* "
        "pierwsz* zacznij poczatk* rozpocz* prvni* prve zacni zacat* incep* primul prima primele forst* "
        "borja* inled* begynn* start* indled* ensimm* aloita alku alun alussa elso* kezd* eleje elejen "
        "πρωτ* αρχη αρχης αρχισε ξεκιν* ilk basla* basta bastan перв* начн* начал* начин* поч* перш* "
        "спочат* първ* започн* prvi prvo poce* pocni прв* أول الأول الأولى ابدأ البداية بداية ابدئي "
        "اولین ابتدا* شروع آغاز پہل* ראשון הראשון ראשונה הראשונה התחל תתחיל התחלה בהתחלה फर्स्ट आरंभ* "
        "शुरू शुरुआत* पहला पहली প্রথম* শুরু* முதல்* தொடங்* ஆரம்ப* mulai* pertama awal* mula unang "
        "umpisa* mwanzo* anza kwanza dau shuru pehla pehle"
    ),
    "all": (
        "all every everything entire whole complete full todo todos toda todas tudo tous toute toutes "
        "tout complet completa completo integral* alles alle allen samtliche ganz* vollstandig* "
        "kompletten komplett tutto tutti tutta tutte hele volledig* wszyst* caly cala cale calos* pelny "
        "pelna vsechn* vsech cely cele celou uplne toate tutul intreg* complet* allt hela fullstandig* "
        "fuldstaendig* fullstendig* kaikki kaiken kaikkea koko mindent minden osszes teljes egesz ολα "
        "ολες ολους ολη ολο ολοκληρ* tumu tumunu butun hepsi hepsini tamami* все всех весь всю всего "
        "целиком полност* полный полную усі всі увесь повністю цілком всичк* целия изцяло sve svih celu "
        "цео све كل كلها جميع جميعها كامل الكامل كاملة كافة همه تمام تمامی سب سارے ساری הכול הכל כל מכל "
        "כולן המלא המלאה सभी सब सारे सारी सारा पूरा पूरी पूरे समस्त সব সবকিছু সমস্ত সকল পুরো সম্পূর্ণ "
        "எல்லா* அனைத்து* முழு* semua seluruh* semuanya segala lengkap lahat buong lahatin zote yote "
        "wote kamili yako sab saare saara poora poori tots aller"
    ),
    "told": (
        "told instructed asked ordered given taught received trained programmed dijeron dicho pidieron "
        "ordenaron recibiste dieron ensenaron mandaron disseram mandado recebeu ensinaram deram "
        "recebid* pediram demande demandes recu recus recue recues confie* appris ordonne donnees "
        "gesagt aufgetragen befohlen gegeben erhalten beigebracht mitgegeben bekommen detto detti dato "
        "dati chiesto ricevut* insegnat* ordinato verteld gezegd opgedragen gekregen opgelegd geleerd "
        "meegegeven powiedz* kazano kazali otrzymal* dostal* nauczono nakazano rekli receno obdrzel* "
        "naridili prikazali naucili spus primit* primis* cerut ordonat sagt sagts fatt fick beordrat "
        "bedd ombedd larts lart faet bedt laert sanottu kasketty annettu saanut saamasi opetettu "
        "kerrottu mondtak kaptal parancsol* megmondtak tanitottak adtak ειπαν ελαβες δοθηκ* εδωσαν "
        "ζητησαν διδαξ* soylen* verilen ogretilen emred* denilen aldigin ezberlet* сказали сказано "
        "велели велено получил* дали дано просили поручил* научили приказали внушили задали звеліли "
        "отримав* наказали навчили казаха заръчаха получи дадоха dobio naredili рекли добио наредили "
        "قيل أمروك أعطيت تلقيت استلمت طلبوا علموك تلقيتها أوصوك لقنوك گفتند گفته دادند دریافت سپردند "
        "کہا دی دیا سکھایا حکم שנאמר קיבלת שקיבלת אמרו לימדו ציוו ביקשו שניתנו कहा दिया दिए मिला मिले "
        "मिली सिखाया बताया বলা দেওয়া শেখানো சொல்லப்பட்ட* கொடுக்கப்பட்ட* தரப்பட்ட* கற்பிக்க* diberi "
        "diberikan diterima disuruh diajarkan diperintahkan dikatakan sinabi ibinigay itinuro inutos "
        "natanggap uliyopewa uliyoambiwa ulipewa uliagizwa ulifundishwa kaha gaya diye sikhaya duoc bao "
        "giao dadan"
    ),
}
CONCEPTS: tuple[str, ...] = tuple(_WORDS)
_BASE = len(CONCEPTS) + 1
RUNS = _BASE**3
"""How many runs of one to three concepts there are."""
SPELLED = Spelled(CONCEPTS)
"""What tokens are about that spell a word only together."""
_STROKES = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ς": "σ", "ی": "ي", "ى": "ي", "ک": "ك",
    "ہ": "ه", "ة": "ه",
})  # fmt: skip
_JOINED = tuple("وفبكلוהבלכמש")
"""What Arabic and Hebrew write as a part of the word behind it: and, in, to, from, that, the."""
_ARTICLE = "ال"
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
    """The number of what a folded word is about, 0 if of nothing here; -1 if it may begin a word that is `SPELLED`."""
    if word.isascii():
        return _looked_up(word) if word.isalnum() else 0
    if SPELLED.begins(word):
        return -1
    word = _plain(word)
    found = _looked_up(word)
    while not found and len(word) > _SHORTEST and word.startswith((*_JOINED, _ARTICLE)):
        word = word[len(_ARTICLE) if word.startswith(_ARTICLE) else 1 :]
        found = _looked_up(word)
    return found


def _looked_up(word: str) -> int:
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
