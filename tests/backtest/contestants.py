"""Who competes: name → how it forecasts. All get the same panel and the same steps ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.forecast.forecast import Forecast
from core.forecast.panel import BoolArray, FloatArray, Panel
from tests.backtest import cheap, libraries
from tests.backtest.boosting import boosting, boosting_of_totals

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


def _mean_of_totals(task: Task) -> FloatArray:
    totals = site_totals(task.panel)
    last = totals[:, -28 // task.panel.step_days :]
    unseen = np.isnan(last).all(axis=1, keepdims=True)  # nothing known of four weeks: the whole history
    mean = np.nanmean(np.where(unseen, totals.mean(axis=1, where=np.isfinite(totals), keepdims=True), last), axis=1)
    return np.repeat(mean[:, None], task.horizon, axis=1)


def _imapa(season: int) -> Any:
    from statsforecast.models import IMAPA

    return IMAPA()


def _theta(season: int) -> Any:
    from statsforecast.models import DynamicOptimizedTheta

    return DynamicOptimizedTheta(season_length=season)


def _auto_ets(season: int) -> Any:
    from statsforecast.models import AutoETS

    return AutoETS(season_length=season)


CONTESTANTS: Mapping[str, Contestant] = {
    OURS: Contestant(ours),
    "seasonal naive": _cheap(cheap.seasonal_naive),
    "28-day mean": _cheap(cheap.recent_mean),
    "TSB": _cheap(cheap.tsb),
    "IMAPA": Contestant(libraries.by_series(_imapa)),
    "Theta": Contestant(libraries.by_series(_theta)),
    "AutoETS": Contestant(libraries.by_series(_auto_ets)),
    "LightGBM": Contestant(boosting),
    "28-day mean of totals": Contestant(_mean_of_totals, totals=True),
    "Theta of totals": Contestant(libraries.by_total(_theta, site_totals), totals=True),
    "AutoETS of totals": Contestant(libraries.by_total(_auto_ets, site_totals), totals=True),
    "LightGBM of totals": Contestant(boosting_of_totals, totals=True),
}
