"""One site's history as cells: units and effective exposure by standing unit and week.

A *position* is a place of one plan period; a *unit* is what sales can be told apart for: one
position where the slot of a sale is known, else all positions of the product. A *bucket* is the
part of a week that lies in one period. A *cell* is a unit in a bucket, with its count and its
exposure in average days: the sum of weekday factors over the days the product was not out of stock.
A stockout day is censored, and its exposure is only the time until the product sold out, which
the solver computes (``SiteCells.stockouts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.planogram.planogram import Position
from core.planogram.product import Catalog
from core.site.arrays import totals
from core.site.response import neighbor_affinity
from core.site.site import SiteHistory
from core.site.zones import FloatArray, IntArray, Zones, zones_of

DayArray = NDArray[np.datetime64]
WEEKDAY_PRIOR_UNITS = 300.0
SMALLEST_FACTOR = 0.02


@dataclass(frozen=True, eq=False)
class Goods:
    """The catalog as arrays of P products in order of id; ``price`` 0 where not known."""

    product_ids: IntArray
    category: IntArray
    categories: tuple[str, ...]
    price: FloatArray
    cost: FloatArray

    def __len__(self) -> int:
        return len(self.product_ids)

    @property
    def index(self) -> Mapping[int, int]:
        return {int(p): i for i, p in enumerate(self.product_ids)}


def goods_of(catalog: Catalog, categories: Sequence[str] = ()) -> Goods:
    """Products by id, categories in the given order, then alphabetically."""
    products = [catalog[i] for i in sorted(catalog)]
    known = dict.fromkeys(categories)
    names = (*known, *sorted({p.category for p in products} - set(known)))
    place = {name: i for i, name in enumerate(names)}
    n = len(products)
    return Goods(
        np.fromiter((p.id for p in products), np.int64, n),
        np.fromiter((place[p.category] for p in products), np.int64, n),
        names,
        np.fromiter((p.price for p in products), np.float64, n),
        np.fromiter((p.cost for p in products), np.float64, n),
    )


@dataclass(frozen=True, eq=False)
class Standing:
    """N positions of all periods: catalog index, zone weights (N, S), log covariates, the number of
    neighbors by pair of categories ``pairs`` (N, see ``pair_index``), the unit and the (period,
    category) ``group`` within which products divert sales from each other."""

    product: IntArray
    weights: FloatArray
    log_price: FloatArray
    log_facings: FloatArray
    log_total: FloatArray
    affinity: FloatArray
    pairs: FloatArray
    period: IntArray
    group: IntArray
    group_category: IntArray
    unit: IntArray


@dataclass(frozen=True, eq=False)
class Stockouts:
    """Censored days: the ``cell``, ``units`` sold before the product was out, ``share`` of an average day."""

    cell: IntArray
    units: FloatArray
    share: FloatArray


@dataclass(frozen=True, eq=False)
class SiteCells:
    """U units, M cells, T weeks. Of each cell: ``unit``, ``time`` (index of its week), ``month``
    0–11, ``year`` (from the middle of the history), ``units`` sold, ``exposure`` without stockout
    days. ``day_share`` (T,): average days of each week. ``price``: reference prices (P,)."""

    history: SiteHistory
    zones: Zones
    standing: Standing
    unit: IntArray
    time: IntArray
    month: IntArray
    year: FloatArray
    units: FloatArray
    exposure: FloatArray
    stockouts: Stockouts
    day_share: FloatArray
    unit_product: IntArray
    unit_category: IntArray
    weekday: FloatArray
    price: FloatArray
    unplaced_units: float


def as_days(values: pd.Series) -> DayArray:
    """A column of dates of any kind as days."""
    days: DayArray = np.asarray(values.to_numpy(), dtype="datetime64[D]")
    return days


def weekday_factors(histories: Sequence[SiteHistory]) -> list[FloatArray]:
    """Multiplier of each weekday (Monday first), mean 1, one array (7,) a site: the site's own
    profile shrunk to its venue type's, and that to the whole group's."""
    units, days = np.zeros((len(histories), 7)), np.zeros((len(histories), 7))
    for i, history in enumerate(histories):
        sold = history.daily["units"].to_numpy(np.float64)
        units[i] = np.bincount(_weekday(as_days(history.daily["day"])), sold, minlength=7)[:7]
        for period in history.periods:
            span = np.arange(np.datetime64(period.start), np.datetime64(period.end) + 1)
            days[i] += np.bincount(_weekday(span), minlength=7)
    overall = _profile(units.sum(axis=0), days.sum(axis=0), np.ones(7))
    venues = np.array([h.venue_type for h in histories])
    by_venue = {
        v: _profile(units[venues == v].sum(axis=0), days[venues == v].sum(axis=0), overall)
        for v in set(venues)
    }
    return [_profile(u, d, by_venue[v]) for u, d, v in zip(units, days, venues, strict=True)]


def _profile(units: FloatArray, days: FloatArray, prior: FloatArray) -> FloatArray:
    """Gamma-shrunken weekday factors, mean 1."""
    rate = units.sum() / max(float(days @ prior), 1e-9)
    prior_units = prior * WEEKDAY_PRIOR_UNITS / 7
    expected = prior * days * rate
    factor = prior * (units + prior_units) / np.maximum(expected + prior_units, 1e-9)
    factor = np.maximum(factor, SMALLEST_FACTOR)
    return np.asarray(factor / factor.mean())


def _weekday(days: DayArray) -> IntArray:
    """Monday 0 … Sunday 6 (1970-01-01 was a Thursday)."""
    result: IntArray = (days.astype(np.int64) + 3) % 7
    return result


def site_cells(
    history: SiteHistory, goods: Goods, affinity: FloatArray, weekday: FloatArray
) -> SiteCells:
    """Aggregate one history. Raises KeyError for a product that the catalog lacks."""
    periods = sorted(history.periods, key=lambda p: p.start)
    zones = zones_of(history.fixture)
    positions = [q for p in periods for q in p.plan.positions]
    period = np.repeat(np.arange(len(periods)), [len(p.plan.positions) for p in periods])
    index = goods.index
    product = np.fromiter((index[q.product_id] for q in positions), np.int64, len(positions))
    rows = _Rows.read(history, goods, periods_days(history), positions, period, product)
    calendar = _calendar(periods_days(history), weekday)
    unit = rows.unit_of_position
    unit_period = _of_unit(unit, period)
    cell_unit, cell_bucket = np.nonzero(unit_period[:, None] == calendar.period)
    cell_of = np.full((len(unit_period), len(calendar.period)), -1, np.int64)
    cell_of[cell_unit, cell_bucket] = np.arange(len(cell_unit))
    at = np.searchsorted(calendar.days, rows.day)
    cell = cell_of[rows.unit, calendar.bucket[at]]
    stockouts = _stockouts(rows, cell, calendar.share[at])
    exposure = calendar.exposure[cell_bucket]
    exposure = exposure - totals(stockouts.cell, stockouts.share, len(exposure))
    price, reference = _prices(rows, positions, period, product, goods)
    return SiteCells(
        history, zones,
        _standing(history, positions, period, product, unit, zones, goods, affinity, price, reference),
        cell_unit, calendar.time[cell_bucket], calendar.month[cell_bucket], calendar.year[cell_bucket],
        totals(cell, rows.units, len(cell_unit)), np.maximum(exposure, 0.0), stockouts,
        totals(calendar.time, calendar.exposure, int(calendar.time.max(initial=-1)) + 1),
        _of_unit(unit, product),
        goods.category[_of_unit(unit, product)], weekday, reference, rows.lost,
    )


def _of_unit(unit: IntArray, values: IntArray) -> IntArray:
    """A value that all positions of a unit share, (N,) → (U,)."""
    result = np.zeros(int(unit.max(initial=-1)) + 1, np.int64)
    result[unit] = values
    return result


def periods_days(history: SiteHistory) -> tuple[DayArray, DayArray]:
    """(first, last) day of each period, in order."""
    periods = sorted(history.periods, key=lambda p: p.start)
    return (
        np.array([p.start for p in periods], dtype="datetime64[D]"),
        np.array([p.end for p in periods], dtype="datetime64[D]"),
    )


@dataclass(frozen=True, eq=False)
class _Calendar:
    """The days of the history with their ``bucket`` and ``share`` of an average day; of each bucket
    its ``period``, ``time``, ``month``, ``year`` and ``exposure``."""

    days: DayArray
    bucket: IntArray
    share: FloatArray
    period: IntArray
    time: IntArray
    month: IntArray
    year: FloatArray
    exposure: FloatArray


def _calendar(bounds: tuple[DayArray, DayArray], weekday: FloatArray) -> _Calendar:
    spans = [np.arange(a, b + 1) for a, b in zip(*bounds, strict=True)]
    days = np.concatenate([np.zeros(0, "datetime64[D]"), *spans])
    number = days.astype(np.int64)
    period = np.repeat(np.arange(len(spans)), [len(s) for s in spans])
    week = (number + 3) // 7
    keys, first, bucket = np.unique(period * 100_000 + week, return_index=True, return_inverse=True)
    _, time = np.unique(keys % 100_000, return_inverse=True)
    count = np.bincount(bucket)
    middle = np.bincount(bucket, number) / np.maximum(count, 1)
    month = (days[first] + (count // 2)).astype("datetime64[M]").astype(np.int64) % 12
    share = weekday[_weekday(days)]
    year = (middle - (number.mean() if len(number) else 0.0)) / 365.25
    return _Calendar(
        days, bucket, share, keys // 100_000, time, month, year, totals(bucket, share, len(keys))
    )


@dataclass(frozen=True, eq=False)
class _Rows:
    """The daily rows that could be placed, with their unit; ``lost`` units could not."""

    day: DayArray
    unit: IntArray
    units: FloatArray
    revenue: FloatArray
    stockout: NDArray[np.bool_]
    unit_of_position: IntArray
    lost: float

    @classmethod
    def read(
        cls, history: SiteHistory, goods: Goods, bounds: tuple[DayArray, DayArray],
        positions: Sequence[Position], period: IntArray, product: IntArray,
    ) -> _Rows:
        frame = history.daily
        day = as_days(frame["day"])
        row = frame["row"].to_numpy(np.int64)
        column = frame["column"].to_numpy(np.int64)
        units = frame["units"].to_numpy(np.float64)
        code = _codes(frame["product_id"].to_numpy(np.int64), goods.product_ids)
        grid, first = _lookups(history, len(bounds[0]), len(goods), positions, period, product)
        k = np.searchsorted(bounds[0], day, side="right") - 1
        inside = (k >= 0) & (code >= 0)
        inside[inside] = day[inside] <= bounds[1][k[inside]]
        place = np.full(len(day), -1, np.int64)
        on_grid = inside & (row >= 0) & (column >= 0)
        on_grid &= (row < grid.shape[1]) & (column < grid.shape[2])
        place[on_grid] = grid[k[on_grid], row[on_grid], column[on_grid]]
        right = np.zeros(len(day), bool)
        right[place >= 0] = product[place[place >= 0]] == code[place >= 0]
        vague = inside & ~right
        place[vague] = first[k[vague], code[vague]]
        pooled = np.zeros(first.shape, bool)
        pooled[k[vague], code[vague]] = True
        leader = np.where(pooled[period, product], first[period, product], np.arange(len(positions)))
        _, unit_of_position = np.unique(leader, return_inverse=True)
        ok = inside & (place >= 0)
        return cls(
            day[ok], unit_of_position[place[ok]], units[ok],
            frame["revenue"].to_numpy(np.float64)[ok], frame["stockout"].to_numpy(bool)[ok],
            unit_of_position, float(units[~ok].sum()),
        )


def _codes(ids: IntArray, known: IntArray) -> IntArray:
    """Index of each id in the sorted ``known``, −1 where it is not there."""
    if not len(known):
        return np.full(len(ids), -1, np.int64)
    place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return np.where(known[place] == ids, place, -1)


def _lookups(
    history: SiteHistory, n_periods: int, n_products: int,
    positions: Sequence[Position], period: IntArray, product: IntArray,
) -> tuple[IntArray, IntArray]:
    """(period, row, column) → position and (period, product) → first position, −1 for none."""
    fixture = history.fixture
    widest = max((q.column + q.cells for q in positions), default=0)
    tallest = max((q.row + 1 for q in positions), default=0)
    grid = np.full((n_periods, max(fixture.rows, tallest), max(fixture.columns, widest)), -1, np.int64)
    first = np.full((n_periods, n_products), -1, np.int64)
    for i in range(len(positions) - 1, -1, -1):
        q, k = positions[i], period[i]
        grid[k, q.row, q.column : q.column + max(q.cells, 1)] = i
        first[k, product[i]] = i
    return grid, first


def _stockouts(rows: _Rows, cell: IntArray, share: FloatArray) -> Stockouts:
    """One censored day a unit and day, also where several of its positions were out."""
    out = np.flatnonzero(rows.stockout)
    key = rows.unit[out] * 1_000_000 + rows.day[out].astype(np.int64)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    units = totals(inverse, rows.units[out], len(first))
    chosen = out[first]
    return Stockouts(cell[chosen], units, share[chosen])


def _prices(
    rows: _Rows, positions: Sequence[Position], period: IntArray, product: IntArray, goods: Goods
) -> tuple[FloatArray, FloatArray]:
    """Price of each position (N,), and the reference price of each product (P,): the catalog's, so
    that a product means the same at every site; the last one seen here where the catalog has none."""
    n_units = int(rows.unit_of_position.max(initial=-1)) + 1
    sold = np.bincount(rows.unit, rows.units, minlength=n_units)
    paid = np.bincount(rows.unit, rows.revenue, minlength=n_units)
    realized = np.where((sold > 0) & (paid > 0), paid / np.maximum(sold, 1e-9), np.nan)
    stated = np.array([np.nan if q.price is None else q.price for q in positions], np.float64)
    price = np.where(stated > 0, stated, realized[rows.unit_of_position])
    reference = goods.price.copy()
    for i in np.argsort(period, kind="stable"):
        if price[i] > 0 and not goods.price[product[i]] > 0:
            reference[product[i]] = price[i]
    return np.where(price > 0, price, reference[product]), reference


def _standing(
    history: SiteHistory, positions: Sequence[Position], period: IntArray, product: IntArray,
    unit: IntArray, zones: Zones, goods: Goods, affinity: FloatArray, price: FloatArray,
    reference: FloatArray,
) -> Standing:
    n = len(positions)
    facings = np.fromiter((float(max(q.facings, 1)) for q in positions), np.float64, n)
    key = period * len(goods) + product
    _, same = np.unique(key, return_inverse=True)
    total = np.bincount(same, facings)[same] if n else facings
    known = (price > 0) & (reference[product] > 0)
    log_price = np.zeros(n)
    log_price[known] = np.log(price[known] / reference[product][known])
    groups, group = np.unique(period * len(goods.categories) + goods.category[product], return_inverse=True)
    row = np.fromiter((q.row for q in positions), np.int64, n)
    shelf = period * 1000 + row
    beside = neighbor_affinity(shelf, product, affinity)
    pairs = _neighbor_pairs(shelf, goods.category[product], len(goods.categories))
    weights = [zones.weights(p.plan) for p in sorted(history.periods, key=lambda p: p.start)]
    return Standing(
        product, np.concatenate(weights) if weights else np.zeros((0, len(zones))),
        log_price, np.log(facings), np.log(total), beside, pairs, period, group,
        groups % len(goods.categories), unit,
    )


def pair_index(categories: int) -> IntArray:
    """Number of each unordered pair of categories, (C, C) symmetric, 0 … C(C + 1)/2 − 1."""
    first, second = np.triu_indices(categories)
    table = np.zeros((categories, categories), np.int64)
    table[first, second] = table[second, first] = np.arange(len(first))
    return table


def rivals(categories: int) -> IntArray:
    """Numbers of the pairs of a category with itself, (C,)."""
    return np.diag(pair_index(categories)).copy()


def _neighbor_pairs(shelf: IntArray, category: IntArray, categories: int) -> FloatArray:
    """How many neighbors of each position make each pair of categories with it, (N, pairs)."""
    table = pair_index(categories)
    result = np.zeros((len(category), categories * (categories + 1) // 2))
    beside = np.flatnonzero(shelf[1:] == shelf[:-1])
    pair = table[category[beside], category[beside + 1]]
    result[beside, pair] += 1.0
    result[beside + 1, pair] += 1.0
    return result
