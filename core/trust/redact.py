"""Personal data and secrets taken out of a text before it leaves the process.

Numbers are judged by what they are: a payment card by its issuer's prefix and length and by the Luhn digit
(ISO/IEC 7812-1), a social security number by its form, a phone number by the rules of its numbering plan, and
a product's GTIN by the check digit of GS1, so that it stays. Digits of any script count, and any dash or
space between them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

KINDS = ("API key", "password", "e-mail", "card", "social security number", "phone")

_SPACE = r"[^\S\r\n]"
_DASH = r"[\-\u00ad\u2010-\u2015\u2212]"
_GAP = rf"(?:{_SPACE}?{_DASH}{_SPACE}?|[./]|\){_SPACE}?{_DASH}?|{_SPACE}?\(|{_SPACE})"
"""What people put between groups of digits."""
_CODE = re.compile(
    r"\b(?:upc|gtin|ean|sku|plu|barcode|bar\s?code|item|product|article|code|case\s?code|model|lot|order)"
    r"\s*(?:-?\s?\d{1,2}\b)?(?:no|nr|number|code|id|is|was|#)?[\s:#=.\"']*$", re.IGNORECASE,
)
_CARD_WORD = re.compile(r"\b(?:card|visa|master\s?card|amex|american express|credit|debit|cc)\b", re.I)
_PHONE_WORD = re.compile(
    r"\b(?:phone|tel|telephone|call|cell|mobile|fax|text|sms|whatsapp|ring|dial|reach(?:\s\w+)?\sat|ph)\b"
    r"[^\d]{0,24}$", re.IGNORECASE,
)
_SSN_WORD = re.compile(r"\b(?:ssn|s\.s\.n|social(?:\s|-)?security|social|tax\s?id|itin|tin)\b", re.IGNORECASE)

_KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:sk|pk|rk)[-_](?:ant-|proj-|live_|test_|or-)?[A-Za-z0-9_\-]{16,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_\-]{16,}"
    r"|\b(?:xox[abeprs]|xapp)-[A-Za-z0-9\-]{10,}|\bhooks\.slack\.com/services/[A-Za-z0-9/]{10,}|\bAIza[A-Za-z0-9_\-]{30,}|\bya29\.[A-Za-z0-9_\-]{20,}"
    r"|\bhf_[A-Za-z0-9]{20,}|\bnpm_[A-Za-z0-9]{20,}|\bpypi-[A-Za-z0-9_\-]{20,}"
    r"|\bSG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}"
    r"|\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*", re.DOTALL,
)
_NAMED_KEY = re.compile(
    r"(?P<lead>(?<![^\W_])(?:(?:api|access|secret|auth|private|client|bearer|session|refresh)[\s_\-]*"
    r"(?:key|token|secret|id[\s_\-]token)(?:[\s_\-]?id)?|apikey|token|bearer|secret|authorization)"
    r"[\"']?\s*(?:is|are|was|=>|[:=])?\s*[\"']?(?:bearer\s+|basic\s+)?)"
    r"(?P<value>(?=[^\s\"']*\d)[A-Za-z0-9+/_\-.=~]{12,}|(?=[A-Za-z]*[A-Z])(?=[A-Za-z]*[a-z])[A-Za-z]{20,})",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"(?P<lead>\b[a-z][a-z0-9+.\-]*://[^\s/:@]*:)(?P<value>[^\s@]+)(?=@)", re.IGNORECASE)
_HARMLESS = r"(?:required|needed|wrong|invalid|expired|missing|not|too|reset|changed|(?:in)?correct)\b"
_PASSWORD = re.compile(
    r"(?P<lead>(?<![^\W_])(?:pass\s?word|passwort|pass\s?phrase|pass\s?code|passwd|pwd|pin\s?code|contraseña"
    r"|mot de passe)s?[\"']?(?:\s+(?:for|of|to)\s+[^\n:=,;.]{1,40}?)?"
    rf"\s*(?:\b(?:is|was)\b(?!\s+{_HARMLESS})|=>|[:=])\s*(?:now\s+|still\s+|currently\s+)?)"
    r"(?P<value>\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'|“[^”\n]{1,80}”|[^\s,;\"']+)"
    r"|(?P<lead2>\b(?:pass\s?word|passwd|pwd)\s+)(?P<value2>(?=[^\s\d]*\d|[^\s!#$%^&*@]*[!#$%^&*@])[^\s\[]{4,})"
    r"|(?P<lead4>(?:(?<![^\W_])pw|(?:^|[,;:|{(\"'\n\-•*]\s*|\b(?:login|user|wi-?fi|the|my|his|her|our|admin)\s)pass)"
    r"[\"']?\s*(?:=>|[:=])\s*)(?P<value4>\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'|[^\s,;\"']+)"
    r"|(?P<lead5>\bpassword\s+)(?P<value5>'[^'\n]{1,80}'|\"[^\"\n]{1,80}\")"
    rf"|(?P<lead6>\b(?:login|user)\b[^\n]{{0,30}}\bpassword\s+)(?P<value6>(?!{_HARMLESS})(?!is\b|was\b)[^\s\[]{{4,}})"
    r"|(?P<lead3>\bpin\s*(?:\bis\b|\bwas\b|[:=])\s*)(?P<value3>\d{4,8})\b", re.IGNORECASE,
)
_MAIL = re.compile(
    r"(?<![\w.+\-%])[\w.+\-%’']{1,64}(?:"
    r"\s?[@＠]\s?(?:[\w\-]{1,63}\.)+[^\W\d_]{2,24}"
    r"|\s?[(\[]\s?at\s?[)\]]\s?(?:[\w\-]{1,63}\s?(?:\.|[(\[]\s?dot\s?[)\]])\s?)+[^\W\d_]{2,24}"
    r"|\sat\s(?:[\w\-]{1,63}\sdot\s)+[^\W\d_]{2,24})(?![\w\-])", re.IGNORECASE,
)
_RUN = re.compile(rf"(?<![\w.,])(?:\+|\()?\d(?:{_GAP}?\d)*(?!\w|[.,]\d)")
_GROUP = re.compile(r"\d+")
_NEXT_NUMBER = re.compile(r"\d|\[[^\]]*\]|\n|\|")
"""A word beyond another number, or in another line or cell, tells nothing of this one."""
_DECIMAL = re.compile(r"\d+\.\d+")
_FEWEST, _LONGEST = 4, 19
_NATIONAL = {(10,), (11,), (3, 3, 4), (1, 3, 3, 4), (3, 7), (6, 4), (1, 10), (3, 3, 2, 2), (1, 3, 7)}
"""How ten digits of the North American plan are grouped, with and without the 1 before them."""
_PRINTED = {(6, 6), (1, 5, 5, 1), (1, 6, 6)}
"""How the digits of a UPC or EAN stand below its bars."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what was ``found``: how often each of ``KINDS``."""

    text: str
    found: Mapping[str, int]


def redact(text: str) -> Redacted:
    """The text with each piece of personal data or secret put as its kind in brackets: ``[phone]``. To do so
    again changes nothing."""
    found: Counter[str] = Counter()

    def whole(kind: str) -> Callable[[re.Match[str]], str]:
        def put(_match: re.Match[str]) -> str:
            found[kind] += 1
            return f"[{kind}]"
        return put

    def value(kind: str) -> Callable[[re.Match[str]], str]:
        def put(match: re.Match[str]) -> str:
            lead, secret = (next(g for g in match.groups()[k::2] if g is not None) for k in (0, 1))
            if secret.startswith("[") or secret[1:].startswith("["):
                return match[0]
            found[kind] += 1
            quote = secret[0] if secret[0] == secret[-1] and secret[0] in "\"'" else ""
            return f"{lead}{quote}[{kind}]{quote}"
        return put

    text = _KEYS.sub(whole("API key"), text)
    text = _IN_ADDRESS.sub(value("password"), text)
    text = _PASSWORD.sub(value("password"), text)
    text = _NAMED_KEY.sub(value("API key"), text)
    text = _MAIL.sub(whole("e-mail"), text)
    text = _numbers(text, found)
    return Redacted(text, dict(found))


def _numbers(text: str, found: Counter[str]) -> str:
    """The text without private numbers. Where several numbers stand in a row, the longest private one counts
    first."""
    parts, done = [], 0
    for run in _RUN.finditer(text):
        groups = [(g.start() + run.start(), g.end() + run.start()) for g in _GROUP.finditer(run[0])]
        first = 0
        while first < len(groups):
            last, kind = _longest(text, run.start(), groups, first)
            if kind:
                start = groups[first][0]
                while start > max(run.start(), done) and text[start - 1] in "(+":
                    start -= 1
                parts += [text[done:start], f"[{kind}]"]
                done = groups[last][1]
                found[kind] += 1
            first = last + 1
    return "".join([*parts, text[done:]])


def _longest(text: str, run: int, groups: list[tuple[int, int]], first: int) -> tuple[int, str | None]:
    """The last group of the longest private number that begins with group ``first``, and its kind."""
    start = groups[first][0]
    while start > run and text[start - 1] in "(+":
        start -= 1
    if start > run and not text[start - 1].isspace():
        return first, None
    for last in range(min(len(groups), first + 8) - 1, first - 1, -1):
        end = groups[last][1]
        if last + 1 < len(groups) and not text[end].isspace():
            continue
        kind = _kind_of_number(text[start:end], text[max(0, start - 60) : start], text[end : end + 30])
        if kind:
            return last, kind
    return first, None


def _kind_of_number(written: str, before: str, after: str) -> str | None:
    """What a run of digits is; None for what may stay."""
    digits = [int(c) for c in written if c.isdigit()]
    if not _FEWEST <= len(digits) <= _LONGEST or _DECIMAL.fullmatch(written):
        return None
    code = bool(_CODE.search(before))
    told = f"{_NEXT_NUMBER.split(before)[-1]} {_NEXT_NUMBER.split(after)[0]}"
    if _is_card(digits, bool(_CARD_WORD.search(told)), code, written):
        return "card"
    if _is_social(written, digits, bool(_SSN_WORD.search(told))):
        return "social security number"
    if _is_phone(written, digits, bool(_PHONE_WORD.search(before)), code):
        return "phone"
    return None


def _is_card(digits: list[int], told: bool, code: bool, written: str) -> bool:
    if "(" in written:
        return False
    if told and not code and 13 <= len(digits) <= 19 and (luhn(digits) or not gs1(digits)):
        return True
    if not _issued(digits) or not luhn(digits):
        return False
    first = [int(c) for c in _GROUP.findall(written)[0]]
    if len(first) < len(digits) and gs1(first):
        return False  # a product code, and the number after it
    return not (len(digits) in (13, 14) and written.isdigit() and gs1(digits) and (code or not told))


def _issued(digits: list[int]) -> bool:
    """Whether an issuer gives out numbers that begin and are as long as this one."""
    n = len(digits)
    if not 13 <= n <= 19:
        return False
    four = int("".join(map(str, digits[:4])))
    two = four // 100
    return (
        (digits[0] == 4 and n in (13, 16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and n == 16)
        or (two in (34, 37) and n == 15)
        or ((300 <= four // 10 <= 305 or two in (36, 38, 39)) and 14 <= n <= 19)
        or ((four == 6011 or two == 65 or 644 <= four // 10 <= 649 or two == 62 or two == 35
             or two == 81) and 16 <= n <= 19)
        or ((two == 50 or 56 <= two <= 69 or two == 22) and 13 <= n <= 19)
    )


def luhn(digits: list[int]) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1, annex B."""
    twice = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(twice)) % 10 == 0


def gs1(digits: list[int]) -> bool:
    """Whether the digits are a GTIN (8, 12, 13 or 14) with its check digit (GS1 General Specifications)."""
    if len(digits) not in (8, 12, 13, 14):
        return False
    weighed = sum(d * (3 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return weighed % 10 == 0


def _is_social(written: str, digits: list[int], told: bool) -> bool:
    if len(digits) != 9:
        return False
    groups = _groups(written)
    return groups == (3, 2, 4) or (told and groups in ((9,), (3, 3, 3), (5, 4)))


def _is_phone(written: str, digits: list[int], told: bool, code: bool) -> bool:
    """International as E.164, else ten digits of the North American plan, or seven where a word says so or a
    dash stands between them."""
    n = len(digits)
    plain = written.isdigit()
    if told and 7 <= n <= 15:
        return True
    if code or (plain and gs1(digits)):
        return False
    if written.startswith(("+", "(+")) or (digits[:2] == [0, 0] and n >= 11):
        return 7 <= n <= 17
    groups = _groups(written)
    ten = digits[1:] if n == 11 and digits[0] == 1 else digits
    if len(ten) == 10 and ten[0] >= 2 and ten[3] >= 2:
        return groups in _NATIONAL
    if groups == (3, 4):
        return digits[0] >= 2 and written[3] not in " /"
    led = digits[0] == 0 and 2 <= len(groups) <= 5 and (n in (10, 11) or (n == 12 and 3 <= groups[0] <= 5))
    return not plain and led and not (gs1(digits) and groups in _PRINTED)


def _groups(written: str) -> tuple[int, ...]:
    """How many digits stand together."""
    return tuple(len(group) for group in _GROUP.findall(written))
