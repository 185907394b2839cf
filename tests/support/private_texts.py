"""Seeded texts with private data among what a workbench speaks of, and what of them must go and must stay."""

from __future__ import annotations

import random
from dataclasses import dataclass

from core.trust.redact import gs1, luhn

NAMES = ("Dana", "Luis", "Ann-Marie", "O'Neil", "Søren", "Priya", "Jack")
PRODUCTS = ("Cola Zero 12 oz", "Salted Peanuts 2.5oz", "7-Eleven Iced Tea 16.9 oz", "M&M's Peanut 1.74 oz")
FRAMES = (
    "Please write to {0} about the end cap in store 14.",
    "{0} is what the driver left on the machine, slot B4, 12 facings at $1.75.",
    "Note of 2026-11-22 10:30: {0}, restock 24 units of {1}.",
    "Compare {1} with last month; contact: {0}",
    "row 3: {1} | UPC {2} | {0}",
    '{{"note": "{0}", "product": "{1}", "upc": "{2}"}}',
    "UPC {2} ({1}) sold 1,240 units, $2,418.00 in 30 days. {0}",
    "{1}, code {2}.\n{0}\nPar 12, days of supply 8.5",
)


@dataclass(frozen=True)
class PrivateText:
    """``secret`` must be gone from the text's redaction, ``kept`` must stand in it."""

    text: str
    kind: str
    secret: str
    kept: tuple[str, ...]


def texts(count: int, seed: int) -> list[PrivateText]:
    """``count`` texts, each kind of secret as often as the others."""
    rng = random.Random(seed)
    made = []
    for i in range(count):
        kind = list(MAKERS)[i % len(MAKERS)]
        told, secret = MAKERS[kind](rng)
        product, upc = rng.choice(PRODUCTS), gtin(rng)
        frame = rng.choice(FRAMES)
        kept = tuple(part for part, place in ((product, "{1}"), (upc, "{2}")) if place in frame)
        made.append(PrivateText(frame.format(told, product, upc), kind, secret, kept))
    return made


def gtin(rng: random.Random) -> str:
    """A GTIN of 8, 12, 13 or 14 digits with its check digit."""
    size = rng.choice((8, 12, 12, 12, 13, 14))
    body = [rng.randrange(10) for _ in range(size - 1)]
    return "".join(map(str, next([*body, d] for d in range(10) if gs1([*body, d]))))


def _mail(rng: random.Random) -> tuple[str, str]:
    user = rng.choice(("dana.lee", "o'neil+shop", "a_b-c", "jörg", "x9"))
    host = rng.choice(("acme.com", "mail.acme.co.uk", "my-shop.io", "läden.de"))
    mail = f"{user}@{host}"
    return rng.choice((mail, f"<{mail}>", f"mailto:{mail}", mail.upper())), user


def _phone(rng: random.Random) -> tuple[str, str]:
    a, b, c = rng.randrange(201, 989), rng.randrange(200, 999), rng.randrange(1000, 9999)
    form = rng.choice((
        "{a}-{b}-{c}", "({a}) {b}-{c}", "{a}.{b}.{c}", "+1 {a} {b} {c}", "1-{a}-{b}-{c}", "call {a}{b}{c}",
        "+1{a}{b}{c}", "tel. {a} {b} {c}", "{a}–{b}–{c}", "({a}){b}-{c}",
    ))
    abroad = rng.choice(("+44 20 7946 {c}", "+49 (0)30 123{c}", "+33 1 70 18 {c2}", "0044 20 7946 {c}"))
    text = abroad if rng.random() < 0.2 else form
    return text.format(a=a, b=b, c=c, c2=f"{c // 100} {c % 100:02d}"), str(c) if "{c}" in text else f"{c // 100} "


def _card(rng: random.Random) -> tuple[str, str]:
    lead, size = rng.choice(((4, 16), (51, 16), (55, 16), (2221, 16), (34, 15), (37, 15), (6011, 16), (65, 16),
                             (36, 14), (3528, 16), (4, 16), (4, 19)))
    head = [int(c) for c in str(lead)]
    body = head + [rng.randrange(10) for _ in range(size - 1 - len(head))]
    digits = "".join(map(str, next([*body, d] for d in range(10) if luhn([*body, d]))))
    gap = rng.choice(("", " ", "-"))
    word = rng.choice(("card ", "paid with ", "Visa: ", "")) if size != 14 else "card "
    grouped = gap.join(digits[i : i + 4] for i in range(0, size, 4))
    return word + grouped, digits[-4:] if gap and size == 16 else grouped[-6:]


def _social(rng: random.Random) -> tuple[str, str]:
    a, b, c = rng.randrange(1, 899), rng.randrange(1, 99), rng.randrange(1000, 9999)
    form = rng.choice(("{a:03d}-{b:02d}-{c}", "SSN {a:03d}-{b:02d}-{c}", "{a:03d} {b:02d} {c}", "ssn: {a:03d}{b:02d}{c}",
                       "social security number {a:03d}{b:02d}{c}", "{a:03d}‑{b:02d}‑{c}"))
    return form.format(a=a, b=b, c=c), str(c)


def _password(rng: random.Random) -> tuple[str, str]:
    word = rng.choice(("hunter2", "Tr0ub4dor&3", "letmein", "p@ss!word9", "Sommer-2026", "qwertz"))
    form = rng.choice(("password: {}", "my password is {}", "pwd={}", "Passwort: {}", "PASSWORD = '{}'",
                       "the passcode for the machine is {}", "https://admin:{}@kiosk.local/x", "passphrase: \"{}\""))
    return form.format(word), word


def _key(rng: random.Random) -> tuple[str, str]:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
    tail = "".join(rng.choice(letters) for _ in range(36)) + "7aQ"
    form = rng.choice(("sk-ant-api03-{}", "sk-{}", "ghp_{}", "hf_{}", "Authorization: Bearer {}", "api_key={}",
                       "API key: {}", "x-api-key: {}", "secret_key = \"{}\"", "AIza{}", "github_pat_{}", "token is {}"))
    return form.format(tail), tail[-12:]


MAKERS = {
    "e-mail": _mail, "phone": _phone, "card": _card, "social security number": _social, "password": _password,
    "API key": _key,
}
