"""Days, months, quarters, halves and years by name: see "Today, and periods" in docs/ask.md."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.ask.period import Period, Unit
from core.ask.words.tokens import Token


@dataclass(frozen=True, slots=True)
class Time:
    """``period`` or ``weekdays``, and how many tokens say it. ``season``: it is one without a year."""

    length: int
    period: Period | None = None
    weekdays: tuple[int, ...] = ()
    season: int | None = None
    problem: str = ""


UNITS: dict[str, Unit] = {
    "day": "day",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
    "season": "season",
    "wk": "week",
    "mth": "month",
    "mo": "month",
    "qtr": "quarter",
    "yr": "year",
    "wks": "week",
    "mos": "month",
}


MONTHS = (
    {name.lower(): i for i, name in enumerate(calendar.month_name) if name}
    | {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name}
    | {"sept": 9}
)


SEASON_WORDS = {
    "spring": 1,
    "springtime": 1,
    "summer": 2,
    "summertime": 2,
    "autumn": 3,
    "fall": 3,
    "winter": 4,
    "wintertime": 4,
}


_QUARTERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}


_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "tenth": 10, "fifteenth": 15}


def text_of(tokens: Sequence[Token], i: int) -> str:
    """The word at a place, "" beyond the end."""
    return tokens[i].text if i < len(tokens) else ""


def stem_of(tokens: Sequence[Token], i: int) -> str:
    """Its singular."""
    return tokens[i].stem if i < len(tokens) else ""


_OF_YEARS = (("this", "year"), ("last", "year"), ("the", "year"))


def half(tokens: Sequence[Token], today: date) -> Time | None:
    """ "H1 2026", "the first half of 2026"."""
    found = re.fullmatch(r"h([12])", text_of(tokens, 0))
    length, n = 1, int(found[1]) if found else 0
    if not n and text_of(tokens, 0) in ("first", "second") and text_of(tokens, 1) == "half":
        n, length = _QUARTERS[tokens[0].text], 2
    if not n:
        return None
    skip = length + (text_of(tokens, length) == "of")
    year = year_number(tokens, skip)
    told = year is None and (text_of(tokens, skip), text_of(tokens, skip + 1)) in _OF_YEARS
    if year is None and not told and not found:
        return None
    length = skip + (1 if year is not None else 2 if told else 0)
    past = text_of(tokens, skip) == "last" if told else n == 2 and today.month < 7
    year = year if year is not None else today.year - past
    months = (1, 6) if n == 1 else (7, 12)
    end = calendar.monthrange(year, months[1])[1]
    return Time(length, Period("between", first=date(year, months[0], 1), last=date(year, months[1], end)))


def quarter(tokens: Sequence[Token], today: date) -> Time | None:
    """ "Q2", "the second quarter of 2026"."""
    found = re.fullmatch(r"q([1-4])", text_of(tokens, 0))
    length, n = 1, int(found[1]) if found else 0
    if not n and text_of(tokens, 0) in _QUARTERS and stem_of(tokens, 1) == "quarter":
        n, length = _QUARTERS[tokens[0].text], 2
    if not n and text_of(tokens, 0) == "quarter" and text_of(tokens, 1) in "1234" and text_of(tokens, 1):
        n, length = int(tokens[1].text), 2
    if not n:
        return None
    skip = length + (text_of(tokens, length) == "of")
    year = year_number(tokens, skip)
    if year is not None:
        return Time(skip + 1, Period("named", "quarter", n, year))
    if text_of(tokens, skip) in ("last", "this") and text_of(tokens, skip + 1) == "year":
        return Time(skip + 2, Period("named", "quarter", n, today.year - (tokens[skip].text == "last")))
    return Time(length, Period("named", "quarter", n))


def day_of(tokens: Sequence[Token], today: date) -> Time | None:
    """ "2026-05-01", "5/1/2026", "May 1", "the 1st of May"."""
    text = text_of(tokens, 0)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        day = date.fromisoformat(text)
        return Time(1, Period("between", first=day, last=day))
    slashed = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})", text)
    if slashed:
        day = date(int(slashed[3]) + (2000 if len(slashed[3]) == 2 else 0), int(slashed[1]), int(slashed[2]))
        return Time(1, Period("between", first=day, last=day))
    month = MONTHS.get(text)
    skip, n = 1, None
    if month is not None:
        n = _day_number(text_of(tokens, 1))
        skip = 2
    elif _day_number(text) is not None:
        skip = 2 if text_of(tokens, 1) == "of" else 1
        month = MONTHS.get(text_of(tokens, skip))
        n, skip = _day_number(text), skip + 1
    if month is None or n is None:
        return None
    year = year_number(tokens, skip)
    length = skip + (year is not None)
    chosen = year if year is not None else today.year
    if year is None and date(chosen, month, min(n, 28)) > today:
        chosen -= 1
    day = date(chosen, month, n)
    return Time(length, Period("between", first=day, last=day))


def _day_number(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", text)
    if text in _ORDINALS:
        return _ORDINALS[text]
    return int(found[1]) if found and 1 <= int(found[1]) <= 31 else None


def month_of(tokens: Sequence[Token], today: date) -> Time | None:
    """ "March", "March 2026", "March last year"."""
    text = text_of(tokens, 0)
    month = MONTHS.get(text)
    if month is None or text in ("sun", "sat"):
        return None
    skip = 2 if text_of(tokens, 1) == "of" else 1
    year = year_number(tokens, skip)
    if year is not None:
        return Time(skip + 1, Period("named", "month", month, year))
    if text_of(tokens, skip) in ("last", "this") and text_of(tokens, skip + 1) == "year":
        return Time(skip + 2, Period("named", "month", month, today.year - (tokens[skip].text == "last")))
    return Time(1, Period("named", "month", month))


def year_number(tokens: Sequence[Token], at: int) -> int | None:
    """ "2026", or that in which "2025/26" begins."""
    text = text_of(tokens, at)
    if re.fullmatch(r"(19|20)\d{2}", text):
        return int(text)
    found = re.fullmatch(r"(\d{4})/(\d{2}|\d{4})", text)
    return int(found[1]) if found else None


def year_of(tokens: Sequence[Token], today: date) -> Time | None:
    """ "2026", "year 2026"."""
    text = text_of(tokens, 0)
    if text == str(today.year) and (text_of(tokens, 1), text_of(tokens, 2)) == ("to", "date"):
        return Time(3, Period("current", "year"))
    if re.fullmatch(r"20\d{2}", text):
        return Time(1, Period("named", "year", year=int(text)))
    if text == "year" and year_number(tokens, 1) is not None:
        return Time(2, Period("named", "year", year=year_number(tokens, 1)))
    return None
