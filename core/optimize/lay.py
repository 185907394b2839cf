"""Left edges of chosen options: fixed ones where they are, the others side by side in what is left."""

from __future__ import annotations

import numpy as np

from core.optimize.problem import FloatArray, IntArray, Problem

SLACK = 1e-6
MOST_TRIES = 20_000
"""Ways to fill gaps that are tried before one is given up."""


def lay(problem: Problem, chosen: IntArray, times: IntArray) -> FloatArray:
    """Left edges (M,) of chosen options, in the order of the options from left to right on each strip.

    NaN for one that finds no gap between the fixed ones.
    """
    options = problem.options
    x = options.at[chosen].copy()
    width = options.width[chosen] * times
    for strip in np.unique(options.strip[chosen[np.isnan(x)]]):
        here = np.flatnonzero(options.strip[chosen] == strip)
        fit_around(x, width, here, 0.0, float(problem.strips.width[strip]))
    return x


def fit_around(x: FloatArray, width: FloatArray, here: IntArray, begin: float, end: float) -> None:
    """Fill in ``x[here]`` where it is NaN, between ``begin`` and ``end`` and around what is not NaN."""
    fixed, free = here[~np.isnan(x[here])], here[np.isnan(x[here])]
    if not len(fixed):
        x[free] = begin + np.cumsum(width[free]) - width[free]
        return
    order = fixed[np.argsort(x[fixed])]
    left = np.concatenate([[begin], x[order] + width[order]])
    room = np.concatenate([x[order], [end]]) - left
    gap = _gaps(width[free], room)
    for g in range(len(left)):
        inside = free[gap == g]
        x[inside] = left[g] + np.cumsum(width[inside]) - width[inside]


def _gaps(width: FloatArray, room: FloatArray) -> IntArray:
    """A gap for each width so that all fit, -1 where none does: widest first, going back where stuck."""
    order = np.argsort(-width, kind="stable")
    gap = np.full(len(width), -1)
    free = room.copy()
    tries = 0

    def place(k: int) -> bool:
        nonlocal tries
        if k == len(order):
            return True
        tries += 1
        for g in np.argsort(free, kind="stable"):
            if free[g] + SLACK >= width[order[k]] and tries < MOST_TRIES:
                free[g] -= width[order[k]]
                gap[order[k]] = g
                if place(k + 1):
                    return True
                free[g] += width[order[k]]
                gap[order[k]] = -1
        return False

    place(0)
    return gap

