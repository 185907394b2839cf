"""The numbers that a text states: in digits, in words, as fractions and multiples, with units and steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

Unit = Literal["money", "share", "days", "count", "times", "rank", ""]


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: its place, value, the step to which it is rounded, its unit, whether it is said to
    be rough, as it is written, and whether it may be a manner of speaking rather than a claim."""

    start: int
    end: int
    value: float
    step: float
    unit: Unit
    rough: bool
    written: str
    weak: bool = False


_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)
WORDS = {word: n for n, word in enumerate(_SMALL)} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "dozen": 12,
}
FROM_WORD = 4
"""Smaller numbers in words are more often a manner of speaking than a claim."""
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
          "ninth": 9, "tenth": 10}
_ORDINALS = {
    word: n for n, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), 1)
}
_MULTIPLES = {"twice": 2, "double": 2, "thrice": 3, "triple": 3, "quadruple": 4}
_AFTER = (
    r"%|(?:percent|per cent|percentage points?|points?|dollars?|USD|cents?|days?|weeks?|months?"
    r"|times(?!\s+(?:in|out)\b))\b"
)
_NUMBER = re.compile(
    r"(?P<money>\$\s?)?(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?"
    r"\s?(?P<scale>k\b|m\b|bn\b|thousand\b|million\b|billion\b)?"
    rf"(?:\s|-)?(?P<after>{_AFTER})?", re.IGNORECASE,
)
_SPELLED = re.compile(
    rf"\b(?P<word>{'|'.join(WORDS)})\b(?:(?:\s|-)?(?P<after>{_AFTER}))?", re.IGNORECASE
)
_FRACTION = re.compile(
    rf"\b(?P<top>a|an|one|two|three|four)(?:\s|-)(?P<part>{'|'.join(_PARTS)})s?\b(?!\s+(?:of|best)\s+(?:all\s+)?"
    r"(?:its|the|four|five|six|seven|eight)\s+(?:kind|plans))"
    rf"|\b(?P<bare>half|(?:third|quarter|fifth|tenth)(?=\s+of\s+(?:all|the)\b))\b", re.IGNORECASE,
)
_MULTIPLE = re.compile(rf"\b(?:{'|'.join(_MULTIPLES)})\b", re.IGNORECASE)
_RANKED = re.compile(
    rf"\b(?:rank(?:s|ed)?|comes? in|finish(?:es)?)\s+(?:at\s+)?(?P<one>{'|'.join(_ORDINALS)})\b"
    rf"|\b(?P<two>{'|'.join(_ORDINALS)})(?=(?:[\s-]best|\splace)?\s(?:of|out of|among)\s"
    rf"(?:its|\d+|{'|'.join(WORDS)})\b)"
    rf"|\b(?P<three>{'|'.join(_ORDINALS)})(?=[\s-](?:best|place))", re.IGNORECASE,
)
_ROUGH = re.compile(
    r"(?:about|around|roughly|nearly|almost|approximately|some|close to|just (?:over|under)|over|under"
    r"|a (?:little|bit) (?:over|under|more than|less than)|more than|less than|at least|up to|below|above"
    r"|fewer than|or so|~|≈)\s*(?:the\s+|a\s+|only\s+)?\$?$", re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_TIMES = re.compile(
    r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
    rf"|\b{_MONTH}\.?\s{_DAY}(?:,?\s(?:19|20)\d\d)?\b|\b{_DAY}\s{_MONTH}\b(?:\s(?:19|20)\d\d)?"
    rf"|\b(?:in|since|of|for|during|from|until|by|{_MONTH})\s(?:19|20)\d\d\b"
    r"|\b\d{1,2}:\d{2}\b|\b24/7\b|\bQ[1-4]\b|^\s*\d{1,2}[.)]\s", re.IGNORECASE | re.MULTILINE,
)
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\b", re.IGNORECASE)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_JOINED = re.compile(r"^\s*(?:–|-|−|to|and|or)\s*\$?\s*$", re.IGNORECASE)
_IN_PARENS = re.compile(r"[^.;()]{0,14}\(\s*[−+-]?\s*")
"""Between an amount and its interval: "$108 a day (96–121)"."""
_AMONG = re.compile(r"(?:[\s-]best|\splace)?\s(?:of|out of|among)\s", re.IGNORECASE)
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.0}


def numbers_in(text: str) -> list[Number]:
    """The numbers that a text states, in their order; dates, times and list marks state none."""
    text = blanked(text, [m.span() for m in _TIMES.finditer(text)])
    found: list[Number] = []
    for make in (_fractions, _ranked, _multiples, _digits, _spelled):
        taken = [(n.start, n.end) for n in found]
        found += [n for n in make(text) if not any(a < n.end and n.start < b for a, b in taken)]
    return _ranges(_ranks(sorted(found, key=lambda n: n.start), text), text)


def _ranks(found: Sequence[Number], text: str) -> list[Number]:
    """ "Second best of six": the number after a rank is a claim, however small."""
    after = {b for a, b in pairwise(found) if a.unit == "rank" and _AMONG.fullmatch(text[a.end : b.start])}
    return [replace(n, weak=False) if n in after else n for n in found]


def _ranked(text: str) -> Iterator[Number]:
    for m in _RANKED.finditer(text):
        group = next(g for g in ("one", "two", "three") if m[g])
        yield Number(*m.span(group), float(_ORDINALS[m[group].lower()]), 1.0, "rank", False, m[group])


def _fractions(text: str) -> Iterator[Number]:
    for m in _FRACTION.finditer(text):
        if m["bare"]:
            value, weak = 1.0 / _PARTS[m["bare"].lower()], m["bare"].lower() == "half"
        else:
            top = {"a": 1, "an": 1}.get(m["top"].lower()) or WORDS[m["top"].lower()]
            value, weak = top / _PARTS[m["part"].lower()], False
        if value < 1.0:
            yield Number(*m.span(), 100.0 * value, 1.0, "share", True, m[0], weak)


def _multiples(text: str) -> Iterator[Number]:
    for m in _MULTIPLE.finditer(text):
        yield Number(*m.span(), float(_MULTIPLES[m[0].lower()]), 0.5, "times", True, m[0])


def _digits(text: str) -> Iterator[Number]:
    for m in _NUMBER.finditer(text):
        if not _ORDINAL.match(text, m.end("digits") - 1):
            yield _of_digits(m, text)


def _spelled(text: str) -> Iterator[Number]:
    for m in _SPELLED.finditer(text):
        value, after = float(WORDS[m["word"].lower()]), (m["after"] or "").lower()
        unit, factor = _unit(False, after), _factor(after)
        weak = value < FROM_WORD and unit in ("", "times")
        yield Number(*m.span(), value * factor, factor, unit, _is_rough(text, m.start()), m[0], weak)


def _of_digits(match: re.Match[str], text: str) -> Number:
    decimals, digits = match["decimals"] or "", match["digits"].replace(",", "")
    scale = _SCALES.get((match["scale"] or "").lower(), 1.0)
    step = 10.0 ** -(len(decimals) - 1) if decimals else 1.0
    if not decimals:
        zeros = len(digits) - len(digits.rstrip("0"))
        step = 10.0 ** min(zeros, max(len(digits) - 2, 0))
    elif len(decimals) == 3 and decimals.endswith("0"):
        step *= 10.0  # cents are written in full where only tens of them are meant
    factor = scale * _factor((match["after"] or "").lower())
    unit = _unit(bool(match["money"]), match["after"] or "")
    value = float(digits + decimals) * factor
    rough = _is_rough(text, match.start())
    return Number(match.start(), match.end(), value, step * factor, unit, rough, match[0].strip())


def _ranges(found: Sequence[Number], text: str) -> list[Number]:
    """Ends of a range share their unit: "7 to 8 cents", "$14–95", "between 77 and 91" after a percentage."""
    made = list(found)
    for i, n in enumerate(made[:-1]):
        other = made[i + 1]
        if not _JOINED.match(text[n.end : other.start]):
            continue
        if n.unit == "" and other.unit in ("money", "share", "days") and not other.weak:
            cents = "cent" in other.written.lower()
            factor = 0.01 if cents and other.unit == "money" else 1.0
            made[i] = replace(n, unit=other.unit, value=n.value * factor, step=n.step * factor, weak=False)
        elif other.unit == "" and n.unit in ("money", "share") and "cent" not in n.written.lower() and \
                re.search(r"\d", other.written):
            made[i + 1] = replace(other, unit=n.unit)
        elif n.unit == other.unit == "" and i and made[i - 1].unit in ("money", "share") and \
                _IN_PARENS.fullmatch(text[made[i - 1].end : n.start]):
            unit = made[i - 1].unit
            made[i], made[i + 1] = replace(n, unit=unit), replace(other, unit=unit)
        elif n.unit == other.unit == "" and i and made[i - 1].unit == "share" and \
                re.search(r"between\s*$", text[: n.start], re.IGNORECASE):
            made[i], made[i + 1] = replace(n, unit="share"), replace(other, unit="share")
    return made


def _is_rough(text: str, start: int) -> bool:
    return bool(_ROUGH.search(text[max(0, start - 30) : start]))


def _factor(after: str) -> float:
    if after.startswith("cent"):
        return 0.01
    return next((days for word, days in _DAYS.items() if after.startswith(word)), 1.0)


def _unit(money: bool, after: str) -> Unit:
    after = after.strip().lower()
    if money or after.startswith(("dollar", "usd", "cent")):
        return "money"
    if after.startswith(("%", "per", "point")):
        return "share"
    if after.startswith("times"):
        return "times"
    return "days" if after.startswith(tuple(_DAYS)) else ""


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with spans blanked out; places stay as they are."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
