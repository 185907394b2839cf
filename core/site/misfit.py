"""What the model misses: a variance that more days in one place do not average out.

No form is exact: neighbors, seasons and stockouts do a little more or less than it says, a position at a
time. Taking the counts for the only source of error would make intervals too narrow, the more so the
more sales there are. So the log rate of each unit (a position in a period) has an error of its own with
variance ω², which weakens what its counts say: their weight W becomes W / (1 + ω²W). ω² is estimated from
the residuals of whole units, against what the counts and the fit's own flexibility leave to be expected.
"""

from __future__ import annotations

import numpy as np

from core.site import skew
from core.site.arrays import inverse, totals
from core.site.state import MISFIT_SD, SiteState, Solution, means
from core.site.zones import FloatArray

GUESS_UNITS = 20.0
"""How many well-known units the guess ``MISFIT_SD`` is worth."""
SMALLEST_COUNT, SMALLEST_SLACK = 5.0, 0.05


def set_precision(state: SiteState, mean: FloatArray, misfit: float) -> None:
    """Precision of each unit's counts; ``mean`` (M,) of the cells."""
    units = len(state.dispersion)
    weight = totals(state.design.cells.unit, mean, units) / state.dispersion
    state.precision = 1.0 / (state.dispersion * (1.0 + misfit * weight))


def estimate(solution: Solution) -> float:
    """The variance ω² by moments, with a weak guess."""
    above, weight = GUESS_UNITS * MISFIT_SD**2, GUESS_UNITS
    for state in solution.sites:
        residual, counted, slack, known = residuals(state, solution)
        share = (counted * solution.misfit / (1.0 + counted * solution.misfit) * slack) ** 2
        share = np.where(known, share, 0.0)
        above += float(share @ (residual**2 / slack - 1.0 / np.maximum(counted, 1e-9)))
        weight += float(share.sum())
    return max(above / weight, (MISFIT_SD / 3.0) ** 2)


def residuals(state: SiteState, solution: Solution) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Of each unit (U,): its log residual, the weight of its counts, the share of its error that the fit
    leaves in the residual, and whether it sold enough to tell."""
    cells = state.design.cells
    m = means(state, solution)
    units = len(m.rate)
    expected, sold = totals(cells.unit, m.mean, units), totals(cells.unit, cells.units, units)
    covariance = skew.joint_covariance(state, solution.covariance, inverse(state.factor[0]))
    leverage = expected * state.precision * ((m.jacobian @ covariance) * m.jacobian).sum(axis=1)
    slack = np.clip(1.0 - leverage, SMALLEST_SLACK, 1.0)
    known = (expected > SMALLEST_COUNT) & (slack > SMALLEST_SLACK)
    return (sold - expected) / np.maximum(expected, 1e-9), expected / state.dispersion, slack, known
