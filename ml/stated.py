"""The numbers that a text states: in digits, in words, as fractions and multiples, with units and steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

Unit = Literal["money", "share", "days", "count", "times", "rank", ""]
Lean = Literal["", "about", "over", "under", "nearly"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: its place, value, the step to which it is rounded, its unit, how the words before
    it lean ("nearly"), as it is written; ``weak``: whether it may be a manner of speaking and no claim;
    ``part``: whether it is a fraction in words."""

    start: int
    end: int
    value: float
    step: float
    unit: Unit
    lean: Lean
    written: str
    weak: bool = False
    part: bool = False


_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)
WORDS = {word: n for n, word in enumerate(_SMALL)} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}
_UNITS, _TENS = "|".join(_SMALL[1:10]), "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_BELOW = rf"(?:{_TENS})(?:[-\s](?:{_UNITS}))?|{'|'.join(reversed(_SMALL))}"
_NUMERAL = (
    rf"half\sa\sdozen|(?:(?:a|{_UNITS})\s)?(?:dozen|hundred(?:\s(?:and\s)?(?:{_BELOW}))?)|{_BELOW}"
)
FROM_WORD = 4
"""Smaller numbers in words are more often a manner of speaking than a claim."""
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
          "ninth": 9, "tenth": 10}
_ORDINALS = {
    word: n for n, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), 1)
}
_ORDINAL_WORD = rf"{'|'.join(_ORDINALS)}|\d{{1,3}}(?:st|nd|rd|th)"
_MULTIPLES = {"twice": 2, "double": 2, "thrice": 3, "triple": 3, "quadruple": 4}
_AFTER = (
    r"%|¢|(?:percent|per cent|percentage points?|points?|pp|pct|dollars?|USD|cents?|days?|weeks?|months?"
    r"|times(?!\s+(?:in|out)\b))\b"
)
_NUMBER = re.compile(
    r"(?P<money>\$\s?)?(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?"
    r"\s?(?P<scale>k\b|m\b|bn\b|thousand\b|million\b|billion\b)?"
    rf"(?:\s|-)?(?P<after>{_AFTER})?", re.IGNORECASE,
)
_SPELLED = re.compile(
    rf"\b(?P<word>{_NUMERAL})\b(?P<half>\sand\sa\shalf\b)?(?:(?:\s|-)?(?P<after>{_AFTER}))?"
    r"|\b(?P<single>an?)\s(?P<coin>cent|dollar)\b", re.IGNORECASE,
)
_FRACTION = re.compile(
    rf"\b(?P<top>a|an|one|two|three|four)(?:\s|-)(?P<part>{'|'.join(_PARTS)})s?\b(?!\s+(?:of|best)\s+(?:all\s+)?"
    r"(?:its|the|four|five|six|seven|eight)\s+(?:kind|plans))"
    rf"|\b(?P<few>{_UNITS}|[1-9])(?:\stimes)?\sin(?:\severy)?\s(?P<each>{_UNITS}|ten|twenty|hundred|[2-9]|[12]0|100)\b"
    rf"|\b(?P<bare>half(?!\sa\sdozen)|(?:third|quarter|fifth|tenth)(?=\s+of\s+(?:all|the|its|their"
    rf"|sales|revenue|total|daily|space)\b))\b", re.IGNORECASE,
)
_AND_HALF = re.compile(rf"\b(?:{_NUMERAL}|\d+)\sand\s$", re.IGNORECASE)
_MULTIPLE = re.compile(rf"\b(?:{'|'.join(_MULTIPLES)})\b", re.IGNORECASE)
_RANKED = re.compile(
    rf"\b(?:rank(?:s|ed|ing)?|comes? in|finish(?:es)?|lands?|sits|places?|stands)\s+"
    r"(?:at\s+|in\s+)?(?:an?\s+|the\s+)?"
    rf"(?P<one>{_ORDINAL_WORD})\b"
    rf"|\b(?P<two>{_ORDINAL_WORD})(?=(?:[\s-]best|\splace)?\s(?:of|out of|among)\s"
    rf"(?:its|\d+|{'|'.join(WORDS)})\b)"
    rf"|\b(?P<three>{_ORDINAL_WORD})(?=[\s-](?:best|place))"
    r"|\brank(?:s|ed|ing)?(?:\s(?:at|is|of|as|number|no\.?))*\s#?(?P<four>\d{1,3})\b|#\s?(?P<five>\d{1,3})\b"
    rf"|\((?P<six>{_ORDINAL_WORD})\)"
    rf"|\b(?:list|table|field|pack|ranking|bottom|top|end)\sat\s(?P<seven>{_ORDINAL_WORD})\b", re.IGNORECASE,
)
_LEANS: tuple[tuple[Lean, str], ...] = (
    ("over", r"(?:just |well |slightly |a (?:little|bit|touch|shade) )?(?:over|above|more than|north of"
             r"|beyond|past)|at least|upwards of|no (?:less|fewer) than|exceed(?:s|ing)?"),
    ("under", r"(?:just |well |slightly |a (?:little|bit|touch|shade) )?(?:under|below|less than|fewer than"
              r"|shy of|short of)|up to|at most|not quite|no more than"),
    ("nearly", r"nearly|almost|close to|approaching|virtually|practically|not far (?:off|from)|near"),
    ("about", r"about|around|roughly|approximately|approx\.?|some|something like|an? estimated|circa"
              r"|in the (?:range|neighborhood|region) of|on the order of|or so|~|≈"),
)
_LEAN = re.compile(
    rf"(?:{'|'.join(f'(?P<{lean}>(?<![a-z]){words})' for lean, words in _LEANS)})"
    r"\s*(?:the\s+|an?\s+|only\s+|of\s+)?[+−-]?\$?$", re.IGNORECASE,
)
_ON_A_DOLLAR = re.compile(
    r"\s(?:on|of|out of|from|in|per|for)\s(?:(?:every|each|the|a)\s)?dollar\b", re.IGNORECASE)
_LISTED = re.compile(
    rf"(?:,|\band|\()\s*(?:[\w&]+\s+){{0,4}}?(?P<one>{_ORDINAL_WORD})(?=\s*(?:[,.;)]|and\b))", re.IGNORECASE)
"""A further rank in a list of such: "ranks fourth, cookies fifth and pastries sixth"."""
_MULTIPLIES = re.compile(r"\s(?:as|the|its|their|what|that|more|larger|higher|bigger|\$)", re.IGNORECASE)
_STOP = re.compile(r"[.!?](?=\s|$)|\n")
_OR_SO = re.compile(r"^[\s-]*(?:or so|or thereabouts|ish|give or take)\b", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_TIMES = re.compile(
    r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
    rf"|\b{_MONTH}\.?\s{_DAY}(?:,?\s(?:19|20)\d\d)?\b|\b{_DAY}\s{_MONTH}\b(?:\s(?:19|20)\d\d)?"
    rf"|\b(?:in|since|of|for|during|from|until|by|{_MONTH})\s(?:19|20)\d\d\b"
    r"|\b\d{1,2}:\d{2}\b|\b24/7\b|\bQ[1-4]\b|^\s*\d{1,2}[.)]\s", re.IGNORECASE | re.MULTILINE,
)
_PACKAGE = re.compile(r"\b\d[\d.,]*[\s-]?(?:oz|fl\.?\soz|ml|l|lt|g|kg|lbs?|ct|pk)\b", re.IGNORECASE)
"""Sizes of packages are parts of names and tell nothing else."""
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\b", re.IGNORECASE)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_JOINED = re.compile(r"^\s*(?:–|-|−|to|and|or)\s*\$?\s*$", re.IGNORECASE)
_IN_PARENS = re.compile(r"[^.;()]{0,14}\(\s*[−+-]?\s*")
"""Between an amount and its interval: "$108 a day (96–121)"."""
_AMONG = re.compile(r"(?:[\s-]best|\splace)?\s(?:of|out of|among)\s", re.IGNORECASE)
_PART_OF = re.compile(r"\s(?:\w+\s)?(?:out\s)?of\s(?:the\s|its\s|all\s)?", re.IGNORECASE)
_ENDS_HERE = re.compile(
    r"\s*(?:[.;,)]|$|each\b|apiece\b|and\b|if\b|when\b|at (?:best|worst|most|least)\b)", re.IGNORECASE)
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.0}


def numbers_in(text: str) -> list[Number]:
    """The numbers that a text states, in their order; dates, times, sizes of packages
    and list marks state none."""
    text = blanked(text, [m.span() for kind in (_TIMES, _PACKAGE) for m in kind.finditer(text)])
    found: list[Number] = []
    for make in (_fractions, _ranked, _multiples, _digits, _spelled):
        for n in make(text):
            if not any(m.start < n.end and n.start < m.end for m in found):
                found.append(n)
    return _elliptic(_ranges(_ranks(sorted(found, key=lambda n: n.start), text), text), text)


def _ranks(found: Sequence[Number], text: str) -> list[Number]:
    """ "Second best of six", "one of its two facings": such numbers are claims, however small."""
    among = {b for a, b in pairwise(found) if a.unit == "rank" and _AMONG.fullmatch(text[a.end : b.start])}
    parts = set[Number]()
    for a, b in pairwise(found):
        if a.unit == b.unit == "" and _PART_OF.fullmatch(text[a.end : b.start]):
            parts |= {a, b}
    return [replace(n, weak=False, unit="count") if n in among and not n.unit else replace(
        n, weak=n.weak and n not in parts) for n in found]


def _elliptic(found: Sequence[Number], text: str) -> list[Number]:
    """ "42 cents and Casa Lumbre 41", "10 percent and give back 7.4": the unit before holds on."""
    made = list(found)
    for i in range(1, len(made)):
        n, last = made[i], made[i - 1]
        gap = text[last.end : n.start]
        if n.unit or n.weak or not _ENDS_HERE.match(text[n.end :]) or re.search(r"[.!?]\s", gap) or not (
                (last.unit == "share" and not last.part) or "cent" in last.written.lower()):
            continue
        factor = 0.01 if last.unit == "money" else 1.0
        made[i] = replace(n, unit=last.unit, value=n.value * factor, step=n.step * factor,
                          written=f"{n.written} cents" if last.unit == "money" else n.written)
    return made


def _ranked(text: str) -> Iterator[Number]:
    for m in _RANKED.finditer(text):
        group = next(g for g in ("one", "two", "three", "four", "five", "six", "seven") if m[g])
        yield Number(*m.span(group), _ordinal(m[group]), 1.0, "rank", "", m[group])
        for more in _LISTED.finditer(text, m.end(), _end_of_sentence(text, m.end())):
            yield Number(*more.span("one"), _ordinal(more["one"]), 1.0, "rank", "", more["one"])


def _ordinal(word: str) -> float:
    return float(_ORDINALS.get(word.lower()) or re.sub(r"\D", "", word))


def _end_of_sentence(text: str, start: int) -> int:
    found = _STOP.search(text, start)
    return found.end() if found else len(text)


def _fractions(text: str) -> Iterator[Number]:
    for m in _FRACTION.finditer(text):
        if (m["part"] or "").lower() == "half" and _AND_HALF.search(text[: m.start()]):
            continue
        if m["few"]:
            value, weak = _small(m["few"]) / _small(m["each"]), False
        elif m["bare"]:
            value, weak = 1.0 / _PARTS[m["bare"].lower()], m["bare"].lower() == "half"
        else:
            top = {"a": 1, "an": 1}.get(m["top"].lower()) or WORDS[m["top"].lower()]
            value, weak = top / _PARTS[m["part"].lower()], False
        if value < 1.0:
            lean = _lean(text, *m.span())
            yield Number(*m.span(), 100.0 * value, 1.0, "share", lean, m[0], weak, part=True)


def _multiples(text: str) -> Iterator[Number]:
    for m in _MULTIPLE.finditer(text):
        lean = _lean(text, *m.span()) or "about"
        yield Number(*m.span(), float(_MULTIPLES[m[0].lower()]), 0.5, "times", lean, m[0])


def _digits(text: str) -> Iterator[Number]:
    for m in _NUMBER.finditer(text):
        if not _ORDINAL.match(text, m.end("digits") - 1):
            yield _of_digits(m, text)


def _spelled(text: str) -> Iterator[Number]:
    for m in _SPELLED.finditer(text):
        value, after = 1.0, (m["after"] or m["coin"] or "").lower()
        if m["word"]:
            value = _small(m["word"]) + (0.5 if m["half"] else 0.0)
        unit, factor = _unit(False, after), _factor(after)
        small = value < FROM_WORD and not m["half"]
        loose = unit == "" or (unit == "days" and value == 1.0) or bool(m["single"])
        weak = small and (loose or (unit == "times" and not _MULTIPLIES.match(text, m.end())))
        step = 0.5 if m["half"] else 1.0
        yield Number(*m.span(), value * factor, step * factor, unit, _lean(text, *m.span()), m[0], weak)


def _small(words: str) -> float:
    """The value of "7", "thirty-two", "two dozen" or "one hundred and five"."""
    if words.isdigit():
        return float(words)
    low = words.lower()
    if low.startswith("half"):
        return 6.0
    scale = next((size for word, size in (("hundred", 100.0), ("dozen", 12.0)) if word in low), 0.0)
    parts = [float(WORDS[w]) for w in re.split(r"[\s-]", low) if w in WORDS]
    if not scale:
        return sum(parts)
    counted = bool(parts) and not low.startswith(("a ", "hundred", "dozen"))
    return (parts[0] if counted else 1.0) * scale + sum(parts[1:] if counted else parts)


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
    if unit == "money" and _ON_A_DOLLAR.match(text, match.end()):
        unit, factor = "share", 1.0
    value = float(digits + decimals) * factor
    lean = _lean(text, *match.span())
    return Number(match.start(), match.end(), value, step * factor, unit, lean, match[0].strip())


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


def _lean(text: str, start: int, end: int) -> Lean:
    """Which way the words beside a number lean."""
    found = _LEAN.search(text[max(0, start - 40) : start])
    if found is None:
        return "about" if _OR_SO.match(text[end : end + 16]) else ""
    return next(lean for lean, _ in _LEANS if found[lean])


def _factor(after: str) -> float:
    if after.startswith(("cent", "¢")):
        return 0.01
    return next((days for word, days in _DAYS.items() if after.startswith(word)), 1.0)


def _unit(money: bool, after: str) -> Unit:
    after = after.strip().lower()
    if money or after.startswith(("dollar", "usd", "cent", "¢")):
        return "money"
    if after.startswith(("%", "per", "point", "pp", "pct")):
        return "share"
    if after.startswith("times"):
        return "times"
    return "days" if after.startswith(tuple(_DAYS)) else ""


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with spans blanked out; places stay as they are."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def without_lean(text: str) -> str:
    """A text before a number without the words at its end that lean: of "in a little over" remains "in"."""
    return _LEAN.sub("", text)
