"""Private data in other formats than ``private_texts`` writes, among numbers that a workbench speaks of; both
were written without looking at how it is taken out."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

from core.trust.redact import gs1, luhn

ALNUM = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Private:
    """``secret`` must be gone from ``text``, every one of ``kept`` must stand."""

    text: str
    kind: str
    secret: str
    kept: tuple[str, ...] = ()


FRAMES = (
    "Driver note for {slot}: {secret}. Restock {units} units of {product} at {price}.",
    "{product} | {upc} | {price} | {date} | {secret}",
    '{{"slot": "{slot}", "product": "{product}", "upc": "{upc}", "contact": "{secret}"}}',
    "From {date} on, {secret}; planogram {plan}, {size} wide",
    "{secret}\n{plan}: {units} facings, {size}, {upc}",
    "- {upc} {product}\n- {secret}\n- {price} at {slot}",
)


def private(count: int, seed: int) -> list[Private]:
    """``count`` texts, every format as often as the others."""
    rng = random.Random(seed)
    makers = list(MAKERS.items())
    made = []
    for i in range(count):
        kind, make = makers[i % len(makers)]
        said, secret = make(rng)
        parts = harmless(rng)
        frame = rng.choice(FRAMES)
        kept = tuple(v for k, v in parts.items() if "{" + k + "}" in frame)
        made.append(Private(frame.format(secret=said, **parts), kind, secret, kept))
    return made


def harmless(rng: random.Random) -> dict[str, str]:
    """What must stay: codes, prices, dates, places, ids, measures."""
    return {
        "slot": f"{rng.choice('ABCDEF')}{rng.randint(1, 12)}",
        "units": str(rng.randint(2, 4000)),
        "product": rng.choice(("Cola Zero 12 oz", "7UP 20 fl oz", "M&M's Peanut 1.74 oz", "5-Hour Energy 1.93 oz",
                               "Coors 24/12 oz", "Heinz 57 Sauce", "Lay's Classic 2 5/8 oz", "Monster Energy 16oz")),
        "price": rng.choice(("$1.75", "2 for $5.00", "$12,418.50", "$0.99", "€3.49")),
        "upc": _code(rng),
        "date": rng.choice(("2026-11-22", "11/22/2026", "Nov 22, 2026", "22.11.2026", "2026-11-22T10:30:05")),
        "plan": rng.choice(("PLN-2026-00417", "POG 118-04-2", "17_2", "L-014", "plan 20261122", "SO-4501234567")),
        "size": rng.choice(("36 x 72 x 18 in", "91.4 cm", "48.25 in", "12 1/2 in")),
    }


def _code(rng: random.Random) -> str:
    """UPC-A, EAN-13, EAN-8 and GTIN-14, with the right check digit; spaced as they are printed, or named."""
    size = rng.choice((12, 12, 13, 13, 8, 14))
    body = [rng.randrange(10) for _ in range(size - 1)]
    digits = "".join(map(str, next([*body, d] for d in range(10) if gs1([*body, d]))))
    if size == 12 and rng.random() < 0.25:
        return f"UPC {digits[0]}-{digits[1:6]}-{digits[6:11]}-{digits[11]}"
    return rng.choice(("{}", "UPC {}", "EAN {}", "GTIN: {}")).format(digits)


def _text(rng: random.Random, size: int, letters: str = ALNUM) -> str:
    return "".join(rng.choice(letters) for _ in range(size))


def _mail(rng: random.Random) -> tuple[str, str]:
    user = rng.choice(("jane.doe+vending", "müller", "j_d%ops", "o'brien", "info-42", "x", "josé.garcía"))
    host = rng.choice(("sub.mail.example.museum", "bücher.example", "acme-retail.io", "example.co.jp"))
    return rng.choice(("{0}@{1}", "Jane <{0}@{1}>", "mailto:{0}@{1}?subject=hi", "{0} @ {1}", "{0} (at) {1}",
                       "email={0}@{1}")).format(user, host), f"{user}@{host}"


def _phone(rng: random.Random) -> tuple[str, str]:
    a, b, c = rng.randint(201, 989), rng.randint(200, 999), rng.randint(1000, 9999)
    form = rng.choice((
        "+1 ({a}) {b}-{c}", "+1.{a}.{b}.{c}", "({a}) {b} {c}", "{a}-{b}-{c} ext. 12", "tel:+1-{a}-{b}-{c}",
        "+44 (0)20 7{b} {c}", "+49 151 {b}4{c}", "+33 6 12 34 {c1} {c2}", "+52 55 {c} {c}", "+81 3-{c}-{c}",
        "+61 4{b2} {b} {b}", "+91 98{b} {c}1", "call me at {a} {b} {c}", "WhatsApp {a}.{b}.{c}", "0151 {b}4{c}",
    ))
    said = form.format(a=a, b=b, c=c, c1=f"{c // 100}", c2=f"{c % 100:02d}", b2=f"{b % 100:02d}")
    digits = "".join(ch for ch in said.split(" ext")[0] if ch.isdigit())
    return said, digits[-4:] if "{c1}" not in form else f"{c // 100} {c % 100:02d}"


def _card(rng: random.Random) -> tuple[str, str]:
    lead, size = rng.choice(((4, 16), (52, 16), (54, 16), (2720, 16), (34, 15), (37, 15), (6011, 16), (62, 16),
                             (3530, 16), (65, 16)))
    head = [int(ch) for ch in str(lead)]
    body = head + [rng.randrange(10) for _ in range(size - 1 - len(head))]
    digits = "".join(map(str, next([*body, d] for d in range(10) if luhn([*body, d]))))
    if size == 15:
        grouped = f"{digits[:4]} {digits[4:10]} {digits[10:]}"
        return rng.choice((digits, grouped, grouped.replace(" ", "-"))), digits[-5:]
    spaced = " ".join(digits[i : i + 4] for i in range(0, 16, 4))
    return rng.choice((digits, spaced, spaced.replace(" ", "-"), f"Visa {spaced}, exp 04/29",
                       f"card number: {digits}", spaced.replace(" ", "\u00a0"))), digits[-4:]


def _social(rng: random.Random) -> tuple[str, str]:
    a, b, c = rng.randint(1, 665), rng.randint(1, 99), rng.randint(1000, 9999)
    said = rng.choice(("{a:03d}-{b:02d}-{c}", "{a:03d} {b:02d} {c}", "SSN={a:03d}{b:02d}{c}", "his social is {a:03d}-{b:02d}-{c}",
                       "social security no. {a:03d}{b:02d}{c}", "{a:03d}–{b:02d}–{c}"))
    return said.format(a=a, b=b, c=c), str(c)


def _password(rng: random.Random) -> tuple[str, str]:
    word = rng.choice(("S3cure!Pass", "correcthorse", "kiosk#2026", "zx81&Sinclair", "letMeIn99", "пароль7"))
    return rng.choice((
        "pwd is {}", "pass: {}", "Password is now {}", "login admin / password {}", "DB_PASSWORD={}", "passwd => {}",
        "PW: {}", "use password '{}' for the kiosk", "the wifi password: {}", "mysql://root:{}@db.local/x",
        "password=\"{}\"", "pw = {}",
    )).format(word), word


def _key(rng: random.Random) -> tuple[str, str]:
    tail, upper = _text(rng, 40) + "9a", _text(rng, 16, string.ascii_uppercase + string.digits)
    makers: list[tuple[str, str]] = [
        (f"AKIA{upper}", upper), (f"aws_secret_access_key = {tail[:38]}9/", tail[:30]), (f"ghp_{tail[:36]}", tail[:30]),
        (f"gho_{tail[:36]}", tail[:30]), (f"github_pat_{tail}_{tail}", tail[:30]),
        (f"xoxb-{rng.randint(10**11, 10**12 - 1)}-{tail[:24]}", tail[:20]), (f"xapp-1-A0{upper}-{tail[:30]}", tail[:20]),
        (f"sk-ant-api03-{tail}-{tail}AA", tail[:30]), (f"sk-proj-{tail}{tail}", tail[:30]), (f"sk-{tail}", tail[:30]),
        (f"AIza{tail[:35]}", tail[:30]), (f"sk_live_{tail[:24]}", tail[:20]), (f"hf_{tail[:34]}", tail[:30]),
        (f"https://hooks.slack.com/services/T0{upper[:8]}/B0{upper[:8]}/{tail[:24]}", tail[:20]),
        (f"X-Api-Key: {tail[:32]}", tail[:30]), (f"Authorization: Basic {base64.b64encode(tail.encode()).decode()}",
                                                base64.b64encode(tail.encode()).decode()[:30]),
        (_token(rng), ""), (_block(rng), ""),
    ]
    said, secret = rng.choice(makers)
    return said, secret or said[40:70]


def _token(rng: random.Random) -> str:
    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    head, body = '{"alg":"HS256","typ":"JWT"}', '{"sub":"' + _text(rng, 12) + '"}'
    return f"{part(head)}.{part(body)}.{_text(rng, 43)}"


def _block(rng: random.Random) -> str:
    kind = rng.choice(("RSA ", "EC ", "OPENSSH ", ""))
    body = "\n".join(_text(rng, 64) for _ in range(3))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"


MAKERS: dict[str, Callable[[random.Random], tuple[str, str]]] = {
    "e-mail": _mail, "phone": _phone, "card": _card, "social security number": _social, "password": _password,
    "API key": _key,
}
