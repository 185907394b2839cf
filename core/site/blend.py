"""One affinity for the response: what baskets say, corrected by what neighbors did to sales.

The fit has a common effect κ of a pair's log lift in baskets and a shrunken effect b of each pair of
categories, of which neighbors of one category share a part. The response knows one number a pair and
one strength, so the correction b̂/κ̂ is added to the lifts, and the strength's draws are scaled until a
neighbor's effect varies as much as under the joint posterior of κ and b, on average over the neighbors
that stood beside each other.
"""

from __future__ import annotations

import numpy as np

from core.site.cells import Goods, pair_index, rivals
from core.site.state import Solution
from core.site.zones import FloatArray

SMALLEST_STRENGTH = 0.02


def blend(
    affinity: FloatArray, solution: Solution, goods: Goods
) -> tuple[FloatArray, FloatArray, float, float]:
    """(affinity (P, P), correction a pair of categories (pairs,), strength, widening of its draws)."""
    index, own_pairs = solution.index, rivals(len(goods.categories))
    at, rival, span = int(index.at("neighbor", 0)), int(index.at("rival", 0)), index.span("pair")
    strength = max(float(solution.theta[at]), SMALLEST_STRENGTH)
    beyond, shared, spread = (
        values[span].copy() for values in (
            solution.theta, solution.covariance[at], np.diag(solution.covariance),
        )
    )
    beyond[own_pairs] += solution.theta[rival]
    shared[own_pairs] += solution.covariance[at, rival]
    spread[own_pairs] += (
        solution.covariance[rival, rival] + 2 * solution.covariance[rival, span][own_pairs]
    )
    correction = beyond / strength
    table = pair_index(len(goods.categories))
    pair = table[goods.category[:, None], goods.category]
    blended = affinity + correction[pair]
    beside = np.zeros(span.stop - span.start)
    for state in solution.sites:
        standing = state.design.cells.standing
        beside += standing.pairs.sum(axis=0)
    seen = np.bincount(pair.ravel(), minlength=len(beside))
    lift = np.bincount(pair.ravel(), affinity.ravel(), len(beside)) / np.maximum(seen, 1)
    own = float(solution.covariance[at, at])
    variance = own * lift**2 + 2 * lift * shared + spread
    shown = float(beside @ (lift + correction) ** 2) * own
    widening = np.sqrt(max(float(beside @ variance), 0.0) / shown) if shown > 0 else 1.0
    return blended, correction, strength, float(widening)
