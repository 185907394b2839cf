"""The facings that a plan asks for, one by one, as arrays: what a row that was seen is compared with.

A position of three facings is three *units* side by side; what stands on one another is one unit wide. Rows
are unrolled: inches from the left end of the shelf. In a machine the slots of a tray share its width evenly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.planogram.fixture import Placement
from core.planogram.geometry import pitch_in
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.planogram.space import is_free

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

_ON_ANOTHER = 0.3
"""Share of its width by which a position may reach into its left neighbor before it stands on it."""
_NARROWEST_IN, _WIDEST_IN = 0.1, 2400.0


@dataclass(frozen=True, eq=False)
class Planned:
    """(n,) arrays in the order of row, layer and left edge.

    ``position`` is an index into ``plan.positions``, ``product`` one into ``products``, ``number`` the how
    manieth facing of its position; ``left_in`` and ``width_in`` are its share of the row, ``size_in`` the
    width of one package and ``height_in`` its height (nan: not known). ``layer`` is above 0 for positions
    that the plan puts on other ones in the same row.
    """

    plan: Planogram
    products: tuple[int, ...]
    position: IntArray
    product: IntArray
    number: IntArray
    row: IntArray
    layer: IntArray
    left_in: FloatArray
    width_in: FloatArray
    size_in: FloatArray
    height_in: FloatArray

    def __len__(self) -> int:
        return len(self.position)

    @cached_property
    def center_in(self) -> FloatArray:
        center: FloatArray = self.left_in + self.width_in / 2
        return center

    @cached_property
    def product_ids(self) -> tuple[int, ...]:
        """The product of each unit."""
        return tuple(self.products[i] for i in self.product)

    def position_of(self, unit: int) -> Position:
        return self.plan.positions[int(self.position[unit])]

    def of_row(self, row: int) -> IntArray:
        """Units of a row, by layer and from left to right."""
        found: IntArray = np.flatnonzero(self.row == row)
        return found


def planned_facings(plan: Planogram, catalog: Catalog) -> Planned:
    """The units of a plan. Products that the catalog lacks have the width that the plan gives them."""
    products = plan.product_ids
    index = {p: i for i, p in enumerate(products)}
    rows: list[tuple[float, ...]] = []
    for at, (p, layer) in enumerate(zip(plan.positions, _layers(plan), strict=True)):
        start, width = row_span(plan, p)
        facings = max(1, p.facings)
        product = catalog.get(p.product_id)
        share = width / facings
        size = product.width_in if product and _usable(product.width_in) else share
        height = product.height_in if product and _usable(product.height_in) else math.nan
        rows += [
            (at, index[p.product_id], k, p.row, layer, start + k * share, share, size, height)
            for k in range(facings)
        ]
    table = np.array(rows, float).reshape(-1, 9)
    table = table[np.lexsort((table[:, 5], table[:, 4], table[:, 3]))]
    at, product_at, number, row, layers = table[:, :5].T.astype(np.intp)
    left, wide, size, height = table[:, 5:].T
    return Planned(plan, products, at, product_at, number, row, layers, left, wide, size, height)


def row_span(plan: Planogram, p: Position) -> tuple[float, float]:
    """(left edge, width) of a position in inches along its row."""
    fixture = plan.fixture
    if is_free(fixture):
        start, width = p.x_in, p.width_in
    else:
        known = 0 <= p.row < fixture.rows
        pitch = pitch_in(fixture, p.row) if known else fixture.cell_width_in
        start, width = p.column * pitch, p.cells * pitch
    return start, min(max(width, _NARROWEST_IN), _WIDEST_IN)


def row_width_in(plan: Planogram, row: int) -> float:
    """Inches of a row that can be filled."""
    fixture = plan.fixture
    if fixture.placement is Placement.CELLS:
        return fixture.row_columns[row] * fixture.cell_width_in
    return fixture.width_in


def _layers(plan: Planogram) -> list[int]:
    """For each position how many others of its row it stands on: those that all but share its place."""
    ends: dict[int, list[float]] = {}
    layers = []
    for p in plan.positions:
        start, width = row_span(plan, p)
        row = ends.setdefault(p.row, [])
        layer = next((k for k, end in enumerate(row) if start >= end - _ON_ANOTHER * width), len(row))
        row[layer:layer + 1] = [start + width]
        layers.append(layer)
    return layers


def _usable(length: float) -> bool:
    return math.isfinite(length) and _NARROWEST_IN <= length <= _WIDEST_IN
