"""How wide forecasts are: variance components that make one coherent distribution of any sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.forecast.methods import LONG, METHODS, OWN_UNITS, Evidence
from core.forecast.panel import FloatArray, IntArray, Panel, sums
from core.forecast.pool import Pool
from core.forecast.weights import CLASSES

COMPONENTS = ("drift", "site", "product", "fleet", "day", "fleet day")
GUESS = {"noise": 1.3, "sampling": 1.0, "drift": 0.05, "site": 0.01, "product": 0.01, "fleet": 0.004,
         "day": 0.01, "fleet day": 0.003}
"""Components before any outcome is seen."""
GUESS_ROWS = 10.0
"""Outcomes that the guess is worth."""
MOST_ROWS = 4_000
"""Series of one origin that are looked at one by one."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """One origin: ``level`` (S, M) by each method, ``classes`` (S,), what was known, and of the steps after
    it ``due`` (exposure × profile) and ``units`` (S, reach)."""

    level: FloatArray
    classes: IntArray
    past: Evidence
    due: FloatArray
    units: FloatArray
    site: IntArray
    product: IntArray


def sampling(past: Evidence) -> FloatArray:
    """Relative variance (S,) of a level that counting alone leaves: 1 ÷ units behind it."""
    return np.asarray(1.0 / (past.sold[:, LONG] + OWN_UNITS))


def level_error(pool: Pool, classes: IntArray, past: Evidence) -> FloatArray:
    return np.asarray(pool.drift[classes] + pool.sampling * sampling(past))


def spreads(outcomes: Sequence[Outcome], weights: FloatArray, panel: Panel) -> Pool:
    """The pool with its variance components: squared errors of sums of several kinds are explained by what
    each component would add to them, by non-negative least squares weighted by their own variance."""
    found = _fit(outcomes, weights, max(7 // panel.step_days, 1)) if outcomes else None
    guess = _guess()
    x = guess if found is None else found
    c = len(CLASSES)
    named = dict(zip(COMPONENTS[1:], x[2 * c + 1 :], strict=True))
    return Pool(
        methods=METHODS, classes=CLASSES, weights=weights, noise=np.maximum(x[:c], 1.0),
        drift=x[c : 2 * c], sampling=float(x[2 * c]), day_shock=float(named["day"]),
        fleet_shock=float(named["fleet day"]), site_error=float(named["site"]),
        product_error=float(named["product"]), fleet_error=float(named["fleet"]),
    )


def _guess() -> FloatArray:
    c = len(CLASSES)
    return np.array([*[GUESS["noise"]] * c, *[GUESS["drift"]] * c, GUESS["sampling"],
                     *(GUESS[name] for name in COMPONENTS[1:])])


def _fit(outcomes: Sequence[Outcome], weights: FloatArray, week: int) -> FloatArray:
    from scipy.optimize import nnls

    parts = [_rows(o, weights, week) for o in outcomes]
    x = np.concatenate([p[0] for p in parts])
    y = np.concatenate([p[1] for p in parts])
    share = np.concatenate([p[2] for p in parts])
    guess = _guess()
    found = guess
    for _ in range(4):
        expected = np.maximum(x @ found, 1e-9)
        capped = np.minimum(y, 16 * expected)
        scale = np.sqrt(share) / expected
        prior = np.sqrt(GUESS_ROWS * share.mean()) / guess
        a = np.concatenate([x * scale[:, None], np.diag(prior)])
        found, _ = nnls(a, np.concatenate([capped * scale, prior * guess]))
    return np.asarray(found)


def _rows(o: Outcome, weights: FloatArray, week: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What each component adds to the variance of each sum, the squared errors, and the rows' weights."""
    level = (o.level * weights[o.classes]).sum(axis=1)
    mean = level[:, None] * o.due
    steps = mean.shape[1]
    every = np.arange(len(level))
    picked = every if len(every) <= MOST_ROWS else every[:: -(-len(every) // MOST_ROWS)]
    windows = [(k, min(k + week, steps)) for k in range(0, steps, week)]
    ones = [(k, k + 1) for k in range(0, steps, max(steps // 7, 1))]
    kinds = [
        *((every[picked], picked, spans) for spans in (ones, windows, [(0, steps)])),
        (o.site, every, ones), (o.site, every, windows), (o.site, every, [(0, steps)]),
        (o.product, every, windows), (o.product, every, [(0, steps)]),
        (np.zeros_like(o.site), every, ones), (np.zeros_like(o.site), every, windows),
        (np.zeros_like(o.site), every, [(0, steps)]),
    ]
    rows, target, share = [], [], []
    for group, use, spans in kinds:
        for a, b in spans:
            x, y = _kind(o, np.unique(group, return_inverse=True)[1], use, mean[use, a:b], o.units[use, a:b])
            rows.append(x)
            target.append(y)
            share.append(np.full(len(y), 1.0 / (max(len(y), 4) * len(spans))))
    return np.concatenate(rows), np.concatenate(target), np.concatenate(share)


def _kind(
    o: Outcome, group: IntArray, use: IntArray, mean: FloatArray, units: FloatArray
) -> tuple[FloatArray, FloatArray]:
    size = int(group.max(initial=0)) + 1
    each = mean.sum(axis=1)
    classes, c = o.classes[use], len(CLASSES)
    noise = [sums(group, each * (classes == k), size) for k in range(c)]
    drift = [sums(group, each**2 * (classes == k), size) for k in range(c)]
    sample = sums(group, each**2 * sampling(o.past)[use], size)
    site, product = (_together(group, label[use], each, size) for label in (o.site, o.product))
    total = sums(group, each, size)
    by_step = [_together(group, o.site[use], m, size) for m in mean.T]
    fleet_step = [sums(group, m, size) ** 2 for m in mean.T]
    x = np.stack([*noise, *drift, sample, site, product, total**2, np.sum(by_step, axis=0),
                  np.sum(fleet_step, axis=0)], axis=1)
    error = sums(group, units.sum(axis=1) - each, size) ** 2
    seen = total > 1e-6
    return x[seen], error[seen]


def _together(group: IntArray, label: IntArray, amount: FloatArray, size: int) -> FloatArray:
    width = int(label.max(initial=0)) + 1
    keys, pair = np.unique(group * width + label, return_inverse=True)
    return sums(keys // width, sums(pair, amount, len(keys)) ** 2, size)
