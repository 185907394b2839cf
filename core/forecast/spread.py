"""How wide forecasts are: variance components that make one coherent distribution of any sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.forecast.counts import Counts
from core.forecast.methods import LONG, METHODS, OWN_UNITS, Evidence
from core.forecast.panel import BoolArray, FloatArray, IntArray, Panel, sums
from core.forecast.pool import Pool
from core.forecast.weights import CLASSES

SHARED = ("sampling", "site", "product", "fleet", "day", "product day", "fleet day")
"""Components that are one figure for all classes; noise and drift have one for each."""
GUESS = {"noise": 1.3, "drift": 0.05, "sampling": 1.0, "site": 0.01, "product": 0.01, "fleet": 0.004,
         "day": 0.01, "product day": 0.005, "fleet day": 0.003}
"""Components before any outcome is seen."""
GUESS_ROWS = 6.0
"""Outcomes that the guess is worth."""
MOST_ROWS = 2_000
"""Groups of one kind and window that are looked at."""
CUT = 16.0
"""A squared error beyond this many times what is expected counts as that."""
PASSES = 4
SCALES = (0.7, 0.85, 1.0, 1.2, 1.45, 1.8)
TAILS = (0.0, 0.4, 0.7, 0.85)
CHECKED = (0.5, 0.8, 0.95)
CHECK_ROWS = 60
SEED = 1


@dataclass(frozen=True, eq=False)
class Outcome:
    """One origin: ``level`` (S, M) by each method, ``classes`` (S,), what was known, and of the steps after
    it ``units`` and ``due`` (S, reach), the profile times the exposure that came, or ``stood`` the exposure
    as it was at the origin: a site's total is judged by what it sold with all that came and went.
    ``standing`` (S,) 1 or 0 at the origin."""

    level: FloatArray
    classes: IntArray
    past: Evidence
    due: FloatArray
    stood: FloatArray
    units: FloatArray
    site: IntArray
    product: IntArray
    standing: FloatArray


@dataclass(frozen=True, eq=False)
class Rows:
    """Sums of one kind: what each component adds to their variance (R, C), ``mean`` and ``actual`` (R,),
    and how much each row counts. ``alone``: of single series."""

    adds: FloatArray
    mean: FloatArray
    actual: FloatArray
    share: FloatArray
    alone: bool = False


def sampling(past: Evidence) -> FloatArray:
    """Relative variance (S,) of a level that counting alone leaves: 1 ÷ units behind it."""
    return np.asarray(1.0 / (past.sold[:, LONG] + OWN_UNITS))


def level_error(pool: Pool, classes: IntArray, past: Evidence) -> FloatArray:
    return np.asarray(pool.drift[classes] + pool.sampling * sampling(past))


def spreads(
    outcomes: Sequence[Outcome], level: Sequence[FloatArray], weights: FloatArray, panel: Panel
) -> Pool:
    """The pool with its variance components. ``level``: (S,) each origin's, by weights that have not seen
    it. Squared errors of sums of several kinds are explained by what each component would add to them, by
    non-negative least squares weighted by their own variance; then all are scaled, and part of them moved
    into a tail, so that central intervals hold what they say."""
    found, tail = _guess(), 0.0
    if outcomes:
        week = max(7 // panel.step_days, 1)
        kinds = [kind for o, x in zip(outcomes, level, strict=True) for kind in _kinds(o, x, week)]
        kinds = [kind for kind in kinds if len(kind.mean)]
        if kinds:
            found = _components(kinds)
            found, tail = _calibrated(kinds, found)
    c = len(CLASSES)
    named = dict(zip(SHARED, found[2 * c :], strict=True))
    return Pool(
        methods=METHODS, classes=CLASSES, weights=weights,
        noise=np.maximum(found[:c], 1.0), drift=found[c : 2 * c],
        sampling=float(named["sampling"]), day_shock=float(named["day"]),
        product_shock=float(named["product day"]), fleet_shock=float(named["fleet day"]),
        site_error=float(named["site"]), product_error=float(named["product"]),
        fleet_error=float(named["fleet"]), tail=tail,
    )


def _guess() -> FloatArray:
    c = len(CLASSES)
    shared = [GUESS[name] for name in SHARED]
    return np.array([*[GUESS["noise"]] * c, *[GUESS["drift"]] * c, *shared])


def _components(kinds: Sequence[Rows]) -> FloatArray:
    from scipy.optimize import nnls

    x = np.concatenate([k.adds for k in kinds])
    error = np.concatenate([(k.actual - k.mean) ** 2 for k in kinds])
    share = np.concatenate([k.share for k in kinds])
    guess = _guess()
    found = guess
    for _ in range(PASSES):
        expected = np.maximum(x @ found, 1e-9)
        weight = np.sqrt(share) / expected
        scaled, target = x * weight[:, None], np.minimum(error, CUT * expected) * weight
        prior = np.sqrt(GUESS_ROWS * share.mean()) / guess
        normal = scaled.T @ scaled + np.diag(prior**2)
        factor = np.linalg.cholesky(normal + 1e-12 * np.trace(normal) * np.eye(len(guess)))
        right = scaled.T @ target + prior**2 * guess
        found, _ = nnls(factor.T, np.linalg.solve(factor, right))
    return np.asarray(found)


def _calibrated(kinds: Sequence[Rows], found: FloatArray) -> tuple[FloatArray, float]:
    """Components and tail whose central intervals hold nearest to what they say: those of a series by itself
    scaled for series, those that series share for their sums, in turn."""
    apart = [_sample([k for k in kinds if k.alone == alone]) for alone in (True, False)]
    own = np.arange(len(found)) <= 2 * len(CLASSES)
    _, tail = _nearest(apart[1], found, own, TAILS)
    for _ in range(2):
        scale, _ = _nearest(apart[0], found, ~own, (tail,))
        found = np.where(own, found * scale, found)
        scale, tail = _nearest(apart[1], found, own, TAILS)
        found = np.where(own, found, found * scale)
    return found, tail


def _sample(kinds: Sequence[Rows]) -> Rows:
    """At most ``CHECK_ROWS`` of each kind, every kind counting the same."""
    some = [slice(None, None, -(-len(k.mean) // CHECK_ROWS)) for k in kinds]
    adds, mean, actual = (
        np.concatenate([getattr(k, f)[part] for k, part in zip(kinds, some, strict=True)])
        for f in ("adds", "mean", "actual")
    )
    counts = [len(k.mean[part]) for k, part in zip(kinds, some, strict=True)]
    share = np.concatenate([np.full(n, k.share.sum() / n) for k, n in zip(kinds, counts, strict=True)])
    return Rows(adds, mean, actual, share / share.sum())


def _nearest(rows: Rows, found: FloatArray, fixed: BoolArray, tails: Sequence[float]) -> tuple[float, float]:
    """Scale of the components that are not ``fixed``, and tail, at which coverage is nearest to nominal."""
    draw = np.random.default_rng(SEED).random(len(rows.mean))
    firm, free = rows.adds @ np.where(fixed, found, 0.0), rows.adds @ np.where(fixed, 0.0, found)
    best = (np.inf, 1.0, 0.0)
    for scale in SCALES:
        counts = Counts(rows.mean, firm + scale * free)
        for tail in tails:
            pit = replace(counts, tail=tail).pit(rows.actual, draw)
            off = [float(rows.share @ (np.abs(pit - 0.5) <= p / 2)) - p for p in CHECKED]
            best = min(best, (sum(x * x for x in off) + 1e-6 * (tail + abs(scale - 1)), scale, tail))
    return best[1], best[2]


def _kinds(o: Outcome, level: FloatArray, week: int) -> list[Rows]:
    """Sums of one origin: series, sites, products and all, over single steps, weeks and the whole."""
    steps = o.due.shape[1]
    every = np.arange(len(level))
    spans = {
        1: [(k, k + 1) for k in range(0, steps, max(steps // 4, 1))],
        week: [(k, min(k + week, steps)) for k in range(0, steps, week)],
        steps: [(0, steps)],
    }
    expected, standing = level[:, None] * o.due, level[:, None] * o.stood
    found = []
    for length in sorted(spans):
        for group, mean in ((every, expected), (o.site, standing), (o.product, expected),
                            (np.zeros_like(o.site), standing)):
            parts = [_rows(o, group, mean[:, a:b], o.units[:, a:b]) for a, b in spans[length]]
            found.append(replace(_joined(parts), alone=group is every))
    return found


def _joined(parts: Sequence[Rows]) -> Rows:
    adds, mean, actual = (np.concatenate([getattr(p, f) for p in parts]) for f in ("adds", "mean", "actual"))
    return Rows(adds, mean, actual, np.full(len(mean), 1.0 / max(len(mean), 4)))


def _rows(o: Outcome, group: IntArray, mean: FloatArray, units: FloatArray) -> Rows:
    size = int(group.max(initial=0)) + 1
    if size > MOST_ROWS:
        use = group % -(-size // MOST_ROWS) == 0
        group, mean, units = np.unique(group[use], return_inverse=True)[1], mean[use], units[use]
        size = int(group.max()) + 1
    else:
        use = np.ones(len(group), bool)
    each = mean.sum(axis=1)
    classes = o.classes[use]
    kinds = range(len(CLASSES))
    total = sums(group, each, size)
    shared = np.array([_together(group, label[use], mean, size) for label in (o.site, o.product)])
    adds = np.stack([
        *(sums(group, each * (classes == k), size) for k in kinds),
        *(sums(group, each**2 * (classes == k), size) for k in kinds),
        sums(group, each**2 * sampling(o.past)[use], size),
        *shared[:, 0], total**2, *shared[:, 1], _squares(group, mean, size).sum(axis=1),
    ], axis=1)
    seen = total > 1e-6
    actual = sums(group, units.sum(axis=1), size)
    return Rows(adds[seen], total[seen], actual[seen], np.ones(int(seen.sum())))


def _together(group: IntArray, label: IntArray, mean: FloatArray, size: int) -> FloatArray:
    """What the series of one label add to the variance of a group's sum, for an error shared over the whole
    and for one of each step: squared sums of ``mean`` (S, h), (2, size)."""
    width = int(label.max(initial=0)) + 1
    present, pair = np.unique(group * width + label, return_inverse=True)
    of_group, count = present // width, len(present)
    whole = sums(pair, mean.sum(axis=1), count) ** 2
    steps = _squares(pair, mean, count).sum(axis=1)
    return np.stack([sums(of_group, whole, size), sums(of_group, steps, size)])


def _squares(code: IntArray, mean: FloatArray, size: int) -> FloatArray:
    """Squared sums of ``mean`` (S, h) by code, (size, h)."""
    steps = mean.shape[1]
    flat = (code[:, None] * steps + np.arange(steps)).ravel()
    return np.asarray(sums(flat, mean.ravel(), size * steps).reshape(size, steps) ** 2)
