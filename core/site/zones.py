"""The cells on which place effects live, the same for grids, machine slots and free shelves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram
from core.units import RETAIL_CELL_WIDTH_IN, slot_name

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ROUNDING_IN = 1e-7
"""Overlap that two edges at the same place may show; it would make a zone of one cell one of two."""


@dataclass(frozen=True, eq=False)
class Zones:
    """S zones in row-major order: ``row`` (S,), ``column`` (S,), edges ``left``, ``right`` in inches."""

    row: IntArray
    column: IntArray
    left: FloatArray
    right: FloatArray

    def __len__(self) -> int:
        return len(self.row)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(slot_name(int(r), int(c)) for r, c in zip(self.row, self.column, strict=True))

    def index(self, row: int, column: int) -> int:
        """Index of a zone. Raises KeyError when there is none."""
        hit = np.flatnonzero((self.row == row) & (self.column == column))
        if not len(hit):
            raise KeyError((row, column))
        return int(hit[0])

    def weights(self, plan: Planogram) -> FloatArray:
        """Share of each position's width in each zone, shape (positions, S); rows sum to 1."""
        n = len(plan.positions)
        rows = np.fromiter((p.row for p in plan.positions), np.int64, n)
        left = np.fromiter((p.x_in for p in plan.positions), np.float64, n)
        right = left + np.fromiter((max(p.width_in, 1e-6) for p in plan.positions), np.float64, n)
        overlap = np.minimum(right[:, None], self.right)
        overlap -= np.maximum(left[:, None], self.left)
        overlap[overlap < ROUNDING_IN] = 0.0
        overlap *= rows[:, None] == self.row
        total = overlap.sum(axis=1, keepdims=True)
        return overlap / np.where(total > 0, total, 1.0)


def zones_of(fixture: Fixture) -> Zones:
    """One zone a cell; on a free shelf one a six-inch stretch, because finer cells are display only."""
    width = fixture.cell_width_in
    counts = fixture.row_columns
    if fixture.placement is Placement.FREE:
        width = RETAIL_CELL_WIDTH_IN
        counts = (max(1, math.ceil(fixture.width_in / width - 1e-9)),) * fixture.rows
    row = np.repeat(np.arange(len(counts)), counts)
    column = np.concatenate([np.arange(n) for n in counts])
    return Zones(row, column, column * width, (column + 1) * width)
