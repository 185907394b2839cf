"""Which products mean what a query means: the nearest of many vectors, in three stages.

The catalog is parted into cells of vectors that lie close (an inverted file; Jégou, Douze and Schmid 2011);
of the cells nearest to a query all vectors are compared along the few directions in which the catalog varies
most (principal components), and the nearest of those exactly. So a catalog of 100,000 costs a millisecond
instead of twenty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.models import Vectors

IntArray = NDArray[np.int64]

DIRECTIONS = 56
SMALL = 4_000
"""Products up to which every one is compared exactly."""
SAMPLE = 4_000
CELLS, PROBED, ROUNDS = 256, 64, 4
"""Cells, how many of them a query looks into, and rounds of k-means on the sample that find them."""


class MeaningIndex:
    """Unit vectors of products by row, (products, d); a row of zeros where none is known yet."""

    def __init__(self, vectors: Vectors, directions: int = DIRECTIONS) -> None:
        """``directions``: how many the first stage compares along; 0 compares along all."""
        self.vectors = vectors
        self._directions: Vectors | None = None
        if len(vectors) > SMALL and 0 < directions < vectors.shape[1]:
            sample = vectors[np.random.default_rng(0).choice(len(vectors), SAMPLE, replace=False)]
            _, axes = np.linalg.eigh(sample.T.astype(np.float64) @ sample)
            self._directions = np.ascontiguousarray(axes[:, -directions:], np.float32)
            self._part(vectors @ self._directions, sample @ self._directions)

    def _part(self, coarse: Vectors, sample: Vectors) -> None:
        """Part the coarse vectors into cells, those of one cell side by side."""
        self._centers = sample[:: len(sample) // CELLS][:CELLS].copy()
        for _ in range(ROUNDS):
            cell = (sample @ self._centers.T).argmax(axis=1)
            for k in np.unique(cell):
                self._centers[k] = sample[cell == k].mean(axis=0)
            self._centers /= np.maximum(np.linalg.norm(self._centers, axis=1, keepdims=True), 1e-9)
        cell = np.concatenate([
            (coarse[start : start + SAMPLE] @ self._centers.T).argmax(axis=1)
            for start in range(0, len(coarse), SAMPLE)
        ])
        self._order = np.argsort(cell, kind="stable")
        self._coarse = coarse[self._order]
        self._starts = np.searchsorted(cell[self._order], np.arange(len(self._centers) + 1))

    @classmethod
    def of(cls, product_ids: Sequence[int], known: Mapping[int, Vectors]) -> MeaningIndex | None:
        """The index of the products, in this order; None where no vector is known."""
        width = next((len(v) for v in known.values()), 0)
        table = np.zeros((len(product_ids), width), np.float32)
        for row, product_id in enumerate(product_ids):
            if product_id in known:
                table[row] = known[product_id]
        return cls(table) if table.any() else None

    def nearest(self, vector: Vectors, count: int) -> IntArray:
        """Rows of about the ``count`` nearest products, in no order."""
        if self._directions is None:
            return _top(self.vectors @ vector, count)
        along = vector @ self._directions
        probed = np.argpartition(-(self._centers @ along), PROBED)[:PROBED]
        blocks = [slice(self._starts[k], self._starts[k + 1]) for k in probed.tolist()]
        near = np.concatenate([self._coarse[block] @ along for block in blocks])
        rows = np.concatenate([self._order[block] for block in blocks])
        return rows[_top(near, count)]

    def likeness(self, vector: Vectors, rows: IntArray) -> Vectors:
        """Cosine of the vector with each named row, 0 where it is negative or not known."""
        likeness: Vectors = np.maximum(self.vectors[rows] @ vector, 0.0)
        return likeness


def _top(values: Vectors, count: int) -> IntArray:
    """Places of the ``count`` largest, in no order."""
    count = min(count, len(values))
    return np.argpartition(-values, count - 1)[:count] if count else np.zeros(0, np.int64)
