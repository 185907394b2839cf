"""Forecasts of a whole fleet: choose once, forecast often."""

from __future__ import annotations

import numpy as np

from core.errors import BadInput
from core.forecast.forecast import Forecast
from core.forecast.methods import kernels, levels
from core.forecast.panel import FloatArray, IntArray, Panel, codes, sums
from core.forecast.pool import FORECAST_VERSION, Pool
from core.forecast.profiles import factors_of

SPREAD_UNITS = 3.0
"""Sales that a series' prior is worth where it has none of its own."""


def choose(panel: Panel, horizon: int) -> Pool:
    """Weights of the methods and spreads, from rolling origins inside the panel."""
    methods = (*kernels(1, 1), "TSB")
    return Pool(
        methods=methods, classes=("any",), weights=np.full((1, len(methods)), 1 / len(methods)),
        noise=np.array([1.15]), drift=np.array([0.06]), day_shock=0.01, fleet_shock=0.003, site_error=0.01,
        product_error=0.01, fleet_error=0.002,
    )


def forecast(panel: Panel, horizon: int, *, pool: Pool | None = None) -> Forecast:
    """The demand of every series over the ``horizon`` steps after the panel's last.

    ``pool``: as ``choose`` gave it for this panel or an earlier state of it; by default chosen now. Raises
    BadInput for a horizon below 1, an empty panel or inputs that end before the horizon does.
    """
    _check(panel, horizon)
    pool = pool or choose(panel, horizon)
    factors = {name: np.asarray(f, np.float32) for name, f in factors_of(panel, horizon).items()}
    profile = np.ones((1, panel.steps + horizon), np.float32)
    for factor in factors.values():
        profile = profile * factor
    units = np.asarray(panel.units, np.float32)
    weight = np.asarray(panel.exposure, np.float32) * profile[:, : panel.steps]
    prior = expected_rate(panel, units, weight)
    _, level = levels(units, weight, prior, panel.step_days)
    base = np.maximum(level @ pool.weights[0], 1e-6)
    ahead = {name: f[:, panel.steps :] for name, f in factors.items()}
    mean = base[:, None] * profile[:, panel.steps :]
    learned = units.sum(axis=1) + SPREAD_UNITS
    return Forecast(
        first_day=panel.end, step_days=panel.step_days, mean=mean,
        base=np.broadcast_to(base[:, None], mean.shape), factors=ahead, site=panel.site,
        product=panel.product, noise=np.full(panel.series, pool.noise[0]), day_shock=pool.day_shock,
        fleet_shock=pool.fleet_shock, level_error=pool.drift[0] + 1.0 / learned,
        site_error=np.full(panel.series, pool.site_error), fleet_error=pool.fleet_error,
        product_error=np.full(panel.series, pool.product_error),
        method=np.zeros(panel.series, np.int64), methods=("weighted mean of the pool",),
        history_days=panel.exposure.sum(axis=1) * panel.step_days, version=FORECAST_VERSION,
    )


def expected_rate(panel: Panel, units: FloatArray, weight: FloatArray) -> FloatArray:
    """Units a full step expected of each series without its own history (S,): what others say of it, else
    the product elsewhere times the size of the site."""
    sold, stood = units.sum(axis=1, dtype=np.float64), weight.sum(axis=1, dtype=np.float64)
    overall = (sold.sum() + 0.1) / (stood.sum() + 1.0)
    by_product = _shrunk(sold, stood * overall, panel.product)
    by_site = _shrunk(sold, stood * overall * by_product, panel.site)
    rate = overall * by_product * by_site
    told = panel.prior_rate * panel.step_days
    return np.asarray(np.where(np.isfinite(told) & (told > 0), told, rate))


def _shrunk(sold: FloatArray, expected: FloatArray, label: IntArray, units: float = 10.0) -> FloatArray:
    code, size = codes(label)
    ratio = (sums(code, sold, size) + units) / (sums(code, expected, size) + units)
    return np.asarray(ratio[code])


def _check(panel: Panel, horizon: int) -> None:
    if horizon < 1:
        raise BadInput(f"A forecast of {horizon} steps says nothing.", "Ask for at least 1 step.")
    if panel.series < 1 or panel.steps < 1:
        raise BadInput("The panel has no series or no step.", "Give at least one day of one product.")
    for name, values in panel.inputs.items():
        if values.shape[1] < panel.steps + horizon:
            raise BadInput(
                f"Input “{name}” ends after {values.shape[1]} steps; {panel.steps} of the past and "
                f"{horizon} of the forecast are needed.",
                "Give each input for the steps of the forecast too.",
            )
