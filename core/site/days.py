"""The days of a history: what a day is worth by weekday and holiday, and the weeks that days make.

Weekday and holiday factors are shrunk: a site's to its venue type's, and that to the group's. They only
say how an exposure spreads over the days of a week; how well a whole week sells is the model's week effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.calendar import is_holiday
from core.site.arrays import totals
from core.site.site import SiteHistory
from core.site.zones import FloatArray, IntArray

DayArray = NDArray[np.datetime64]
WEEKDAY_PRIOR_UNITS, HOLIDAY_PRIOR_UNITS = 300.0, 30.0
SMALLEST_FACTOR = 0.02
DAYS_A_WEEK = 7
SMALLEST_CHANGE, FEW_CHANGES = 0.03, 8
"""Of a log price, less is rounding; and how many changes say on which weekday prices change."""


def as_days(values: pd.Series) -> DayArray:
    """A column of dates of any kind as days."""
    days: DayArray = np.asarray(values.to_numpy(), dtype="datetime64[D]")
    return days


def weekday_of(days: DayArray) -> IntArray:
    """Monday 0 … Sunday 6 (1970-01-01 was a Thursday)."""
    result: IntArray = (days.astype(np.int64) + 3) % DAYS_A_WEEK
    return result


def spans(history: SiteHistory) -> IntArray:
    """Days that each row of ``daily`` stands for, (rows,): 1 but for rows of whole weeks."""
    if "days" not in history.daily:
        return np.ones(len(history.daily), np.int64)
    return np.asarray(np.maximum(history.daily["days"].to_numpy(np.int64), 1))


def one_a_day(history: SiteHistory) -> pd.DataFrame:
    """``daily`` with rows of several days as one row a day, units and revenue in equal parts; what sold out
    in such a row was out on its last day."""
    frame, span = history.daily, spans(history)
    if (span == 1).all():
        return frame
    at = np.repeat(np.arange(len(frame)), span)
    offset = np.arange(len(at)) - np.repeat(np.cumsum(span) - span, span)
    part = {name: frame[name].to_numpy(np.float64)[at] / span[at] for name in ("units", "revenue")}
    out = frame["stockout"].to_numpy(bool)[at] & (offset == span[at] - 1)
    day = as_days(frame["day"])[at] + offset
    return frame.iloc[at].assign(day=day, stockout=out, **part).drop(columns="days")


def first_weekday(history: SiteHistory) -> int:
    """On which weekday the site's weeks begin: where its weekly rows begin, else where most of its prices
    change, so that no week mixes two of them; Monday where neither says so."""
    first = weekday_of(as_days(history.daily["day"]))
    weekly = spans(history) == DAYS_A_WEEK
    if weekly.any():
        return int(np.bincount(first[weekly]).argmax())
    changes = np.bincount(first[_repriced(history)], minlength=DAYS_A_WEEK)
    clear = changes.sum() >= FEW_CHANGES and changes.max() > changes.sum() / 2
    return int(changes.argmax()) if clear else 0


def _repriced(history: SiteHistory) -> NDArray[np.bool_]:
    """Rows of one day whose price is another than that of the product's last day with a sale, (rows,)."""
    frame = history.daily
    units, revenue = (frame[name].to_numpy(np.float64) for name in ("units", "revenue"))
    day, product = as_days(frame["day"]), frame["product_id"].to_numpy(np.int64)
    paid = np.flatnonzero((units > 0) & (revenue > 0))
    order = paid[np.lexsort((day[paid], product[paid]))]
    price = np.log(revenue[order] / units[order])
    changed = np.zeros(len(frame), bool)
    changed[order[1:]] = (np.diff(product[order]) == 0) & (np.abs(np.diff(price)) > SMALLEST_CHANGE)
    return changed


@dataclass(frozen=True, eq=False)
class DayFactors:
    """What a day of a site is worth: ``weekday`` (7,), Monday first, mean 1; ``holiday``: how much a public
    holiday of ``country`` sells by what its weekday does otherwise in that week."""

    weekday: FloatArray
    holiday: float = 1.0
    country: str = "US"

    def share(self, days: DayArray) -> FloatArray:
        """Multipliers of days, any shape."""
        share = self.weekday[weekday_of(days)]
        if self.holiday == 1.0:
            return share
        return np.asarray(np.where(is_holiday(days, self.country), share * self.holiday, share))


def day_factors(histories: Sequence[SiteHistory]) -> list[DayFactors]:
    """The factors of each site. Days that only a row of several days covers say nothing of weekdays."""
    weekdays = weekday_factors(histories)
    sold, expected = np.zeros(len(histories)), np.zeros(len(histories))
    for i, (history, weekday) in enumerate(zip(histories, weekdays, strict=True)):
        sold[i], expected[i] = _on_holidays(history, weekday)
    overall = _shrunk(sold.sum(), expected.sum(), 1.0)
    venues = np.array([h.venue_type for h in histories])
    by_venue = {
        v: _shrunk(sold[venues == v].sum(), expected[venues == v].sum(), overall) for v in set(venues)
    }
    return [
        DayFactors(weekday, _shrunk(s, e, by_venue[h.venue_type]), h.country)
        for h, weekday, s, e in zip(histories, weekdays, sold, expected, strict=True)
    ]


def _shrunk(sold: float, expected: float, prior: float) -> float:
    """A factor around ``prior`` as if that had been seen on ``HOLIDAY_PRIOR_UNITS`` units."""
    factor = (float(sold) + prior * HOLIDAY_PRIOR_UNITS) / (float(expected) + HOLIDAY_PRIOR_UNITS)
    return max(factor, SMALLEST_FACTOR)


def _on_holidays(history: SiteHistory, weekday: FloatArray) -> tuple[float, float]:
    """Units sold on public holidays, and what the other days of their weeks lead to expect."""
    days, units = _daily_units(history)
    off = is_holiday(days, history.country)
    if not off.any():
        return 0.0, 0.0
    _, week = np.unique((days.astype(np.int64) + 3) // DAYS_A_WEEK, return_inverse=True)
    share = weekday[weekday_of(days)]
    weeks = int(week.max()) + 1
    rest = np.where(off, 0.0, 1.0)
    rate = totals(week, units * rest, weeks) / np.maximum(totals(week, share * rest, weeks), 1e-9)
    known = off & (totals(week, rest, weeks)[week] > 0)
    return float(units[known].sum()), float((rate[week] * share)[known].sum())


def weekday_factors(histories: Sequence[SiteHistory]) -> list[FloatArray]:
    """Multiplier of each weekday (Monday first), mean 1, one array (7,) a site: the site's own
    profile shrunk to its venue type's, and that to the whole group's."""
    units, days = np.zeros((len(histories), 7)), np.zeros((len(histories), 7))
    for i, history in enumerate(histories):
        day, sold = _daily_units(history)
        weekday = weekday_of(day)
        units[i] = np.bincount(weekday, sold, minlength=7)
        days[i] = np.bincount(weekday, minlength=7)
    overall = _profile(units.sum(axis=0), days.sum(axis=0), np.ones(7))
    venues = np.array([h.venue_type for h in histories])
    by_venue = {
        v: _profile(units[venues == v].sum(axis=0), days[venues == v].sum(axis=0), overall)
        for v in set(venues)
    }
    return [_profile(u, d, by_venue[v]) for u, d, v in zip(units, days, venues, strict=True)]


def _daily_units(history: SiteHistory) -> tuple[DayArray, FloatArray]:
    """The days of the plan periods that rows of one day can tell of, with the units of all products."""
    days = np.concatenate([np.zeros(0, "datetime64[D]"), *(
        np.arange(np.datetime64(p.start), np.datetime64(p.end) + 1) for p in history.periods
    )])
    span, first = spans(history), as_days(history.daily["day"])
    long = span > 1
    begin, end = np.sort(first[long]), np.sort((first + span)[long])
    covered = np.searchsorted(begin, days, "right") > np.searchsorted(end, days, "right")
    days = np.unique(days[~covered])
    single = ~long & np.isin(first, days)
    at = np.searchsorted(days, first[single])
    return days, totals(at, history.daily["units"].to_numpy(np.float64)[single], len(days))


def _profile(units: FloatArray, days: FloatArray, prior: FloatArray) -> FloatArray:
    """Gamma-shrunken weekday factors, mean 1."""
    rate = units.sum() / max(float(days @ prior), 1e-9)
    prior_units = prior * WEEKDAY_PRIOR_UNITS / 7
    expected = prior * days * rate
    factor = prior * (units + prior_units) / np.maximum(expected + prior_units, 1e-9)
    factor = np.maximum(factor, SMALLEST_FACTOR)
    return np.asarray(factor / factor.mean())


@dataclass(frozen=True, eq=False)
class Calendar:
    """The days of a history with their ``bucket`` and ``share`` of an average day; of each bucket
    its ``period``, ``time``, ``month``, ``year``, ``exposure`` and number of ``length`` days."""

    days: DayArray
    bucket: IntArray
    share: FloatArray
    period: IntArray
    time: IntArray
    month: IntArray
    year: FloatArray
    exposure: FloatArray
    length: FloatArray


def calendar(bounds: tuple[DayArray, DayArray], factors: DayFactors, first_day: int = 0) -> Calendar:
    """The weeks, beginning on weekday ``first_day``, of periods between ``bounds``."""
    stretches = [np.arange(a, b + 1) for a, b in zip(*bounds, strict=True)]
    days = np.concatenate([np.zeros(0, "datetime64[D]"), *stretches])
    number = days.astype(np.int64)
    period = np.repeat(np.arange(len(stretches)), [len(s) for s in stretches])
    week = (number + 3 - first_day) // DAYS_A_WEEK
    keys, first, bucket = np.unique(period * 100_000 + week, return_index=True, return_inverse=True)
    _, time = np.unique(keys % 100_000, return_inverse=True)
    count = np.bincount(bucket)
    middle = np.bincount(bucket, number) / np.maximum(count, 1)
    month = (days[first] + (count // 2)).astype("datetime64[M]").astype(np.int64) % 12
    share = factors.share(days)
    year = (middle - (number.mean() if len(number) else 0.0)) / 365.25
    return Calendar(
        days, bucket, share, keys // 100_000, time, month, year, totals(bucket, share, len(keys)),
        count.astype(np.float64),
    )
