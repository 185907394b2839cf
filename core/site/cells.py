"""One site's history as cells: units and effective exposure by standing unit and week.

A *spell* is a stretch of a plan period in which no price and no promotion changed. A *position* is a
place of one spell; a *unit* is what sales can be told apart for: one position where the slot of a
sale is known, else all positions of the product. A *bucket* is the part of a week that lies in one
plan period. A *cell* is a unit in a bucket, with its count and its
exposure in average days: the sum of weekday factors over the days the product was not out of stock.
A stockout day is censored, and its exposure is only the time until the product sold out, which
the solver computes (``SiteCells.stockouts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.planogram.planogram import Position
from core.planogram.product import Catalog
from core.site.arrays import totals
from core.site.days import Calendar, DayFactors, calendar, first_weekday
from core.site.inferred import out_probability
from core.site.response import neighbor_affinity
from core.site.rows import PROMOTIONS, Rows, periods_days
from core.site.site import SiteHistory
from core.site.spells import Paid, price_in, price_noise, spells_of
from core.site.zones import FloatArray, IntArray, Zones, zones_of


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
    """N positions of all spells: catalog index, zone weights (N, S), log covariates, ``promoted`` (N, see
    ``PROMOTIONS``), the number of neighbors by pair of categories ``pairs`` (N, see ``pair_index``), the
    ``spell`` and its ``days``, the (spell, category) ``group`` within which products divert sales from
    each other, the unit."""

    product: IntArray
    weights: FloatArray
    log_price: FloatArray
    promoted: FloatArray
    log_facings: FloatArray
    log_total: FloatArray
    affinity: FloatArray
    pairs: FloatArray
    spell: IntArray
    days: FloatArray
    group: IntArray
    group_category: IntArray
    unit: IntArray

    def during(
        self, origin: IntArray, spell: IntArray, unit: IntArray, lengths: FloatArray, log_price: FloatArray,
        promoted: FloatArray,
    ) -> Standing:
        """These positions, each as often as it stands in ``spell`` (N,), with what is the spell's own."""
        category = self.group_category[origin]
        wide = int(self.group_category.max(initial=0)) + 1
        groups, group = np.unique(spell * wide + category, return_inverse=True)
        return Standing(
            self.product[origin], self.weights[origin], log_price, promoted, self.log_facings[origin],
            self.log_total[origin], self.affinity[origin], self.pairs[origin], spell, lengths[spell],
            group, groups % wide, unit,
        )


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


def site_cells(
    history: SiteHistory, goods: Goods, affinity: FloatArray, factors: DayFactors
) -> SiteCells:
    """Aggregate one history. Raises KeyError for a product that the catalog lacks."""
    positions, period, product = _positions(history, goods)
    rows = Rows.read(history, goods.product_ids, factors, positions, period, product)
    days = calendar(periods_days(history), factors, first_weekday(history))
    whole = rows.unit_of_position
    units = int(whole.max(initial=-1)) + 1
    unit_period = np.zeros(units, np.int64)
    unit_period[whole] = period
    cell_whole, bucket = np.nonzero(unit_period[:, None] == days.period)
    cell_of = np.full((units, len(days.period)), -1, np.int64)
    cell_of[cell_whole, bucket] = np.arange(len(bucket))
    at = np.searchsorted(days.days, rows.lines.day)
    cell = cell_of[rows.unit, days.bucket[at]]
    paid = _paid(rows, cell, cell_whole, bucket)
    spells = spells_of(paid, days.period, units)
    origin, spell = _repeated(period, spells.period)
    known, unit = np.unique(spell * units + whole[origin], return_inverse=True)
    cell_unit = np.searchsorted(known, spells.of_bucket[bucket] * units + cell_whole)
    price, reference = _prices(rows, paid, positions, period, product, goods)
    changed = price_in(paid, spells, cell_unit, len(known))[unit]
    price = np.where(spells.moved[whole[origin]] & (changed > 0), changed, price[origin])
    standing = _standing(history, positions, period, product, goods, affinity, reference)
    lengths = totals(spells.of_bucket, days.length, len(spells.period))
    standing = standing.during(
        origin, spell, unit, lengths, _relative(price, reference[product[origin]]),
        _promoted(paid, cell_unit, len(known))[unit],
    )
    stockouts = _joined(_stockouts(rows, cell, days.share[at]), _unseen(rows, days, cell_of, at))
    exposure = days.exposure[bucket] - totals(stockouts.cell, stockouts.share, len(bucket))
    of_unit = product[origin][np.unique(unit, return_index=True)[1]]
    return SiteCells(
        history, zones_of(history.fixture), standing,
        cell_unit, days.time[bucket], days.month[bucket], days.year[bucket],
        paid.units, np.maximum(exposure, 0.0), stockouts,
        totals(days.time, days.exposure, int(days.time.max(initial=-1)) + 1),
        of_unit, goods.category[of_unit], factors.weekday, reference, rows.lost,
    )


def _positions(history: SiteHistory, goods: Goods) -> tuple[list[Position], IntArray, IntArray]:
    """The positions of all plan periods in order of time, the period and the product of each."""
    periods = sorted(history.periods, key=lambda p: p.start)
    positions = [q for p in periods for q in p.plan.positions]
    period = np.repeat(np.arange(len(periods)), [len(p.plan.positions) for p in periods])
    index = goods.index
    product = np.fromiter((index[q.product_id] for q in positions), np.int64, len(positions))
    return positions, period, product


def _paid(rows: Rows, cell: IntArray, unit: IntArray, bucket: IntArray) -> Paid:
    """What each cell sold, for how much, and how it was promoted."""
    lines = rows.lines
    promoted = np.zeros((len(unit), len(PROMOTIONS)))
    if lines.promoted.any():
        np.maximum.at(promoted, cell, lines.promoted)
    price = np.where(lines.units > 0, lines.revenue / np.maximum(lines.units, 1e-9), 0.0)
    return Paid(
        unit, bucket, totals(cell, lines.units, len(unit)), totals(cell, lines.revenue, len(unit)),
        promoted, *price_noise(price, cell, unit, int(unit.max(initial=-1)) + 1),
    )


def _repeated(period: IntArray, of_spell: IntArray) -> tuple[IntArray, IntArray]:
    """The positions of each spell: (which of all plan periods' they are, their spell), both (N,)."""
    count = np.bincount(period, minlength=int(of_spell.max(initial=-1)) + 1)
    first = np.cumsum(count) - count
    size = count[of_spell]
    spell = np.repeat(np.arange(len(of_spell)), size)
    return np.arange(len(spell)) - (np.cumsum(size) - size)[spell] + first[of_spell][spell], spell


def _promoted(paid: Paid, unit: IntArray, units: int) -> FloatArray:
    """Mean promotions of each unit over its cells, (units, promotions)."""
    if not paid.promoted.any():
        return np.zeros((units, len(PROMOTIONS)))
    cells = np.maximum(totals(unit, np.ones(len(unit)), units), 1.0)
    return np.column_stack([totals(unit, values, units) / cells for values in paid.promoted.T])


def _stockouts(rows: Rows, cell: IntArray, share: FloatArray) -> Stockouts:
    """One censored day, or row of days, a unit, also where several of its positions were out."""
    lines = rows.lines
    out = np.flatnonzero(lines.stockout)
    key = rows.unit[out] * 1_000_000 + lines.mark[out]
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    units = totals(inverse, lines.units[out], len(first))
    day = lines.day[out].astype(np.int64)
    _, single = np.unique(key * 1000 + (day - lines.mark[out]), return_index=True)
    return Stockouts(cell[out[first]], units, totals(inverse[single], share[out][single], len(first)))


def _unseen(rows: Rows, days: Calendar, cell_of: IntArray, at: IntArray) -> Stockouts:
    """What days without a sale count less for the chance that the unit was out of stock unrecorded, where the
    rows tell of single days. ``cell_of`` (units, buckets), ``at`` (lines,) index of their day."""
    lines = rows.lines
    if (lines.mark != lines.day.astype(np.int64)).any():
        return Stockouts(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    shape = (len(cell_of), len(days.days))
    flat = rows.unit * shape[1] + at
    sold = totals(flat, lines.units, shape[0] * shape[1]).reshape(shape)
    recorded = totals(flat, lines.stockout, shape[0] * shape[1]).reshape(shape) > 0
    cell = cell_of[:, days.bucket]
    out = out_probability(sold, np.where(cell >= 0, days.share, 0.0), recorded)
    unit, day = np.nonzero(out)
    found, share = np.unique(cell[unit, day], return_inverse=True)
    lost = totals(share, out[unit, day] * days.share[day], len(found))
    return Stockouts(found, np.zeros(len(found)), lost)


def _joined(a: Stockouts, b: Stockouts) -> Stockouts:
    names = ("cell", "units", "share")
    return Stockouts(*(np.concatenate([getattr(a, name), getattr(b, name)]) for name in names))


def _prices(
    rows: Rows, paid: Paid, positions: Sequence[Position], period: IntArray, product: IntArray, goods: Goods
) -> tuple[FloatArray, FloatArray]:
    """Usual price of each position (N,), and the reference price of each product (P,): the catalog's, so
    that a product means the same at every site; the last one seen here where the catalog has none."""
    units = int(rows.unit_of_position.max(initial=-1)) + 1
    sold, revenue = totals(paid.unit, paid.units, units), totals(paid.unit, paid.revenue, units)
    realized = np.where((sold > 0) & (revenue > 0), revenue / np.maximum(sold, 1e-9), np.nan)
    stated = np.array([np.nan if q.price is None else q.price for q in positions], np.float64)
    price = np.where(stated > 0, stated, realized[rows.unit_of_position])
    reference = goods.price.copy()
    for i in np.argsort(period, kind="stable"):
        if price[i] > 0 and not goods.price[product[i]] > 0:
            reference[product[i]] = price[i]
    return np.where(price > 0, price, reference[product]), reference


def _relative(price: FloatArray, reference: FloatArray) -> FloatArray:
    """Log of a price to its reference, 0 where one is not known."""
    known = (price > 0) & (reference > 0)
    return np.log(np.where(known, price, 1.0) / np.where(known, reference, 1.0))


def _standing(
    history: SiteHistory, positions: Sequence[Position], period: IntArray, product: IntArray,
    goods: Goods, affinity: FloatArray, reference: FloatArray,
) -> Standing:
    """The positions of the plan periods, before weeks, prices and units are told apart."""
    n, categories, zones = len(positions), len(goods.categories), zones_of(history.fixture)
    facings = np.fromiter((float(max(q.facings, 1)) for q in positions), np.float64, n)
    _, same = np.unique(period * len(goods) + product, return_inverse=True)
    total = np.bincount(same, facings)[same] if n else facings
    row = np.fromiter((q.row for q in positions), np.int64, n)
    shelf = period * 1000 + row
    beside = neighbor_affinity(shelf, product, affinity)
    pairs = _neighbor_pairs(shelf, goods.category[product], categories)
    weights = [zones.weights(p.plan) for p in sorted(history.periods, key=lambda p: p.start)]
    empty = np.zeros(n)
    return Standing(
        product, np.concatenate(weights) if weights else np.zeros((0, len(zones))), empty,
        np.zeros((n, len(PROMOTIONS))), np.log(facings), np.log(total), beside, pairs, period, empty,
        goods.category[product], goods.category[product], np.arange(n),
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
