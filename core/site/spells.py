"""Prices and promotions by week: a plan period falls into spells in which neither changed.

What was paid in a week is revenue ÷ units; weeks without a sale keep the price before them (the first
known one, where nothing was sold before), and changes within the noise of single sales are none. A
position in a spell is then as a position in a plan period is: what a price or a promotion does to a
product and to its substitutes follows from the model's form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.site.arrays import totals
from core.site.days import SMALLEST_CHANGE
from core.site.zones import FloatArray, IntArray

CERTAIN = 2.5
"""Standard errors that a change of price must exceed beside ``SMALLEST_CHANGE``: where buyers by card and
by coin pay different prices, the mix of a week says nothing."""
SMALLEST_PROMOTION = 0.05


@dataclass(frozen=True, eq=False)
class Paid:
    """Of each cell, M of them in order of unit and week: its ``unit`` and ``bucket``, the ``units`` and
    ``revenue`` of its rows, the largest ``promoted`` of its rows (M, promotions), how many rows are
    ``priced``; and ``noise`` (U,): standard deviation of the log price between rows of one unit and week."""

    unit: IntArray
    bucket: IntArray
    units: FloatArray
    revenue: FloatArray
    promoted: FloatArray
    priced: FloatArray
    noise: FloatArray


def price_noise(
    price: FloatArray, cell: IntArray, unit: IntArray, units: int
) -> tuple[FloatArray, FloatArray]:
    """(number of rows with a price in each cell (M,), ``Paid.noise`` (U,)) from the rows' unit ``price``, 0
    where not known, and their ``cell``; ``unit`` (M,) of the cells."""
    known = price > 0
    log, cell = np.log(price[known]), cell[known]
    rows = totals(cell, np.ones(len(cell)), len(unit))
    apart = (log - (totals(cell, log, len(unit)) / np.maximum(rows, 1.0))[cell]) ** 2
    freedom = totals(unit, np.maximum(rows - 1.0, 0.0), units)
    return rows, np.sqrt(totals(unit[cell], apart, units) / np.maximum(freedom, 1.0))


@dataclass(frozen=True, eq=False)
class Spells:
    """K spells: ``of_bucket`` (B,) spell of each bucket, ``period`` (K,) their plan period, ``path`` (M,)
    price of each cell, 0 where none was ever paid, ``moved`` (U,) units whose price changed within their
    period."""

    of_bucket: IntArray
    period: IntArray
    path: FloatArray
    moved: np.ndarray


def spells_of(paid: Paid, bucket_period: IntArray, units: int) -> Spells:
    """Tell spells apart, given the plan period of each bucket (B,), in order."""
    path = _carried(paid)
    same = paid.unit[1:] == paid.unit[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.abs(np.log(path[1:] / path[:-1]))
    error = paid.noise[paid.unit] / np.sqrt(np.maximum(paid.priced, 1.0))
    certain = SMALLEST_CHANGE + CERTAIN * np.hypot(error[1:], error[:-1])
    repriced = same & (path[:-1] > 0) & (step > certain)
    promoted = same & (np.abs(np.diff(paid.promoted, axis=0)) > SMALLEST_PROMOTION).any(axis=1)
    begins = np.ones(len(bucket_period), bool)
    begins[1:] = bucket_period[1:] != bucket_period[:-1]
    begins[paid.bucket[1:][repriced | promoted]] = True
    moved = np.zeros(units, bool)
    moved[paid.unit[1:][repriced]] = True
    return Spells(np.cumsum(begins) - 1, bucket_period[begins], path, moved)


def _carried(paid: Paid) -> FloatArray:
    """The price of each cell (M,): paid in it, else in the unit's last cell with a sale, else its first."""
    known = (paid.units > 0) & (paid.revenue > 0)
    if not known.any():
        return np.zeros(len(known))
    price = np.where(known, paid.revenue / np.maximum(paid.units, 1e-9), 0.0)
    at = np.arange(len(known))
    before = np.maximum.accumulate(np.where(known, at, -1))
    after = np.minimum.accumulate(np.where(known, at, len(known))[::-1])[::-1]
    has_before = (before >= 0) & (paid.unit[before] == paid.unit)
    after = np.minimum(after, len(known) - 1)
    has_after = known[after] & (paid.unit[after] == paid.unit)
    return np.where(has_before, price[before], np.where(has_after, price[after], 0.0))


def price_in(paid: Paid, spells: Spells, cell_unit: IntArray, units: int) -> FloatArray:
    """Price of each unit of a spell (units,), ``cell_unit`` (M,) being the cells': paid in the spell, else
    carried over; 0 where none was ever paid."""
    sold, revenue = totals(cell_unit, paid.units, units), totals(cell_unit, paid.revenue, units)
    cells = totals(cell_unit, np.ones(len(cell_unit)), units)
    carried = totals(cell_unit, spells.path, units) / np.maximum(cells, 1.0)
    return np.where((sold > 0) & (revenue > 0), revenue / np.maximum(sold, 1e-9), carried)
