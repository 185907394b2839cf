"""Sites forecast as a whole and by their products, brought together so that all levels add up.

The products that stand at a site say little of those to come and of those that went; the site's own total
does not mind. So a site's total of the last weeks, over what its standing products would have sold all that
time, scales them: proportional top-down (Athanasopoulos, Ahmed and Hyndman 2009), by a power between 0,
bottom up, and 1, top down, that served the origins best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.forecast.methods import GROUP_UNITS
from core.forecast.panel import FloatArray, IntArray, sums

WINDOW_DAYS = 28
POWERS = (0.0, 0.25, 0.5, 0.75, 1.0)
GUESS = 0.5
"""Before any origin; what origins say is drawn half way to it."""
FURTHEST = 2.0
"""A site's products are scaled by no more than this, up or down."""


def site_ratios(
    steady: FloatArray, profile: FloatArray, exposure: FloatArray, site: IntArray,
    origins: Sequence[int], step_days: int,
) -> list[Callable[[FloatArray], FloatArray]]:
    """Of each origin a function: level (S,) → sold over expected of each series' site (S,) in the last
    ``WINDOW_DAYS``, had those that stand at the origin stood all days on which the site was open.

    ``steady``, ``exposure`` (S, T) · ``profile`` (1 or S, at least T) · ``site`` (S,) codes.
    """
    size, steps = int(site.max(initial=0)) + 1, max(WINDOW_DAYS // step_days, 1)

    def at(origin: int) -> Callable[[FloatArray], FloatArray]:
        window = slice(max(origin - steps, 0), origin)
        stood = exposure[:, window] > 0
        opened = np.zeros((size, stood.shape[1]), bool)
        np.logical_or.at(opened, site, stood)
        due = (profile[:, window] * opened[site]).sum(axis=1, dtype=np.float64) * stood[:, -1]
        sold = sums(site, steady[:, window].sum(axis=1, dtype=np.float64), size)

        def ratio(level: FloatArray) -> FloatArray:
            expected = sums(site, level * due, size)
            found = (sold + GROUP_UNITS) / (expected + GROUP_UNITS)
            return np.asarray(np.clip(np.where(expected > 0, found, 1.0), 1 / FURTHEST, FURTHEST)[site])

        return ratio

    return [at(origin) for origin in origins]


def best_power(
    errors: Callable[[Sequence[FloatArray]], float], level: Sequence[FloatArray],
    ratios: Sequence[Callable[[FloatArray], FloatArray]],
) -> float:
    """The power of the ratios at which ``errors`` of the levels, one an origin, is least, drawn to the
    guess."""
    apart = [ratio(x) for ratio, x in zip(ratios, level, strict=True)]
    lost = [errors([x * r**power for x, r in zip(level, apart, strict=True)]) for power in POWERS]
    return 0.5 * (POWERS[int(np.argmin(lost))] + GUESS)
