"""One small helper that estimation uses everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from core.site.zones import FloatArray, IntArray


def totals(index: IntArray, weights: ArrayLike, size: int) -> FloatArray:
    """Sums of ``weights`` by ``index``, shape (size,)."""
    return np.bincount(index, np.asarray(weights, np.float64), minlength=size).astype(np.float64)
