"""What a text claims, and what the data it was given hold: numbers with their units, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Unit = Literal["money", "share", "days", "count", ""]

_NAME_KEYS = ("name", "product", "product_name", "title", "category", "brand", "store", "site", "label")
_FIELDS: tuple[tuple[Unit, re.Pattern[str]], ...] = (
    ("share", re.compile(
        r"share|percent|pct|rate|utili[sz]ation|lift|osa|availab|balance|probab|confiden|complian|ratio|growth")),
    ("money", re.compile(
        r"revenue|price|cost|margin|money|usd|dollar|gain|profit|earn|budget|spend|worth|interval")),
    ("days", re.compile(r"days|horizon|weeks|months")),
    ("count", re.compile(
        r"units|facings|count|quantity|positions|products|capacity|par_|stock|rank|places|slots|number|among"
        r"|issues|velocity")),
)
_SIGNED = re.compile(r"lift|change|delta|difference|growth|trend")


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of the data. ``owner``: the name of the record that holds it, "" for what is said of the
    whole; ``signed``: whether its sign says which way something went."""

    value: float
    owner: str
    field: str
    unit: Unit
    signed: bool = False


@dataclass(frozen=True)
class Facts:
    """``names`` of records, ``words`` of all strings and keys (lower case), ``codes`` like ``B4``; ``sizes``
    of lists."""

    numbers: tuple[Fact, ...]
    names: tuple[str, ...]
    words: frozenset[str]
    codes: frozenset[str]
    sizes: frozenset[int]


CODE = re.compile(r"\b[A-Z]\d{1,2}\b")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def facts_of(data: Any) -> Facts:
    """All that the data say."""
    numbers: list[Fact] = []
    names: dict[str, None] = {}
    texts: list[str] = []
    sizes: set[int] = set()
    for kind, value, owner, field in _walk(data, "", "", top=True):
        if kind == "number":
            numbers.append(_fact(value, owner, field))
        elif kind == "size":
            sizes.add(value)
        elif kind == "name":
            names[value] = None
            texts.append(value)
        else:
            texts.append(value)
            if field:
                numbers += [Fact(n.value, owner, field, n.unit) for n in numbers_in(value)]
    whole = " ".join(texts)
    words = {w for word in WORD.findall(whole) for w in (word.lower(), word.lower().removesuffix("'s"))}
    codes = CODE.findall(whole)
    return Facts(tuple(numbers), tuple(names), frozenset(words), frozenset(codes), frozenset(sizes))


def _walk(value: Any, owner: str, field: str, *, top: bool = False) -> Iterator[tuple[str, Any, str, str]]:
    """(number, text, name or size; its value; owner; field) of everything within."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield "number", float(value), owner, field
    elif isinstance(value, str):
        yield "text", value, owner, field
    elif isinstance(value, Mapping):
        named = next((str(value[k]) for k in _NAME_KEYS if isinstance(value.get(k), str) and value[k]), "")
        if named:
            yield "name", named, owner, field
        inner = owner if top or not named else named
        for key, part in value.items():
            text = str(key)
            yield "text", text.replace("_", " "), "", ""
            if _is_name(text) and isinstance(part, int | float | Mapping):
                yield "name", text, owner, field
                yield from _walk(part, text, field if not isinstance(part, Mapping) else text)
            elif text not in _NAME_KEYS or not isinstance(part, str):
                yield from _walk(part, inner, text)
    elif isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes):
        yield "size", len(value), owner, field
        for part in value:
            yield from _walk(part, owner, field)
    else:
        yield "text", str(value), owner, field


def _is_name(key: str) -> bool:
    """Whether a key is a name and no field: it has a space or a capital letter."""
    return " " in key or (key[:1].isupper() and not key.isupper())


def _fact(value: float, owner: str, field: str) -> Fact:
    plain = field.lower()
    unit: Unit = next((unit for unit, pattern in _FIELDS if pattern.search(plain)), "")
    if unit == "money" and abs(value) <= 1.0 and re.search(r"share|rate|pct|percent", plain):
        unit = "share"
    if unit == "count" and value != round(value):
        unit = ""  # "best places used" is a share, whatever it is called
    return Fact(value, owner, field, unit, bool(_SIGNED.search(plain)))


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: its place, value, the step to which it is rounded, its unit, whether it is said to
    be rough, and as it is written."""

    start: int
    end: int
    value: float
    step: float
    unit: Unit
    rough: bool
    written: str


_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)
_WORDS = {word: n for n, word in enumerate(_SMALL)} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "dozen": 12,
}
FROM_WORD = 4
"""Smaller numbers in words are more often a manner of speaking than a claim."""
_NUMBER = re.compile(
    r"(?P<money>\$\s?)?(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?"
    r"\s?(?P<scale>k\b|m\b|bn\b|thousand\b|million\b|billion\b)?"
    r"\s?(?P<after>%|(?:percent|per cent|percentage points?|points?|dollars?|USD|cents?|days?|weeks?)\b)?",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    rf"\b(?P<word>{'|'.join(_WORDS)})\b(?P<after>\s?(?:percent|per cent|days?|weeks?))?", re.IGNORECASE
)
_ROUGH = re.compile(
    r"(?:about|around|roughly|nearly|almost|approximately|some|close to|just (?:over|under)|over|under"
    r"|more than|less than|at least|up to|below|above|~|≈)\s*\$?$", re.IGNORECASE,
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


def numbers_in(text: str) -> list[Number]:
    """The numbers that a text states, in their order; dates, times and list marks state none."""
    text = blanked(text, [m.span() for m in _TIMES.finditer(text)])
    found = [
        _digits(m, text) for m in _NUMBER.finditer(text) if not _ORDINAL.match(text, m.end("digits") - 1)
    ]
    taken = [(n.start, n.end) for n in found]
    for match in _SPELLED.finditer(text):
        value = _WORDS[match["word"].lower()]
        if value >= FROM_WORD and not any(a <= match.start() < b for a, b in taken):
            unit = _unit(False, match["after"] or "")
            found.append(Number(*match.span(), float(value), 1.0, unit, False, match[0]))
    return sorted(found, key=lambda n: n.start)


def _digits(match: re.Match[str], text: str) -> Number:
    decimals, digits = match["decimals"] or "", match["digits"].replace(",", "")
    scale = _SCALES.get((match["scale"] or "").lower(), 1.0)
    step = 10.0 ** -(len(decimals) - 1) if decimals else 1.0
    if not decimals:
        zeros = len(digits) - len(digits.rstrip("0"))
        step = 10.0 ** min(zeros, max(len(digits) - 2, 0))
    cents = (match["after"] or "").lower().startswith("cent")
    factor = scale * (0.01 if cents else 1.0)
    value = float(digits + decimals) * factor
    rough = bool(_ROUGH.search(text[max(0, match.start() - 24) : match.start()]))
    unit = _unit(bool(match["money"]), match["after"] or "")
    return Number(match.start(), match.end(), value, step * factor, unit, rough, match[0].strip())


def _unit(money: bool, after: str) -> Unit:
    after = after.strip().lower()
    if money or after.startswith(("dollar", "usd", "cent")):
        return "money"
    if after.startswith(("%", "per", "point")):
        return "share"
    return "days" if after.startswith(("day", "week")) else ""


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with spans blanked out; places stay as they are."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
