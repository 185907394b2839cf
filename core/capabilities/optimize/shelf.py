"""Shelves as strips of products side by side: what any arrangement is worth, row by row.

A strip is a stretch of a row that is free to fill: between two held positions, or the window of a block. An
arrangement says for each strip which products stand there from left to right, with how many facings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from core.capabilities.optimize.value import Tangent, Worth
from core.planogram.fixture import Fixture
from core.planogram.planogram import Position
from core.planogram.space import is_free, row_length, span
from core.site.zones import FloatArray, IntArray

Placed = tuple[int, int]
"""(product 0..K−1, facings)"""
Arrangement = tuple[tuple[Placed, ...], ...]
"""What stands on each strip, from left to right."""
MOST_KEPT = 200_000


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of a row from ``start``, in units of the row; ``key``: the block that it belongs to."""

    row: int
    start: float
    length: float
    key: str = ""


@dataclass(frozen=True, eq=False)
class Shelves:
    """K products that may stand on the strips. ``products`` (K,) indices of the response · ``length`` (K,)
    units of one facing · ``held`` positions that stay · ``keys`` the block of each product · ``required``,
    ``smallest``, ``most`` (K,)."""

    worth: Worth
    fixture: Fixture
    products: IntArray
    length: FloatArray
    held: tuple[Position, ...]
    strips: tuple[Strip, ...]
    keys: tuple[str, ...]
    required: IntArray
    smallest: IntArray
    most: IntArray
    _rows: dict[tuple[object, ...], tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    @cached_property
    def of_row(self) -> Mapping[int, tuple[int, ...]]:
        """Strips of each row, from left to right."""
        found: dict[int, list[int]] = {r: [] for r in range(self.fixture.rows)}
        for i in sorted(range(len(self.strips)), key=lambda i: self.strips[i].start):
            found[self.strips[i].row].append(i)
        return {row: tuple(strips) for row, strips in found.items()}

    @cached_property
    def log_strength(self) -> FloatArray:
        """Log units a day of one facing at an average place, alone, (P,) in the order of the response."""
        response = self.worth.site.response
        price, reference = self.worth.price, response.reference_price
        with np.errstate(divide="ignore", invalid="ignore"):
            dearer = np.where((price > 0) & (reference > 0), np.log(price / reference), 0.0)
        return np.asarray(response.point.base[0] + response.point.price[0] * dearer)

    @cached_property
    def _places(self) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """For each row, zone edges in inches and the running integral of the slot effect over them."""
        zones, slot = self.worth.site.response.zones, self.worth.site.response.point.slot[0]
        found = []
        for row in range(self.fixture.rows):
            here = np.flatnonzero(zones.row == row)
            here = here[np.argsort(zones.left[here])]
            edges = np.concatenate([zones.left[here][:1], zones.right[here]])
            running = np.concatenate([[0.0], np.cumsum(slot[here] * (zones.right - zones.left)[here])])
            found.append((edges, running))
        return tuple(found)

    def place(self, row: int, start_in: FloatArray, width_in: FloatArray) -> FloatArray:
        """Mean slot effect under stretches of a row, in inches."""
        edges, running = self._places[row]
        low = np.clip(start_in, edges[0], edges[-1] - 1e-6)
        high = np.clip(start_in + width_in, low + 1e-6, edges[-1])
        return np.asarray((np.interp(high, edges, running) - np.interp(low, edges, running)) / (high - low))

    def strength(
        self, row: int, left_in: FloatArray, width_in: FloatArray, product: IntArray,
        facings: FloatArray | float = 1.0,
    ) -> FloatArray:
        """exp(attraction) of products (indices of the response) on stretches of a row, without neighbors."""
        e, place = self.worth.site.response.point, self.place(row, left_in, width_in)
        if e.answer.size:
            height = (row + 0.5) / self.fixture.rows
            place = place * (1.0 + e.answer[0, product]) + e.tilt[0, product] * height
        return np.asarray(np.exp(self.log_strength[product] + place) * facings ** e.space[0, product])

    @cached_property
    def inches(self) -> float:
        """Inches of one unit along a row."""
        return 1.0 if is_free(self.fixture) else self.fixture.cell_width_in

    def row_totals(self, row: int, arrangement: Arrangement) -> tuple[FloatArray, FloatArray]:
        """(I, V) that a row adds to each category, (C,) each."""
        key = (row, *(arrangement[i] for i in self.of_row[row]))
        known = self._rows.get(key)
        if known is None:
            if len(self._rows) > MOST_KEPT:
                self._rows.clear()
            known = self._rows[key] = self._row_totals(row, arrangement)
        return known

    def _row_totals(self, row: int, arrangement: Arrangement) -> tuple[FloatArray, FloatArray]:
        response = self.worth.site.response
        stands = [
            (span(p, self.fixture)[0], response.index[p.product_id], p.facings, p.width_in / self.inches)
            for p in self.held if p.row == row
        ]
        for i in self.of_row[row]:
            x = self.strips[i].start
            for k, facings in arrangement[i]:
                width = self.length[k] * facings
                stands.append((x, int(self.products[k]), facings, width))
                x += width
        categories = len(response.categories)
        if not stands:
            return np.zeros(categories), np.zeros(categories)
        stands.sort()
        start, index, shown, width = (np.array(column) for column in zip(*stands, strict=True))
        product = index.astype(np.int64)
        beside = np.zeros(len(product))
        pair = response.affinity[product[1:], product[:-1]]
        beside[1:] += pair
        beside[:-1] += pair
        strength = self.strength(row, start * self.inches, width * self.inches, product, shown)
        strength = strength * np.exp(response.point.neighbor[0] * beside)
        value = strength * self.worth.unit[product]
        return _by_category(response.category[product], strength, value, categories)

    def totals(self, arrangement: Arrangement) -> tuple[FloatArray, FloatArray]:
        """(I, V) of each category, (C,) each."""
        rows = [self.row_totals(row, arrangement) for row in range(self.fixture.rows)]
        return np.sum([r[0] for r in rows], axis=0), np.sum([r[1] for r in rows], axis=0)

    def value(self, arrangement: Arrangement) -> float:
        """Worth a day of an arrangement."""
        response = self.worth.site.response
        inclusive, value = self.totals(arrangement)
        shift = response.point.diversion[0] * (np.log(inclusive + 1e-12) - response.reference_inclusive)
        money = float((value * np.exp(-shift)).sum())
        if not self.worth.variety:
            return money
        distinct = {int(self.products[k]) for strip in arrangement for k, _ in strip}
        distinct |= {response.index[p.product_id] for p in self.held}
        return money + self.worth.variety * len(distinct)

    def options(self, at: Tangent) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
        """(product, strip, facings, first-order worth) of every way to place a product on a strip, at the
        strip's average place and without neighbors, (N,) each."""
        p, space = self.products, self.worth.site.response.point.space[0, self.products]
        found: list[tuple[IntArray, IntArray, IntArray, FloatArray]] = []
        for i, strip in enumerate(self.strips):
            left, width = (np.full(len(p), units * self.inches) for units in (strip.start, strip.length))
            each = self.strength(strip.row, left, width, p) * at.per_attraction[p]
            right = np.array([not strip.key or key == strip.key for key in self.keys])
            for facings in range(1, int(self.most.max(initial=0)) + 1):
                can = right & (self.smallest <= facings) & (facings <= self.most)
                can &= self.length * facings <= strip.length + 1e-6
                k = np.flatnonzero(can)
                value = each[k] * facings ** space[k] + at.variety
                found.append((k, np.full(len(k), i), np.full(len(k), facings), value))
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        product, where, facings_, worth = (np.concatenate(column) for column in zip(*found, strict=True))
        return product, where, facings_, worth


def _by_category(
    category: IntArray, inclusive: FloatArray, value: FloatArray, categories: int
) -> tuple[FloatArray, FloatArray]:
    sums = [np.bincount(category, each, categories) for each in (inclusive, value)]
    return np.asarray(sums[0], np.float64), np.asarray(sums[1], np.float64)


def free_strips(fixture: Fixture, held: tuple[Position, ...]) -> tuple[Strip, ...]:
    """The stretches that held positions leave on each row."""
    found = []
    for row in range(fixture.rows):
        edge = 0.0
        taken = sorted(span(p, fixture) for p in held if p.row == row)
        for start, end in [*taken, (row_length(fixture, row), np.inf)]:
            if start - edge > 1e-6:
                found.append(Strip(row, edge, float(start - edge)))
            edge = max(edge, end)
    return tuple(found)
