"""How recent forecasts would have done: the same methods, asked at earlier days of the same sales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.capabilities.demand_results import INTERVAL, Accuracy
from core.forecast.fleet import forecast
from core.forecast.panel import BoolArray, FloatArray, Panel
from core.forecast.pool import Pool

WEEK = 7
ORIGINS, AHEAD = 2, 2
"""Days from which is forecast, and the weeks that each looks ahead; together they cover the last weeks."""
LEAST_DAYS = 56
LEAST_UNITS = 20.0


@dataclass(frozen=True, eq=False)
class Backcast:
    """The last whole weeks W, by series: units that ``came`` and were ``expected`` (W, S), the randomized
    integral transform ``pit`` (W, S) of the expected distribution, NaN each where a product was not in stock
    all week; ``step`` (S,): mean change from week to week before."""

    came: FloatArray
    expected: FloatArray
    pit: FloatArray
    step: FloatArray


def backcast(panel: Panel, pool: Pool) -> Backcast:
    """Forecasts of the last weeks of a daily panel from what was known before each. The choice of methods
    may be younger than they are."""
    span = AHEAD * WEEK
    origins = [panel.steps - k * span for k in range(ORIGINS, 0, -1)]
    origins = [at for at in origins if at >= LEAST_DAYS]
    came, expected, pit = (np.full((len(origins) * AHEAD, panel.series), np.nan) for _ in range(3))
    rng = np.random.default_rng(len(origins))
    for k, at in enumerate(origins):
        made = forecast(panel.until(at), span, pool=pool)
        for w in range(AHEAD):
            week = slice(at + w * WEEK, at + (w + 1) * WEEK)
            whole = (panel.exposure[:, week].min(axis=1) >= 1.0) & ~panel.censored[:, week].any(axis=1)
            total = made.totals(first=w * WEEK, last=(w + 1) * WEEK)
            sold = panel.units[:, week].sum(axis=1, dtype=np.float64)
            drawn = total.pit(sold, rng.random(panel.series))
            for kept, values in ((came, sold), (expected, total.mean), (pit, drawn)):
                kept[k * AHEAD + w, whole] = values[whole]
    return Backcast(came, expected, pit, _weekly_step(panel, origins[0] if origins else panel.steps))


def accuracy(made: Backcast, panel: Panel, among: BoolArray) -> Accuracy:
    """Of the series ``among`` (S,): WAPE by place and week, MASE by product and week, coverage by product
    and week. None where fewer than ``LEAST_UNITS`` units came."""
    came, expected = made.came[:, among], made.expected[:, among]
    weeks = len(came)
    if np.nansum(came) < LEAST_UNITS:
        return Accuracy(None, None, None, 0, "too few sales to judge by")
    site = np.unique(panel.site[among], return_inverse=True)[1]
    member = np.eye(int(site.max()) + 1)[site]
    off = np.abs((np.nan_to_num(came - expected)) @ member).sum()
    error, step = np.abs(came - expected), np.broadcast_to(made.step[among], came.shape)
    judged = np.isfinite(error) & np.isfinite(step)
    tail = (1.0 - INTERVAL) / 2.0
    pit = made.pit[:, among]
    inside = (pit >= tail) & (pit <= 1.0 - tail)
    return Accuracy(
        wape=float(off / np.nansum(came)),
        mase=float(error[judged].sum() / max(step[judged].sum(), 1e-9)) if judged.any() else None,
        coverage=float(inside[np.isfinite(pit)].mean()), origins=weeks // AHEAD,
        basis=f"the last {weeks} weeks, forecast up to {AHEAD} weeks ahead from what was known",
    )


def _weekly_step(panel: Panel, until: int) -> FloatArray:
    """Mean absolute change of each series from one whole week in stock to the next, (S,); NaN without."""
    weeks = min(until // WEEK, 52)
    if weeks < 2:
        return np.full(panel.series, np.nan)
    shape = (panel.series, weeks, WEEK)
    window = slice(until - weeks * WEEK, until)
    units = panel.units[:, window].reshape(shape).sum(axis=2, dtype=np.float64)
    whole = panel.exposure[:, window].reshape(shape).min(axis=2) >= 1.0
    both = whole[:, 1:] & whole[:, :-1]
    change = np.where(both, np.abs(np.diff(units, axis=1)), 0.0).sum(axis=1)
    pairs = both.sum(axis=1)
    return np.where(pairs > 0, change / np.maximum(pairs, 1), np.nan)
