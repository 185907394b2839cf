"""Replaying the resets of a company's own history: what a fit without them would have said of them.

Each site's last plan period is held out, all sites are fitted to the rest, and what was predicted of each
position of the new plan is compared with what it sold. A site's level after the reset is its own affair
(weather, traffic), so rates are compared with each other; counts vary as their dispersion says, and a
position drifts a little by itself. What is left is the model's error, which its draws have to cover.

How much of a category's gains and losses the rest of the face gives back is read from the level itself: the
week effects of all sites, against the total that the plan of the week promises, with autocorrelated errors
(Cochrane and Orcutt 1949) and a standard error robust to each site's own (Liang and Zeger 1986).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.site.arrays import totals
from core.site.calibration import NEWCOMER_SD, RECAPTURE, Calibration
from core.site.days import as_days
from core.site.form import slopes
from core.site.posterior import FleetFit
from core.site.site import SiteHistory
from core.site.state import SiteState, Solution, means
from core.site.zones import FloatArray, IntArray

DAYS_BEFORE, DAYS_AFTER = 28, 14
DRAWS = 200
SCALES = np.exp(np.linspace(np.log(0.7), np.log(2.5), 13))
SCALE_SD = 0.25
"""Of the log scale, before any reset is seen."""
DRIFTS = np.array([0.02, 0.04, 0.06, 0.09])
SMALLEST_EXPECTED = 3.0
FEWEST_SITES, SMALLEST_INFORMATION = 4, 1e-6
FEW_CLUSTERS = 1.4
"""Robust errors of a few dozen sites are too small; by so much on worlds that were used while developing."""


def before_last_reset(history: SiteHistory) -> SiteHistory | None:
    """The history as it was known on the day of its last reset; None where one side is too short."""
    periods = sorted(history.periods, key=lambda p: p.start)
    if len(periods) < 2 or (periods[-1].end - periods[-1].start).days + 1 < DAYS_AFTER:
        return None
    if (periods[-2].end - periods[0].start).days + 1 < DAYS_BEFORE:
        return None
    day = as_days(history.daily["day"])
    known = history.daily[day < np.datetime64(periods[-1].start)]
    return replace(history, periods=tuple(periods[:-1]), daily=known) if len(known) else None


@dataclass(frozen=True, eq=False)
class Replay:
    """One reset, n units of the new plan: log ``miss`` of seen to predicted, ``chance`` its variance from
    counts, ``covariance`` (n, n) of the draws, ``new`` products that had never stood there."""

    miss: FloatArray
    chance: FloatArray
    covariance: FloatArray
    new: FloatArray


def calibrate(solution: Solution, held: FleetFit, cut: Mapping[int, SiteHistory]) -> Calibration:
    """Learn from a ``solution`` of all data and a fit that was ``held`` back, ``cut``: the histories it saw,
    by site, of those that had a reset after."""
    if not solution.sites:
        return Calibration()
    replays = [
        r for state in solution.sites
        if (site := state.design.cells.history.site_id) in cut and site in held.posteriors
        and (r := _replay(state, solution, held, cut[site])) is not None
    ]
    recapture = _combined(RECAPTURE, *recaptured(solution))
    answer, tilt = (tuple(float(x) for x in values) for values in slopes(solution))
    learned = Calibration(recapture=recapture, answer=answer, tilt=tilt)
    if not replays:
        return learned
    newcomer = _newcomer(replays)
    return replace(learned, scale=_scale(replays, newcomer[0]), newcomer=newcomer, resets=len(replays))


def _replay(state: SiteState, solution: Solution, held: FleetFit, seen: SiteHistory) -> Replay | None:
    """The last plan of a site: what came, against what ``held`` says of it."""
    cells = state.design.cells
    history, standing = cells.history, cells.standing
    plan = max(history.periods, key=lambda p: p.start).plan
    last = np.flatnonzero(standing.spell == standing.spell.max())
    m = means(state, solution)
    units, of_unit = np.unique(standing.unit[last], return_inverse=True)
    days = (totals(cells.unit, m.mean, len(m.rate)) / m.rate)[units]
    sold = totals(cells.unit, cells.units, len(m.rate))[units]
    response = held.response(history.site_id, DRAWS)
    layout = replace(response.layout(plan), log_price=standing.log_price[last])
    rates = response.rates(layout, response.draws) @ np.eye(len(units))[of_unit]
    expected = days * rates.mean(axis=0)
    told = expected > SMALLEST_EXPECTED
    if told.sum() < 3:
        return None
    stood = {p.product_id for period in seen.periods for p in period.plan.positions}
    new = np.zeros(len(units))
    new[of_unit] = [p.product_id not in stood for p in plan.positions]
    chance = state.dispersion[units] / np.maximum(expected, 1e-9)
    return Replay(
        np.log((sold + 0.5) / (expected + 0.5))[told], chance[told],
        np.atleast_2d(np.cov(np.log(rates[:, told]).T)), new[told],
    )


def _projected(replay: Replay, scale: float, drift: float) -> tuple[FloatArray, float]:
    """(precision of the misses, the site's level free, (n, n), log determinant of their covariance)."""
    covariance = scale**2 * replay.covariance + np.diag(replay.chance + drift**2)
    inverse = np.linalg.inv(covariance)
    one = inverse.sum(axis=1)
    total = float(one.sum())
    size = float(np.linalg.slogdet(covariance)[1]) + float(np.log(total))
    return inverse - np.outer(one, one) / total, size


def _newcomer(replays: Sequence[Replay]) -> tuple[float, float]:
    """Posterior (mean, sd) of what newcomers sell more (log) than predicted, with a drift of some percent."""
    information, score = 1.0 / NEWCOMER_SD**2, 0.0
    for replay in replays:
        precision, _ = _projected(replay, 1.0, float(DRIFTS[1]))
        information += float(replay.new @ precision @ replay.new)
        score += float(replay.new @ precision @ replay.miss)
    return score / information, information**-0.5


def _scale(replays: Sequence[Replay], newcomer: float) -> float:
    """Posterior mean of the scale over a grid, the drift integrated out; not below 1."""
    log_likelihood = np.zeros((len(SCALES), len(DRIFTS)))
    for replay in replays:
        miss = replay.miss - newcomer * replay.new
        for i, scale in enumerate(SCALES):
            for j, drift in enumerate(DRIFTS):
                precision, size = _projected(replay, float(scale), float(drift))
                log_likelihood[i, j] -= 0.5 * (float(miss @ precision @ miss) + size)
    log_likelihood -= 0.5 * (np.log(SCALES)[:, None] / SCALE_SD) ** 2
    weight = np.exp(log_likelihood - log_likelihood.max())
    return max(1.0, float((weight.sum(axis=1) @ SCALES) / weight.sum()))


def recaptured(solution: Solution) -> tuple[float, float]:
    """(estimate, standard error) of the share of a plan's promised change of its total that does not come."""
    weeks = [_weeks(state, solution) for state in solution.sites]
    site = np.repeat(np.arange(len(weeks)), [len(w[0]) for w in weeks])
    seen, promised, weight, week = (np.concatenate([w[i] for w in weeks]) for i in range(4))
    venues = sorted({s.design.cells.history.venue_type for s in solution.sites})
    venue = np.array([venues.index(s.design.cells.history.venue_type) for s in solution.sites])[site]
    _, common = np.unique(venue * 100_000 + week.astype(np.int64), return_inverse=True)
    for _ in range(10):
        for group in (common, site):
            seen, promised = (_centered(x, group, weight) for x in (seen, promised))
    slope, memory = _ratio(weight * promised, seen, promised), 0.0
    same = site[1:] == site[:-1]
    for _ in range(4):
        error = seen - slope * promised
        memory = _ratio((weight[:-1] * error[:-1])[same], error[1:][same], error[:-1][same])
        x, y = ((v[1:] - memory * v[:-1])[same] for v in (promised, seen))
        pull = weight[1:][same] * x
        slope = _ratio(pull, y, x)
    left = y - slope * x
    information, count = float(pull @ x), len(weeks)
    if count < FEWEST_SITES or information < SMALLEST_INFORMATION:
        return 0.0, np.inf
    scores = totals(site[1:][same], pull * left, count)
    robust = np.sqrt((scores**2).sum() * count / (count - 1.0)) / information
    plain = np.sqrt(float(weight[1:][same] @ left**2) / max(int(same.sum()) - count, 1) / information)
    return -slope, FEW_CLUSTERS * float(max(robust, plain))


def _weeks(state: SiteState, solution: Solution) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    """Of each week of a site: log of what it sold to what an average week would have, log of the total that
    its plan promises, the weight of its counts, its number on the calendar."""
    cells, m = state.design.cells, means(state, solution)
    count = len(state.time)
    of_unit = np.zeros(len(m.rate), np.int64)
    of_unit[cells.standing.unit] = cells.standing.spell
    total = np.log(np.maximum(totals(of_unit, m.rate, int(of_unit.max()) + 1), 1e-9))
    length = cells.exposure + 1e-6
    promised = totals(cells.time, length * total[of_unit[cells.unit]], count)
    promised /= totals(cells.time, length, count)
    average = totals(cells.time, m.mean, count) / np.exp(state.time)
    seen = np.log((totals(cells.time, cells.units, count) + 1.0) / (average + 1.0))
    first = (min(p.start for p in cells.history.periods).toordinal() - 1) // 7
    return seen, promised, average / (1.0 + 0.02 * average) + 1e-6, first + np.arange(count)


def _centered(values: FloatArray, group: IntArray, weight: FloatArray) -> FloatArray:
    """Without the weighted mean of each group."""
    return np.asarray(values - (np.bincount(group, weight * values) / np.bincount(group, weight))[group])


def _ratio(weight: FloatArray, y: FloatArray, x: FloatArray) -> float:
    return float(weight @ y) / max(float(weight @ x), 1e-12) if len(y) else 0.0


def _combined(prior: tuple[float, float], estimate: float, error: float) -> tuple[float, float]:
    """Normal prior and estimate as (mean, sd)."""
    precision = prior[1] ** -2 + error**-2
    return (prior[0] * prior[1] ** -2 + estimate * error**-2) / precision, float(precision**-0.5)
