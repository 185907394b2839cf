"""Contestants from statsforecast: TSB's kin IMAPA, AutoETS, Theta; one core, as everyone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.forecast.panel import FloatArray, Panel
from tests.backtest.cheap import DAILY_SEASON, observed

if TYPE_CHECKING:
    from tests.backtest.contestants import Task


def by_series(model: Callable[[int], Any]) -> Callable[[Task], FloatArray]:
    """Every standing series by a statsforecast model of one argument, the season's length; (S, H)."""

    def run(task: Task) -> FloatArray:
        result = np.zeros((task.panel.series, task.horizon))
        part = task.panel.of(task.standing)
        result[task.standing] = _forecast(observed(part), model(season(part)), task.horizon)
        return result

    return run


def by_total(model: Callable[[int], Any], totals: Callable[[Panel], FloatArray]) -> Callable[[Task], FloatArray]:
    """Each site's total by itself; (sites, H)."""
    return lambda task: _forecast(totals(task.panel), model(season(task.panel)), task.horizon)


def season(panel: Panel) -> int:
    """A week of days; weeks have no season that these models could carry (AutoETS stops at 24)."""
    return DAILY_SEASON if panel.step_days == 1 else 1


def _forecast(y: FloatArray, model: Any, horizon: int) -> FloatArray:
    """From the first known step on; gaps hold the mean of the series, too short a series is its mean."""
    from statsforecast import StatsForecast
    from statsforecast.models import HistoricAverage

    known = np.isfinite(y)
    row, step = np.nonzero(np.cumsum(known, axis=1) > 0)
    mean = np.where(known, y, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    filled = np.where(known, y, mean[:, None])
    frame = pd.DataFrame({"unique_id": row, "ds": step, "y": filled[row, step]})
    engine = StatsForecast(models=[model], freq=1, n_jobs=1, fallback_model=HistoricAverage())
    told = engine.forecast(df=frame, h=horizon)
    result = np.zeros((len(y), horizon))
    ids = told["unique_id"].to_numpy().reshape(-1, horizon)[:, 0]
    result[ids] = told.iloc[:, -1].to_numpy(float).reshape(-1, horizon)
    return np.maximum(np.nan_to_num(result), 0.0)
