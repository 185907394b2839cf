"""Scores of forecasts of counts. Arrays of any one shape; NaN nowhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.forecast.counts import Counts
from core.forecast.panel import FloatArray

LEVELS = np.array([0.025, *np.arange(0.05, 0.96, 0.05), 0.975])
"""Quantile levels of the pinball loss: 2.5 %, 5 to 95 % by 5, 97.5 %."""
LEAST_SCALE = 1.0
"""Units: a group that never changes has no scale of its own."""


def wape(forecast: FloatArray, actual: FloatArray) -> float:
    """Σ|forecast − actual| ÷ Σ actual."""
    return float(np.abs(forecast - actual).sum() / actual.sum())


def bias(forecast: FloatArray, actual: FloatArray) -> float:
    """(Σ forecast − Σ actual) ÷ Σ actual."""
    return float((forecast.sum() - actual.sum()) / actual.sum())


def mase(forecast: FloatArray, actual: FloatArray, scale: FloatArray) -> float:
    """Mean of |error| ÷ scale (Hyndman and Koehler 2006)."""
    return float((np.abs(forecast - actual) / scale).mean())


def naive_scale(totals: FloatArray, length: int) -> FloatArray:
    """Mean absolute change of a window's total to the next window's, over all days of the history:
    daily ``totals`` (G, T), NaN where not known; (G,), NaN where two windows do not fit."""
    past = np.cumsum(np.pad(totals, ((0, 0), (1, 0))), axis=1, dtype=float)
    if totals.shape[1] < 2 * length:
        return np.full(len(totals), np.nan)
    if np.isnan(totals).any():
        window = np.lib.stride_tricks.sliding_window_view(totals, length, axis=1).sum(axis=2)
    else:
        window = past[:, length:] - past[:, :-length]
    change = np.abs(window[:, length:] - window[:, :-length])
    seen = np.isfinite(change)
    sums = np.where(seen, change, 0.0).sum(axis=1)
    return np.where(seen.any(axis=1), np.maximum(sums / np.maximum(seen.sum(axis=1), 1), LEAST_SCALE), np.nan)


def r_squared(forecast: FloatArray, actual: FloatArray) -> float:
    """1 − squared error ÷ variance of the actuals; NaN where they are all the same."""
    spread = float(((actual - actual.mean()) ** 2).sum())
    return 1 - float(((forecast - actual) ** 2).sum()) / spread if spread else float("nan")


@dataclass(frozen=True, eq=False)
class Draws:
    """A distribution by equally likely values (G, N), counts: for forecasters that only have errors of
    their past."""

    values: FloatArray

    def quantile(self, level: FloatArray) -> FloatArray:
        """(G, levels)."""
        return np.quantile(self.values, level, axis=1).T

    def pit(self, count: FloatArray, draw: FloatArray) -> FloatArray:
        """Randomized; each of the N + 1 gaps between values is equally likely."""
        below = (self.values < count[:, None]).sum(axis=1)
        upto = (self.values <= count[:, None]).sum(axis=1)
        return (below + draw * (upto - below + 1)) / (self.values.shape[1] + 1)


def quantiles(distribution: Counts | Draws, levels: FloatArray = LEVELS) -> FloatArray:
    """(G, levels)."""
    if isinstance(distribution, Draws):
        return distribution.quantile(levels)
    return np.stack([distribution.quantile(float(p)) for p in levels], axis=1)


def pinball(quantile: FloatArray, actual: FloatArray, levels: FloatArray = LEVELS) -> float:
    """Mean over levels and groups of the quantile loss ×2, ÷ mean actual: the same unit as WAPE."""
    error = actual[:, None] - quantile
    loss = np.maximum(levels * error, (levels - 1) * error)
    return float(2 * loss.mean() / actual.mean())


def coverage(pit: FloatArray, nominal: float) -> float:
    """Share of outcomes inside the central interval, by their randomized PIT (Czado et al. 2009)."""
    return float((np.abs(pit - 0.5) <= nominal / 2).mean())


def noise_floor(expected: FloatArray, ratio: float = 1.0) -> float:
    """WAPE of one who knows each total's true mean and forecasts its median, where counting is the only
    noise: Poisson, or negative binomial of the given variance over mean."""
    counts = Counts(expected, ratio * expected)
    middle = counts.quantile(0.5)
    error = counts.shortage(middle) + counts.leftover(middle)
    return float(error.sum() / expected.sum())
