"""Gradient boosting over the whole fleet: what the level methods miss, learned from all series at once.

Trees forecast each week's sales over what the methods expect, from how the methods differ, what is known
ahead and how far ahead the week lies (direct multi-horizon; the approach that won M5, Makridakis et al. 2022,
kept to the ratio so that it adds to the pool instead of replacing it). It is weighted by origins that it has
not seen, and left out where it does not earn its place there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from core.forecast.methods import Evidence
from core.forecast.panel import FloatArray, IntArray, sums
from core.forecast.profiles import Feature

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

LEAST_UNITS = 20_000.0
"""Units sold in the panel below which trees learn noise."""
MOST_SERIES, MOST_ROWS = 2_000, 20_000
ANCHORS, LEAST_ANCHORS = 16, 4
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
WORTH = 0.004
"""Relative gain at unseen origins below which trees are left out."""
LEAST_ROWS = 1_000
LEAST_EXPECTED, MOST_RATIO = 0.1, 6.0
NARROWEST, WIDEST = 0.5, 2.0
BINS = 63
EXCESS = 0.1
"""Relative variance of a week beyond counting, for the weight of a row."""
SEED = 1


@dataclass(frozen=True, eq=False)
class View:
    """A panel as seen from one origin: ``level`` (S, M) by each method, ``past`` evidence, ``due`` and
    ``units`` (S, reach) of the steps ahead, ``features`` known of all steps."""

    origin: int
    level: FloatArray
    past: Evidence
    due: FloatArray
    units: FloatArray
    site: IntArray
    product: IntArray


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees of values put into bins; ``edges``: of each column, its bins' upper ends."""

    model: HistGradientBoostingRegressor
    edges: Sequence[FloatArray]

    def predict(self, x: FloatArray) -> FloatArray:
        """(N,) of a table (N, F)."""
        with threadpool_limits(1):  # so few rows that threads would only wait for each other
            return np.asarray(self.model.predict(_binned(x, self.edges)))


def weeks_of(values: FloatArray, week: int) -> FloatArray:
    """Sums of (S, reach) over weeks, the last one as it is, (S, W)."""
    return np.add.reduceat(values, np.arange(0, values.shape[1], week), axis=1)


def table(view: View, features: Sequence[Feature], week: int) -> FloatArray:
    """What trees see: (S, W, F)."""
    series, reach = view.due.shape
    level = np.maximum(view.level, 1e-6)
    base = level.mean(axis=1)
    fixed = [np.log(base), *np.log(level[:, ::2] / base[:, None]).T, np.log1p(view.past.all_sold),
             np.log(_total(view.site, base)), np.log(_total(view.product, base))]
    starts = np.arange(0, reach, week)
    shape = (series, len(starts))
    columns = [np.broadcast_to(x[:, None], shape) for x in fixed]
    columns.append(np.broadcast_to(np.arange(len(starts))[None], shape))
    ahead = slice(view.origin, view.origin + reach)
    before = slice(max(view.origin - 8 * week, 0), view.origin)
    for feature in features:
        if feature.factor == "weekday":
            continue
        here = np.add.reduceat(feature.values[:, ahead], starts, axis=1) / np.diff([*starts, reach])
        columns.append(np.broadcast_to(here, shape))
        usual = feature.values[:, before].mean(axis=1, keepdims=True)
        columns.append(np.broadcast_to(here - usual, shape))
    return np.stack(columns, axis=2).astype(np.float32)


def _total(code: IntArray, base: FloatArray) -> FloatArray:
    return sums(code, base, int(code.max(initial=0)) + 1)[code]


def train(views: Sequence[View], features: Sequence[Feature], week: int) -> Trees | None:
    """Trees of the ratio of a week's sales to what the mean of the methods expects, by Poisson loss; None
    where there are too few rows."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    parts = [_examples(view, features, week) for view in views]
    rows = sum(len(part[1]) for part in parts)
    if rows < LEAST_ROWS:
        return None
    some = slice(None, None, -(-rows // MOST_ROWS))
    x, units, expected = (np.concatenate(columns)[some] for columns in zip(*parts, strict=True))
    model = HistGradientBoostingRegressor(
        loss="poisson", learning_rate=0.1, max_iter=50, max_leaf_nodes=15, min_samples_leaf=60,
        l2_regularization=10.0, max_bins=BINS + 1, early_stopping=False, random_state=SEED,
    )
    y = np.minimum(units / expected, MOST_RATIO)
    weight = expected / (1.0 + EXCESS * expected)
    edges = [_edges(column, weight) for column in x.T]
    with threadpool_limits(1):
        return Trees(model.fit(_binned(x, edges), y, sample_weight=weight), edges)


def _edges(column: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted quantiles that part a column into at most ``BINS``: scikit-learn's own search for them takes
    longer than its trees do."""
    order = np.argsort(column)
    ordered = column[order]
    distinct = ordered[np.flatnonzero(np.diff(ordered, prepend=-np.inf))]
    if len(distinct) > BINS:
        share = np.cumsum(weight[order], dtype=np.float64)
        at = np.searchsorted(share, share[-1] * np.arange(1, BINS) / BINS)
        distinct = np.unique(ordered[at])
    return np.asarray(distinct)


def _binned(x: FloatArray, edges: Sequence[FloatArray]) -> FloatArray:
    columns = [np.searchsorted(e, column) for e, column in zip(edges, x.T, strict=True)]
    return np.stack(columns, axis=1).astype(np.float32)


def _examples(
    view: View, features: Sequence[Feature], week: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Features, units and expected units of the weeks of a view."""
    expected = view.level.mean(axis=1)[:, None] * weeks_of(view.due, week)
    used = expected > LEAST_EXPECTED
    return table(view, features, week)[used], weeks_of(view.units, week)[used], expected[used]


def ratio(model: Trees, view: View, features: Sequence[Feature], week: int) -> FloatArray:
    """Multipliers of the steps ahead (S, reach). They move sales between series and weeks and leave the
    fleet's total as it is, which the methods know better."""
    x = table(view, features, week)
    told = model.predict(x.reshape(-1, x.shape[2])).reshape(x.shape[:2])
    found = np.clip(told, NARROWEST, WIDEST)
    expected = view.level.mean(axis=1)[:, None] * weeks_of(view.due, week)
    found = found * (expected.sum() + 1e-9) / ((expected * found).sum() + 1e-9)
    return np.asarray(np.repeat(found, week, axis=1)[:, : view.due.shape[1]])


def anchors(last: int, reach: int, week: int, least: int) -> list[int]:
    """Origins to learn from, a week or more apart, whose targets end by ``last``."""
    found = list(range(last - reach, least, -week))
    step = -(-len(found) // ANCHORS)
    return sorted(found[::max(step, 1)])
