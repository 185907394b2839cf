"""Contestants that are a few array operations: seasonal naive, 28-day mean, TSB."""

from __future__ import annotations

import numpy as np

from core.forecast.panel import FloatArray, Panel

DAILY_SEASON, WEEKLY_SEASON = 7, 52
TSB_DEMAND, TSB_CHANCE = 0.1, 0.1


def season_of(panel: Panel) -> int:
    return DAILY_SEASON if panel.step_days == 1 else WEEKLY_SEASON


def observed(panel: Panel) -> FloatArray:
    """Units (S, T), NaN where the product did not stand there or nothing was recorded."""
    return np.where(panel.exposure > 0, panel.units, np.nan)


def seasonal_naive(panel: Panel, horizon: int) -> FloatArray:
    """The last value known of the same weekday, or of the same week a year before; (S, H)."""
    y, season = observed(panel), season_of(panel)
    y = np.concatenate([np.full((len(y), -y.shape[1] % season), np.nan), y], axis=1)
    cycles = y.reshape(len(y), -1, season)
    seen = np.isfinite(cycles)
    last = cycles.shape[1] - 1 - np.argmax(seen[:, ::-1], axis=1)
    value = np.take_along_axis(cycles, last[:, None], axis=1)[:, 0]
    value = np.where(np.isfinite(value), value, recent_mean(panel, 1))
    return value[:, np.arange(horizon) % season]


def recent_mean(panel: Panel, horizon: int, days: int = 28) -> FloatArray:
    """The mean of the last 28 days known, of all days where those show nothing; (S, H)."""
    y, steps = observed(panel), days // panel.step_days
    return np.repeat(_mean(y[:, -steps:], _mean(y, np.zeros((len(y), 1)))), horizon, axis=1)


def tsb(
    panel: Panel, horizon: int, demand: float = TSB_DEMAND, chance: float = TSB_CHANCE
) -> FloatArray:
    """Teunter, Syntetos and Babai (2011): chance of a sale and its size, smoothed apart; (S, H)."""
    y = observed(panel)
    start = _mean(y > 0, np.zeros((len(y), 1)), np.isfinite(y))[:, 0]
    first_size = _mean(np.where(y > 0, y, np.nan), np.ones((len(y), 1)))[:, 0]
    p, size = start.copy(), first_size.copy()
    for value in y.T:
        sold = value > 0
        size = np.where(sold, size + demand * (np.nan_to_num(value) - size), size)
        p = np.where(np.isfinite(value), p + chance * (sold - p), p)
    return np.repeat((p * size)[:, None], horizon, axis=1)


def _mean(values: FloatArray, otherwise: FloatArray, seen: FloatArray | None = None) -> FloatArray:
    """Row means over what is known, (S, 1)."""
    seen = np.isfinite(values) if seen is None else seen
    count = seen.sum(axis=1, keepdims=True)
    total = np.where(seen, values, 0.0).sum(axis=1, keepdims=True)
    return np.where(count > 0, total / np.maximum(count, 1), otherwise)
