"""Gradient boosting over the whole fleet: what the level methods miss, learned from all series at once.

Trees forecast each week's sales over what the methods expect of an ordinary week, from how the methods
differ, what was lately sold, what is known ahead and how far ahead the week lies (direct multi-horizon; the
approach that won M5, Makridakis et al. 2022). They answer prices and promotions by themselves, the regression
of ``profiles`` being one of the things they see, so that the mean of both errs less than either (Claeskens,
Magnus, Vasnev and Wang 2016). They are left out where origins that they have not seen speak against them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from core.forecast.insight import View, table, weeks_of
from core.forecast.panel import FloatArray
from core.forecast.profiles import Feature

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

LEAST_UNITS = 20_000.0
"""Units sold in the panel below which trees learn noise."""
MOST_SERIES, MOST_ROWS = 2_000, 20_000
ANCHORS, LEAST_ANCHORS = 16, 4
SHARE = 0.5
"""Share of the trees in the forecast, where they are let in."""
MOST_LOSS = 0.1
"""Relative loss at unseen origins beyond which trees are left out; few origins err by less by chance, and the
mean of two forecasts is seldom worse than either."""
LEAST_ROWS = 1_000
LEAST_EXPECTED, MOST_RATIO = 0.1, 12.0
NARROWEST, WIDEST = 0.2, 8.0
BINS = 63
EXCESS = 0.1
"""Relative variance of a week beyond counting, for the weight of a row."""
SEED = 1


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees of values put into bins; ``edges``: of each column, its bins' upper ends."""

    model: HistGradientBoostingRegressor
    edges: Sequence[FloatArray]

    def predict(self, x: FloatArray) -> FloatArray:
        """(N,) of a table (N, F)."""
        with threadpool_limits(1):  # so few rows that threads would only wait for each other
            return np.asarray(self.model.predict(_binned(x, self.edges)))


def train(views: Sequence[View], features: Sequence[Feature], week: int) -> Trees | None:
    """Trees of the ratio of a week's sales to what the mean of the methods expects of it without prices, by
    Poisson loss; None where there are too few rows."""
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


def told(model: Trees, view: View, features: Sequence[Feature], week: int) -> FloatArray:
    """Units of the steps ahead (S, reach)."""
    x = table(view, features, week)
    found = model.predict(x.reshape(-1, x.shape[2])).reshape(x.shape[:2])
    found = np.repeat(np.clip(found, NARROWEST, WIDEST), week, axis=1)[:, : view.due.shape[1]]
    return np.asarray(found * view.level.mean(axis=1)[:, None] * view.due)


def anchors(last: int, reach: int, week: int, least: int) -> list[int]:
    """Origins to learn from, a week or more apart, whose targets end by ``last``."""
    found = list(range(last - reach, least, -week))
    step = -(-len(found) // ANCHORS)
    return sorted(found[::max(step, 1)])
