"""Who competes: name → how it forecasts. All get the same panel and the same steps ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.forecast.forecast import Forecast
from core.forecast.panel import BoolArray, FloatArray, Panel
from tests.backtest import cheap

OURS = "ours"


@dataclass(frozen=True, eq=False)
class Task:
    """Forecast ``horizon`` steps of the series of ``panel``; only those that stand there count."""

    panel: Panel
    standing: BoolArray
    horizon: int


@dataclass(frozen=True, eq=False)
class Contestant:
    """``run`` → mean (S, H); with ``totals`` it forecasts each site's total itself, (sites, H). Ours
    returns a whole Forecast."""

    run: Callable[[Task], FloatArray | Forecast]
    totals: bool = False


def ours(task: Task) -> Forecast:
    from core.forecast.fleet import forecast

    return forecast(task.panel, task.horizon)


def _cheap(method: Callable[[Panel, int], FloatArray]) -> Contestant:
    return Contestant(lambda task: method(task.panel, task.horizon))


def site_totals(panel: Panel) -> FloatArray:
    """Units of each site and step, (sites, T); NaN where nothing was known of it."""
    sites = int(panel.site.max()) + 1
    total, known = np.zeros((sites, panel.steps)), np.zeros((sites, panel.steps))
    np.add.at(total, panel.site, panel.units)
    np.add.at(known, panel.site, panel.exposure)
    return np.where(known > 0, total, np.nan)


CONTESTANTS: Mapping[str, Contestant] = {
    OURS: Contestant(ours),
    "seasonal naive": _cheap(cheap.seasonal_naive),
    "28-day mean": _cheap(cheap.recent_mean),
    "TSB": _cheap(cheap.tsb),
}
