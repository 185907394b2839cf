"""Penalized quasi-Poisson fit of all sites at once, with estimated variance components.

Posterior mode by Fisher scoring on the joint (local, global) parameters. The information matrix is
an arrow: sites meet only in the global parameters, so each site's dense block is factored alone and
a Schur complement couples them; a site's week effects, whose block is diagonal, are eliminated
first. At the end the mode is moved to the mean, so that money is unbiased. Variance components by
the fixed point of the marginal likelihood (MacKay 1992; Wood and Fasiolo 2017), each with a weak
prior. What is not in the posterior (stockout exposure, dispersion, season, product trends) is
updated in turn by ``nuisance``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.site import misfit, nuisance, priors, skew
from core.site.arrays import inverse, totals
from core.site.design import ELASTICITIES, LOCAL_BLOCKS, Index, SiteDesign
from core.site.state import Means, SiteState, Solution, means, usual
from core.site.zones import FloatArray, IntArray

MAX_STEP = 1.5
ITERATIONS = 18
TOLERANCE = 2e-3
GLOBAL_SPREADS = (
    "category", "product", "kin", "venue_category", "row", "column", "home", "pair", "price_product",
    "promoted_product",
)
ALWAYS_SHRUNK = ("pair", "price_product", "promoted_product", "site_price")


System = Callable[[SiteState, Solution], tuple[FloatArray, FloatArray]]


def solve(
    designs: Sequence[SiteDesign], index: Index, products: int, shrinkage: bool = True,
    iterations: int = ITERATIONS,
) -> Solution:
    """Fit, ``products`` being the size of the catalog. An empty group returns the priors."""
    spread = {
        name: s.sd if shrinkage or name in ALWAYS_SHRUNK else priors.NO_SHRINKAGE_SD
        for name, s in priors.SPREADS.items()
    }
    center = prior_mean(index)
    sites = [SiteState.start(d, index) for d in designs]
    solution = Solution(
        index, sites, center.copy(), np.diag(prior_sd(index, spread) ** 2), spread,
        np.ones((index.categories, 12)), np.zeros(products), shrinkage,
    )
    if not sites:
        return solution
    for step in range(iterations):
        change = _scoring_step(solution, center, _start_system if step == 0 else _site_system)
        if step < 8:
            _set_references(solution)
        if step >= 1:
            nuisance.update(solution)
        if step >= 5 and shrinkage:
            solution.misfit = misfit.estimate(solution)
        if step >= 2 and shrinkage:
            change = max(change, _update_spreads(solution, center))
        if step >= 9 and change < TOLERANCE:
            break
    _scoring_step(solution, center)
    _scoring_step(solution, None, _skew_system)
    return solution


def prior_mean(index: Index) -> FloatArray:
    """Prior mean of the global parameters, shape (G,)."""
    mean = np.zeros(index.size)
    mean[index.span("level")] = priors.LEVEL[0]
    mean[index.span("profile")] = priors.PROFILE[0]
    mean[index.span("neighbor")] = priors.NEIGHBOR[0]
    mean[index.span("advertised")] = priors.ADVERTISED[0]
    for name, (value, _, _) in {**ELASTICITIES, **priors.PROMOTIONS}.items():
        mean[index.span(f"{name}0")] = value
    return mean


def prior_sd(index: Index, spread: Mapping[str, float]) -> FloatArray:
    """Prior standard deviation of the global parameters, shape (G,)."""
    sd = np.ones(index.size)
    sd[index.span("level")] = priors.LEVEL[1]
    sd[index.span("profile")] = priors.PROFILE[1]
    sd[index.span("neighbor")] = priors.NEIGHBOR[1]
    sd[index.span("advertised")] = priors.ADVERTISED[1]
    sd[index.span("rival")] = priors.RIVAL_SD
    sd[index.span("habit")] = priors.HABIT_SD
    for name, (_, common, own) in {**ELASTICITIES, **priors.PROMOTIONS}.items():
        sd[index.span(f"{name}0")] = common
        sd[index.span(name)] = own
    for name in GLOBAL_SPREADS:
        sd[index.span(name)] = spread[name]
    return sd


def local_sd(design: SiteDesign, spread: Mapping[str, float]) -> FloatArray:
    """Prior standard deviation of a site's own parameters, shape (L,)."""
    sd = np.ones(design.local_size)
    for name in LOCAL_BLOCKS:
        sd[design.span(name)] = spread[name]
    return sd


def _scoring_step(
    solution: Solution, center: FloatArray | None, system: System | None = None
) -> float:
    """One joint Fisher scoring step; returns the largest change of a parameter. Without ``center``
    the priors hold nothing against the step, they only add their information."""
    from scipy.linalg import cho_factor, cho_solve

    index, theta = solution.index, solution.theta
    precision = 1.0 / prior_sd(index, solution.spread) ** 2
    schur = np.diag(precision)
    right = np.zeros(index.size) if center is None else precision * (center - theta)
    held = 0.0 if center is None else 1.0
    pieces: list[FloatArray] = []
    for state in solution.sites:
        information, score = (system or _site_system)(state, solution)
        size, touched = state.design.local_size, state.design.touched
        own = 1.0 / local_sd(state.design, solution.spread) ** 2
        state.factor = cho_factor(information[:size, :size] + np.diag(own), lower=True)
        state.cross = cho_solve(state.factor, information[:size, size:])
        local_step = cho_solve(state.factor, score[:size] - held * own * state.local)
        side = information[:size, size:].T
        schur[np.ix_(touched, touched)] += information[size:, size:] - side @ state.cross
        right[touched] += score[size:] - side @ local_step
        pieces.append(local_step)
    factor = cho_factor((schur + schur.T) / 2, lower=True)
    step = cho_solve(factor, right)
    solution.covariance = inverse(factor[0])
    local_steps = [
        own_step - state.cross @ step[state.design.touched]
        for own_step, state in zip(pieces, solution.sites, strict=True)
    ]
    largest = max(float(np.abs(step).max()), *(float(np.abs(s).max()) for s in local_steps))
    scale = 1.0 if system is _start_system else min(1.0, MAX_STEP / max(largest, 1e-12))
    solution.theta = theta + scale * step
    for state, own_step in zip(solution.sites, local_steps, strict=True):
        state.local = state.local + scale * own_step
        both = np.concatenate([own_step, step[state.design.touched]])
        state.time = state.time + scale * (state.time_step - state.time_slope @ both)
    return largest * scale


def _start_system(state: SiteState, solution: Solution) -> tuple[FloatArray, FloatArray]:
    """First step: weighted least squares on the logs of the observed rates, as generalized linear
    models start."""
    cells = state.design.cells
    m = means(state, solution)
    units = totals(cells.unit, cells.units, len(m.rate))
    exposure = totals(cells.unit, state.exposure, len(m.rate))
    weight = (units + 0.5) / 2.0
    wanted = np.log((units + 0.5) / (exposure + 0.5))
    weighted = m.jacobian * weight[:, None]
    return weighted.T @ m.jacobian, weighted.T @ (wanted - np.log(m.rate))


def _site_system(state: SiteState, solution: Solution) -> tuple[FloatArray, FloatArray]:
    """(information, score) of [local, touched] from the likelihood, week effects eliminated."""
    m = means(state, solution)
    cells = state.design.cells
    return _eliminated(state, solution, m, (cells.units - m.mean) * state.precision[cells.unit], 1.0)


def _skew_system(state: SiteState, solution: Solution) -> tuple[FloatArray, FloatArray]:
    """The step from the posterior's mode to its mean, see ``skew``."""
    m = means(state, solution)
    covariance = skew.joint_covariance(state, solution.covariance, inverse(state.factor[0]))
    lacking, bent = skew.missing(state, m, covariance)
    information, score = _eliminated(state, solution, m, lacking, 0.0)
    return information, score + bent


def _eliminated(
    state: SiteState, solution: Solution, m: Means, residual: FloatArray, held: float
) -> tuple[FloatArray, FloatArray]:
    """(information, score) for the cells' ``residual`` (M,), week effects eliminated."""
    cells = state.design.cells
    weight = m.mean * state.precision[cells.unit]
    n_units, n_times = len(m.rate), len(state.time)
    total = totals(cells.unit, weight, n_units)
    information = (m.jacobian * total[:, None]).T @ m.jacobian
    score = m.jacobian.T @ totals(cells.unit, residual, n_units)
    precision = 1.0 / solution.spread["time"] ** 2
    state.time_variance = 1.0 / (totals(cells.time, weight, n_times) + precision)
    mixed = _by_time(cells.unit, cells.time, weight, m, n_times)
    right = totals(cells.time, residual, n_times) - held * precision * state.time
    state.time_slope = state.time_variance[:, None] * mixed
    state.time_step = state.time_variance * right
    information -= mixed.T @ state.time_slope
    score -= mixed.T @ state.time_step
    return information, score


def _by_time(unit: IntArray, time: IntArray, weight: FloatArray, m: Means, times: int) -> FloatArray:
    """Weighted sums of the Jacobian's rows by week, shape (T, L + touched)."""
    from scipy.sparse import coo_array

    table = coo_array((weight, (time, unit)), shape=(times, len(m.rate))).tocsr()
    return np.asarray(table @ m.jacobian)


def _set_references(solution: Solution) -> None:
    """Each category's inclusive value at its usual range here: the average over its periods."""
    for state in solution.sites:
        weight = usual(state)
        present = totals(state.design.cells.standing.group_category, weight, solution.index.categories) > 0
        total = totals(
            state.design.cells.standing.group_category, weight * means(state, solution).inclusive,
            solution.index.categories,
        )
        state.reference = np.where(present, total, np.nan)


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
        squares["time"] += float((state.time**2).sum())
        weeks = float((1.0 - state.time_variance / spread["time"] ** 2).sum())
        learned["time"] += weeks
        own = float((1.0 - variance / local_sd(state.design, spread) ** 2).sum())
        state.parameters_paid = own + weeks
    largest = 0.0
    for name, guess in priors.SPREADS.items():
        new = np.sqrt(
            (squares[name] + guess.weight * guess.sd**2) / (max(learned[name], 0.0) + guess.weight)
        )
        largest = max(largest, 0.05 * abs(float(np.log(new / spread[name]))))
        spread[name] = float(new)
    return largest


def local_variance(state: SiteState, covariance: FloatArray) -> FloatArray:
    """Posterior variance of a site's own parameters, shape (L,)."""
    touched = state.design.touched
    inner = np.diag(inverse(state.factor[0]))
    spreaded = (state.cross @ covariance[np.ix_(touched, touched)] * state.cross).sum(axis=1)
    return np.asarray(inner + spreaded)
