"""A forecast as rows to keep and judge, and forecasts made as of earlier days from what was known then."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from core.forecast.counts import Counts
from core.forecast.fleet import choose, forecast
from core.forecast.forecast import Forecast
from core.forecast.panel import BoolArray, FloatArray, IntArray, Panel

HORIZON = 28
WEEK = 7
REPLAYS = 12
"""Past weeks whose forecasts are made afterwards, so that there is something to judge at once."""
LEAST_HISTORY = 56
"""Days that a replayed forecast must have had before it."""
STANDING_DAYS = 14
"""A product that was last there longer ago than this is no longer forecast."""
LOOK_BACK = 26
"""Spans before the forecast that the mean change is taken over."""


@dataclass(frozen=True, eq=False)
class Spans:
    """Rows (n,): ``group`` the series or site, ``offset`` steps after the last known one at which the span
    begins, ``days`` its length; ``expected``, ``variance``, ``naive`` and ``scale`` as the store keeps them
    (NaN: not known)."""

    group: IntArray
    offset: IntArray
    days: IntArray
    expected: FloatArray
    variance: FloatArray
    naive: FloatArray
    scale: FloatArray

    def __len__(self) -> int:
        return len(self.group)


@dataclass(frozen=True, eq=False)
class RunRows:
    """One forecast of a fleet. ``site`` and ``product`` (rows of ``products``,), ``site_of`` (rows of
    ``sites``,) are ids; ``last_known`` the last day it knew of."""

    last_known: date
    model_version: str
    replayed: bool
    series: int
    seconds: float
    site: IntArray
    product: IntArray
    products: Spans
    site_of: IntArray
    sites: Spans


def rows_of(
    panel: Panel, made: Forecast, places: IntArray, stands: BoolArray, *, daily: bool = True,
    replayed: bool = False, seconds: float = 0.0,
) -> RunRows | None:
    """The spans of a forecast that was made from ``panel``: the four weeks and the 28 days of each product
    that ``stands`` (S,), with ``daily`` also the first seven days; and of each place all together. None
    where nothing stands. ``places`` (S,): the id of the place of each series, of which a place may have
    several for one product. Weekly panels have no days."""
    if not stands.any():
        return None
    keys = np.stack([places, panel.product], axis=1)
    pairs = np.unique(keys[stands], axis=0)
    pair = _place_in(pairs, keys, stands)
    ids, site = np.unique(pairs[:, 0], return_inverse=True)
    site = np.where(stands, site[pair], 0)
    sold = _summed(panel.units, pair, stands, len(pairs))
    stood = _summed(panel.exposure, pair, stands, len(pairs))
    sold_there = _summed(panel.units, site, stands, len(ids))
    alone: list[Spans] = []
    together: list[Spans] = []
    for first, last in _spans(panel.step_days, daily):
        for groups, units, there, rows in ((pair, sold, stood, alone),
                                           (site, sold_there, np.ones_like(sold_there), together)):
            counts = made.totals(groups, first, last, among=stands)
            past = _past(units, there, first, last, panel.step_days)
            rows.append(_rows(first * panel.step_days, (last - first) * panel.step_days, counts, *past))
    products, sites = _joined(alone), _joined(together)
    return RunRows(
        panel.end - timedelta(days=1), made.version, replayed, int(stands.sum()), seconds,
        pairs[products.group, 0], pairs[products.group, 1], products, ids[sites.group], sites,
    )


def replays(panel: Panel, places: IntArray, weeks_back: Sequence[int]) -> Iterator[RunRows]:
    """The forecasts that would have been made so many weeks before the panel's end, the oldest first, each
    from the days before it alone.

    What a response that has seen later days expects (``prior_rate``) is left out, and how to forecast is
    chosen once, from the days before the first of them. Inputs must reach ``HORIZON`` days past the end.
    """
    step = WEEK // panel.step_days
    horizon = HORIZON // panel.step_days
    blind = replace(panel, prior_rate=np.full(panel.series, np.nan))
    pool = None
    for back in sorted(weeks_back, reverse=True):
        steps = panel.steps - back * step
        if steps * panel.step_days < LEAST_HISTORY:
            continue
        seen = blind.exposure[:, :steps].max(axis=1) > 0
        if not seen.any():
            continue
        known = blind.until(steps).of(seen)
        began = time.perf_counter()
        pool = pool or choose(known, horizon)
        made = forecast(known, horizon, pool=pool)
        rows = rows_of(known, made, places[seen], standing(known), daily=back == 1, replayed=True,
                       seconds=time.perf_counter() - began)
        if rows is not None:
            yield rows


def _place_in(pairs: IntArray, keys: IntArray, stands: BoolArray) -> IntArray:
    """The row of ``pairs`` of each key (S,), 0 where it does not stand."""
    most = int(max(keys[:, 1].max(initial=0), 0)) + 1
    found = np.searchsorted(pairs[:, 0] * most + pairs[:, 1], keys[:, 0] * most + keys[:, 1])
    return np.where(stands, np.minimum(found, len(pairs) - 1), 0).astype(np.int64)


def _summed(values: FloatArray, group: IntArray, among: BoolArray, size: int) -> FloatArray:
    """Sums of the rows of each group, (size, T)."""
    total = np.zeros((size, values.shape[1]))
    np.add.at(total, group[among], values[among])
    return total


def standing(panel: Panel) -> BoolArray:
    """Which series were there in the panel's last days, (S,)."""
    recent = max(STANDING_DAYS // panel.step_days, 1)
    return np.asarray(panel.exposure[:, -recent:].max(axis=1) > 0)


def _spans(step_days: int, daily: bool) -> Iterator[tuple[int, int]]:
    week, horizon = WEEK // step_days, HORIZON // step_days
    if daily and step_days == 1:
        yield from ((day, day + 1) for day in range(WEEK))
    yield from ((start, start + week) for start in range(0, horizon - week + 1, week))
    yield 0, horizon


def _past(
    units: FloatArray, exposure: FloatArray, first: int, last: int, step_days: int
) -> tuple[FloatArray, FloatArray]:
    """What the same span of the weeks before sold, (S,), and the mean change from one such span to the
    next over the last ``LOOK_BACK``, (S,); NaN where the product did not stand through."""
    length, period = last - first, WEEK // step_days
    steps = units.shape[1]
    if length < period:  # a day is compared with the same weekday
        ends = steps - period + first + 1
        ends = ends if ends >= length else steps
        stride = period
    else:
        ends, stride = steps, length
    starts = np.arange(ends - length, -1, -stride)[: LOOK_BACK + 1]
    if not len(starts):
        return np.full(len(units), np.nan), np.full(len(units), np.nan)
    picked = starts[:, None] + np.arange(length)
    sold = np.asarray(units[:, picked].sum(axis=2), np.float64)
    stood = exposure[:, picked].min(axis=2) > 0
    both = stood[:, 1:] & stood[:, :-1]
    change = (np.abs(np.diff(sold, axis=1)) * both).sum(axis=1)
    pairs = both.sum(axis=1)
    scale = np.where(pairs > 0, change / np.maximum(pairs, 1), np.nan)
    return np.where(stood[:, 0], sold[:, 0], np.nan), scale


def _rows(offset: int, days: int, counts: Counts, naive: FloatArray, scale: FloatArray) -> Spans:
    n = len(counts.mean)
    begins, length = np.full(n, offset), np.full(n, days)
    return Spans(np.arange(n), begins, length, counts.mean, counts.variance, naive, scale)


def _joined(parts: list[Spans]) -> Spans:
    return Spans(*(np.concatenate([getattr(p, name) for p in parts]) for name in Spans.__dataclass_fields__))
