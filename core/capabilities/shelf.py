"""A plan at a site as arrays of positions, and the cells that products may be moved to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capabilities.memo import remembered
from core.capabilities.valuation import layout_of, season_ahead
from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram
from core.planogram.space import is_free, row_length
from core.site.response import Layout
from core.site.site import Site
from core.site.zones import FloatArray, IntArray, Zones
from core.units import slot_name

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Shelf:
    """A plan as arrays of n positions, in order of row and left edge.

    ``start``, ``length`` in units of the row (cells, or inches on a free shelf); ``left_in``,
    ``width_in`` in inches; ``attraction`` and ``worth`` (money a unit) as in the module's formula;
    ``before``, ``after``: index of the neighbor on the same row, −1 at the ends.
    """

    plan: Planogram
    site: Site
    layout: Layout
    row: IntArray
    start: FloatArray
    length: FloatArray
    left_in: FloatArray
    width_in: FloatArray
    locked: BoolArray
    attraction: FloatArray
    slot: FloatArray
    worth: FloatArray
    before: IntArray
    after: IntArray
    row_length: FloatArray

    @property
    def end(self) -> FloatArray:
        return self.start + self.length

    @cached_property
    def padded(self) -> Padded:
        """The same arrays with one more entry, which the index −1 reads."""
        layout = self.layout
        product, row, before, after = _padded(-1, layout.product, self.row, self.before, self.after)
        category, = _padded(0, layout.category)
        locked, = _padded(False, self.locked)
        start, end, length, width_in, own = _padded(
            0.0, self.start, self.end, self.length, self.width_in, self.attraction - self.slot
        )
        affinity, worth, exp_attraction, facings, total_facings = _padded(
            0.0, layout.affinity, self.worth, self.exp_attraction, layout.facings, layout.total_facings
        )
        return Padded(product, category, row, before, after, locked, start, end, length, width_in, own,
                      affinity, worth, exp_attraction, facings, total_facings)

    @cached_property
    def exp_attraction(self) -> FloatArray:
        return np.exp(self.attraction)

    @cached_property
    def category_sums(self) -> tuple[FloatArray, FloatArray]:
        """(I, V) of each category, shape (C,)."""
        member = self.layout.member
        return self.exp_attraction @ member, (self.worth * self.exp_attraction) @ member

    @cached_property
    def revenue(self) -> float:
        """Money a day of the plan."""
        return float(revenue_of(self, *self.category_sums).sum())

    def position_revenue(self) -> FloatArray:
        """Money a day of each position, shape (n,)."""
        category = self.layout.category
        inclusive = self.category_sums[0][category]
        return revenue_of(self, inclusive, self.worth * self.exp_attraction, category)


@dataclass(frozen=True, eq=False)
class Padded:
    """Positions, shape (n + 1,): the last stands for "none", so that an index of −1 needs no care.

    None has product, row and neighbors −1 and zeros else. ``own``: attraction less the slot's effect.
    """

    product: IntArray
    category: IntArray
    row: IntArray
    before: IntArray
    after: IntArray
    locked: BoolArray
    start: FloatArray
    end: FloatArray
    length: FloatArray
    width_in: FloatArray
    own: FloatArray
    affinity: FloatArray
    worth: FloatArray
    exp_attraction: FloatArray
    facings: FloatArray
    total_facings: FloatArray


def _padded(last: float, *columns: NDArray[Any]) -> NDArray[Any]:
    """Arrays of one kind with one more entry each, shape (columns, n + 1)."""
    result = np.empty((len(columns), len(columns[0]) + 1), columns[0].dtype)
    result[:, :-1], result[:, -1] = columns, last
    return result


def _floats(plan: Planogram, name: str) -> FloatArray:
    return np.fromiter(map(attrgetter(name), plan.positions), np.float64, len(plan.positions))


@remembered(32)
def shelf_of(plan: Planogram, site: Site) -> Shelf:
    """The plan as arrays. Raises KeyError for a product that the response does not know."""
    layout = layout_of(plan, site)
    n = len(plan.positions)
    slot = layout.weights @ site.response.point.slot[0]
    attraction = site.response.attraction(layout)[0]
    row = _floats(plan, "row").astype(np.int64)
    locked = _floats(plan, "locked") != 0.0
    x_in, width_in = _floats(plan, "x_in"), _floats(plan, "width_in")
    free = is_free(plan.fixture)
    start, length = (x_in, width_in) if free else (_floats(plan, "column"), _floats(plan, "cells"))
    index = np.arange(n)
    before = np.where(np.r_[False, row[1:] == row[:-1]][:n], index - 1, -1)
    after = np.where(np.r_[row[:-1] == row[1:], False][:n], index + 1, -1)
    return Shelf(
        plan, site, layout, row, start, length, x_in, width_in, locked,
        attraction, slot, layout.price * season_ahead(site)[layout.category], before, after,
        np.array([row_length(plan.fixture, r) for r in range(plan.fixture.rows)]),
    )


@dataclass(frozen=True, eq=False)
class Targets:
    """T cells to move to. ``edge`` is the cell's left edge, ``middle`` what a pointer on it means,
    both in units along the ``row``; ``column`` is the fixture's cell."""

    row: IntArray
    column: IntArray
    edge: FloatArray
    middle: FloatArray

    def __len__(self) -> int:
        return len(self.row)


def cell_targets(fixture: Fixture, row: IntArray, column: IntArray) -> Targets:
    """Cells of the fixture as targets."""
    unit = fixture.cell_width_in if fixture.placement is Placement.FREE else 1.0
    edge: FloatArray = column.astype(np.float64) * unit
    limits = np.array([row_length(fixture, r) for r in range(fixture.rows)])
    middle: FloatArray = np.minimum(edge + unit / 2.0, limits[row])
    return Targets(row, column, edge, middle)


def zone_targets(plan: Planogram, site: Site) -> Targets:
    """One target a zone of the response: its cell, on a free shelf the cell at its middle."""
    return _zone_targets(plan.fixture, site.response.zones)


@remembered(32)
def _zone_targets(fixture: Fixture, zones: Zones) -> Targets:
    if fixture.placement is not Placement.FREE:
        return cell_targets(fixture, zones.row, zones.column)
    middle = np.minimum((zones.left + zones.right) / 2.0, fixture.width_in)
    column = np.floor(middle / fixture.cell_width_in + 1e-9).astype(np.int64)
    last = np.array(fixture.row_columns, np.int64)[zones.row] - 1
    return cell_targets(fixture, zones.row, np.minimum(column, last))


@remembered(32)
def target_names(fixture: Fixture, targets: Targets) -> tuple[str, ...]:
    """The slot of each target."""
    cells = zip(targets.row.tolist(), targets.column.tolist(), strict=True)
    return tuple(slot_name(row, column) for row, column in cells)


def mean_slot(shelf: Shelf, row: IntArray, x_in: FloatArray, width_in: FloatArray) -> FloatArray:
    """Mean log multiplier of the zones under a stretch of a row, by overlap, any broadcast shape."""
    rule = _ruler(shelf.site.response.zones, shelf.site.response.point.slot)
    a = row * rule.row_step + x_in
    b = a + np.maximum(width_in, 1e-6)
    span_in = np.interp(b, rule.knots, rule.covered) - np.interp(a, rule.knots, rule.covered)
    value = np.interp(b, rule.knots, rule.total) - np.interp(a, rule.knots, rule.total)
    mean: FloatArray = np.divide(value, span_in, out=np.zeros(np.shape(value)), where=span_in > 0)
    return mean


@dataclass(frozen=True, eq=False)
class _Ruler:
    """All rows laid end to end, ``row_step`` apart: running integrals of the slot effect and of the
    covered width at the zones' edges, so that any stretch's mean is a difference of two readings."""

    row_step: float
    knots: FloatArray
    total: FloatArray
    covered: FloatArray


@remembered(32)
def _ruler(zones: Zones, slot: FloatArray) -> _Ruler:
    row_step = float(zones.right.max()) * 2.0 + 100.0
    start, width = zones.row * row_step, zones.right - zones.left
    knots = np.column_stack([start + zones.left, start + zones.right]).ravel()

    def integral(height: FloatArray) -> FloatArray:
        running: FloatArray = np.column_stack([np.zeros_like(width), height * width]).ravel().cumsum()
        return running

    return _Ruler(row_step, knots, integral(slot[0]), integral(np.ones_like(width)))


def revenue_of(
    shelf: Shelf, inclusive: FloatArray, value: FloatArray, category: IntArray | None = None
) -> FloatArray:
    response = shelf.site.response
    diversion, reference = response.point.diversion[0], response.reference_inclusive
    if category is not None:
        diversion, reference = diversion[category], reference[category]
    result: FloatArray = value * np.exp(-diversion * (np.log(inclusive + 1e-12) - reference))
    return result
