"""Which products mean what a query means: the nearest of many vectors, in two stages.

All vectors are compared along the few directions in which the catalog varies most (principal components),
and the nearest of those exactly; so a catalog of 100,000 costs two milliseconds instead of twenty.
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


class MeaningIndex:
    """Unit vectors of products by row, (products, d); a row of zeros where none is known yet."""

    def __init__(self, vectors: Vectors, directions: int = DIRECTIONS) -> None:
        """``directions``: how many the first stage compares along; 0 compares along all."""
        self.vectors = vectors
        self._coarse: Vectors | None = None
        self._directions: Vectors | None = None
        if len(vectors) > SMALL and 0 < directions < vectors.shape[1]:
            rng = np.random.default_rng(0)
            sample = vectors[rng.choice(len(vectors), SAMPLE, replace=False)].astype(np.float64)
            _, axes = np.linalg.eigh(sample.T @ sample)
            self._directions = np.ascontiguousarray(axes[:, -directions:], np.float32)
            self._coarse = vectors @ self._directions

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
        if self._coarse is None or self._directions is None:
            near = self.vectors @ vector
        else:
            near = self._coarse @ (vector @ self._directions)
        count = min(count, len(near))
        return np.argpartition(-near, count - 1)[:count]

    def likeness(self, vector: Vectors, rows: IntArray) -> Vectors:
        """Cosine of the vector with each named row, 0 where it is negative or not known."""
        likeness: Vectors = np.maximum(self.vectors[rows] @ vector, 0.0)
        return likeness
