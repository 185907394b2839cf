"""How the products of a plan stand in the room: one box a facing, in true size where there is room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.planogram import geometry
from core.planogram.fixture import Fixture, Placement
from core.planogram.geometry import Boxes, FloatArray
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog

IntArray = NDArray[np.intp]

BOARD_IN = 1.0
"""Thickness of a shelf board or tray: what it takes from the height between two shelves."""
_USUAL_IN = (3.0, 5.0, 3.0)
"""Width, height and depth of a product whose size nobody gave."""
_SMALLER = 0.995
"""A box drawn within half a percent of its true size counts as true."""


@dataclass(frozen=True, eq=False)
class Standing:
    """One entry a facing, all (n,): whose it is (index into ``plan.positions``), its row, its box in plan
    (one unit), the height of one unit and how many stand on and behind one another."""

    position: IntArray
    row: IntArray
    boxes: Boxes
    height_in: FloatArray
    high: IntArray
    deep: IntArray
    squeezed: NDArray[np.bool_]
    """Drawn smaller than true, because the place has no room for it. Not said of a machine's slot that is
    narrower than the product: their widths are even shares of a tray, not measured."""


def along_in(fixture: Fixture, position: Position) -> tuple[float, float]:
    """Where a position begins and ends along the front, in inches."""
    wide = geometry.pitch_in(fixture, position.row) / fixture.cell_width_in
    return position.x_in * wide, position.right_in * wide


def standing(plan: Planogram, catalog: Catalog) -> Standing:
    """Where every facing of a plan stands.

    Units stand behind one another as many as were set, else as many as the place is deep and the capacity
    asks for. Whatever is wider, deeper or taller than its place is drawn smaller and marked ``squeezed``.
    """
    fixture, positions = plan.fixture, plan.positions
    facings = np.array([p.facings for p in positions], dtype=np.intp)
    owner = np.repeat(np.arange(len(positions)), facings)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(facings) - facings, facings)
    size = np.array([_size(p, catalog) for p in positions], float).reshape(-1, 3)[owner]
    places = np.array([along_in(fixture, p) for p in positions], float).reshape(-1, 2)[owner]
    share = (places[:, 1] - places[:, 0]) / facings[owner]
    start = places[:, 0] + nth * share
    boxes = geometry.stand(fixture, start, share, size[:, 0], size[:, 2])
    row = np.array([p.row for p in positions], dtype=np.intp)[owner]
    high = np.array([p.facings_high for p in positions], dtype=np.intp)[owner]
    clear = max(fixture.shelf_height_in - BOARD_IN, 0.5)
    height = np.minimum(size[:, 1], clear / high)
    wanted = np.array([_wanted_deep(p) for p in positions], float)[owner]
    fit = np.floor((boxes.room_in + 1e-6) / np.maximum(boxes.depth_in, 1e-3))
    deep = np.maximum(np.minimum(fit, wanted), 1).astype(np.intp)
    narrow = (boxes.scale < _SMALLER) & (fixture.placement is not Placement.SLOTS)
    squeezed = narrow | (height < _SMALLER * size[:, 1])
    return Standing(owner, row, boxes, height, high, deep, squeezed)


def _size(position: Position, catalog: Catalog) -> tuple[float, ...]:
    product = catalog.get(position.product_id)
    if product is None:
        return _USUAL_IN
    given = product.width_in, product.height_in, product.depth_in
    return tuple(v if v > 0 else usual for v, usual in zip(given, _USUAL_IN, strict=True))


def _wanted_deep(position: Position) -> float:
    """Units behind one another that were asked for; infinite where the depth alone decides."""
    if position.facings_deep > 1:
        return position.facings_deep
    if not position.capacity:
        return np.inf
    return float(-(-position.capacity // (position.facings * position.facings_high)))
