"""Time expressions: see "Today, and periods" in docs/ask.md."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.ask.period import Period, Unit, resolve
from core.ask.words.dates import (
    MONTHS,
    SEASON_WORDS,
    UNITS,
    Time,
    day_of,
    half,
    month_of,
    quarter,
    stem_of,
    text_of,
    year_number,
    year_of,
)
from core.ask.words.spans import TO, dates_in_a_row
from core.ask.words.tokens import Token
from core.errors import BadInput

NUMBERS = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
    "hundred": 100,
    "dozen": 12,
    "couple": 2,
    "half": 0,
}
_WEEKDAYS = {name.lower(): i + 1 for i, name in enumerate(calendar.day_name)} | {
    "mon": 1,
    "tue": 2,
    "wed": 3,
    "thu": 4,
    "fri": 5,
    "sat": 6,
    "tues": 2,
    "thur": 4,
    "thurs": 4,
}
WORDS = (
    frozenset(MONTHS)
    | frozenset(SEASON_WORDS)
    | frozenset(_WEEKDAYS)
    | frozenset(UNITS)
    | {"today", "yesterday", "weekend", "weekday", "fortnight"}
    | {"rolling", "last", "past", "previous", "current"}
    - {"may", "mar", "sun"}
)
_LAST = {"last", "past", "previous", "prior", "trailing", "latest", "rolling"}
_LETTERS: dict[str, Unit] = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}
_PREPOSITIONS = {"in", "on", "for", "during", "of", "over", "since", "from", "at", "within", "through", "by"}


def number(token: Token) -> int | None:
    """A whole number in digits or words."""
    if token.text.isdigit():
        return int(token.text) if len(token.text) < 10 else None
    return NUMBERS.get(token.text)


def read_time(tokens: Sequence[Token], at: int, today: date) -> Time | None:
    """The time that is said from token ``at`` on, the longest there is."""
    rest = tokens[at : at + 12]
    for rule in (
        dates_in_a_row,
        _between,
        _since,
        _until,
        _short,
        _last,
        _this,
        _season,
        half,
        quarter,
        day_of,
        month_of,
        year_of,
        _words,
        _weekdays,
    ):
        try:
            found = rule(rest, today)
        except (BadInput, ValueError) as error:
            return Time(len(rest[:2]), problem=str(error))
        if found is not None:
            return found
    return None


def _between(tokens: Sequence[Token], today: date) -> Time | None:
    if text_of(tokens, 0) not in ("between", "from") or text_of(tokens, 1) in ("this", *_LAST):
        return None
    if stem_of(tokens, 1) in _WEEKDAYS and text_of(tokens, 2) in TO:
        return Time(4, problem="days of a week")
    first = _point(tokens[1:], today)
    if first is None:
        return None
    middle = 1 + first[1]
    if text_of(tokens, middle) not in TO:
        return None
    second = _point(tokens[middle + 1 :], today)
    if second is None:
        return None
    begin, end = first[0].first, second[0].last
    if first[2] and begin > end:
        begin = begin.replace(year=begin.year - 1)
    return Time(middle + 1 + second[1], Period("between", first=begin, last=end))


def _since(tokens: Sequence[Token], today: date) -> Time | None:
    if text_of(tokens, 0) not in ("since", "starting", "after"):
        return None
    start = 2 if text_of(tokens, 1) in ("the", "in", "on") else 1
    if text_of(tokens, start) in ("start", "beginning") and len(tokens) > start + 1:
        start += 2 if text_of(tokens, start + 1) == "of" else 1
        start += text_of(tokens, start) == "the"
        unit = UNITS.get(text_of(tokens, start))
        if unit is not None and unit != "season":
            return Time(start + 1, Period("current", unit))
    if stem_of(tokens, start) in _WEEKDAYS and tokens[0].text == "since":
        back = (today.isoweekday() - _WEEKDAYS[stem_of(tokens, start)]) % 7
        return Time(start + 1, Period("between", first=today - timedelta(days=back)))
    found = _point(tokens[start:], today)
    if found is not None:
        first = found[0].last + timedelta(days=1) if tokens[0].text == "after" else found[0].first
        return Time(start + found[1], Period("between", first=first))
    return None


def _until(tokens: Sequence[Token], today: date) -> Time | None:
    """ "Until June 2026", "before 2026-03-01", "up to the end of May"."""
    start = 2 if (text_of(tokens, 0), text_of(tokens, 1)) == ("up", "to") else 1
    if start == 1 and text_of(tokens, 0) not in ("before", "until", "till"):
        return None
    whole = tokens[0].text != "before"
    while text_of(tokens, start) in ("the", "in", "on", "end", "of"):
        start += 1
    found = _point(tokens[start:], today)
    if found is None:
        return None
    last = found[0].last if whole else found[0].first - timedelta(days=1)
    return Time(start + found[1], Period("between", last=last))


def _point(tokens: Sequence[Token], today: date) -> tuple[_Span, int, bool] | None:
    """The days of a date, month, quarter, season or year, the tokens it takes, and whether it has no year."""
    skip = 1 if text_of(tokens, 0) in ("the", "in", "on") else 0
    for rule in (_season, quarter, day_of, month_of, year_of, _this, _words):
        found = rule(tokens[skip:], today)
        if found is not None and found.period is not None:
            days = resolve(found.period, date(9000, 1, 1) if found.period.year else today)
            return _Span(days.first, days.last), skip + found.length, found.period.year is None
    if text_of(tokens, skip) in _LAST and stem_of(tokens, skip + 1) in UNITS:
        found = _last(tokens[skip:], today)
        if found is not None and found.period is not None:
            days = resolve(found.period, today)
            return _Span(days.first, days.last), skip + found.length, False
    return None


@dataclass(frozen=True, slots=True)
class _Span:
    first: date
    last: date


def _short(tokens: Sequence[Token], today: date) -> Time | None:
    """ "L4W", "LTM", "LY", "PQ", "TY"."""
    text = text_of(tokens, 0)
    if text in ("ltm", "ttm"):
        return Time(1, Period("last", "month", 12))
    counted = re.fullmatch(r"[lrp](\d{1,3})([dwmqy])", text)
    if counted:
        return Time(1, _rolling(int(counted[1]), _LETTERS[counted[2]]))
    single = re.fullmatch(r"([lpt])([wmqy])", text)
    if single and text not in ("pm", "tm"):
        return Time(1, Period("current" if single[1] == "t" else "previous", _LETTERS[single[2]]))
    return None


def _counted(tokens: Sequence[Token]) -> Time | None:
    """ "Last fortnight", "last 30d", "past 6 months"."""
    if text_of(tokens, 1) == "fortnight":
        return Time(2, Period("last", "day", 14))
    joined = re.fullmatch(r"(\d{1,3})(d|w|m|q|y|wk|wks|mo|mos|yr|yrs)", text_of(tokens, 1))
    if joined:
        return Time(2, _rolling(int(joined[1]), _LETTERS[joined[2][0]]))
    skip = 2 if text_of(tokens, 1) == "a" and text_of(tokens, 2) in ("couple", "dozen") else 1
    n = number(tokens[skip]) if len(tokens) > skip else None
    following = skip + 1 + (text_of(tokens, skip + 1) in ("of", "full", "calendar"))
    unit = UNITS.get(stem_of(tokens, following))
    if n is not None and unit is not None:
        return Time(following + 1, _rolling(n, unit))
    return None


def _rolling(n: int, unit: Unit) -> Period:
    return Period("last", "month", n * 3) if unit in ("quarter", "season") else Period("last", unit, n)


def _last(tokens: Sequence[Token], today: date) -> Time | None:
    if text_of(tokens, 0) not in _LAST:
        return None
    if text_of(tokens, 1) in ("full", "whole", "complete", "entire", "calendar"):
        found = _last([tokens[0], *tokens[2:]], today)
        whole = found is not None and found.period is not None and found.period.kind == "previous"
        return Time(found.length + 1, found.period) if whole and found is not None else None
    unit = UNITS.get(stem_of(tokens, 1))
    if text_of(tokens, 1) == "weekend":
        return Time(2, problem="weekend")
    if unit is not None:
        plural = tokens[1].text != tokens[1].stem
        if plural:
            return None
        if tokens[0].text in ("past", "trailing", "rolling"):
            if unit in ("quarter", "season"):
                return Time(2, Period("last", "month", 3))
            return Time(2, Period("last", unit, 1)) if unit != "day" else Time(2, Period("previous", "day"))
        if tokens[0].text == "latest":
            return None
        return Time(2, Period("previous", unit))
    counted = _counted(tokens)
    if counted is not None:
        return counted
    season, month = SEASON_WORDS.get(stem_of(tokens, 1)), MONTHS.get(text_of(tokens, 1))
    if season is not None or month is not None:
        return Time(
            2,
            Period(
                "named", "season" if season else "month", season or month, _year_of_last(season, month, today)
            ),
        )
    day = _WEEKDAYS.get(stem_of(tokens, 1))
    if day is not None:
        back = (today.isoweekday() - day - 1) % 7 + 1
        on = today - timedelta(days=back)
        return Time(2, Period("between", first=on, last=on))
    return None


def _year_of_last(season: int | None, month: int | None, today: date) -> int:
    """The year of the latest whole one of that name that has ended."""
    first = month or 3 * (season or 1)
    size = 1 if month else 3
    year = today.year
    end = first + size - 1
    while date(year + (end > 12), (end - 1) % 12 + 1, 28) >= today.replace(day=1):
        year -= 1
    return year


def _this(tokens: Sequence[Token], today: date) -> Time | None:
    if text_of(tokens, 0) in ("this", "current"):
        unit = UNITS.get(tokens[1].text) if len(tokens) > 1 else None
        if unit is not None:
            length = 4 if (text_of(tokens, 2), text_of(tokens, 3)) == ("so", "far") else 2
            length = 4 if (text_of(tokens, 2), text_of(tokens, 3)) == ("to", "date") else length
            return Time(length, Period("current", unit))
        season, month = SEASON_WORDS.get(text_of(tokens, 1)), MONTHS.get(text_of(tokens, 1))
        if season or month:
            return Time(2, Period("named", "season" if season else "month", season or month))
    if text_of(tokens, 0) in ("ytd", "mtd", "wtd", "qtd"):
        kinds: dict[str, Unit] = {"y": "year", "m": "month", "w": "week", "q": "quarter"}
        return Time(1, Period("current", kinds[tokens[0].text[0]]))
    if text_of(tokens, 1) == "to" and text_of(tokens, 2) == "date" and text_of(tokens, 0) in UNITS:
        return Time(3, Period("current", UNITS[tokens[0].text]))
    return None


def _season(tokens: Sequence[Token], today: date) -> Time | None:
    season = SEASON_WORDS.get(stem_of(tokens, 0))
    if season is None or text_of(tokens, 0) == "falls":
        return None
    skip = 2 if text_of(tokens, 1) == "of" else 1
    year = year_number(tokens, skip)
    if year is not None:
        return Time(skip + 1, Period("named", "season", season, year))
    if text_of(tokens, 1) == "last" and text_of(tokens, 2) == "year":
        return Time(3, Period("named", "season", season, today.year - 1))
    return Time(1, Period("named", "season", season), season=season)


def _words(tokens: Sequence[Token], today: date) -> Time | None:
    text = text_of(tokens, 0)
    if text in ("today", "yesterday"):
        return Time(1, Period("current" if text == "today" else "previous", "day"))
    if [t.text for t in tokens[:3]] == ["day", "before", "yesterday"]:
        day = today - timedelta(days=2)
        return Time(3, Period("between", first=day, last=day))
    three = " ".join(t.text for t in tokens[:3])
    for phrase in (
        "of all time",
        "lifetime",
        "to date",
        "since day one",
        "since the beginning",
        "all time",
        "ever",
        "all history",
        "all days",
        "all dates",
        "in our history",
        "full history",
        "whole history",
        "entire history",
        "since ever",
    ):
        if three == phrase or three.startswith(f"{phrase} "):
            return Time(len(phrase.split()), Period("all"))
    if text == "since" and text_of(tokens, 1) == "the" and text_of(tokens, 2) in ("beginning", "start"):
        return Time(3, Period("all"))
    return None


def _weekdays(tokens: Sequence[Token], today: date) -> Time | None:
    stem = stem_of(tokens, 0)
    if stem in ("weekend",):
        return Time(1, weekdays=(6, 7))
    if text_of(tokens, 0) in ("weekdays", "workdays") or (stem in ("workday",)):
        return Time(1, weekdays=(1, 2, 3, 4, 5))
    day, last = _WEEKDAYS.get(stem), _WEEKDAYS.get(stem_of(tokens, 2))
    if day is not None and last is not None and day < last and text_of(tokens, 1) in ("to", "through"):
        return Time(3, weekdays=tuple(range(day, last + 1)))
    return Time(1, weekdays=(day,)) if day is not None and stem not in ("sat", "mon", "wed", "fri") else None
