"""Periods as people say them, and the days that they are: see "Today, and periods" in docs/ask.md."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from core.errors import BadInput

Unit = Literal["day", "week", "month", "quarter", "season", "year"]
Kind = Literal["last", "current", "previous", "named", "between", "all"]
SEASONS = ("spring", "summer", "autumn", "winter")
UNITS: tuple[Unit, ...] = ("day", "week", "month", "quarter", "season", "year")
KINDS: tuple[Kind, ...] = ("last", "current", "previous", "named", "between", "all")
MONTHS = tuple(calendar.month_name)
MOST = 4000
EARLIEST, LATEST = date(1970, 1, 1), date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Days:
    """From ``first`` to ``last``, both included; empty where ``last`` is before ``first``."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return max((self.last - self.first).days + 1, 0)

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=i) for i in range(self.count))


@dataclass(frozen=True, slots=True)
class Period:
    """A period relative to today, or with dates of its own.

    ``last``: the last ``n`` units to today · ``current`` and ``previous``: the unit that holds today, to
    today, and the whole one before it (day: today and yesterday) · ``named``: the ``n``-th month, quarter or
    season of ``year`` (seasons from spring, 1 to 4; a winter has the year in which it begins), or the year
    itself; without a year the latest that has begun · ``between``: ``first`` to ``last``, either open ·
    ``all``: every day with data. Raises BadInput for what is none of these.
    """

    kind: Kind
    unit: Unit = "day"
    n: int | None = None
    year: int | None = None
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput(f"“{self.kind}” is not a kind of period.", f"Use one of: {', '.join(KINDS)}.")
        if self.unit not in UNITS:
            raise BadInput(f"“{self.unit}” is not a unit of time.", f"Use one of: {', '.join(UNITS)}.")
        if self.kind == "last" and not (self.n is not None and 1 <= self.n <= MOST):
            raise BadInput(f"The last {self.n} {self.unit}s is not a period.", f"Give 1 to {MOST:,}.")
        if self.kind == "last" and self.unit in ("quarter", "season"):
            raise BadInput(f"The last {self.unit}s are counted in months.", "Say 3 months for each.")
        if self.kind == "named":
            self._check_name()
        if self.kind == "between":
            self._check_dates()

    def _check_name(self) -> None:
        most = {"month": 12, "quarter": 4, "season": 4}.get(self.unit, 0)
        if self.unit == "year":
            if self.year is None:
                raise BadInput("A year is missing.", "Say which year.")
        elif not most or self.n is None or not 1 <= self.n <= most:
            raise BadInput(f"There is no {self.unit} {self.n}.", "Name a month, a quarter or a season.")
        if self.year is not None and not 1971 <= self.year <= 9000:
            raise BadInput(f"{self.year} is not a year of sales.", "Give a year from 1971 on.")

    def _check_dates(self) -> None:
        days = [d for d in (self.first, self.last) if d is not None]
        if not days:
            raise BadInput("The period has neither a first nor a last day.", "Give at least one.")
        if not all(EARLIEST <= d <= LATEST for d in days):
            raise BadInput("The period lies outside the calendar.", "Give days from 1970 on.")
        if len(days) == 2 and days[1] < days[0]:
            raise BadInput(f"The period ends on {days[1]}, before it starts on {days[0]}.",
                           "Swap the two days.")

    @property
    def label(self) -> str:
        """In words, without a preposition: "last 30 days", "March 2026"."""
        if self.kind == "all":
            return "all time"
        if self.kind == "last":
            return f"last {self.n} {self.unit}s" if self.n != 1 else f"last {self.unit}, to the day"
        if self.kind == "current":
            return "today" if self.unit == "day" else f"this {self.unit}"
        if self.kind == "previous":
            return "yesterday" if self.unit == "day" else f"last {self.unit}"
        if self.kind == "between":
            return _between(self.first, self.last)
        return self._name()

    def _name(self) -> str:
        year = "" if self.year is None else f" {self.year}"
        if self.unit == "year":
            return str(self.year)
        index = self.n or 1
        if self.unit == "quarter":
            return f"Q{index}{year}"
        return (MONTHS[index] if self.unit == "month" else SEASONS[index - 1]) + year


def resolve(period: Period, today: date, earliest: date | None = None) -> Days:
    """The days that a period is. ``earliest``: the first day with data, for periods that begin there."""
    begin = earliest or today
    if period.kind == "all":
        return Days(begin, today)
    if period.kind == "between":
        return Days(period.first or begin, min(period.last or today, today))
    if period.kind == "last":
        return _last(period.unit, period.n or 1, today)
    if period.kind == "current":
        return Days(start_of(period.unit, today), today)
    if period.kind == "previous":
        last = start_of(period.unit, today) - timedelta(days=1)
        return Days(start_of(period.unit, last), last)
    return _named(period, today)


def before(period: Period, days: Days, today: date) -> Days:
    """The period that comes before: see "compared with" in docs/ask.md."""
    unit = _whole_unit(period)
    if unit is None:
        step = timedelta(days=max(days.count, 1))
        return Days(days.first - step, days.last - step)
    last = days.first - timedelta(days=1)
    first = start_of(unit, last)
    if days.last < end_of(unit, days.first):
        return Days(first, min(first + timedelta(days=days.count - 1), last))
    return Days(first, last)


def year_before(days: Days) -> Days:
    """The same dates a year earlier; 29 February becomes the 28th."""
    return Days(add_months(days.first, -12), add_months(days.last, -12))


def start_of(unit: Unit, day: date) -> date:
    """The first day of the unit that holds ``day``."""
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "season":
        month = day.month // 3 * 3 or 12
        return date(day.year - (day.month < 3), month, 1)
    size = {"month": 1, "quarter": 3, "year": 12}[unit]
    return date(day.year, (day.month - 1) // size * size + 1, 1)


def end_of(unit: Unit, day: date) -> date:
    """The last day of the unit that holds ``day``."""
    start = start_of(unit, day)
    if unit in ("day", "week"):
        return start + timedelta(days=6 if unit == "week" else 0)
    months = {"month": 1, "quarter": 3, "season": 3, "year": 12}[unit]
    return add_months(start, months) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def season_of(day: date) -> str:
    return SEASONS[(day.month // 3 - 1) % 4]


def grouped(unit: Unit, days: Days) -> list[Days]:
    """The units that the days touch, in order, each cut to the days."""
    found, first = [], days.first
    while first <= days.last:
        last = min(end_of(unit, first), days.last)
        found.append(Days(first, last))
        first = last + timedelta(days=1)
    return found


def unit_of(name: str) -> Unit:
    """The unit of time that a dimension groups by."""
    return next(unit for unit in UNITS if unit == name)


def _last(unit: Unit, n: int, today: date) -> Days:
    back: dict[Unit, Callable[[], date]] = {
        "day": lambda: today - timedelta(days=n), "week": lambda: today - timedelta(days=7 * n),
        "month": lambda: add_months(today, -n), "year": lambda: add_months(today, -12 * n),
    }
    try:
        return Days(max(back[unit]() + timedelta(days=1), EARLIEST), today)
    except (OverflowError, ValueError):
        return Days(EARLIEST, today)


def _named(period: Period, today: date) -> Days:
    index = period.n or 1
    month = {
        "month": index, "quarter": 3 * index - 2, "season": 3 * index, "year": 1,
    }[period.unit]
    year = period.year
    if year is None:
        year = today.year if date(today.year, month, 1) <= today else today.year - 1
    first = date(year, month, 1)
    return Days(first, min(end_of(period.unit, first), today))


def _whole_unit(period: Period) -> Unit | None:
    """The unit of a period that is one, whole or in progress."""
    return period.unit if period.kind in ("current", "previous", "named") else None


def _between(first: date | None, last: date | None) -> str:
    if first is not None and last is not None:
        return f"{first}" if first == last else f"{first} to {last}"
    return f"since {first}" if first is not None else f"to {last}"
