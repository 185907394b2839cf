"""Parts of a forecast and forecasts made from it: some series, some steps, money instead of units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from core.forecast.forecast import Forecast
from core.forecast.panel import BoolArray, FloatArray, IntArray

_BY_SERIES = ("site", "product", "noise", "level_error", "site_error", "product_error", "method",
              "history_days")
CENTS = 100.0


def of_series(forecast: Forecast, series: IntArray | BoolArray) -> Forecast:
    """Some of the series, (n, H)."""
    size = forecast.mean.shape[0]
    picked: dict[str, Any] = {
        name: np.broadcast_to(getattr(forecast, name), (size,))[series] for name in _BY_SERIES
    }
    factors = {k: f if len(f) == 1 else f[series] for k, f in forecast.factors.items()}
    return replace(
        forecast, mean=forecast.mean[series], base=forecast.base[series], factors=factors, **picked
    )


def of_steps(forecast: Forecast, first: int, last: int) -> Forecast:
    """The steps from ``first`` to ``last`` (not included)."""
    return replace(
        forecast, first_day=forecast.first_day + timedelta(days=first * forecast.step_days),
        mean=forecast.mean[:, first:last], base=forecast.base[:, first:last],
        factors={k: f[:, first:last] for k, f in forecast.factors.items()},
    )


def times(forecast: Forecast, factors: Mapping[str, FloatArray]) -> Forecast:
    """The forecast with more of some factors: name → multipliers (1 or S, H)."""
    mean, known = forecast.mean, dict(forecast.factors)
    for name, factor in factors.items():
        mean = mean * factor
        known[name] = known.get(name, np.ones((1, 1))) * factor
    return replace(forecast, mean=mean, factors=known)


def in_cents(forecast: Forecast, price: FloatArray) -> Forecast:
    """Revenue in cents instead of units, ``price`` (S,) in currency: totals of it are of money, with what
    the series have in common kept. Small units keep the variance from being taken for a count's."""
    each = np.maximum(price, 1.0 / CENTS) * CENTS
    return replace(
        forecast, mean=forecast.mean * each[:, None], base=forecast.base * each[:, None],
        noise=forecast.noise * each,
    )
