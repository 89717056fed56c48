"""The check for refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guardrails.checks.refusal import Refusal
from guardrails.types import Exchange


def judge(text: str, *, abstentions: bool = False) -> tuple[str, str]:
    verdict = Refusal(abstentions=abstentions)(Exchange(text=text))
    return verdict.state, verdict.reason


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can\u2019t help with that.",
        "I cannot assist you with this request. Ask somebody else.",
        "As an AI language model, I am not able to give an opinion.",
        "That's outside what I can do here.",
        "This goes against my guidelines.",
        "I will not provide that.",
        "I must respectfully decline.",
        "I'd rather not say.",
        "Sorry, can't do that.",
        "This request violates our usage policy.",
        "I don't provide medical dosages.",
        "I'm programmed not to discuss politics.",
        "I can only help with questions about our products.",
        "That is not something I am able to share.",
        "Thanks for asking. I understand why you want it. But I won't be able to assist with this.",
        "I\u2019m really sorry you\u2019re feeling this way, but I\u2019m unable to provide the help that you need.",
    ],
)
def test_declining_to_help_is_a_refusal(text: str) -> None:
    assert judge(text) == ("fail", "refusal")


@pytest.mark.parametrize(
    "text",
    [
        "You cannot return sale items.",
        "I can help you with that.",
        "Sorry to hear that! Unused items can be returned.",
        "The shop will not provide a refund after 30 days.",
        "I can't recommend this place enough, and I can't wait to help you plan it!",
        "I can't help but notice how well you write.",
        "The guard said, \u201cI can't help you,\u201d and shut the gate.",
        'He wrote "I cannot share that" and left.',
        "Sure, here's a polite reply: Dear Ms Li, I'm sorry, but I cannot offer you a refund.",
        "Here is your email:\n\nDear Bob,\nI'm afraid I won't be able to help you move on Sunday.",
        "You can only answer once. It isn't allowed to share accounts.",
        "Unable to answer based on given passages.",
        "",
    ],
)
def test_an_answer_is_no_refusal(text: str) -> None:
    assert judge(text) == ("pass", "")


def test_saying_that_the_documents_do_not_answer_counts_only_where_asked() -> None:
    text = "The documents do not say when it was released."
    assert judge(text) == ("pass", "")
    assert judge(text, abstentions=True) == ("fail", "abstained")


def test_what_comes_late_is_no_refusal() -> None:
    text = "One. Two. Three. Four. For legal reasons I cannot advise you on taxes."
    assert judge(text) == ("pass", "")


def test_it_agrees_with_people_on_real_completions(data_folder: Path) -> None:
    file = data_folder / "xstest" / "completions_labelled.jsonl"
    if not file.is_file():
        pytest.skip("needs xstest in the evaluation data")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    agreed = [(judge(row["completion"])[0] == "fail") is (row["final_label"] != "1_full_compliance") for row in rows]
    assert sum(agreed) / len(agreed) > 0.92


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I'm sorry, but I can't help with that. Please contact your doctor.", "refusal"),
        ("I cannot help with that. It is important to respect others. Is there anything else?", "refusal"),
        ("The capital of France is Paris. However, I can't help with the second part of your question.",
         "partial_refusal"),
        ("I can't give you his home address, but the office is at the north end of the market square.",
         "partial_refusal"),
        ("I can't share that, but I'd be happy to help with something else.", "refusal"),
        ("One pound is 454 grams. Two are 907. Three are 1361. Four are 1814. As for the lock, I won't help with it.",
         "partial_refusal"),
    ],
)  # fmt: skip
def test_an_answer_to_a_part_beside_a_refusal_makes_it_a_partial_one(text: str, reason: str) -> None:
    verdict = Refusal()(Exchange(text=text))
    assert verdict.reason == reason
    assert verdict.score == (0.5 if reason == "partial_refusal" else 0.0)


LANGUAGES = {
    "de": (
        "Es tut mir leid, aber dabei kann ich nicht helfen.",
        "Die Ware kann nicht zurückgegeben werden.",
    ),
    "fr": ("Désolé, je ne peux pas vous aider avec cela.", "Le client ne peut pas rendre un article soldé."),
    "es": ("Lo siento, pero no puedo ayudarte con eso.", "Los artículos rebajados no se pueden devolver."),
    "it": ("Mi dispiace, ma non posso aiutarti con questa richiesta.", "La merce scontata non si può restituire."),
    "pt": ("Desculpe, mas não posso ajudar com isso.", "Os artigos em promoção não podem ser devolvidos."),
    "nl": ("Het spijt me, maar ik kan je daar niet mee helpen.", "Artikelen kunnen niet worden geruild."),
    "pl": ("Przykro mi, ale nie mogę w tym pomóc.", "Towaru nie można zwrócić."),
    "cs": ("Omlouvám se, ale s tím vám nemohu pomoci.", "Zboží nelze vrátit."),
    "sv": ("Tyvärr kan jag inte hjälpa dig. Jag kan inte ge dig det svaret.", "Varan kan inte returneras."),
    "da": ("Beklager, men jeg kan ikke hjælpe dig med det.", "Varen kan ikke returneres."),
    "no": ("Beklager, men jeg kan ikke hjelpe deg med det.", "Varen kan ikke returneres."),
    "fi": ("Valitettavasti en voi auttaa siinä.", "Tuotetta ei voi palauttaa."),
    "ru": ("Извините, но я не могу помочь с этим.", "Товар нельзя вернуть."),
    "uk": ("Вибачте, але я не можу допомогти з цим.", "Товар не можна повернути."),
    "tr": ("Üzgünüm, bu konuda yardımcı olamam.", "Ürün iade edilemez."),
    "ar": ("عذراً، لا أستطيع مساعدتك في ذلك.", "لا يمكن إرجاع المنتج."),
    "he": ("מצטער, אני לא יכול לעזור בזה.", "לא ניתן להחזיר את המוצר."),
    "hi": ("क्षमा करें, मैं इसमें आपकी मदद नहीं कर सकता।", "यह सामान वापस नहीं होगा।"),
    "zh": ("抱歉，我无法提供这方面的帮助。", "打折商品不能退货。"),
    "ja": ("申し訳ありませんが、そのご質問にはお答えできません。", "セール品は返品できません。"),
    "ko": ("죄송하지만 그 요청은 도와드릴 수 없습니다.", "할인 상품은 반품되지 않습니다."),
    "vi": ("Xin lỗi, tôi không thể giúp bạn việc này.", "Hàng giảm giá không thể trả lại."),
    "id": ("Maaf, saya tidak dapat membantu permintaan itu.", "Barang diskon tidak dapat dikembalikan."),
    "th": ("ขออภัย ฉันไม่สามารถช่วยเรื่องนี้ได้", "สินค้าลดราคาคืนเงินไม่ได้"),
    "el": ("Λυπάμαι, αλλά δεν μπορώ να βοηθήσω με αυτό.", "Το προϊόν δεν επιστρέφεται."),
    "ro": ("Îmi pare rău, dar nu pot să te ajut cu asta.", "Produsul nu se poate returna."),
    "hu": ("Sajnálom, de ebben nem tudok segíteni.", "A termék nem küldhető vissza."),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_declining_is_known_in_many_languages_and_what_a_shop_does_not_allow_is_none(language: str) -> None:
    refusal, answer = LANGUAGES[language]
    assert judge(refusal) == ("fail", "refusal")
    assert judge(answer) == ("pass", "")
