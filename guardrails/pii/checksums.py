"""Checksums that python-stdnum does not have. Each says where it is defined."""

from __future__ import annotations

from guardrails.pii.recogniser import digits

__all__ = [
    "is_au_medicare",
    "is_de_card_number",
    "is_de_doctor",
    "is_de_health_insurance",
    "is_de_pension",
    "is_dea",
    "is_hk_id",
    "is_kr_brn",
    "is_ng_nin",
    "is_npi",
    "is_sg_nric",
    "is_vin",
]


def is_npi(value: str) -> bool:
    """US National Provider Identifier: Luhn over the number behind the prefix 80840 (45 CFR 162.406)."""
    from stdnum import luhn

    number = digits(value)
    return len(set(number)) > 1 and luhn.is_valid(f"80840{number}")


def is_dea(value: str) -> bool:
    """Registration number of the US Drug Enforcement Administration: two sums over its seven digits."""
    number = [int(digit) for digit in digits(value)]
    return len(number) == 7 and (sum(number[0:6:2]) + 2 * sum(number[1:6:2])) % 10 == number[6]


def is_au_medicare(value: str) -> bool:
    """Australian Medicare card: eight digits weighted 1, 3, 7, 9 and so on, modulo 10; then the issue number."""
    number = [int(digit) for digit in digits(value)]
    if len(number) not in {10, 11} or not 2 <= number[0] <= 6:
        return False
    return sum(n * w for n, w in zip(number, (1, 3, 7, 9, 1, 3, 7, 9), strict=False)) % 10 == number[8]


def is_de_pension(value: str) -> bool:
    """German pension insurance number (§ 2 VKVV): the letter as two digits, weighted, digit sums modulo 10."""
    code = value.replace(" ", "").upper()
    spelt = f"{code[:8]}{ord(code[8]) - 64:02d}{code[9:]}"
    if not (1 <= int(code[2:4]) % 50 <= 31 and 1 <= int(code[4:6]) <= 12):
        return False
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    return sum(sum(divmod(int(d) * w, 10)) for d, w in zip(spelt, weights, strict=False)) % 10 == int(code[-1])


def is_de_health_insurance(value: str) -> bool:
    """German health insurance number (§ 290 SGB V): the letter as two digits, weighted 1 and 2, modulo 10."""
    code = value.replace(" ", "").upper()
    spelt = f"{ord(code[0]) - 64:02d}{code[1:9]}"
    total = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(spelt))
    return total % 10 == int(code[9])


def is_de_doctor(value: str) -> bool:
    """German physician number (LANR): six digits weighted 4 and 9, complement to ten; then the specialty."""
    number = [int(digit) for digit in digits(value)]
    return (10 - sum(n * w for n, w in zip(number[:6], (4, 9) * 3, strict=True)) % 10) % 10 == number[6]


def is_de_card_number(value: str) -> bool:
    """Serial number of a German identity card or passport; with its tenth digit, by ICAO 9303 (7, 3, 1)."""
    code = value.replace(" ", "").upper()
    if not any(map(str.isdigit, code)):
        return False
    return len(code) == 9 or sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(code[:9])) % 10 == int(code[9])


def is_sg_nric(value: str) -> bool:
    """Singapore's NRIC and FIN: seven digits weighted 2 7 6 5 4 3 2, with an offset and letters by the series."""
    code = value.upper()
    total = sum(int(d) * w for d, w in zip(code[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    offset, letters = {
        "S": (0, "JZIHGFEDCBA"), "T": (4, "JZIHGFEDCBA"), "F": (0, "XWUTRQPNMLK"), "G": (4, "XWUTRQPNMLK"),
        "M": (3, "KLJNPQRTUWX"),
    }[code[0]]  # fmt: skip
    index = (total + offset) % 11
    return letters[10 - index if code[0] == "M" else index] == code[8]


def is_hk_id(value: str) -> bool:
    """Hong Kong identity card: letters as 10 to 35, a missing one as 36, weighted 9 down to 1, modulo 11."""
    code = value.replace("(", "").replace(")", "").upper().rjust(9)
    spelt = [36 if c == " " else int(c, 36) for c in code]
    check = 10 if code[-1] == "A" else spelt[-1]
    return (sum(n * w for n, w in zip(spelt[:-1], range(9, 1, -1), strict=True)) + check) % 11 == 0


def is_ng_nin(value: str) -> bool:
    """Nigerian National Identification Number: eleven digits, the last by Verhoeff's scheme."""
    from stdnum import verhoeff

    return len(set(value)) > 1 and bool(verhoeff.is_valid(value))


def is_kr_brn(value: str) -> bool:
    """Korean business registration: weights 1 3 7 1 3 7 1 3 5, with the tens of the last product, modulo 10."""
    number = [int(digit) for digit in digits(value)]
    total = sum(n * w for n, w in zip(number, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=False)) + number[8] * 5 // 10
    return (10 - total % 10) % 10 == number[9]


_VIN = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))


def is_vin(value: str) -> bool:
    """Vehicle identification number (49 CFR 565.15): weighted sum modulo 11 in the ninth place."""
    code = value.upper()
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum((int(c) if c.isdigit() else _VIN[c]) * w for c, w in zip(code, weights, strict=True)) % 11
    return code[8] == ("X" if total == 10 else str(total))
