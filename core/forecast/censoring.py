"""Days that sold out: their sales are a lower bound of what was wanted."""

from __future__ import annotations

import numpy as np

from core.forecast.panel import BoolArray, FloatArray

PASSES = 5
MOST_TIMES = 4.0
"""A day that sold out is not taken for more than this many times the series' rate beyond its sales."""


def filled(units: FloatArray, due: FloatArray, censored: BoolArray) -> FloatArray:
    """Units (S, T) with each censored step at the demand expected given that it was no less than its sales:
    expectation maximization for Poisson demand around a constant rate of ``due``, exposure × profile
    (Nahmias 1994 for censored demand; Dempster, Laird and Rubin 1977)."""
    from scipy.special import gammainc, gammaln

    s, t = np.nonzero(censored & (due > 0))
    if not len(s):
        return units
    result = np.asarray(units, np.float32).copy()
    total_due = due.sum(axis=1, dtype=np.float64) + 1e-9
    seen = units.sum(axis=1, dtype=np.float64)
    least, share = np.asarray(units[s, t], np.float64), np.asarray(due[s, t], np.float64)
    wanted = least
    sold = np.maximum(least, 1.0)
    for _ in range(PASSES):
        rate = (seen + np.bincount(s, wanted - least, len(units))) / total_due
        mean = np.maximum(rate[s] * share, 1e-9)
        reached = np.where(least > 0, gammainc(sold, mean), 1.0)
        before = np.where(least > 0, np.exp((sold - 1) * np.log(mean) - mean - gammaln(sold)), 0.0)
        beyond = mean * (1.0 + before / np.maximum(reached, 1e-12))
        wanted = np.clip(beyond, least, least + MOST_TIMES * mean)
    result[s, t] = wanted
    return result
