"""Left edges of chosen options: fixed ones where they are, the others side by side in what is left."""

from __future__ import annotations

import numpy as np

from core.optimize.problem import FloatArray, IntArray, Problem


def lay(problem: Problem, chosen: IntArray, times: IntArray) -> FloatArray:
    """Left edges (M,) of chosen options, in the order of their items from left to right on each strip."""
    options = problem.options
    x = options.at[chosen].copy()
    width = options.width[chosen] * times
    for strip in np.unique(options.strip[chosen[np.isnan(x)]]):
        here = np.flatnonzero(options.strip[chosen] == strip)
        free = here[np.isnan(x[here])]
        if len(free) == len(here):
            x[free] = np.cumsum(width[free]) - width[free]
        else:
            _fill_gaps(x, width, here[~np.isnan(x[here])], free, float(problem.strips.width[strip]))
    return x


def _fill_gaps(x: FloatArray, width: FloatArray, fixed: IntArray, free: IntArray, end: float) -> None:
    """First fit of the widest first into the gaps that the fixed ones leave."""
    order = fixed[np.argsort(x[fixed])]
    left = np.concatenate([[0.0], x[order] + width[order]])
    room = np.concatenate([x[order], [end]]) - left
    for i in free[np.argsort(-width[free], kind="stable")]:
        gap = int(np.argmax(room + 1e-6 >= width[i]))
        x[i] = left[gap]
        left[gap] += width[i]
        room[gap] -= width[i]
