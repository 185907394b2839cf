"""The cells on which place effects live, the same for grids, machine slots and free shelves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import attrgetter

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
        positions = plan.positions
        n, end = len(positions), float(self.right.max(initial=0.0)) + 10.0
        far = 2.0 * end + 100.0
        start = self.row * far
        base = np.fromiter(map(attrgetter("row"), positions), np.float64, n) * far
        x_in = np.fromiter(map(attrgetter("x_in"), positions), np.float64, n)
        width = np.maximum(np.fromiter(map(attrgetter("width_in"), positions), np.float64, n), 1e-6)
        # All rows laid end to end, far apart: the zones of a position are a stretch of them.
        left, right = base + np.clip(x_in, -10.0, end), base + np.clip(x_in + width, -10.0, end)
        first = np.searchsorted(start + self.right, left + ROUNDING_IN, side="right")
        beyond = np.searchsorted(start + self.left, right - ROUNDING_IN, side="left")
        steps = np.arange(int((beyond - first).max(initial=0)))[:, None]
        inside = first + steps < beyond
        zone = np.minimum(first + steps, len(self) - 1)
        overlap = np.minimum(right, (start + self.right)[zone]) - np.maximum(left, (start + self.left)[zone])
        overlap = np.where(inside, overlap, 0.0)
        overlap /= np.maximum(overlap.sum(axis=0), 1e-12)
        result = np.zeros((n, len(self)))
        result[np.nonzero(inside)[1], zone[inside]] = overlap[inside]
        return result


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
