"""What stockouts hide and what they move: the exposure of days on which a slot ran empty.

A day's demand is a count N with mean λ and variance λ + v·λ² (negative binomial; v, the day-to-day
noise of demand, comes from the dispersion of the weeks). On a day that began with n units and sold
them all, only min(N, n) was seen. The exposure e that makes sales and λ·e agree in expectation, given
that the slot ran empty, is

    e = 1 − (E[N | N ≥ n] − n) / λ,

for v = 0 the mean time of the n-th of Poisson arrivals. Taking demand for Poisson where it is not would
give such days too much exposure: they are the days of high demand. A day that began empty has none.

What a slot could not sell, its category's other slots sell in part: removing the share p of a
category raises the rest by (1 − p)^−γ, in the response's own form, for the time it was missing.
"""

from __future__ import annotations

import numpy as np

from core.site.arrays import totals
from core.site.state import Means, SiteState
from core.site.zones import FloatArray

SMALLEST_NOISE = 1e-3
LARGEST_SHARE = 0.9
"""Of a category: more at once would ask the form of the model too much."""


def effective_exposure(state: SiteState, m: Means, noise: float) -> FloatArray:
    """Exposure of the cells in average days, shape (M,): full days, what censored days count, and
    what the stockouts of substitutes add. ``noise``: v of the module's text."""
    cells = state.design.cells
    out = cells.stockouts
    part = seen_share(out.units, m.per_day[out.cell] * out.share, noise)
    exposure = np.maximum(cells.exposure + totals(out.cell, out.share * part, len(m.mean)), 0.0)
    if not len(out.cell):
        return exposure
    gain = out.share * (1.0 - part) * _gain(state, m)[cells.unit[out.cell]]
    bucket = _unit_group(state)[cells.unit] * len(cells.day_share) + cells.time
    _, bucket = np.unique(bucket, return_inverse=True)
    own = totals(out.cell, gain, len(exposure))
    others = totals(bucket[out.cell], gain, int(bucket.max()) + 1)[bucket] - own
    whole = cells.exposure + totals(out.cell, out.share, len(exposure))
    there = np.minimum(exposure / np.maximum(whole, 1e-9), 1.0)
    return np.asarray(exposure + np.maximum(others, 0.0) * there)


def seen_share(units: FloatArray, rate: FloatArray, noise: float) -> FloatArray:
    """The e of the module's text for days that sold out at ``units`` with ``rate`` λ, any shape."""
    from scipy.special import betainc

    n, rate = np.asarray(units, np.float64), np.maximum(rate, 1e-6)
    sold = np.maximum(n, 1.0)
    size = 1.0 / max(noise, SMALLEST_NOISE)
    chance = rate / (rate + size)
    reached = betainc(sold, size, chance)
    before = np.where(sold > 1.0, betainc(np.maximum(sold - 1.0, 1.0), size + 1.0, chance), 1.0)
    share = 1.0 + sold / rate - before / np.maximum(reached, 1e-300)
    possible = (n > 0) & (reached > 1e-250)
    return np.where(possible, np.clip(share, -1.0, 1.0), np.where(n > 0, 1.0, 0.0))


def _unit_group(state: SiteState) -> np.ndarray:
    """The (period, category) group of each unit, (U,)."""
    standing = state.design.cells.standing
    group = np.zeros(len(state.design.cells.unit_product), np.int64)
    group[standing.unit] = standing.group
    return group


def _gain(state: SiteState, m: Means) -> FloatArray:
    """By how much the rest of its category sells more while a unit is missing, (U,)."""
    group = _unit_group(state)
    share = m.rate / totals(group, m.rate, len(m.gamma))[group]
    return np.asarray((1.0 - np.minimum(share, LARGEST_SHARE)) ** -m.gamma[group] - 1.0)
