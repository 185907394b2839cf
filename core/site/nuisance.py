"""What the fit needs but no lift depends on: exposure, dispersion, season, product trends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.site.arrays import totals
from core.site.misfit import set_precision
from core.site.state import START_DISPERSION, SiteState, Solution, means
from core.site.stockouts import effective_exposure
from core.site.zones import FloatArray

SEASON_SD, TILT_SD = 0.3, 0.10
SITE_WEIGHT, PRODUCT_WEIGHT = 200.0, 200.0
SLOPE_RIDGE = 20.0
LARGEST_NOISE = 0.5
CENSORED = 0.15
"""Units out of stock for more of their days do not say how much demand varies: its highs are hidden."""


def update(solution: Solution) -> None:
    """Update everything once, given the parameters."""
    shape = solution.season.shape
    counted, expected = np.zeros(shape), np.zeros(shape)
    slope, curvature = np.zeros(len(solution.tilt)), np.zeros(len(solution.tilt))
    squares, expected_units = [], []
    for state in solution.sites:
        cells = state.design.cells
        m = means(state, solution)
        state.exposure = effective_exposure(state, m, solution.noise)
        mean = m.per_day * state.exposure
        expected_units.append(mean)
        squares.append(_squares(state, m.rate, mean))
        flat = cells.unit_category[cells.unit] * 12 + cells.month
        weight = 1.0 / state.dispersion[cells.unit]
        counted += totals(flat, weight * cells.units, shape[0] * 12).reshape(shape)
        expected += totals(flat, weight * mean, shape[0] * 12).reshape(shape)
        product = cells.unit_product[cells.unit]
        slope += totals(product, weight * (cells.units - mean) * cells.year, len(slope))
        curvature += totals(product, weight * mean * cells.year**2, len(slope))
    _set_dispersion(solution, squares)
    for state, mean in zip(solution.sites, expected_units, strict=True):
        set_precision(state, mean, solution.misfit)
    solution.season = _season(counted, expected / solution.season)
    change = (slope - solution.tilt / TILT_SD**2) / (curvature + 1.0 / TILT_SD**2)
    solution.tilt = solution.tilt + np.clip(change, -0.3, 0.3)


@dataclass(frozen=True, eq=False)
class _Squares:
    """Pearson residuals of one site's units: ``squares`` (U,) summed over their ``cells`` (U,) cells,
    at ``rate`` (U,) units a day; ``left``: share of the degrees of freedom not used by the fit."""

    squares: FloatArray
    cells: FloatArray
    rate: FloatArray
    left: float


def _squares(state: SiteState, rate: FloatArray, mean: FloatArray) -> _Squares:
    cells = state.design.cells
    out = totals(cells.unit[cells.stockouts.cell], cells.stockouts.share, len(rate))
    seen = out <= CENSORED * (out + totals(cells.unit, cells.exposure, len(rate)))
    used = (mean > 0.3) & seen[cells.unit]
    pearson = np.where(used, (cells.units - mean) ** 2 / np.maximum(mean, 1e-9), 0.0)
    count = totals(cells.unit, used, len(rate))
    total = float(count.sum())
    left = 1.0 - min(0.5, state.parameters_paid / max(total, 1.0))
    return _Squares(totals(cells.unit, pearson, len(rate)), count, rate, left)


def _set_dispersion(solution: Solution, found: Sequence[_Squares]) -> None:
    """Dispersion φ = a + b · units a day (day-to-day noise of demand itself weighs more where more
    sells), a and b of the group by least squares, times shrunken factors of each site and product."""
    rate = np.concatenate([f.rate for f in found])
    count = np.concatenate([f.cells * f.left for f in found])
    squares = np.concatenate([f.squares for f in found])
    x = np.minimum(rate, np.quantile(rate, 0.99))
    weight = count / (1.0 + 0.2 * x) ** 2
    phi = np.where(count > 0, squares / np.maximum(count, 1e-9), START_DISPERSION)
    moments = np.array([
        [weight.sum() + SLOPE_RIDGE, weight @ x], [weight @ x, weight @ x**2 + SLOPE_RIDGE],
    ])
    right = np.array([weight @ phi + SLOPE_RIDGE * START_DISPERSION, weight @ (phi * x)])
    a, b = np.linalg.solve(moments, right)
    b = max(float(b), 0.0)
    solution.noise = min(b, LARGEST_NOISE)
    a = max(float((right[0] - b * moments[0, 1]) / moments[0, 0]), 1.0)
    solution.noise_line = np.array([a, b])
    for state, f in zip(solution.sites, found, strict=True):
        expected = (a + b * f.rate) * solution.volatility[state.design.cells.unit_product]
        own = float((f.squares / expected).sum()) + SITE_WEIGHT
        state.volatility = own / (float(f.cells.sum()) * f.left + SITE_WEIGHT)
        state.dispersion = np.maximum(1.0, expected * state.volatility)
    _set_volatility(solution, found)


def _set_volatility(solution: Solution, found: Sequence[_Squares]) -> None:
    """How much more than others each product varies, shrunk."""
    own, cells = np.full((2, len(solution.volatility)), PRODUCT_WEIGHT)
    a, b = solution.noise_line
    for state, f in zip(solution.sites, found, strict=True):
        product = state.design.cells.unit_product
        own += totals(product, f.squares / ((a + b * f.rate) * state.volatility), len(own))
        cells += totals(product, f.cells * f.left, len(own))
    solution.volatility = own / cells


def _season(counted: FloatArray, expected: FloatArray) -> FloatArray:
    """Category × month multipliers, shrunk to the group's month and to 1, mean 1 over the year."""
    overall = _shrunk(counted.sum(axis=0), expected.sum(axis=0), SEASON_SD)
    own = _shrunk(counted, expected * np.exp(overall), SEASON_SD)
    season = np.exp(overall + own)
    return np.asarray(season / season.mean(axis=1, keepdims=True))


def _shrunk(counted: FloatArray, expected: FloatArray, sd: float) -> FloatArray:
    """Posterior mode of x ~ N(0, sd²) with counted ~ Poisson(expected · eˣ)."""
    x = np.zeros_like(counted)
    for _ in range(8):
        mean = expected * np.exp(x)
        step = (counted - mean - x / sd**2) / (mean + 1.0 / sd**2)
        x = x + np.clip(step, -1.0, 1.0)
    return x
