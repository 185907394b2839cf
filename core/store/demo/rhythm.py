"""The rhythm of demand: holidays, school breaks, weekdays and the hours of a day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from core.site.zones import FloatArray
from core.store.demo.assortment import CATEGORIES
from core.store.demo.places import VENUES, Venue


def us_holidays(year: int) -> tuple[date, ...]:
    """The public holidays that change sales, with the day after Thanksgiving."""
    thanksgiving = _nth(year, 11, 3, 4)
    return (
        date(year, 1, 1),
        _nth(year, 1, 0, 3),
        _nth(year, 5, 0, 5),
        date(year, 7, 4),
        _nth(year, 9, 0, 1),
        thanksgiving,
        thanksgiving + timedelta(1),
        date(year, 12, 24),
        date(year, 12, 25),
    )


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th weekday of a month; the last one where there is no n-th."""
    first = date(year, month, 1)
    day = first + timedelta((weekday - first.weekday()) % 7 + 7 * (n - 1))
    return day if day.month == month else day - timedelta(7)


def venue_days(days: list[date]) -> FloatArray:
    """Demand factor of each venue type on each day, mean 1 over the days, shape (V, D)."""
    holidays = {h for year in {d.year for d in days} for h in us_holidays(year)}
    factors = np.array([[_factor(venue, day, day in holidays) for day in days] for venue in VENUES])
    return np.asarray(factors / factors.mean(axis=1, keepdims=True))


def _factor(venue: Venue, day: date, holiday: bool) -> float:
    factor = venue.weekday[day.weekday()]
    if holiday:
        return factor * venue.holiday
    if (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3):
        return factor * venue.breaks
    if (6, 15) <= (day.month, day.day) <= (8, 24):
        return factor * venue.summer
    return factor


def season_days(curves: FloatArray, days: list[date]) -> FloatArray:
    """Monthly curves (C, 12), drawn through the middle of the months, on each day, shape (C, D)."""
    at = np.array([d.month - 1 + (d.day - 15) / 30.4 for d in days])
    month = np.arange(-1, 13)
    padded = np.concatenate([curves[:, -1:], curves, curves[:, :1]], axis=1)
    return np.stack([np.interp(at, month, row) for row in padded])


def hour_shares() -> FloatArray:
    """Cumulative share of a day's sales by the end of each hour, shape (V, C, 24)."""
    hour = np.arange(24) + 0.5
    result = np.empty((len(VENUES), len(CATEGORIES), 24))
    for v, venue in enumerate(VENUES):
        traffic = 0.04 + sum(weight * np.exp(-0.5 * ((hour - at) / 1.4) ** 2) for at, weight in venue.peaks)
        for c, spec in enumerate(CATEGORIES):
            daypart = 0.35 + np.exp(-0.5 * ((hour - spec.hour) / 3.5) ** 2)
            result[v, c] = np.cumsum(traffic * daypart)
    return np.asarray(result / result[:, :, -1:])


def traffic_by_hour(venue: str) -> list[float]:
    """Share of a venue type's traffic in each hour, 24 numbers that add up to 1."""
    v = next(i for i, item in enumerate(VENUES) if item.name == venue)
    cumulative = hour_shares()[v].mean(axis=0)
    return [round(float(x), 4) for x in np.diff(cumulative, prepend=0.0)]
