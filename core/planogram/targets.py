"""Where a held product may be dropped: all cells at once, for the highlights of a drag."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.planogram.fixture import Placement
from core.planogram.places import Place, find
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog
from core.planogram.space import ROUNDING, is_free, new_position, row_length, span

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def legal_targets(
    plan: Planogram, catalog: Catalog, product_id: int, source: Place | None = None
) -> BoolArray:
    """Whether ``edit.drop`` on a cell is allowed, shape (cells,) in the order of ``fixture.cells()``.

    ``source`` is where the product is dragged from; without it, it comes from the product list. Raises
    BadInput for an unknown product or source.
    """
    none = np.zeros(plan.fixture.cell_count, dtype=bool)
    moving = None if source is None else find(plan, source)
    if moving is not None:
        start, end = span(moving, plan.fixture)
        return none if moving.locked else _targets_of_move(plan, moving, end - start)
    product = catalog.get(product_id)
    if product is None:
        raise BadInput(f"Product {product_id} is not in the catalog.", "Choose a product from the list.")
    if product.temperature not in (None, plan.fixture.temperature_zone):
        return none
    if plan.fixture.placement is not Placement.SLOTS and not 0 < product.width_in < np.inf:
        return none
    start, end = span(new_position(product, plan.fixture, 0, 0.0), plan.fixture)
    legal = _targets_of_new(plan, product_id, end - start)
    standing = plan.of_product(product_id)
    return none if standing and plan.rule_set is RuleSet.STRICT else legal


class _Cells:
    """Cells against positions: what stands on each, and the free stretch around it."""

    def __init__(self, plan: Planogram, positions: list[Position]) -> None:
        fixture = plan.fixture
        free = is_free(fixture)
        counts = np.array(fixture.row_columns)
        lengths = np.array([row_length(fixture, r) for r in range(fixture.rows)])
        far = float(lengths.max()) * 2 + 1
        row = np.repeat(np.arange(fixture.rows), counts)
        column = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        middle = np.minimum((column + 0.5) * (fixture.cell_width_in if free else 1.0), lengths[row])

        spans = np.array([(p.row, *span(p, fixture)) for p in positions]).reshape(-1, 3)
        rows, starts, ends = spans.T
        at = np.searchsorted(rows * far + starts, row * far + middle + ROUNDING, side="right") - 1
        padded_rows = np.concatenate([rows, [-1.0]])
        padded_ends = np.concatenate([ends, [0.0]])
        here = padded_rows[at] == row
        self.occupied: BoolArray = here & (middle < padded_ends[at] - ROUNDING)
        """(cells,)"""
        self.occupant: IntArray = np.where(self.occupied, at, -1)
        """(cells,) index of the position on a cell, −1 for none."""
        before = np.concatenate([[False], rows[1:] == rows[:-1]]) if len(rows) else np.zeros(0, bool)
        after = np.concatenate([before[1:], [False]]) if len(rows) else before
        own_row = rows.astype(np.int64)
        self.left: FloatArray = np.where(before, np.roll(ends, 1), 0.0)
        """(positions,) where the room of a position begins, were it taken away."""
        self.right: FloatArray = np.where(after, np.roll(starts, -1), lengths[own_row])
        self.length: FloatArray = ends - starts
        gap_left = np.where(here, padded_ends[at], 0.0)
        following = np.minimum(at + 1, len(rows))
        next_start = np.concatenate([starts, [0.0]])[following]
        gap_right = np.where(padded_rows[following] == row, next_start, lengths[row])
        self.gap: FloatArray = np.where(self.occupied, 0.0, gap_right - gap_left)
        """(cells,) free units around an empty cell."""


def _targets_of_new(plan: Planogram, product_id: int, need: float) -> BoolArray:
    positions = list(plan.positions)
    cells = _Cells(plan, positions)
    legal: BoolArray = cells.gap >= need - ROUNDING
    if positions:
        open_to = np.array([not p.locked and p.product_id != product_id for p in positions])
        replaceable = open_to & (cells.right - cells.left >= need - ROUNDING)
        legal |= cells.occupied & replaceable[cells.occupant]
    return legal


def _targets_of_move(plan: Planogram, moving: Position, need: float) -> BoolArray:
    index = plan.positions.index(moving)
    others = [p for i, p in enumerate(plan.positions) if i != index]
    cells = _Cells(plan, others)
    legal: BoolArray = cells.gap >= need - ROUNDING
    if others:
        everyone = _Cells(plan, list(plan.positions))
        room = everyone.right[index] - everyone.left[index]
        unlocked = np.array([not p.locked for p in others])
        swappable = (cells.right - cells.left >= need - ROUNDING) & (cells.length <= room + ROUNDING)
        rows = np.array([p.row for p in others])
        place = np.arange(len(others))
        beside = ((place == index - 1) | (place == index)) & (rows == moving.row)
        legal |= cells.occupied & (unlocked & (swappable | beside))[cells.occupant]
    return legal
