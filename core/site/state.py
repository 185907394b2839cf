"""The state of a fit, and the model's means at it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.site.arrays import totals
from core.site.design import Index, SiteDesign
from core.site.zones import FloatArray, IntArray

START_DISPERSION = 1.2
MISFIT_SD = 0.03
DIVERSION_RANGE = (0.0, 0.85)


@dataclass(eq=False)
class SiteState:
    """Estimates of one site while fitting: ``local`` (L,), ``time`` (T,) log week effects,
    ``reference`` (C,) inclusive values, nan where a category is absent, ``exposure`` (M,) with
    stockout days' share, ``dispersion`` (U,), ``precision`` (U,): weight of a count by its mean, see
    ``misfit``. ``factor`` and ``cross``: Cholesky factor of the own block and its solve against the
    global columns; ``time_*``: elimination of the week effects."""

    design: SiteDesign
    local: FloatArray
    time: FloatArray
    reference: FloatArray
    exposure: FloatArray
    dispersion: FloatArray
    precision: FloatArray
    factor: tuple[FloatArray, bool]
    cross: FloatArray
    time_variance: FloatArray
    time_slope: FloatArray
    time_step: FloatArray
    parameters_paid: float = 0.0
    volatility: float = 1.0

    @classmethod
    def start(cls, design: SiteDesign, index: Index) -> SiteState:
        """Nothing known yet."""
        cells = design.cells
        times, units = len(cells.day_share), len(cells.unit_product)
        empty = np.zeros((0, 0))
        return cls(
            design, np.zeros(design.local_size), np.zeros(times), np.full(index.categories, np.nan),
            cells.exposure.copy(), np.full(units, START_DISPERSION), np.full(units, 1 / START_DISPERSION),
            (empty, True), empty, np.ones(times), np.zeros((times, design.matrix.shape[1])), np.zeros(times),
        )


@dataclass(eq=False)
class Solution:
    """The fitted group: posterior mean ``theta`` (G,) and ``covariance`` of the global parameters,
    standard deviations by block, ``season`` (C, 12), ``tilt`` (P,) log trend a year, ``noise``: relative
    variance of a slot's demand from day to day, ``misfit``: variance of what the model misses of the log
    rate of a unit, ``noise_line`` (a, b): dispersion a + b · units a day, times the ``volatility`` of each
    product (P,) and of each site."""

    index: Index
    sites: list[SiteState]
    theta: FloatArray
    covariance: FloatArray
    spread: dict[str, float]
    season: FloatArray
    tilt: FloatArray
    shrinkage: bool
    noise: float = 0.0
    misfit: float = MISFIT_SD**2
    noise_line: FloatArray = field(default_factory=lambda: np.array([START_DISPERSION, 0.0]))
    volatility: FloatArray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if not len(self.volatility):
            self.volatility = np.ones(len(self.tilt))


@dataclass(frozen=True, eq=False)
class Means:
    """Model means of one site: ``rate`` (U,) units an average day, ``mean`` (M,) of the cells,
    ``per_day`` (M,), ``jacobian`` (U, L + touched) of log rates; ``inclusive`` value and diversion
    ``gamma`` of each group (G,), ``share`` (N,) of each position in its group's attraction."""

    rate: FloatArray
    mean: FloatArray
    per_day: FloatArray
    jacobian: FloatArray
    inclusive: FloatArray
    share: FloatArray
    gamma: FloatArray


def means(state: SiteState, solution: Solution) -> Means:
    """The response's rates in the form of ``core.site.response``, with their derivatives."""
    design, cells = state.design, state.design.cells
    standing = cells.standing
    parameters = np.concatenate([state.local, solution.theta[design.touched]])
    attraction = design.offset + design.matrix @ parameters
    n_groups = len(standing.group_category)
    size = np.exp(attraction)
    total = totals(standing.group, size, n_groups)
    inclusive = np.log(total)
    reference = state.reference[standing.group_category]
    known = ~np.isnan(reference)
    shift = np.where(known, inclusive - np.where(known, reference, 0.0), 0.0)[standing.group]
    gamma = np.zeros(n_groups)
    gamma[standing.group] = np.clip(parameters[design.diversion].sum(axis=1), *DIVERSION_RANGE)
    gamma = np.where(known, gamma, 0.0)
    diverted = gamma[standing.group]
    share = size / total[standing.group]
    pooled = grouped(share[:, None] * design.matrix, standing.group, n_groups)
    slope = design.matrix - diverted[:, None] * pooled[standing.group]
    every = np.arange(len(share))
    for j in range(2):
        slope[every, design.diversion[:, j]] = -shift
    rate = np.exp(attraction - diverted * shift)
    unit_rate = totals(standing.unit, rate, len(cells.unit_product))
    per_day = unit_rate[cells.unit] * solution.season[cells.unit_category[cells.unit], cells.month]
    per_day *= np.exp(state.time[cells.time] + solution.tilt[cells.unit_product[cells.unit]] * cells.year)
    return Means(
        unit_rate, per_day * state.exposure, per_day, _by_unit(slope, rate, unit_rate, standing.unit),
        inclusive, share, gamma,
    )


def usual(state: SiteState) -> FloatArray:
    """Share of each group in its category's usual range, by days in stock, (G,); 1 a category."""
    cells, standing = state.design.cells, state.design.cells.standing
    stood = totals(cells.unit, cells.exposure, len(cells.unit_product))
    days = np.zeros(len(standing.group_category))
    np.maximum.at(days, standing.group, stood[standing.unit] + 1e-6)
    return np.asarray(days / totals(standing.group_category, days, int(standing.group_category.max()) + 1)[
        standing.group_category
    ])


def _by_unit(slope: FloatArray, rate: FloatArray, unit_rate: FloatArray, unit: IntArray) -> FloatArray:
    """Derivatives of the units' log rates from those of their positions."""
    if len(unit_rate) == len(rate):
        result = np.empty_like(slope)
        result[unit] = slope
        return result
    return grouped((rate / unit_rate[unit])[:, None] * slope, unit, len(unit_rate))


def grouped(rows: FloatArray, group: IntArray, groups: int) -> FloatArray:
    """Sums of rows by group, (N, K) → (groups, K); every group has a row."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups))
    return np.asarray(np.add.reduceat(rows[order], starts, axis=0))
