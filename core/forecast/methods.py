"""The pool: methods that say at which level each series goes on, all series at once.

Sales over what a full step would have been (exposure × profile) are averaged with weights that fall with
age, so that a method is one matrix product over all series: numerator Σ k·units, denominator Σ k·weight.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.forecast.panel import FloatArray

WINDOWS = (28, 56, 182)
"""Days of the plain means."""
HALF_LIVES = (7, 21, 63)
"""Days after which an exponentially weighted observation counts half."""
PRIOR_DAYS = 10.0
"""Days of own history that weigh as much as what is expected of the series otherwise."""


def kernels(steps: int, step_days: int) -> Mapping[str, FloatArray]:
    """Method → weights (steps,) of the past, the last step at the end."""
    age = (np.arange(steps)[::-1] + 0.5) * step_days
    found = {f"mean {days} days": (age < days).astype(np.float64) for days in WINDOWS}
    found["mean"] = np.ones(steps)
    return found | {f"smoothed {days} days": 0.5 ** (age / days) for days in HALF_LIVES}


def levels(
    units: FloatArray, weight: FloatArray, prior: FloatArray, step_days: int
) -> tuple[tuple[str, ...], FloatArray]:
    """Names and levels (S, M) in units a full step after the last of ``units`` (S, T).

    ``weight`` (S, T): exposure × profile · ``prior`` (S,): the level expected of the series without its own
    history; the posterior mean of a gamma-Poisson pair, the prior worth ``PRIOR_DAYS`` of full steps.
    """
    by_name = kernels(units.shape[1], step_days)
    kernel = np.stack(list(by_name.values()), axis=1).astype(units.dtype)
    pseudo = PRIOR_DAYS / step_days
    level = (units @ kernel + pseudo * prior[:, None]) / (weight @ kernel + pseudo)
    return (*by_name, "TSB"), np.concatenate([level, tsb(units, weight, prior)[:, None]], axis=1)


def tsb(units: FloatArray, weight: FloatArray, prior: FloatArray, alpha: float = 0.1) -> FloatArray:
    """Level (S,) by Teunter, Syntetos and Babai 2011: chance and size of a sale, smoothed apart, the size
    only when one occurs. Steps without exposure are passed over."""
    chance = 1.0 - np.exp(-prior)
    size = prior / np.maximum(chance, 1e-9)
    for t in range(units.shape[1]):
        w, sold = weight[:, t], units[:, t]
        known = w > 0
        hit = known & (sold > 0)
        chance = np.where(known, chance + alpha * np.minimum(w, 1.0) * (hit - chance), chance)
        rate = sold / np.where(known, w, 1.0)
        size = np.where(hit, size + alpha * np.minimum(w, 1.0) * (rate - size), size)
    return np.asarray(chance * size)
