"""Gains over whole numbers: one that flattens between two counts is worth less there than its formula says.

With a demand of 2.3 units and 5 units a facing, half a facing would bring the whole gain; whole facings bring
it with the first one. The convex hull of the counts says so to the linear program, whose bound is tighter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.optimize.problem import FloatArray, IntArray, Problem

MOST_POINTS = 400
"""Counts of one item that are looked at; an item with more keeps its formula."""


@dataclass(frozen=True, eq=False)
class Facets:
    """gain of ``item`` (F,) ≤ ``constant`` (F,) + Σ ``slope`` × times chosen, over entries of its ``facet``.

    ``facet``, ``option``, ``slope`` (E,): entries.
    """

    item: IntArray
    constant: FloatArray
    facet: IntArray
    option: IntArray
    slope: FloatArray


def facets(problem: Problem) -> Facets:
    """Facets of all items with a gain whose options bring one or two different amounts."""
    options, items = problem.options, problem.items
    item: list[int] = []
    constant: list[float] = []
    facet: list[IntArray] = []
    option: list[IntArray] = []
    slope: list[FloatArray] = []
    for i in np.flatnonzero((items.gain_slope > 0).any(axis=1)) if items.has_gain else ():
        mine = np.flatnonzero(options.item == i)
        amount, group = np.unique(np.round(options.amount[mine], 9), return_inverse=True)
        count = _counts(problem, int(i), mine, group, len(amount))
        if count is None:
            continue
        gain = _gain(problem, int(i), count @ amount)
        for slopes, offset in _hull(count, gain):
            facet.append(np.full(len(mine), len(item)))
            option.append(mine)
            slope.append(slopes[group])
            item.append(int(i))
            constant.append(offset)
    whole = np.zeros(0, np.int64)
    return Facets(
        np.array(item, np.int64), np.array(constant), np.concatenate(facet) if facet else whole,
        np.concatenate(option) if option else whole, np.concatenate(slope) if slope else np.zeros(0),
    )  # fmt: skip


def _counts(problem: Problem, i: int, mine: IntArray, group: IntArray, groups: int) -> FloatArray | None:
    """How often options of each amount may be chosen together, (P, groups); None where that is too much."""
    options, items = problem.options, problem.items
    if not 1 <= groups <= 2:
        return None
    least = int(options.facings[mine].min())
    together = int(items.max_facings[i]) // least
    most = np.minimum(np.bincount(group, options.most[mine], groups), together).astype(np.int64)
    if np.prod(most + 1) > MOST_POINTS:
        return None
    count = np.stack([axis.ravel() for axis in np.indices(tuple(most + 1))], axis=1)
    return np.asarray(count[count.sum(axis=1) <= together], dtype=float)


def _gain(problem: Problem, i: int, amount: FloatArray) -> FloatArray:
    width, slope = problem.items.gain_width[i], problem.items.gain_slope[i]
    edge = np.concatenate([[0.0], np.cumsum(width)])
    return np.asarray(np.clip(amount[:, None] - edge[:-1], 0.0, width) @ slope)


def _hull(count: FloatArray, gain: FloatArray) -> list[tuple[FloatArray, float]]:
    """(slopes, constant) of the upper facets over the counts, each lifted until it is above all of them."""
    if count.shape[1] == 1:
        slopes = np.unique(np.round(np.diff(gain), 9))[:, None]
    else:
        slopes = _upper_slopes(tuple(map(tuple, count.tolist())), tuple(gain.tolist()))
    return [(row, float((gain - count @ row).max())) for row in slopes]


@lru_cache(maxsize=20_000)
def _upper_slopes(count: tuple[tuple[float, ...], ...], gain: tuple[float, ...]) -> FloatArray:
    """Slopes of the upper facets over pairs of counts."""
    from scipy.spatial import ConvexHull

    at, above = np.array(count), np.array(gain)
    below = np.column_stack([at, np.full(len(at), -above.max() - 1.0)])
    equations = ConvexHull(np.vstack([np.column_stack([at, above]), below]), qhull_options="QJ").equations
    upper = equations[equations[:, 2] > 1e-6]
    return np.asarray(np.unique(np.round(-upper[:, :2] / upper[:, 2:3], 6), axis=0))
