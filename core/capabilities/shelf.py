"""A plan at a site as arrays of positions, and the cells that products may be moved to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.capabilities.memo import remembered
from core.capabilities.money import layout_of, season_ahead
from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram
from core.planogram.space import row_length, span
from core.site.response import Layout
from core.site.site import Site
from core.site.zones import FloatArray, IntArray, Zones
from core.units import slot_name

BoolArray = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)


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

    def index_at(self, row: int, point: float) -> int:
        """Index of the position that covers a point of a row, −1 where none does."""
        hit = np.flatnonzero((self.row == row) & (self.start <= point + 1e-9) & (point < self.end - 1e-9))
        return int(hit[0]) if len(hit) else -1


@remembered(32)
def shelf_of(plan: Planogram, site: Site) -> Shelf:
    """The plan as arrays. Raises KeyError for a product that the response does not know."""
    layout = layout_of(plan, site)
    e, n = site.response.point, len(plan.positions)
    p = layout.product
    slot = layout.weights @ e.slot[0]
    attraction = e.base[0, p] + slot + e.price[0, p] * layout.log_price
    attraction += (e.space[0, p] - 1.0) * np.log(layout.total_facings) + np.log(layout.facings)
    attraction += e.neighbor[0] * layout.affinity
    row = np.fromiter((q.row for q in plan.positions), np.int64, n)
    spans = np.array([span(q, plan.fixture) for q in plan.positions]).reshape(n, 2)
    index = np.arange(n)
    before = np.where(np.r_[False, row[1:] == row[:-1]][:n], index - 1, -1)
    after = np.where(np.r_[row[:-1] == row[1:], False][:n], index + 1, -1)
    return Shelf(
        plan, site, layout, row, spans[:, 0], spans[:, 1] - spans[:, 0],
        np.fromiter((q.x_in for q in plan.positions), np.float64, n),
        np.fromiter((q.width_in for q in plan.positions), np.float64, n),
        np.fromiter((q.locked for q in plan.positions), np.bool_, n),
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
    zones = shelf.site.response.zones
    big = float(zones.right.max()) * 2.0 + 100.0
    left, right = zones.row * big + zones.left, zones.row * big + zones.right
    knots = np.column_stack([left, right]).ravel()
    width = zones.right - zones.left
    slot = shelf.site.response.point.slot[0]
    total = np.column_stack([np.zeros_like(width), slot * width]).ravel().cumsum()
    covered = np.column_stack([np.zeros_like(width), width]).ravel().cumsum()
    a = row * big + x_in
    b = a + np.maximum(width_in, 1e-6)
    span_in = np.interp(b, knots, covered) - np.interp(a, knots, covered)
    value = np.interp(b, knots, total) - np.interp(a, knots, total)
    mean: FloatArray = np.divide(value, span_in, out=np.zeros(np.shape(value)), where=span_in > 0)
    return mean


def revenue_of(
    shelf: Shelf, inclusive: FloatArray, value: FloatArray, category: IntArray | None = None
) -> FloatArray:
    response = shelf.site.response
    diversion, reference = response.point.diversion[0], response.reference_inclusive
    if category is not None:
        diversion, reference = diversion[category], reference[category]
    result: FloatArray = value * np.exp(-diversion * (np.log(inclusive + 1e-12) - reference))
    return result


def at(values: NDArray[T], index: IntArray) -> NDArray[T]:
    """``values[index]``, where −1 reads any entry (the caller masks it); zeros when there is none."""
    if not len(values):
        return np.zeros(np.shape(index), values.dtype)
    return values[index]
