"""Penalized quasi-Poisson fit of all sites at once, with estimated variance components.

Posterior mode by Fisher scoring on the joint (local, global) parameters. The information matrix is
an arrow: sites meet only in the global parameters, so each site's dense block is factored alone and
a Schur complement couples them. Variance components by the fixed point of the marginal likelihood
(MacKay 1992; Wood and Fasiolo 2017), each with a weak prior. Censored stockout days enter by their
expected exposure (an EM step): n units sold at rate λ took n/λ · P(n + 1, λ)/P(n, λ) of the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.site import priors
from core.site.design import ELASTICITIES, LOCAL_BLOCKS, Index, SiteDesign
from core.site.zones import FloatArray, IntArray

MAX_STEP = 1.5
ITERATIONS = 16
TOLERANCE = 2e-3
DIVERSION_RANGE = (0.0, 0.85)
SEASON_SD = 0.3
TILT_SD = 0.10
DISPERSION, DISPERSION_WEIGHT = 1.2, 60.0
GLOBAL_SPREADS = ("category", "product", "venue_category", "row", "column")


@dataclass(eq=False)
class SiteState:
    """Estimates of one site while fitting. ``reference`` (C,) inclusive values, nan where absent."""

    design: SiteDesign
    local: FloatArray
    reference: FloatArray
    exposure: FloatArray
    dispersion: float = DISPERSION
    parameters_paid: float = 0.0
    factor: tuple[FloatArray, bool] | None = None
    cross: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))


@dataclass(eq=False)
class Solution:
    """The fitted group: posterior mode, factored information, variance components."""

    index: Index
    sites: list[SiteState]
    theta: FloatArray
    covariance: FloatArray
    spread: dict[str, float]
    season: FloatArray
    tilt: FloatArray
    shrinkage: bool


@dataclass(frozen=True, eq=False)
class _Mean:
    """Model means of one site at the current parameters."""

    rate: FloatArray
    mean: FloatArray
    jacobian: FloatArray
    inclusive: FloatArray


def solve(
    designs: Sequence[SiteDesign], index: Index, products: int, shrinkage: bool = True,
    iterations: int = ITERATIONS,
) -> Solution:
    """Fit, ``products`` being the size of the catalog. An empty group returns the priors."""
    spread = {
        name: s.sd if shrinkage else priors.NO_SHRINKAGE_SD for name, s in priors.SPREADS.items()
    }
    center = prior_mean(index)
    sites = [
        SiteState(d, np.zeros(d.local_size), np.full(index.categories, np.nan), d.cells.exposure.copy())
        for d in designs
    ]
    solution = Solution(
        index, sites, center.copy(), np.diag(prior_sd(index, spread) ** 2), spread,
        np.ones((index.categories, 12)), np.zeros(products), shrinkage,
    )
    if not sites:
        return solution
    for step in range(iterations):
        change = _scoring_step(solution, center, start=step == 0)
        if step < 4:
            _set_references(solution)
        if step >= 1:
            _update_nuisances(solution)
        if step >= 2 and shrinkage:
            change = max(change, _update_spreads(solution, center))
        if step >= 6 and change < TOLERANCE:
            break
    _scoring_step(solution, center)
    return solution


def prior_mean(index: Index) -> FloatArray:
    """Prior mean of the global parameters, shape (G,)."""
    mean = np.zeros(index.size)
    mean[index.span("level")] = priors.LEVEL[0]
    mean[index.span("profile")] = priors.PROFILE[0]
    mean[index.span("neighbor")] = priors.NEIGHBOR[0]
    for name, (value, _, _) in ELASTICITIES.items():
        mean[index.span(f"{name}0")] = value
    return mean


def prior_sd(index: Index, spread: Mapping[str, float]) -> FloatArray:
    """Prior standard deviation of the global parameters, shape (G,)."""
    sd = np.ones(index.size)
    sd[index.span("level")] = priors.LEVEL[1]
    sd[index.span("profile")] = priors.PROFILE[1]
    sd[index.span("neighbor")] = priors.NEIGHBOR[1]
    for name, (_, common, own) in ELASTICITIES.items():
        sd[index.span(f"{name}0")] = common
        sd[index.span(name)] = own
    for name in GLOBAL_SPREADS:
        sd[index.span(name)] = spread[name]
    return sd


def local_sd(design: SiteDesign, spread: Mapping[str, float]) -> FloatArray:
    """Prior standard deviation of a site's own parameters, shape (L + T,)."""
    sd = np.ones(design.local_size)
    for name in LOCAL_BLOCKS:
        sd[design.span(name)] = spread[name]
    return sd


def _means(state: SiteState, solution: Solution) -> _Mean:
    design, cells = state.design, state.design.cells
    standing = cells.standing
    parameters = np.concatenate([state.local, solution.theta[design.touched]])
    attraction = design.offset + design.matrix @ parameters
    n_groups = len(standing.group_category)
    size = np.exp(attraction)
    total = np.bincount(standing.group, size, minlength=n_groups)
    inclusive = np.log(total)
    reference = state.reference[standing.group_category]
    known = ~np.isnan(reference)
    gamma = np.clip(parameters[design.diversion].sum(axis=1), *DIVERSION_RANGE)
    shift = np.where(known, inclusive - np.where(known, reference, 0.0), 0.0)[standing.group]
    gamma = np.where(known[standing.group], gamma, 0.0)
    share = size / total[standing.group]
    pooled = _grouped(share[:, None] * design.matrix, standing.group, n_groups)
    slope = design.matrix - gamma[:, None] * pooled[standing.group]
    every = np.arange(len(share))
    for j in range(2):
        slope[every, design.diversion[:, j]] = -shift
    rate = np.exp(attraction - gamma * shift)
    n_units = len(cells.units)
    unit_rate = np.bincount(standing.unit, rate, minlength=n_units)
    if n_units == len(rate):
        jacobian = np.empty_like(slope)
        jacobian[standing.unit] = slope
    else:
        jacobian = _grouped((rate / unit_rate[standing.unit])[:, None] * slope, standing.unit, n_units)
    time = np.exp(state.local[design.span("site_time")])[cells.time]
    per_day = unit_rate[:, None] * solution.season[cells.unit_category][:, cells.month] * time
    per_day *= np.exp(np.outer(solution.tilt[cells.unit_product], cells.year))
    return _Mean(unit_rate, per_day * state.exposure, jacobian, inclusive)


def _grouped(rows: FloatArray, group: IntArray, groups: int) -> FloatArray:
    """Sums of rows by group, (N, K) → (groups, K); every group has a row."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups))
    return np.asarray(np.add.reduceat(rows[order], starts, axis=0))


def _scoring_step(solution: Solution, center: FloatArray, start: bool = False) -> float:
    """One joint Fisher scoring step; returns the largest change of a parameter."""
    from scipy.linalg import cho_factor, cho_solve

    index, theta = solution.index, solution.theta
    precision = 1.0 / prior_sd(index, solution.spread) ** 2
    schur, right = np.diag(precision), precision * (center - theta)
    pieces: list[FloatArray] = []
    for state in solution.sites:
        information, score = _site_system(state, solution, start)
        size, touched = state.design.local_size, state.design.touched
        own = 1.0 / local_sd(state.design, solution.spread) ** 2
        block = information[:size, :size] + np.diag(own)
        state.factor = cho_factor(block, lower=True)
        state.cross = cho_solve(state.factor, information[:size, size:])
        local_step = cho_solve(state.factor, score[:size] - own * state.local)
        side = information[:size, size:].T
        schur[np.ix_(touched, touched)] += information[size:, size:] - side @ state.cross
        right[touched] += score[size:] - side @ local_step
        pieces.append(local_step)
    factor = cho_factor((schur + schur.T) / 2, lower=True)
    step = cho_solve(factor, right)
    solution.covariance = _inverse(factor[0])
    local_steps = [
        own_step - state.cross @ step[state.design.touched]
        for own_step, state in zip(pieces, solution.sites, strict=True)
    ]
    largest = max(float(np.abs(step).max()), *(float(np.abs(s).max()) for s in local_steps))
    scale = 1.0 if start else min(1.0, MAX_STEP / max(largest, 1e-12))
    solution.theta = theta + scale * step
    for state, local_step in zip(solution.sites, local_steps, strict=True):
        state.local = state.local + scale * local_step
    return largest * scale


def _inverse(lower: FloatArray) -> FloatArray:
    """Inverse of a matrix from its lower Cholesky factor."""
    from scipy.linalg.lapack import dpotri

    half = np.tril(dpotri(lower, lower=1)[0])
    return np.asarray(half + np.tril(half, -1).T)


def _site_system(
    state: SiteState, solution: Solution, start: bool
) -> tuple[FloatArray, FloatArray]:
    """(information, score) of [local, touched], likelihood only."""
    design, cells = state.design, state.design.cells
    m = _means(state, solution)
    time = design.span("site_time")
    if start:
        units = cells.units.sum(axis=1)
        weight = (units + 0.5) / 2.0
        exposure = np.maximum(state.exposure.sum(axis=1), 1e-9)
        wanted = np.log((units + 0.5) / (exposure + 0.5))
        score_unit = weight * (wanted - np.log(m.rate))
        information = (m.jacobian * weight[:, None]).T @ m.jacobian
        return information, m.jacobian.T @ score_unit
    phi = state.dispersion
    residual = (cells.units - m.mean) / phi
    weight = m.mean / phi
    total = weight.sum(axis=1)
    information = (m.jacobian * total[:, None]).T @ m.jacobian
    score = m.jacobian.T @ residual.sum(axis=1)
    months = np.zeros((len(cells.time), time.stop - time.start))
    months[np.arange(len(cells.time)), cells.time] = 1.0
    by_time = (weight @ months).T
    mixed = by_time @ m.jacobian
    information[time, :] += mixed
    information[:, time] += mixed.T
    information[time, time] += np.diag(by_time.sum(axis=1))
    score[time] += residual.sum(axis=0) @ months
    return information, score


def _set_references(solution: Solution) -> None:
    """Each category's inclusive value at its usual range here: the average over its periods."""
    for state in solution.sites:
        cells = state.design.cells
        standing = cells.standing
        m = _means(state, solution)
        days = np.zeros(len(standing.group_category))
        np.maximum.at(days, standing.group, cells.exposure.sum(axis=1)[standing.unit] + 1e-6)
        weight = np.bincount(standing.group_category, days, minlength=solution.index.categories)
        total = np.bincount(
            standing.group_category, days * m.inclusive, minlength=solution.index.categories
        )
        state.reference = np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)


def _update_nuisances(solution: Solution) -> None:
    """Stockout exposure, dispersion, season and product trends, each given the rest."""
    shape = solution.season.shape
    counted, expected = np.zeros(shape), np.zeros(shape)
    slope, curvature = np.zeros(len(solution.tilt)), np.zeros(len(solution.tilt))
    pearson = []
    for state in solution.sites:
        cells = state.design.cells
        m = _means(state, solution)
        per_day = np.divide(m.mean, state.exposure, out=np.zeros_like(m.mean), where=state.exposure > 0)
        state.exposure = cells.exposure + _stockout_exposure(state, per_day)
        mean = per_day * state.exposure
        pearson.append(_pearson(state, mean))
        flat = (cells.unit_category[:, None] * 12 + cells.month).ravel()
        weight = 1.0 / state.dispersion
        counted += weight * np.bincount(flat, cells.units.ravel(), shape[0] * 12).reshape(shape)
        expected += weight * np.bincount(flat, mean.ravel(), shape[0] * 12).reshape(shape)
        product, size = cells.unit_product, len(slope)
        slope += weight * np.bincount(product, (cells.units - mean) @ cells.year, size)
        curvature += weight * np.bincount(product, mean @ cells.year**2, size)
    _set_dispersion(solution, pearson)
    solution.season = _season(counted, expected / solution.season)
    step = (slope - solution.tilt / TILT_SD**2) / (curvature + 1.0 / TILT_SD**2)
    solution.tilt = solution.tilt + np.clip(step, -0.3, 0.3)


def _pearson(state: SiteState, mean: FloatArray) -> tuple[float, float]:
    """(Pearson's χ², degrees of freedom) over the cells that expect anything to speak of."""
    used = mean > 0.5
    squares = (state.design.cells.units - mean) ** 2 / np.maximum(mean, 1e-9)
    n = float(used.sum())
    return float(squares[used].sum()), max(n - min(0.5 * n, state.parameters_paid), 1.0)


def _set_dispersion(solution: Solution, pearson: Sequence[tuple[float, float]]) -> None:
    """Overdispersion of each site, shrunk to that of the group; never below Poisson."""
    squares, freedom = (sum(column) for column in zip(*pearson, strict=True))
    weight = DISPERSION_WEIGHT
    group = max(1.0, (squares + weight * DISPERSION) / (freedom + weight))
    for state, (own, n) in zip(solution.sites, pearson, strict=True):
        state.dispersion = max(1.0, (own + weight * group) / (n + weight))


def _stockout_exposure(state: SiteState, per_day: FloatArray) -> FloatArray:
    """Expected exposure of the censored days, shape (U, B), in average days."""
    from scipy.special import gammainc

    out = state.design.cells.stockouts
    result = np.zeros_like(per_day)
    sold = out.units > 0
    if not sold.any():
        return result
    unit, bucket, n, share = out.unit[sold], out.bucket[sold], out.units[sold], out.share[sold]
    rate = np.maximum(per_day[unit, bucket] * share, 1e-6)
    lower = gammainc(n, rate)
    part = np.where(lower > 1e-290, n / rate * gammainc(n + 1, rate) / np.maximum(lower, 1e-300), 1.0)
    found = share * np.clip(part, 0.0, 1.0)
    return np.bincount(unit * result.shape[1] + bucket, found, result.size).reshape(result.shape)


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


def _update_spreads(solution: Solution, center: FloatArray) -> float:
    """MacKay's fixed point for every variance component; returns the largest relative change."""
    index, spread = solution.index, solution.spread
    squares = dict.fromkeys(priors.SPREADS, 0.0)
    learned = dict.fromkeys(priors.SPREADS, 0.0)
    variance = np.diag(solution.covariance)
    for name in GLOBAL_SPREADS:
        span = index.span(name)
        squares[name] += float(((solution.theta - center)[span] ** 2).sum())
        learned[name] += float((1.0 - variance[span] / spread[name] ** 2).sum())
    for state in solution.sites:
        variance = local_variance(state, solution.covariance)
        for name in LOCAL_BLOCKS:
            span = state.design.span(name)
            squares[name] += float((state.local[span] ** 2).sum())
            learned[name] += float((1.0 - variance[span] / spread[name] ** 2).sum())
        state.parameters_paid = float((1.0 - variance / local_sd(state.design, spread) ** 2).sum())
    largest = 0.0
    for name, guess in priors.SPREADS.items():
        new = np.sqrt(
            (squares[name] + guess.weight * guess.sd**2) / (max(learned[name], 0.0) + guess.weight)
        )
        largest = max(largest, 0.05 * abs(float(np.log(new / spread[name]))))
        spread[name] = float(new)
    return largest


def local_variance(state: SiteState, covariance: FloatArray) -> FloatArray:
    """Posterior variance of a site's own parameters, shape (L + T,)."""
    assert state.factor is not None
    touched = state.design.touched
    inner = np.diag(_inverse(state.factor[0]))
    spreaded = (state.cross @ covariance[np.ix_(touched, touched)] * state.cross).sum(axis=1)
    return np.asarray(inner + spreaded)
