"""Small helpers that estimation uses everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from core.site.zones import FloatArray, IntArray


def totals(index: IntArray, weights: ArrayLike, size: int) -> FloatArray:
    """Sums of ``weights`` by ``index``, shape (size,)."""
    return np.bincount(index, np.asarray(weights, np.float64), minlength=size).astype(np.float64)


def inverse(lower: FloatArray) -> FloatArray:
    """Inverse of a matrix from its lower Cholesky factor."""
    from scipy.linalg.lapack import dpotri

    half = np.tril(dpotri(lower, lower=1)[0])
    return np.asarray(half + np.tril(half, -1).T)
