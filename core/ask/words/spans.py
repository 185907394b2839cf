"""From one day or month to another, without the words that say so: "Nov 1 - Nov 7", "1 to 15 November"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from core.ask.period import Period, resolve
from core.ask.words.dates import MONTHS, Time, day_of, month_of, text_of, year_number
from core.ask.words.tokens import Token

TO = ("and", "to", "till", "until", "through")


def dates_in_a_row(tokens: Sequence[Token], today: date) -> Time | None:
    """ "Nov 1 - Nov 7", "Jan-Mar", "from 1 to 15 November", "Nov 1-15"."""
    skip = 1 if text_of(tokens, 0) in ("from", "between") else 0
    for rule in (day_of, month_of):
        first = rule(tokens[skip:], today)
        if first is None or first.period is None or skip:
            continue
        joined = text_of(tokens, first.length) in ("to", "through", "till", "until", "thru")
        rest = tokens[first.length + joined :]
        second = rule(rest, today) if rest and not rest[0].comma else None
        third = rule(rest[second.length :], today) if second is not None else None
        if second is not None and second.period is not None and third is None:
            return _spanned(first.period, second.period, first.length + joined + second.length, today)
    return _days_of_month(tokens, skip, today)


def _spanned(first: Period, second: Period, length: int, today: date) -> Time:
    begin = resolve(first, date(9000, 1, 1) if first.year else today).first
    end = resolve(second, date(9000, 1, 1) if second.year else today).last
    if begin > end:
        begin = begin.replace(year=begin.year - 1)
    return Time(length, Period("between", first=begin, last=end))


def _days_of_month(tokens: Sequence[Token], skip: int, today: date) -> Time | None:
    """ "1 to 15 November 2026", "Nov 1-15"."""
    month, at = MONTHS.get(text_of(tokens, skip)), skip
    if month is not None:
        at += 1
    ranged = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text_of(tokens, at))
    ends = [ranged[1], ranged[2]] if ranged else [text_of(tokens, at), text_of(tokens, at + 2)]
    if not ranged and text_of(tokens, at + 1) not in TO:
        return None
    at += 1 if ranged else 3
    if month is None:
        at += text_of(tokens, at) == "of"
        month, at = MONTHS.get(text_of(tokens, at)), at + 1
    days = [int(found[1]) for end in ends if (found := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", end))]
    if month is None or len(days) < 2:
        return None
    said = year_number(tokens, at)
    year = said if said is not None else today.year - (date(today.year, month, min(days[0], 28)) > today)
    return Time(at + (said is not None),
                Period("between", first=date(year, month, days[0]), last=date(year, month, days[1])))
