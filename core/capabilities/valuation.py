"""Money a day of a plan at a site, point and draws: what every capability counts with.

All money is expected revenue a day over the days ahead (season included, an average weekday), so
that score, heat, what-if and suggestions speak of the same figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from core.capabilities.memo import remembered
from core.planogram.planogram import Planogram
from core.site.response import Effects, Layout
from core.site.site import Site
from core.site.zones import FloatArray

HORIZON_DAYS = 30
CONFIDENCE_LEVEL = 0.9


@dataclass(frozen=True, slots=True)
class Estimate:
    """Money with its interval at a confidence level."""

    value: float
    lower: float
    upper: float
    level: float = CONFIDENCE_LEVEL

    def times(self, factor: float) -> Estimate:
        return Estimate(self.value * factor, self.lower * factor, self.upper * factor, self.level)


def estimate(point: float, draws: FloatArray, level: float = CONFIDENCE_LEVEL) -> Estimate:
    """Point with the central ``level`` interval of the draws, which is widened to hold the point."""
    ordered = np.sort(draws)  # np.quantile does the same with more ceremony
    ends = np.array(((1.0 - level) / 2.0, (1.0 + level) / 2.0)) * (len(ordered) - 1)
    lower, upper = np.interp(ends, np.arange(len(ordered)), ordered).tolist()
    return Estimate(point, min(lower, point), max(upper, point), level)


def season_ahead(site: Site, horizon_days: int = HORIZON_DAYS) -> FloatArray:
    """Mean season factor of each category over the days after the site's last day of data, shape (C,).

    1 where the site has no data yet: then no day is known to count from.
    """
    categories = len(site.response.categories)
    if site.last_day is None or horizon_days < 1:
        return np.ones(categories)
    return _season_mean(site, site.last_day, horizon_days)


@lru_cache(maxsize=256)
def _season_mean(site: Site, last_day: date, horizon_days: int) -> FloatArray:
    months = [(last_day + timedelta(days=d)).month for d in range(1, horizon_days + 1)]
    share = np.bincount(months, minlength=13)[1:] / horizon_days
    mean: FloatArray = site.response.season @ share
    return mean


def money_of(site: Site, layout: Layout, effects: Effects | None, season: FloatArray) -> FloatArray:
    """Expected revenue a day of each position, shape (D, n)."""
    worth = layout.price * season[layout.category]
    revenue: FloatArray = site.response.rates(layout, effects) * worth
    return revenue


@remembered(32)
def layout_of(plan: Planogram, site: Site) -> Layout:
    """``Response.layout``, kept for the plans of the last moments. Raises KeyError as it does."""
    return site.response.layout(plan)
