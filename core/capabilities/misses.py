"""The worst misses of a period, each with the likeliest reason that the data show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from core.calendar import DEFAULT_COUNTRY, holidays_between
from core.capabilities.kept import WEEK
from core.forecast.counts import Counts

EPOCH = date(1970, 1, 1)
TAIL = 0.025
EVERYWHERE, OTHERS, LEAST_UNITS = 0.35, 4, 10.0
"""Others whose sales differ by so much explain a miss, where they are so many and sell so much a week."""
JAM_CHANCE = 0.01
MOVED_DAYS = 21
EXPECTED_BY_CHANCE = 0.5
"""So many as bad misses are expected of as many forecasts by chance alone: no reason need be looked for."""
UNKNOWN = "no reason in the data"
A_PLACE = 3


@dataclass(frozen=True, slots=True)
class Miss:
    """A product's week at a place that lay outside its 95 % interval (``lower``–``upper``, units)."""

    site_id: int
    product_id: int
    week: date
    expected: float
    lower: float
    upper: float
    actual: int
    reason: str


@dataclass(frozen=True, eq=False)
class Evidence:
    """``daily``: site_id, product_id, day, units, stockout of the missed products and weeks; ``changes``:
    site_id, product_id, day, what ("moved", "new here", "facings changed") of the plans; ``country``: whose
    public holidays count."""

    daily: pd.DataFrame
    changes: pd.DataFrame
    country: str = DEFAULT_COUNTRY


@dataclass(frozen=True, eq=False)
class _Elsewhere:
    """What others did in a week: (label, day) → units sold, units expected, rows; by venue type, by place,
    by product. ``venues``: site → venue type."""

    venue: Mapping[tuple[Any, int], tuple[float, float, float]]
    place: Mapping[tuple[Any, int], tuple[float, float, float]]
    product: Mapping[tuple[Any, int], tuple[float, float, float]]
    venues: Mapping[int, str]

    def told(self, row: Any) -> str:
        """What the miss has in common with the others of its week, empty where nothing."""
        day, kind = int(row.day), self.venues.get(int(row.site_id), "")
        itself = (float(row.actual), float(row.expected), 1.0)
        here = self.place.get((int(row.site_id), day), itself)
        for table, label, own, told in (
            (self.venue, kind, here, f"other places of its kind ({kind}) sold"),
            (self.place, int(row.site_id), itself, "all else there sold"),
            (self.product, int(row.product_id), itself, "it sold everywhere"),
        ):
            if not label:
                continue
            together = table.get((label, day), own)
            sold, expected, rows = (every - one for every, one in zip(together, own, strict=True))
            if rows < OTHERS or expected < LEAST_UNITS:
                continue
            ratio = sold / expected - 1.0
            if abs(ratio) > EVERYWHERE and (ratio > 0) == (row.actual > row.expected):
                return f"{told} {abs(100 * ratio):.0f}% {'more' if ratio > 0 else 'less'} than expected"
        return ""


def worst(weeks: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows of ``Kept.product_weeks`` that lay outside the 95 % interval: first those that as many
    forecasts would not miss so far by chance, each sort by units missed; one for each product and place and
    at most ``A_PLACE`` of a place."""
    outside = weeks[(weeks["pit"] < TAIL) | (weeks["pit"] > 1 - TAIL)]
    # The transform is randomized within a count's own probability, so the bound itself may lie in the tail.
    counts = Counts(outside["expected"].to_numpy(), outside["variance"].to_numpy())
    lower, upper = counts.quantile(TAIL), counts.quantile(1 - TAIL)
    outside = outside[(outside["actual"] < lower) | (outside["actual"] > upper)]
    off = (outside["actual"] - outside["expected"]).abs()
    tail = np.minimum(outside["pit"], 1.0 - outside["pit"])
    beyond = 2.0 * tail * len(weeks) < EXPECTED_BY_CHANCE
    order = {"beyond": False, "off": False, "site_id": True, "product_id": True}
    ordered = outside.assign(off=off, beyond=beyond).sort_values(list(order), ascending=list(order.values()))
    ordered = ordered.drop_duplicates(["site_id", "product_id"])
    return ordered[ordered.groupby("site_id").cumcount() < A_PLACE].head(most).drop(columns=["off", "beyond"])


def explain(
    missed: pd.DataFrame, weeks: pd.DataFrame, evidence: Evidence, venues: Mapping[int, str]
) -> tuple[Miss, ...]:
    """The missed weeks with bounds and reason. ``weeks``: all product weeks of the same forecasts, for what
    the place and the product did elsewhere in the same week; ``venues``: site → venue type."""
    counts = Counts(missed["expected"].to_numpy(), missed["variance"].to_numpy())
    lower, upper = counts.quantile(TAIL), counts.quantile(1 - TAIL)
    elsewhere = _Elsewhere(
        _sums(weeks.assign(venue=weeks["site_id"].map(venues)), "venue"), _sums(weeks, "site_id"),
        _sums(weeks, "product_id"), venues,
    )
    daily, changes = _by_pair(evidence.daily), _by_pair(evidence.changes)
    sold = missed["actual"].to_numpy(np.float64)
    chance = 2.0 * np.minimum(counts.cdf(sold), 1.0 - counts.cdf(sold - 1.0)) * len(weeks)
    found = []
    rows: list[Any] = list(missed.itertuples(index=False))
    for row, low, high, likely in zip(rows, lower, upper, chance.tolist(), strict=True):
        key = (row.site_id, row.product_id)
        reason = _reason(row, daily.get(key), changes.get(key), elsewhere, evidence.country)
        if not reason and likely >= EXPECTED_BY_CHANCE:
            reason = f"chance: of {len(weeks):,} weeks about {max(likely, 1):.0f} miss as far"
        found.append(Miss(
            int(row.site_id), int(row.product_id), EPOCH + timedelta(days=int(row.day)), float(row.expected),
            float(low), float(high), int(row.actual), reason or UNKNOWN,
        ))
    return tuple(found)


def _reason(
    row: Any, daily: pd.DataFrame | None, changes: pd.DataFrame | None, elsewhere: _Elsewhere, country: str
) -> str:
    """The first of the known reasons that the data show, strongest evidence first; empty where none."""
    day, expected, actual = int(row.day), float(row.expected), int(row.actual)
    more = actual > expected
    here = None if daily is None else daily[(daily["day"] >= day) & (daily["day"] < day + WEEK)]
    out = 0 if here is None else int(here["stockout"].sum())
    if out and not more:
        return f"out of stock on {out} day{'s' if out > 1 else ''} of the week"
    empty = _silent(here, day)
    if not more and empty >= 2 and np.exp(-expected / WEEK * empty) < JAM_CHANCE:
        return f"nothing sold {empty} days in a row: jammed, or sold out and not recorded"
    if changes is not None:
        near = changes[(changes["day"] > day - MOVED_DAYS) & (changes["day"] < day + WEEK)]
        if len(near):
            told = near.iloc[-1]
            return f"{told['what']} on {_date(int(told['day']))}"
    feast = _holiday(day, country)
    shared = elsewhere.told(row)
    if shared:
        return f"{shared}, the week of {feast}" if feast else shared
    peak = _peak(here, expected)
    if more and peak is not None:
        return f"one day alone: {peak[1]} units on {_date(peak[0])}"
    if feast:
        return f"the week of {feast}"
    return ""


def _by_pair(frame: pd.DataFrame) -> dict[Any, pd.DataFrame]:
    return dict(iter(frame.groupby(["site_id", "product_id"])))


def _sums(weeks: pd.DataFrame, by: str) -> dict[tuple[Any, int], tuple[float, float, float]]:
    """(label, day) → units sold, units expected, rows."""
    groups = weeks.groupby([by, "day"])
    total = groups[["actual", "expected"]].sum().assign(rows=groups.size())
    labels, days = (total.index.get_level_values(level).tolist() for level in (by, "day"))
    values = map(tuple, total.to_numpy(np.float64).tolist())
    return dict(zip(zip(labels, days, strict=True), values, strict=True))


def _silent(here: pd.DataFrame | None, day: int) -> int:
    """The longest run of days of the week without a sale."""
    sold = np.zeros(WEEK, bool)
    if here is not None:
        sold[here.loc[here["units"] > 0, "day"].to_numpy(np.int64) - day] = True
    longest = run = 0
    for one in sold.tolist():
        run = 0 if one else run + 1
        longest = max(longest, run)
    return longest


def _peak(here: pd.DataFrame | None, expected: float) -> tuple[int, int] | None:
    """The day that sold most of what came too much, and its units."""
    if here is None or here.empty:
        return None
    days, at = np.unique(here["day"].to_numpy(np.int64), return_inverse=True)
    units = np.bincount(at, here["units"].to_numpy())
    most = int(units.max())
    excess = float(units.sum()) - expected
    return (int(days[units.argmax()]), most) if most - expected / WEEK > 0.6 * excess else None


def _holiday(day: int, country: str) -> str:
    first = EPOCH + timedelta(days=day)
    return next(iter(holidays_between(first, first + timedelta(days=WEEK - 1), country).values()), "")


def _date(day: int) -> str:
    when = EPOCH + timedelta(days=day)
    return f"{when:%a}, {when:%b} {when.day}"
