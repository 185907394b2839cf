"""Sales that stand out of their weeks: cut before levels are learned, so that one does not raise months."""

from __future__ import annotations

import numpy as np

from core.forecast.panel import FloatArray, IntArray, sums
from core.forecast.profiles import spread_of

WINDOW_DAYS = 35
"""Days on both sides that say what is usual."""
REACH = 3.0
"""Standard deviations that a step may lie above."""
SAMPLE = 2_000
SHRINK_UNITS = 20.0


def steady(units: FloatArray, due: FloatArray, product: IntArray, step_days: int) -> FloatArray:
    """Units (S, T) cut at ``REACH`` standard deviations above what their neighbors in time let expect, and
    all raised by what the product lost by it, so that levels stay right on average.

    ``due`` (S, T): exposure × profile · ``product`` (S,) codes 0 … P−1.
    """
    half = max(WINDOW_DAYS // step_days, 1)
    usual = _around(units, half, 0.5) / (_around(due, half, 0.0) + 1e-3)
    mean = (units.sum(axis=1, keepdims=True) + 0.5) / (due.sum(axis=1, keepdims=True) + 1e-3)
    expected = np.maximum(usual, 0.2 * mean) * due
    picked = slice(None, None, -(-len(units) // SAMPLE))
    noise, excess = spread_of(units[picked], expected[picked])
    cut = np.minimum(units, expected + REACH * np.sqrt(noise * expected + excess * expected**2) + 1.0)
    size = int(product.max(initial=0)) + 1
    sold, kept = (sums(product, x.sum(axis=1, dtype=np.float64), size) for x in (units, cut))
    raised = (sold + SHRINK_UNITS) / (kept + SHRINK_UNITS)
    return np.asarray(cut * raised[product][:, None], np.float32)


def _around(values: FloatArray, half: int, prior: float) -> FloatArray:
    """Sums over ``half`` steps before and after each step, without its own."""
    steps = values.shape[1]
    running = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    at = np.arange(steps)
    sums = running[:, np.minimum(at + half + 1, steps)] - running[:, np.maximum(at - half, 0)] - values
    return np.asarray(sums + prior, np.float32)
